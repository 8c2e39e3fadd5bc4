/** State of a regular file when a run listed its inputs, and changes since then. */
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';

export type FileState = {
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes; what is appended behind them is not read. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** The first and the last {@link SAMPLE_BYTES} bytes, all of a smaller file. */
  readonly sample: Uint8Array;
};

/** `appended`: bytes behind the size of before; the bytes before them are the same as far as the sample shows. */
export type FileChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'grown'; readonly appended: number }
  | { readonly kind: 'changed'; readonly how: string };

export const SAMPLE_BYTES = 4096;
const LF = 0x0a;

/**
 * Undefined if the path leads to no regular file, or not to one that can be read; also for files that have content but
 * no size, as those that a system makes up (`/proc`, some mounted archives).
 */
export function fileStateOf(path: string): FileState | undefined {
  let fd: number | undefined;
  try {
    if (!statSync(path).isFile()) return undefined; // opening a pipe would wait for its writer
    fd = openSync(path, 'r');
    const { dev, ino, size, mtimeNs } = fstatSync(fd, { bigint: true });
    if (size === 0n && readSync(fd, new Uint8Array(1), 0, 1, 0) > 0) return undefined;
    return { dev, ino, size: Number(size), mtimeNs, sample: sampleOf(fd, Number(size)) };
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Two reads at most: the sample costs less than opening the file. */
function sampleOf(fd: number, size: number): Uint8Array {
  const sample = new Uint8Array(Math.min(size, 2 * SAMPLE_BYTES));
  if (size <= 2 * SAMPLE_BYTES) readSync(fd, sample, 0, size, 0);
  else {
    readSync(fd, sample, 0, SAMPLE_BYTES, 0);
    readSync(fd, sample, SAMPLE_BYTES, SAMPLE_BYTES, size - SAMPLE_BYTES);
  }
  return sample;
}

/**
 * Compares a file with how it was. `isText`: rows end with line ends, so a file that has grown and whose last row had
 * none was cut in the middle of a row.
 */
export function changeSince(path: string, before: FileState, isText: boolean): FileChange {
  let fd: number | undefined;
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    if (dev !== before.dev || ino !== before.ino) return { kind: 'changed', how: 'another file took its place' };
    const appended = Number(size) - before.size;
    if (appended < 0) return { kind: 'changed', how: `it was cut from ${before.size} to ${size} bytes` };
    if (appended === 0) {
      return mtimeNs === before.mtimeNs ? { kind: 'none' } : { kind: 'changed', how: 'it was written to' };
    }
    fd = openSync(path, 'r');
    if (!Buffer.from(before.sample).equals(sampleOf(fd, before.size)))
      return { kind: 'changed', how: 'it was written anew' };
    if (isText && before.size > 0 && before.sample.at(-1) !== LF)
      return { kind: 'changed', how: 'its last row was still being written' };
    return { kind: 'grown', appended };
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { kind: 'changed', how: isGone ? 'it was removed' : (error as Error).message };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Status of the file that a path leads to; undefined if that cannot be found out, which opening it will report. */
export function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
