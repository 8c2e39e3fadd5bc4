/** Cuts a run into pieces that threads can share: ranges of plain files, and sources that must be read in one go. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { emptyButForMark, emptyFile } from '../../inputProblems.ts';
import {
  changed,
  HEAD_BYTES,
  isEncoded,
  layoutOf,
  marksAtStart,
  mayBeText,
  readFailure,
  type Source,
} from '../../source.ts';
import { readRecord } from '../scan/csvRecord.ts';
import { readShape, type Shape, type ShapeOptions } from '../scan/shape.ts';

export type Task = {
  /** Its place among the sources of the run. */
  readonly source: number;
  /** Absent: the source is read as a stream. */
  readonly range?: {
    /** Offset from which on the first row is searched: the row begins there, or after the nearest line end. */
    readonly from: number;
    /** Rows that begin before this belong to the task. */
    readonly until: number;
  };
  /** Needed by ranges in the middle of a file. */
  readonly shape?: Shape;
  /** Rejects of the source can be reported as they are found. */
  readonly reportsRejects: boolean;
};

export type PlainFile = { readonly fd: number; readonly size: number; readonly dataStart: number };

/**
 * Opens a source as a plain file; undefined if it is not one, but compressed, a pipe or a stream, or cannot be opened:
 * reading it as a stream then reports why.
 */
function openPlain(source: Source): PlainFile | undefined {
  try {
    return plainFileOf(source);
  } catch {
    return undefined;
  }
}

/** Opens a source that was a plain file when the tasks were made; a {@link InputFailure} if it is none any more. */
export function reopenPlain(source: Source): PlainFile {
  try {
    const plain = plainFileOf(source);
    if (plain) return plain;
  } catch (error) {
    throw readFailure(source, error);
  }
  throw changed(source, 'it is no plain file any more');
}

function plainFileOf(source: Source): PlainFile | undefined {
  // Not opened to find out: opening a pipe waits for its writer, who would lose its reader when it is closed again.
  if (source.kind !== 'file' || isEncoded(source) || !statSync(source.path).isFile()) return undefined;
  const fd = openSync(source.path, 'r');
  try {
    const size = source.seen?.size ?? fstatSync(fd).size;
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    const length = readSync(fd, head, 0, head.length, 0);
    if (length > 0 && mayBeText(head.subarray(0, length))) {
      const dataStart = marksAtStart(head.subarray(0, length));
      if (!startsWithJson(head, length, dataStart) || isOfLines(fd, size, dataStart)) return { fd, size, dataStart };
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

/** False for most sources, without another look at them. */
function startsWithJson(head: Buffer, length: number, dataStart: number): boolean {
  const first = head.subarray(dataStart, length).toString('latin1').trimStart()[0];
  return first === undefined || first === '{' || first === '[';
}

function isOfLines(fd: number, size: number, dataStart: number): boolean {
  for (let bytes = WINDOW / 64; ; bytes *= 4) {
    const head = Buffer.allocUnsafeSlow(Math.min(bytes, size - dataStart));
    const length = readSync(fd, head, 0, head.length, dataStart);
    const isWhole = length < head.length || dataStart + length >= size;
    const layout = layoutOf(head.subarray(0, length), isWhole);
    if (layout !== undefined) return layout === 'lines';
  }
}

export function assertNotEmpty(source: Source, { size, dataStart }: PlainFile): void {
  if (size === 0) throw emptyFile(source);
  if (size === dataStart) throw emptyButForMark(source);
}

export type Cutting = {
  /** Size of the ranges that large files are cut into. */
  readonly rangeBytes: number;
  readonly dedupe: boolean;
} & Omit<ShapeOptions, 'source'>;

export function tasksOf(sources: readonly Source[], cutting: Cutting): Task[] {
  return sources.flatMap((source, number): Task[] => {
    const whole: Task = { source: number, reportsRejects: !cutting.dedupe };
    const plain = openPlain(source);
    if (!plain) return [whole];
    try {
      const { size, dataStart } = plain;
      const wholeFile: Task = { ...whole, range: { from: dataStart, until: Number.POSITIVE_INFINITY } };
      const shape = size > cutting.rangeBytes * 1.5 ? shapeOf(plain, source, cutting) : undefined;
      if (!shape) return [wholeFile];
      const cuts = Math.round(size / cutting.rangeBytes);
      const cut = (i: number) => (i === cuts ? Number.POSITIVE_INFINITY : Math.floor((size / cuts) * i));
      return Array.from({ length: cuts }, (_, i) => ({
        source: number,
        reportsRejects: false,
        range: { from: i === 0 ? dataStart : cut(i), until: cut(i + 1) },
        ...(i > 0 && { shape }),
      }));
    } finally {
      closeSync(plain.fd);
    }
  });
}

/** Undefined if anything is wrong with it, which whoever reads the rows will find again. */
function shapeOf(
  { fd, dataStart }: PlainFile,
  source: Source,
  options: Omit<ShapeOptions, 'source'>,
): Shape | undefined {
  const buffer = Buffer.allocUnsafeSlow(WINDOW);
  try {
    const length = readSync(fd, buffer, 0, WINDOW, dataStart);
    return readShape(buffer, { length, atEnd: false }, { ...options, source })?.shape;
  } catch {
    return undefined;
  }
}

const WINDOW = 1 << 18;
/** Rows that must look right after a line end before it is taken for the end of a row and not one inside quotes. */
const CONVINCING_ROWS = 20;

/**
 * Finds the offset of the first row at or after `from`, which is somewhere in the middle of a file. With quoted line ends
 * the result is a good guess: readUsage.ts checks that the range before ends there, and reads the range again if it does
 * not.
 */
export function findRowStart(fd: number, from: number, shape: Shape): number {
  const buffer = Buffer.allocUnsafeSlow(WINDOW);
  let base = from - 1;
  let length = readSync(fd, buffer, 0, WINDOW, base);
  let first = buffer.subarray(0, length).indexOf(0x0a);
  while (first < 0 && length > 0) {
    base += length;
    length = readSync(fd, buffer, 0, WINDOW, base);
    first = buffer.subarray(0, length).indexOf(0x0a);
  }
  if (first < 0) return base;
  const bytes = buffer.subarray(0, length);
  if (!shape.header || shape.line || !bytes.includes(0x22)) return base + first + 1;
  for (let end = first; end >= 0; end = bytes.indexOf(0x0a, end + 1)) {
    if (looksLikeRows(bytes, end + 1, shape)) return base + end + 1;
  }
  return base + first + 1;
}

function looksLikeRows(bytes: Buffer, start: number, { header }: Shape): boolean {
  const limit = bytes.length;
  for (let row = 0; row < CONVINCING_ROWS && start < limit; row++) {
    const record = readRecord(bytes, { start, limit, atEnd: false, dialect: header!.dialect });
    if (typeof record === 'string') return row > 0;
    if (record.fields.length !== header!.fields && record.raw !== '') return false;
    start = record.end;
  }
  return true;
}
