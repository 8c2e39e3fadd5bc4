/** Files of a folder beside the same files made again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shortened } from '../../report/safeText.ts';
import type { Finding } from './closedFolder.ts';
import type { Sink, SinkFile } from './folder.ts';

/** Takes files that are made again, and finds the first line in which each differs from the folder's. */
export class Comparison implements Sink {
  readonly findings: Finding[] = [];
  private readonly path: string;
  private readonly passedOver: ReadonlySet<string>;

  /** `passedOver`: names of files that are not compared. */
  constructor(path: string, passedOver: ReadonlySet<string>) {
    this.path = path;
    this.passedOver = passedOver;
  }

  takes(name: string): boolean {
    return !this.passedOver.has(name);
  }

  async open(name: string): Promise<SinkFile> {
    const file = join(this.path, name);
    const stored = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const before = name.endsWith('.gz') && stored.length > 0 ? contentOf(stored) : stored;
    let at = 0;
    let differs = false;
    return {
      write: async (piece) => {
        if (differs) return;
        const bytes = Buffer.from(piece);
        const same = before.subarray(at, at + bytes.length);
        if (same.equals(bytes)) at += bytes.length;
        else {
          differs = true;
          this.findings.push({ file: name, what: difference(before, at, bytes) });
        }
      },
      end: async () => {
        if (!differs && at < before.length)
          this.findings.push({ file: name, what: `it goes on where it should end, in line ${lineAt(before, at)}` });
      },
    };
  }
}

/** Decompressed; what is no gzip stays as it is, and differs. */
function contentOf(stored: Buffer): Buffer {
  try {
    return gunzipSync(stored);
  } catch {
    return stored;
  }
}

function difference(before: Buffer, at: number, piece: Buffer): string {
  let i = 0;
  while (i < piece.length && piece[i] === before[at + i]) i++;
  const line = lineAt(before, at + i);
  const has = lineOf(before, at + i);
  const made = lineOf(Buffer.concat([before.subarray(0, at), piece]), at + i);
  const place = Math.max(0, firstDifference(has, made) - CONTEXT);
  return `line ${line} is not what is made from the month: ${shown(has, place)} instead of ${shown(made, place)}`;
}

const CONTEXT = 40;
const MOST_SHOWN = 90;

function shown(line: string, place: number): string {
  return `${place > 0 ? '…' : ''}${shortened(line.slice(place), MOST_SHOWN)}`;
}

function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

function lineAt(bytes: Buffer, at: number): number {
  let lines = 1;
  for (let i = 0; i < at && i < bytes.length; i++) if (bytes[i] === 0x0a) lines++;
  return lines;
}

function lineOf(bytes: Buffer, at: number): string {
  const start = bytes.lastIndexOf(0x0a, at - 1) + 1;
  const end = bytes.indexOf(0x0a, at);
  return bytes.subarray(at === 0 ? 0 : start, end < 0 ? undefined : end).toString('utf8');
}
