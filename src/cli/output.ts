/** Results to standard output or to a file, never half of one. */
import { writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Problem } from '../core/problem.ts';
import { CommandFailure } from './failure.ts';
import { EXIT, type Io } from './io.ts';

/** The reader of our output went away (`| head`): end quietly. */
export class ClosedPipe extends Error {}

/** Pieces are gathered to about this many characters before they are written. */
const PIECE = 1 << 18;

export async function writeOut(io: Io, pieces: Iterable<string>): Promise<void> {
  for (const piece of gathered(pieces)) await writeTo(io.stdout, piece, io.signal);
}

/**
 * Writes one piece and waits until it is out. Throws {@link ClosedPipe} when nobody reads any more, and the signal's
 * reason when the run is interrupted, be it while a reader that has stopped reading keeps the piece waiting.
 */
export async function writeTo(stream: Writable, piece: string | Uint8Array, signal: AbortSignal): Promise<void> {
  await nextTurn(); // otherwise a stream that is never full would keep an interruption from being seen
  signal.throwIfAborted();
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop);
      stream.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    const isClosed = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(code);
    throw isClosed ? new ClosedPipe() : cannotWrite('standard output', error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Writes a file beside its target and renames it into place: whoever reads the target sees the old file or the whole new
 * one. On any failure, and when the run is interrupted, the unfinished file is removed.
 */
export async function writeFileAtomically(io: Io, name: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const target = new AtomicFile(io, name);
  try {
    for (const piece of gathered(pieces)) await target.write(piece);
    await target.commit();
  } catch (error) {
    await target.discard();
    throw error;
  }
}

/**
 * A file in the making; {@link commit} puts it in its place, {@link discard} leaves nothing behind. What it replaces keeps
 * its permissions; a link keeps pointing where it does. A target that is no file (`/dev/null`, a pipe) is written to directly.
 */
export class AtomicFile {
  private readonly io: Io;
  private readonly name: string;
  private opened: { readonly handle: FileHandle; readonly target: string; readonly unfinished?: string } | undefined;

  /** `name` as the user gave it: relative to the working directory, and what problems call it. */
  constructor(io: Io, name: string) {
    this.io = io;
    this.name = name;
  }

  async write(piece: string | Uint8Array): Promise<void> {
    this.io.signal.throwIfAborted();
    await this.attempt(async () => {
      const { handle } = await this.open();
      await handle.writeFile(piece); // goes on from where the last piece ended
    });
  }

  /** Makes the file, so that {@link writeNow} can be used. */
  async begin(): Promise<void> {
    await this.attempt(async () => {
      await this.open();
    });
  }

  /** For pieces that come while nothing can be waited for; after {@link begin}. */
  writeNow(piece: string): void {
    const bytes = Buffer.from(piece);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.opened!.handle.fd, bytes, at);
    } catch (error) {
      throw cannotWrite(this.name, error);
    }
  }

  async commit(): Promise<void> {
    this.io.signal.throwIfAborted();
    await this.attempt(async () => {
      const { handle, target, unfinished } = await this.open();
      await handle.close();
      if (unfinished !== undefined) await rename(unfinished, target);
      this.opened = undefined;
    });
  }

  async discard(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.handle.close().catch(() => undefined);
    if (opened?.unfinished !== undefined) await rm(opened.unfinished, { force: true });
  }

  private async open(): Promise<NonNullable<AtomicFile['opened']>> {
    if (this.opened) return this.opened;
    const path = resolve(this.io.cwd, this.name);
    const target = await realpath(path).catch(() => path);
    const status = await stat(target).catch(() => undefined);
    if (status?.isDirectory()) throw Object.assign(new Error(`${target} is a directory`), { code: 'EISDIR' });
    if (status && !status.isFile()) {
      this.opened = { handle: await open(target, 'w'), target };
    } else {
      const name = `.${basename(target).slice(0, 100)}.${crypto.randomUUID().slice(0, 8)}.part`;
      const unfinished = join(dirname(target), name);
      const handle = await open(unfinished, 'wx', status?.mode);
      this.opened = { handle, target, unfinished };
    }
    return this.opened;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw cannotWrite(this.name, error);
    }
  }
}

/** Fails where a file of this name could not be made, before hours of reading are spent on what to write there. */
export async function checkDirectoryOf(io: Io, name: string): Promise<void> {
  await stat(`${dirname(resolve(io.cwd, name))}/.`).catch((error: unknown) => {
    throw cannotWrite(name, error);
  });
}

export async function makeDirectory(io: Io, name: string): Promise<void> {
  await mkdir(resolve(io.cwd, name), { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(name, error);
  });
}

function cannotWrite(name: string, error: unknown): CommandFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    {
      ENOENT: 'its directory does not exist',
      ENOTDIR: 'what should be its directory is a file',
      EEXIST: 'there is a file of this name',
      EACCES: 'no permission',
      EPERM: 'no permission',
      EROFS: 'no permission: everything there is read-only',
      EISDIR: 'it is a directory',
      ENOSPC: 'the disk is full',
      EDQUOT: 'the disk quota is used up',
      ENAMETOOLONG: 'its name is too long',
    }[code ?? ''] ?? message;
  const problem: Problem = {
    severity: 'error',
    code: 'output/cannot-write',
    source: { file: name },
    message: `cannot be written: ${why}`,
  };
  return new CommandFailure(EXIT.usage, [problem]);
}

/** The same text in larger pieces: a write for each small one would take longer than making it. Bytes go as they come. */
export function gathered(pieces: Iterable<string>): Generator<string>;
export function gathered(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array>;
export function* gathered(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    const isText = typeof piece === 'string';
    if (isText) {
      parts.push(piece);
      length += piece.length;
      if (length < PIECE) continue;
    }
    if (length > 0) yield parts.join('');
    parts = [];
    length = 0;
    if (!isText) yield piece;
  }
  if (length > 0) yield parts.join('');
}
