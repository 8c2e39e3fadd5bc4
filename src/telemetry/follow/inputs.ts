/** Inputs of a following run: files that grow, directories in which files appear, standard input. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readFailure } from '../inputFailure.ts';
import { compressionOf } from '../magic.ts';
import { type FileMark, GrowingFile } from './growingFile.ts';

/** An input as it was named. */
export type FollowedInput =
  | { readonly kind: 'file' | 'directory'; readonly name: string; readonly path: string }
  | { readonly kind: 'stream'; readonly name: string; readonly stream: Readable };

/** An export that is being read: its next piece, and its end. */
export interface Growing {
  readonly name: string;
  /** The next piece; undefined: nothing has come; `ended`: nothing more will. */
  next(): Buffer | undefined | 'ended';
  /** State of a file, also of one that was read to its end and stays there; undefined for what will not be read again. */
  mark(rows: number): FileMark | undefined;
  /** Rows at its begin that the run before has taken. */
  readonly rowsBefore: number;
}

/** Standard input, taken as it comes. */
class GrowingStream implements Growing {
  readonly name: string;
  readonly rowsBefore = 0;
  private readonly stream: Readable;
  private hasEnded = false;
  private failure: Error | undefined;

  constructor(name: string, stream: Readable) {
    this.name = name;
    this.stream = stream;
    stream.on('readable', () => undefined); // makes it read on when something has been taken
    stream.on('end', () => {
      this.hasEnded = true;
    });
    stream.on('error', (error) => {
      this.failure = error;
    });
  }

  next(): Buffer | undefined | 'ended' {
    if (this.failure) throw readFailure(this, this.failure);
    const chunk = this.stream.read() as Buffer | string | null;
    if (chunk !== null) return Buffer.from(chunk as Buffer);
    return this.hasEnded ? 'ended' : undefined;
  }

  mark(): undefined {
    return undefined;
  }
}

/** A file; what is left of one that was renamed or removed is read until nothing comes any more. */
class OpenFile implements Growing {
  readonly name: string;
  readonly rowsBefore: number;
  readonly file: GrowingFile;
  private isGone = false;
  private isLeaving = false;
  private isCompressed = false;
  /** Turns since something has come; below 0: nothing has yet. */
  private idle = -1;

  constructor(file: GrowingFile, rowsBefore: number) {
    this.name = file.name;
    this.file = file;
    this.rowsBefore = rowsBefore;
  }

  next(): Buffer | undefined | 'ended' {
    const fate = this.file.fate();
    const chunk = fate === 'emptied' ? undefined : this.file.read();
    if (chunk) {
      if (this.idle < 0) this.isCompressed = compressionOf(chunk) !== 'none';
      this.idle = 0;
      this.isLeaving = false;
      return chunk;
    }
    if (this.idle >= 0) this.idle++;
    // Its writer may still have a line for a file that was renamed: it has one more turn.
    this.isGone = fate === 'emptied' || (fate === 'left' && this.isLeaving);
    this.isLeaving = fate === 'left';
    if (!this.isGone && !(this.isCompressed && this.idle >= QUIET_TURNS)) return undefined;
    this.file.close();
    return 'ended';
  }

  mark(rows: number): FileMark | undefined {
    return this.isGone ? undefined : this.file.mark(rows);
  }
}

/** Turns in which nothing comes to a compressed file, before it is taken for whole. */
const QUIET_TURNS = 8;

export class FollowedInputs {
  private readonly inputs: readonly FollowedInput[];
  /** Files that the run before has read, and that were not found yet. */
  private readonly before: FileMark[];
  /** Exports that are read, and files that were and are still there, by identity. */
  private readonly known = new Map<string, Growing>();
  private readonly endedStreams = new Set<string>();

  constructor(inputs: readonly FollowedInput[], before: readonly FileMark[]) {
    this.inputs = inputs;
    this.before = [...before];
  }

  /** Exports that have appeared since the last call, those that the run before has left first. */
  appeared(): Growing[] {
    const found: Growing[] = [];
    for (const input of this.inputs) {
      if (input.kind === 'stream') {
        const open = () => new GrowingStream(input.name, input.stream);
        if (!this.endedStreams.has(input.name)) this.take(input.name, open, found);
      } else if (input.kind === 'file') {
        for (const path of renamedFrom(input.path, this.before)) this.takeFile(input.name, path, found);
        this.takeFile(input.name, input.path, found);
      } else
        for (const name of namesIn(input.path)) this.takeFile(join(input.name, name), join(input.path, name), found);
    }
    return found;
  }

  /** Has to be called with an export that has ended: another one may come under its name. */
  ended(growing: Growing): void {
    for (const [key, one] of this.known) {
      if (one !== growing) continue;
      this.known.delete(key);
      if (growing instanceof GrowingStream) this.endedStreams.add(key);
    }
  }

  /** Files of the run before that have not been found again. */
  get missing(): readonly FileMark[] {
    return this.before;
  }

  /** True if nothing more will come. */
  get areOver(): boolean {
    return this.inputs.every(({ name }) => this.endedStreams.has(name));
  }

  private take(key: string, open: () => Growing, found: Growing[]): void {
    if (this.known.has(key)) return;
    const growing = open();
    this.known.set(key, growing);
    found.push(growing);
  }

  private takeFile(name: string, path: string, found: Growing[]): void {
    const key = identityOf(path);
    if (key === undefined || this.known.has(key)) return;
    const file = new GrowingFile(name, path);
    const mark = this.before.findIndex((one) => file.isOf(one));
    const rows = mark < 0 ? 0 : this.before[mark]!.rows;
    if (mark >= 0) this.before.splice(mark, 1);
    this.take(key, () => new OpenFile(file, rows), found);
  }
}

/** Undefined for what is no file, or not there (yet). */
function identityOf(path: string): string | undefined {
  try {
    const status = statSync(path, { bigint: true });
    return status.isFile() ? `${status.dev} ${status.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** Files beside a path that a run has read under its name. */
function renamedFrom(path: string, before: readonly FileMark[]): string[] {
  if (before.length === 0) return [];
  const marks = new Set(before.map(({ dev, ino }) => `${dev} ${ino}`));
  const directory = join(path, '..');
  return namesIn(directory)
    .map((name) => join(directory, name))
    .filter((other) => other !== path && marks.has(identityOf(other) ?? ''));
}

/** Names of the files of a directory, but hidden ones, ascending. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw readFailure({ name: directory }, error);
  }
}
