/** Reads single rows again, in the order in which they stand, and finds out on which line they are. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { PlacedRow } from '../../jsonRow.ts';
import { changed, openSource, readFailure, type Source } from '../../source.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import { linesIn, readRecord } from '../scan/csvRecord.ts';
import type { Shape, ShapeFrom } from '../scan/shape.ts';

const LF = 0x0a;
const QUOTE = 0x22;
const WINDOW = 1 << 16;

export type Refetchable = {
  readonly source: Source;
  /** Shapes of the source with the offset from which on rows have them: ascending, at least one. */
  readonly shapes: readonly ShapeFrom[];
  /** A file with the source's bytes as they were scanned: itself, or a copy; absent if they have to be decompressed again. */
  readonly path: string | undefined;
  /** Lines hold several rows, each a byte behind the one before. */
  readonly hasLists: boolean;
  /** Ascending: offsets of rows and the lines before them, one pair after another. */
  readonly checkpoints: readonly number[];
  /** Called between rows, so that signals get their turn; throws when the run is interrupted. */
  readonly yieldToEventLoop: () => Promise<void> | undefined;
};

/** `bytes` are the row with its line end, or the line that holds it and others; valid until the next row. */
export type RowVisitor = (bytes: Buffer, index: number) => void;

/** Rows after which others on the thread may get their turn. */
const ROWS_A_BREATH = 1 << 10;

export class Refetcher {
  readonly source: Source;
  /** Path of the plain file, see {@link Refetchable}. */
  readonly path: string | undefined;
  private readonly origin: Refetchable;
  /** Place of the row being visited in its line, from 0. */
  placeInLine = 0;
  rowsOfLine: readonly PlacedRow[] | undefined;
  private lineOffset = -1;
  /** Tells the line of the row being visited. */
  private findLine: () => number = () => 1;

  constructor(origin: Refetchable) {
    this.origin = origin;
    this.source = origin.source;
    this.path = origin.path;
  }

  /** Checkpoints, see {@link Refetchable}. */
  get checkpoints(): readonly number[] {
    return this.origin.checkpoints;
  }

  /** The shape of the row at an offset. */
  shapeAt(offset: number): Shape {
    return this.origin.shapes.findLast(({ from }) => from <= offset)!.shape;
  }

  /** True if equal bytes mean the same: all rows have one shape, and nothing around them belongs to them. */
  get isUniform(): boolean {
    return this.origin.shapes.length === 1 && !this.origin.hasLists;
  }

  /** Visits rows by their offsets, which must ascend. */
  async visit(offsets: ArrayLike<number>, visitor: RowVisitor): Promise<void> {
    if (offsets.length === 0) return;
    if (this.path === undefined) await this.visitStream(offsets, visitor);
    else await this.visitFile(this.path, offsets, visitor);
  }

  /** The line of the row being visited, from 1. */
  get line(): number {
    return this.findLine();
  }

