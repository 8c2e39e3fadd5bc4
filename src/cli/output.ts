/** Results to standard output or to a file, never half of one. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Problem } from '../core/problem.ts';
import { CommandFailure } from './failure.ts';
import { EXIT, type Io } from './io.ts';

/** The reader of our output went away (`| head`): end quietly. */
export class ClosedPipe extends Error {}

/** Pieces are gathered to about this many characters before they are written. */
const PIECE = 1 << 16;

export async function writeOut(io: Io, pieces: Iterable<string>): Promise<void> {
  for (const piece of gathered(pieces)) {
    io.signal.throwIfAborted();
    await writeTo(io.stdout, piece);
  }
}

/** Writes one piece and waits while the stream is full. Throws {@link ClosedPipe} when nobody reads any more. */
export async function writeTo(stream: Writable, piece: string | Uint8Array): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.errored) throw new ClosedPipe();
  if (stream.write(piece)) return;
  try {
    await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
  } catch {
    throw new ClosedPipe();
  }
}

/**
 * Writes a file beside its target and renames it into place: whoever reads the target sees the old file or the whole new
 * one. On any failure, and when the run is interrupted, the unfinished file is removed.
 */
export async function writeFileAtomically(io: Io, path: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const target = new AtomicFile(io, path);
  try {
    for (const piece of pieces) await target.write(piece);
    await target.commit();
  } catch (error) {
    await target.discard();
    throw error;
  }
}

/** A file in the making; {@link commit} puts it in its place, {@link discard} leaves nothing behind. */
export class AtomicFile {
  private readonly io: Io;
  private readonly path: string;
  private readonly unfinished: string;
  private handle: Awaited<ReturnType<typeof open>> | undefined;

  constructor(io: Io, path: string) {
    this.io = io;
    this.path = path;
    this.unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`);
  }

  async write(piece: string | Uint8Array): Promise<void> {
    this.io.signal.throwIfAborted();
    await this.opened();
    await this.handle!.appendFile(piece);
  }

  async commit(): Promise<void> {
    this.io.signal.throwIfAborted();
    await this.opened();
    await this.handle!.close();
    this.handle = undefined;
    await rename(this.unfinished, this.path).catch((error: unknown) => {
      throw cannotWrite(this.path, error);
    });
  }

  async discard(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
    await rm(this.unfinished, { force: true });
  }

  private async opened(): Promise<void> {
    if (this.handle) return;
    try {
      this.handle = await open(this.unfinished, 'wx');
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }
}

export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(path, error);
  });
}

function cannotWrite(path: string, error: unknown): CommandFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    {
      ENOENT: 'its directory does not exist',
      EACCES: 'no permission',
      EISDIR: 'it is a directory',
      ENOSPC: 'the disk is full',
    }[code ?? ''] ?? message;
  const problem: Problem = {
    severity: 'error',
    code: 'output/cannot-write',
    source: { file: path },
    message: `cannot be written: ${why}`,
  };
  return new CommandFailure(EXIT.usage, [problem]);
}

export function* gathered(pieces: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length < PIECE) continue;
    yield parts.join('');
    parts = [];
    length = 0;
  }
  if (length > 0) yield parts.join('');
}
