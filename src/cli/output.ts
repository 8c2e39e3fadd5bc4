/** Results to standard output or to a file, never half of one. */
import { copyFileSync, existsSync, linkSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal } from '../app/refusal.ts';
import type { Problem } from '../core/problem.ts';
import { forgetUnfinished, noteUnfinished, removeLeftovers, unfinishedMark } from '../telemetry/leftovers.ts';
import type { Io } from './io.ts';
import { targetOf } from './outputTarget.ts';

/** The reader of our output went away (`| head`): end quietly. */
export class ClosedPipe extends Error {}

/** Pieces are gathered to at most this many bytes before they are written. */
const PIECE = 1 << 18;
/** Bytes of a character of a text, in UTF-8. */
const MOST_BYTES = 3;

export async function writeOut(io: Io, pieces: Pieces): Promise<void> {
  for await (const piece of inLargerPieces(pieces)) await writeTo(io.stdout, piece, io.signal);
}

/** Pieces that come one after another as they are made are as large as they should be. */
type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

function inLargerPieces(pieces: Pieces): Pieces {
  return Symbol.asyncIterator in pieces ? pieces : gathered(pieces);
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
export async function writeFileAtomically(io: Io, name: string, pieces: Pieces): Promise<void> {
  const target = new AtomicFile(io, name);
  try {
    for await (const piece of inLargerPieces(pieces)) await target.write(piece);
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
  private finished: { readonly target: string; readonly unfinished: string } | undefined;
  /** The file that stood in its place before {@link place}, under another name. */
  private before: string | undefined;
  private written = 0;

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
      this.written += Buffer.byteLength(piece);
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
      this.written += bytes.length;
    } catch (error) {
      throw cannotWrite(this.name, error, this.written);
    }
  }

  async commit(): Promise<void> {
    this.io.signal.throwIfAborted();
    await this.finish();
    this.place();
    this.forgetBefore();
  }

  /** Nothing is written any more; the file is still beside its place. */
  async finish(): Promise<void> {
    await this.attempt(async () => {
      const { handle, target, unfinished } = await this.open();
      this.opened = undefined;
      if (unfinished !== undefined) this.finished = { target, unfinished };
      await handle.close();
    });
  }

  /** Puts the finished file in its place. `keepsBefore`: {@link takeBack} can put back what was there. */
  place(keepsBefore = false): void {
    if (!this.finished) return;
    const { target, unfinished } = this.finished;
    try {
      if (keepsBefore) this.before = setAside(target);
      renameSync(unfinished, target);
      forgetUnfinished(unfinished);
    } catch (error) {
      throw cannotWrite(this.name, error);
    }
  }

  /** Undoes {@link place}. */
  takeBack(): void {
    if (!this.finished) return;
    if (this.before === undefined) rmSync(this.finished.target, { force: true });
    else renameSync(this.before, this.finished.target);
    this.before = undefined;
  }

  forgetBefore(): void {
    if (this.before === undefined) return;
    rmSync(this.before, { force: true });
    forgetUnfinished(this.before);
    this.before = undefined;
  }

  async discard(): Promise<void> {
    const unfinished = this.opened?.unfinished ?? this.finished?.unfinished;
    await this.opened?.handle.close().catch(() => undefined);
    this.opened = undefined;
    if (unfinished === undefined) return;
    await rm(unfinished, { force: true });
    forgetUnfinished(unfinished);
  }

  private async open(): Promise<NonNullable<AtomicFile['opened']>> {
    if (this.opened) return this.opened;
    const target = targetOf(resolve(this.io.cwd, this.name));
    const status = await stat(target).catch(() => undefined);
    if (status?.isDirectory()) throw Object.assign(new Error(`${target} is a directory`), { code: 'EISDIR' });
    if (status && !status.isFile()) {
      this.opened = { handle: await open(target, 'w'), target };
    } else {
      removeLeftovers(dirname(target));
      const unfinished = besides(target);
      noteUnfinished(unfinished);
      const handle = await open(unfinished, 'wx', status?.mode);
      this.opened = { handle, target, unfinished };
    }
    return this.opened;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw cannotWrite(this.name, error, this.written);
    }
  }
}

