/**
 * A folder in the making: written beside its place and renamed, so that it is there whole or not at all. A folder that
 * is there is never changed.
 */
import { createHash, type Hash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import type { FileMark } from '../../report/closing/manifest.ts';
import { forgetUnfinished, noteUnfinished, removeLeftovers, unfinishedMark } from '../../telemetry/leftovers.ts';
import { GZIP } from '../gzip.ts';
import type { Io } from '../io.ts';
import { cannotWrite } from '../output.ts';

/** Target of the files of a closed month: a folder, or a comparison with one. */
export type Sink = {
  open(name: string): Promise<SinkFile>;
  /** False for a file that is of no use, and need not be made. Absent: all are. */
  takes?(name: string): boolean;
};
/** Takes the content; of a name with `.gz` what is compressed. */
export type SinkFile = { write(piece: string | Uint8Array): Promise<void>; end(): Promise<void> };

/** Writes a whole file to a sink. */
export async function put(
  sink: Sink,
  name: string,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  if (sink.takes?.(name) === false) return;
  const file = await sink.open(name);
  for await (const piece of pieces) await file.write(piece);
  await file.end();
}

export class NewFolder implements Sink {
  readonly marks: FileMark[] = [];
  private readonly io: Io;
  private readonly name: string;
  private readonly target: string;
  private readonly unfinished: string;
  private readonly handles = new Set<FileHandle>();

  /** `name` as the user gave it. Throws a Refusal where something is there. `instead`: what to do then. */
  constructor(io: Io, name: string, instead: string) {
    this.io = io;
    this.name = name;
    this.target = resolve(io.cwd, name);
    refuseExisting(name, this.target, instead);
    const parent = dirname(this.target);
    const start = basename(this.target).replace(/[^\w.-]/g, '_');
    this.unfinished = join(parent, `.${start.slice(0, 80)}.${unfinishedMark()}.part`);
    try {
      mkdirSync(parent, { recursive: true });
      removeLeftovers(parent);
      noteUnfinished(this.unfinished);
      mkdirSync(this.unfinished);
    } catch (error) {
      throw cannotWrite(name, error);
    }
  }

  async open(name: string): Promise<SinkFile> {
    const path = join(this.unfinished, name);
    const handle = await this.attempt(async () => {
      await mkdir(dirname(path), { recursive: true });
      return open(path, 'wx');
    });
    this.handles.add(handle);
    const hash: Hash = createHash('sha256');
    const target = name.endsWith('.gz') ? compressing(handle) : plain(handle);
    let bytes = 0;
    return {
      write: async (piece) => {
        this.io.signal.throwIfAborted();
        hash.update(piece);
        bytes += Buffer.byteLength(piece);
        await this.attempt(() => target.write(piece));
      },
      end: async () => {
        await this.attempt(() => target.end());
        await this.attempt(() => handle.sync());
        await this.attempt(() => handle.close());
        this.handles.delete(handle);
        this.marks.push({ name, bytes, sha256: hash.digest('hex') });
      },
    };
  }

  /** Puts the folder in its place. Nothing interrupts it. */
  commit(): void {
    this.io.signal.throwIfAborted();
    try {
      renameSync(this.unfinished, this.target);
      forgetUnfinished(this.unfinished);
    } catch (error) {
      throw cannotWrite(this.name, error);
    }
  }

  async discard(): Promise<void> {
    for (const handle of this.handles) await handle.close().catch(() => undefined);
    rmSync(this.unfinished, { recursive: true, force: true });
    forgetUnfinished(this.unfinished);
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw cannotWrite(this.name, error);
    }
  }
}

function plain(handle: FileHandle): SinkFile {
  return { write: (piece) => handle.writeFile(piece), end: async () => undefined };
}

function compressing(handle: FileHandle): SinkFile {
  const gzip = createGzip(GZIP);
  const written = pipeline(gzip, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) await handle.writeFile(chunk);
  });
  written.catch(() => undefined); // awaited at the end; until then a rejection must not count as unhandled
  const write = (piece: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => gzip.write(piece, (error) => (error ? reject(error) : resolve())));
  const end = async () => {
    gzip.end();
    await written;
  };
  return { write, end };
}

function refuseExisting(name: string, target: string, instead: string): void {
  if (!existsSync(target)) return;
  throw new Refusal('usage', [
    usageProblem('already-closed', `${name} is there already: a closed month is never changed`, instead),
  ]);
}
