/** A file that grows while it is read: what has come to it, and what became of it. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readFailure } from '../inputFailure.ts';

/** State of a file when a run was stopped. */
export type FileMark = {
  readonly name: string;
  readonly dev: string;
  readonly ino: string;
  /** Bytes that were read. */
  readonly bytes: number;
  /** Rows that were taken; what follows the last of them is read again. */
  readonly rows: number;
  /** SHA-256 of the first bytes that were read, {@link HEAD_BYTES} at most. */
  readonly head: string;
};

const HEAD_BYTES = 1024;
const CHUNK_BYTES = 1 << 18;

/** `emptied`: it was cut, or written anew; `left`: its name is another file's now, or nobody's. */
export type Fate = 'growing' | 'emptied' | 'left';

export class GrowingFile {
  readonly name: string;
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
  private readonly fd: number;
  private position = 0;
  private head = Buffer.alloc(0);

  /** Throws an InputFailure if the file cannot be opened. */
  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
    try {
      this.fd = openSync(path, 'r');
    } catch (error) {
      throw readFailure({ name }, error);
    }
    const { dev, ino } = fstatSync(this.fd, { bigint: true });
    this.dev = dev;
    this.ino = ino;
  }

  /** The next bytes; undefined if none have come. */
  read(): Buffer | undefined {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let length: number;
    try {
      length = readSync(this.fd, chunk, 0, CHUNK_BYTES, this.position);
    } catch (error) {
      throw readFailure(this, error);
    }
    if (length === 0) return undefined;
    const found = chunk.subarray(0, length);
    if (this.head.length < HEAD_BYTES)
      this.head = Buffer.concat([this.head, found.subarray(0, HEAD_BYTES - this.head.length)]);
    this.position += length;
    return found;
  }

  /** To be asked before {@link read}: what is read from a file that was emptied belongs to another export. */
  fate(): Fate {
    if (fstatSync(this.fd).size < this.position || !this.beginsAsBefore()) return 'emptied';
    try {
      const { dev, ino } = statSync(this.path, { bigint: true });
      return dev === this.dev && ino === this.ino ? 'growing' : 'left';
    } catch {
      return 'left';
    }
  }

  private beginsAsBefore(): boolean {
    const now = Buffer.alloc(this.head.length);
    return readSync(this.fd, now, 0, now.length, 0) === now.length && now.equals(this.head);
  }

  mark(rows: number): FileMark {
    const { name, dev, ino, position: bytes } = this;
    return { name, dev: String(dev), ino: String(ino), bytes, rows, head: hashOf(this.head) };
  }

  /** True if the file is the one of a mark, and what was read of it then is still there. */
  isOf(mark: FileMark): boolean {
    if (String(this.dev) !== mark.dev || String(this.ino) !== mark.ino) return false;
    if (fstatSync(this.fd).size < mark.bytes) return false;
    const head = Buffer.alloc(Math.min(HEAD_BYTES, mark.bytes));
    return readSync(this.fd, head, 0, head.length, 0) === head.length && hashOf(head) === mark.head;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