  private async visitFile(path: string, offsets: ArrayLike<number>, visitor: RowVisitor): Promise<void> {
    const fd = this.openAgain(path);
    try {
      const lines = new LineCounter(fd, this.origin.checkpoints);
      let buffer = Buffer.allocUnsafeSlow(WINDOW);
      let base = 0;
      let length = 0;
      let [offset, known] = [this.origin.checkpoints[0] ?? 0, 0];
      for (let i = 0; i < offsets.length; i++) {
        const place = offsets[i]!;
        if (!this.origin.hasLists) offset = place;
        else if (place >= known) offset = lineStart(fd, place, Math.max(offset, known));
        this.goTo(offset, place - offset);
        let end = offset >= base && offset < base + length ? this.rowEnd(buffer, offset - base, length, false) : -1;
        while (end < 0) {
          // What the window holds of the row may be all of the window: then it has to grow.
          if (base === offset && length === buffer.length) buffer = Buffer.allocUnsafeSlow(buffer.length * 2);
          base = offset;
          length = readSync(fd, buffer, 0, buffer.length, offset);
          end = this.rowEnd(buffer, 0, length, length < buffer.length);
          if (end < 0 && length < buffer.length) throw changed(this.source, 'a row that was there is missing');
        }
        known = base + end;
        const start = offset;
        this.findLine = () => lines.lineOf(start);
        visitor(buffer.subarray(offset - base, end), i);
        const pause = i % ROWS_A_BREATH === 0 ? this.origin.yieldToEventLoop() : undefined;
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
        const start = this.startIn(held, offsets[index]! - base);
        lines += linesIn(held, 0, start);
        held = held.subarray(start);
        base += start;
        const place = offsets[index]! - base;
        const end = place === 0 || this.origin.hasLists ? this.rowEnd(held, 0, held.length, atEnd) : -1;
        if (end <= place) return;
        this.goTo(base, place);
        this.findLine = () => lines + 1;
        visitor(held.subarray(0, end), index);
      }
    };
    for await (const chunk of openSource(this.source).chunks) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      visitHeld(false);
      await this.origin.yieldToEventLoop();
      if (index === offsets.length) return;
    }
    visitHeld(true);
    if (index < offsets.length) throw changed(this.source, 'a row that was there is missing');
  }

  private goTo(line: number, placeInLine: number): void {
    if (line !== this.lineOffset) this.rowsOfLine = undefined;
    this.lineOffset = line;
    this.placeInLine = placeInLine;
  }

  /** Begin of the row at a place that may be behind the bytes: so many of them are passed. */
  private startIn(bytes: Buffer, place: number): number {
    if (!this.origin.hasLists) return Math.min(place, bytes.length);
    const lastEnd = place === 0 ? -1 : bytes.lastIndexOf(LF, Math.min(place, bytes.length) - 1);
    return bytes.length === 0 ? 0 : lastEnd + 1;
  }

  /** The end of the row, line end included, or −1 if it is not all there. */
  private rowEnd(buffer: Buffer, start: number, limit: number, atEnd: boolean): number {
    const lf = buffer.indexOf(LF, start);
    const lineEnd = lf >= 0 && lf < limit ? lf + 1 : -1;
    const { header, line } = this.origin.shapes[0]!.shape;
    const isLine =
      !header || line !== undefined || !buffer.subarray(start, lineEnd < 0 ? limit : lineEnd).includes(QUOTE);
    if (isLine) return lineEnd >= 0 ? lineEnd : atEnd ? limit : -1;
    const record = readRecord(buffer, { start, limit, atEnd, dialect: header.dialect });
    return typeof record === 'string' ? -1 : record.end;
  }
}

/** Offset of the line that holds a place, at least `least`, which is the begin of a line. */
function lineStart(fd: number, place: number, least: number): number {
  const buffer = Buffer.allocUnsafe(Math.min(WINDOW, place - least));
  for (let until = place; until > least; ) {
    const from = Math.max(least, until - WINDOW);
    const length = readSync(fd, buffer, 0, until - from, from);
    const end = length === 0 ? -1 : buffer.lastIndexOf(LF, length - 1);
    if (end >= 0) return from + end + 1;
    until = from;
  }
  return least;
}

/** Counts the lines before offsets, which must ascend, in one pass over the file: from the last checkpoint before each on. */
class LineCounter {
  private readonly fd: number;
  private readonly checkpoints: readonly number[];
  private readonly buffer = Buffer.allocUnsafeSlow(WINDOW);
  /** Offset of the buffer's first byte in the source, and the number of bytes in it. */
  private base = 0;
  private length = 0;
  /** So many lines are before this offset. */
  private offset = 0;
  private lines = 0;

  constructor(fd: number, checkpoints: readonly number[]) {
    this.fd = fd;
    this.checkpoints = checkpoints;
  }

  lineOf(offset: number): number {
    if (offset >= this.base + this.length) this.skipTo(offset);
    while (this.offset < offset) {
      if (this.offset >= this.base + this.length) {
        this.base = this.offset;
        this.length = readSync(this.fd, this.buffer, 0, WINDOW, this.base);
        if (this.length === 0) break;
      }
      const until = Math.min(offset, this.base + this.length);
      this.lines += linesIn(this.buffer, this.offset - this.base, until - this.base);
      this.offset = until;
    }
    return this.lines + 1;
  }

  private skipTo(offset: number): void {
    const { checkpoints } = this;
    const checkpoint = lastNotAfter(checkpoints, offset, 2) * 2;
    const reached = checkpoints[checkpoint];
    if (reached === undefined || reached <= this.offset || reached > offset) return;
    this.offset = reached;
    this.lines = checkpoints[checkpoint + 1]!;
  }
}
