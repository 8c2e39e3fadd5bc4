/** Reads single rows again, in the order in which they stand, and finds out on which line they are. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Wanted } from '../columns.ts';
import { rowOfRecord } from '../csvRow.ts';
import { coverageFault } from '../event.ts';
import { rowsOfLine } from '../jsonRow.ts';
import type { ReadRequest } from '../reader.ts';
import { checkRow, type Fault } from '../row.ts';
import { changed, openSource, readFailure, type Source } from '../source.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';
import { afterMark, linesIn, readRecord } from './csvRecord.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import type { Shape, ShapeFrom } from './shape.ts';

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const WINDOW = 1 << 16;

export type Refetchable = {
  readonly source: Source;
  /** Where rows of another shape begin, from the source's begin on: ascending, at least one. */
  readonly shapes: readonly ShapeFrom[];
  /** A file with the source's bytes as they were scanned: itself, or a copy; absent if they have to be decompressed again. */
  readonly path: string | undefined;
  /** Ascending: offsets of rows and the lines before them, one pair after another. */
  readonly landmarks: readonly number[];
  /** Called between rows, so that signals get their turn; throws when the run is interrupted. */
  readonly breathe: () => Promise<void> | undefined;
};

/** `bytes` are the row with its line end, valid until the next row. */
export type RowVisitor = (bytes: Buffer, index: number) => void;

export class Refetcher {
  readonly source: Source;
  private readonly origin: Refetchable;
  /** Lines of the rows visited, for origins where looking them up would mean to decompress again. */
  private readonly lines = new Map<number, number>();

  constructor(origin: Refetchable) {
    this.origin = origin;
    this.source = origin.source;
  }

  /** The shape of the row at an offset. */
  shapeAt(offset: number): Shape {
    return this.origin.shapes.findLast(({ from }) => from <= offset)!.shape;
  }

  /** True if all rows have one shape. */
  get isUniform(): boolean {
    return this.origin.shapes.length === 1;
  }

  /** Visits rows by their offsets, which must ascend. */
  async visit(offsets: ArrayLike<number>, visitor: RowVisitor): Promise<void> {
    if (offsets.length === 0) return;
    if (this.origin.path === undefined) await this.visitStream(offsets, visitor);
    else await this.visitFile(this.origin.path, offsets, visitor);
  }

  private async visitFile(path: string, offsets: ArrayLike<number>, visitor: RowVisitor): Promise<void> {
    const fd = this.openAgain(path);
    try {
      let buffer = Buffer.allocUnsafeSlow(WINDOW);
      let base = 0;
      let length = 0;
      for (let i = 0; i < offsets.length; i++) {
        const offset = offsets[i]!;
        let end = offset < base + length ? this.rowEnd(buffer, offset - base, length, false) : -1;
        while (end < 0) {
          // What the window holds of the row may be all of the window: then it has to grow.
          if (base === offset && length === buffer.length) buffer = Buffer.allocUnsafeSlow(buffer.length * 2);
          base = offset;
          length = readSync(fd, buffer, 0, buffer.length, offset);
          end = this.rowEnd(buffer, 0, length, length < buffer.length);
          if (end < 0 && length < buffer.length) throw changed(this.source, 'a row that was there is missing');
        }
        visitor(buffer.subarray(offset - base, end), i);
        const pause = this.origin.breathe();
        if (pause) await pause;
      }
    } catch (error) {
      // What the visitor throws goes through: only calls of the system have a code.
      throw (error as NodeJS.ErrnoException).syscall === undefined ? error : readFailure(this.source, error);
    } finally {
      closeSync(fd);
    }
  }

  private openAgain(path: string): number {
    try {
      return openSync(path, 'r');
    } catch (error) {
      throw readFailure(this.source, error);
    }
  }

  private async visitStream(offsets: ArrayLike<number>, visitor: RowVisitor): Promise<void> {
    let held: Buffer = Buffer.alloc(0);
    let base = 0;
    let lines = 0;
    let index = 0;
    const visitHeld = (atEnd: boolean) => {
      for (; index < offsets.length; index++) {
        const start = Math.min(offsets[index]! - base, held.length);
        lines += linesIn(held, 0, start);
        held = held.subarray(start);
        base += start;
        const end = base === offsets[index] ? this.rowEnd(held, 0, held.length, atEnd) : -1;
        if (end < 0) return;
        this.lines.set(base, lines + 1);
        visitor(held.subarray(0, end), index);
      }
    };
    for await (const chunk of openSource(this.source).chunks) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      visitHeld(false);
      await this.origin.breathe();
      if (index === offsets.length) return;
    }
    visitHeld(true);
    if (index < offsets.length) throw changed(this.source, 'a row that was there is missing');
  }

  /** The end of the row, line end included, or −1 if it is not all there. */
  private rowEnd(buffer: Buffer, start: number, limit: number, atEnd: boolean): number {
    const lf = buffer.indexOf(LF, start);
    const lineEnd = lf >= 0 && lf < limit ? lf + 1 : -1;
    const { format, header } = this.origin.shapes[0]!.shape;
    const line = buffer.subarray(start, lineEnd < 0 ? limit : lineEnd);
    if (format === 'ndjson' || !line.includes(QUOTE)) return lineEnd >= 0 ? lineEnd : atEnd ? limit : -1;
    const record = readRecord(buffer, { start, limit, atEnd, dialect: header!.dialect });
    return typeof record === 'string' ? -1 : record.end;
  }

  /** The line of a row that has been visited, from 1. */
  lineOf(offset: number): number {
    const { path, landmarks } = this.origin;
    if (path === undefined) return this.lines.get(offset)!;
    const landmark = lastNotAfter(landmarks, offset, 2);
    const from = landmarks[landmark * 2] ?? 0;
    const fd = this.openAgain(path);
    try {
      const buffer = Buffer.allocUnsafeSlow(offset - from);
      const length = readSync(fd, buffer, 0, offset - from, from);
      return (landmarks[landmark * 2 + 1] ?? 0) + linesIn(buffer, 0, length) + 1;
    } finally {
      closeSync(fd);
    }
  }
}

/** Understands a row that {@link RowVisitor} was given: `line` is handed through. */
export function understand(bytes: Buffer, { header }: Shape, wanted: Wanted, line: number): FoundRow {
  if (!header) {
    let end = bytes.length;
    if (bytes[end - 1] === LF) end--;
    if (bytes[end - 1] === CR) end--;
    const raw = bytes.toString('latin1', afterMark(bytes, 0, end), end);
    const [first] = rowsOfLine(raw, wanted);
    return { line, raw: decodeLoosely(first!.raw), ...first!.row };
  }
  const { dialect } = header;
  const record = readRecord(bytes, { start: 0, limit: bytes.length, atEnd: true, dialect });
  if (typeof record === 'string') throw new Error('a row is not what it was when it was read first');
  return { line, raw: decodeLoosely(record.raw), ...rowOfRecord(record, header, wanted) };
}

/** What is wrong with a row; undefined if nothing is. */
export function faultOf(
  found: FoundRow,
  wanted: Wanted,
  request: Pick<ReadRequest, 'spans' | 'timezone' | 'timeUnit' | 'repeatedHour'>,
): Fault | undefined {
  if ('fault' in found) return found.fault;
  const { texts, names } = found;
  const checked = checkRow(texts, names, wanted.meters, request);
  if ('code' in checked) return checked;
  const span = request.spans?.get(texts.customer);
  return span && coverageFault(span, checked.at.ms, texts, names);
}