/** A name beside a file that nothing else has. */
function besides(target: string): string {
  const start = basename(target)
    .replace(/[^\w.-]/g, '_')
    .slice(0, 80);
  return join(dirname(target), `.${start}.${unfinishedMark()}.part`);
}

/** Gives a file a second name, beside it; undefined if there is none. */
function setAside(target: string): string | undefined {
  if (!existsSync(target)) return undefined;
  const aside = besides(target);
  noteUnfinished(aside);
  try {
    linkSync(target, aside);
  } catch {
    copyFileSync(target, aside); // not every file system has links
  }
  return aside;
}

/** Files that appear together: all of them, or none. */
export class AtomicFiles {
  private readonly io: Io;
  private readonly files: AtomicFile[] = [];

  constructor(io: Io) {
    this.io = io;
  }

  async write(name: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
    const file = new AtomicFile(this.io, name);
    this.files.push(file);
    for (const piece of pieces) await file.write(piece);
    await file.finish();
  }

  /** From the first file that is put in its place on, nothing interrupts. */
  commit(): void {
    this.io.signal.throwIfAborted();
    let placed = 0;
    try {
      for (const file of this.files) {
        file.place(true);
        placed++;
      }
    } catch (error) {
      for (const file of this.files.slice(0, placed)) file.takeBack();
      throw error;
    }
    for (const file of this.files) file.forgetBefore();
  }

  async discard(): Promise<void> {
    for (const file of this.files) await file.discard();
  }
}

/** Makes a directory and those above it that are missing; gives the topmost that was. */
export async function makeDirectory(io: Io, name: string): Promise<string | undefined> {
  return mkdir(resolve(io.cwd, name), { recursive: true }).catch((error: unknown) => {
    throw cannotWrite(name, error);
  });
}

/** `written`: bytes that found room. */
export function cannotWrite(name: string, error: unknown, written = 0): Refusal {
  if (error instanceof Refusal) return error;
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
      ELOOP: 'the links of its path lead back to themselves',
      EFBIG: 'a file may not be so large there',
    }[code ?? ''] ?? message;
  const isFull = written > 0 && (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG');
  const problem: Problem = {
    severity: 'error',
    code: 'output/cannot-write',
    source: { file: name },
    message: `cannot be written: ${why}`,
    ...(isFull && {
      hint: `${(written / 1e6).toFixed(1)} MB found room there, and it needs more: make room, or write to another disk`,
    }),
  };
  return new Refusal('usage', [problem]);
}

/** Gathers text into larger pieces: a write for each small one would take longer than making it. Bytes go as they come. */
export function gathered(pieces: Iterable<string>): Generator<string>;
export function gathered(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array>;
export function* gathered(pieces: Iterable<string | Uint8Array>): Generator<string | Uint8Array> {
  let bytes: Buffer | undefined;
  let length = 0;
  for (const piece of pieces) {
    if (piece === '') {
      yield ''; // who makes the text lets others have a turn
      continue;
    }
    const most = typeof piece === 'string' ? piece.length * MOST_BYTES : Number.POSITIVE_INFINITY;
    if (bytes && most > bytes.length - length) {
      yield bytes.subarray(0, length);
      bytes = undefined;
      length = 0;
    }
    if (typeof piece !== 'string' || most > PIECE) {
      yield piece;
      continue;
    }
    bytes ??= Buffer.allocUnsafeSlow(PIECE);
    // At once: until it is made into bytes, a text is the hundreds of short ones that it was put together from.
    length += bytes.write(piece, length);
  }
  if (bytes) yield bytes.subarray(0, length);
}
