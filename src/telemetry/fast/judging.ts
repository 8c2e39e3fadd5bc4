/**
 * Reads rows again that may be the same events as others, and marks each with what decides that (rowMarks.ts). Threads share
 * the work by stretches of sources.
 */
import type { Problem } from '../../core/problem.ts';
import { BATCH_ROWS, COUNTED, JUDGED_FIELD_WORDS, OF_KEY, QUANTITY, TEXT } from '../../kernel/contract.ts';
import type { Wanted } from '../columns.ts';
import { countsValues } from '../row.ts';
import { InputFailure } from '../source.ts';
import type { RowContent } from '../textRows.ts';
import type { Batch, BatchLayout } from './batch.ts';
import { type CrewOrder, scanOptions } from './crewMember.ts';
import type { FeedWatch } from './feed.ts';
import { markBlankEnds } from './fieldTexts.ts';
import type { Kernel, KernelArray } from './kernel.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import { type ReviewedSource, readAgain } from './readAgain.ts';
import { MARK_WORDS, type MarkingOrder, REJECTED_NOW, RowMarker } from './rowMarks.ts';
import { type RowFilter, type RowTaker, Scan } from './scan.ts';
import { Tally, type TallyRequest } from './tally.ts';

/** Bytes of a source in which rows are, from the begin of a row with so many lines before it. */
export type JudgedStretch = { readonly start: number; readonly stop: number; readonly lines: number };

/** Rows of one source. */
export type JudgingTask = {
  readonly source: number;
  /** The place of the first of them among all disputed rows. */
  readonly first: number;
  /** Where they begin, ascending. */
  readonly offsets: Float64Array;
  /** Empty for a source that has to be decompressed again. */
  readonly stretches: readonly JudgedStretch[];
};

export type JudgingOrder = Pick<
  CrewOrder,
  'sources' | 'wanted' | 'forcedFormat' | 'request' | 'chunkBytes' | 'kernel' | 'memory' | 'shared'
> &
  MarkingOrder & {
    readonly reviewed: readonly (ReviewedSource | undefined)[];
    readonly tasks: readonly JudgingTask[];
    /** How many tasks have been taken. */
    readonly taken: Int32Array;
  };

/** What is wrong with sources that could not be read again. */
export async function judgeRows(order: JudgingOrder, breathe: FeedWatch['breathe']): Promise<Problem[]> {
  const failures: Problem[] = [];
  const taker = new Judging(order);
  for (;;) {
    const task = order.tasks[Atomics.add(order.taken, 0, 1)];
    if (!task) return failures;
    try {
      await judgeTask(order, task, taker, breathe);
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
  }
}

async function judgeTask(
  order: JudgingOrder,
  task: JudgingTask,
  taker: Judging,
  breathe: FeedWatch['breathe'],
): Promise<void> {
  const { path, shape } = order.reviewed[task.source]!;
  taker.begin(task);
  const options = scanOptions(order, task.source, () => {
    throw new Error(REJECTED_NOW);
  });
  const kept = { dimensions: order.wanted.dimensions.length, ids: true };
  const scan = new Scan({ ...options, kept, filter: taker }, taker, path === undefined ? undefined : shape);
  const { chunkBytes } = order;
  await readAgain(order, task.source, scan, {
    kernel: taker.kernel,
    breathe,
    stretches: () => task.stretches.map((stretch) => ({ ...stretch, chunkBytes })),
    areAllSeen: () => taker.areAllSeen,
  });
}

/** Takes rows of a task, and marks them. */
class Judging implements RowTaker, RowFilter {
  private readonly tally: Tally;
  private readonly marker: RowMarker;
  private readonly order: JudgingOrder;
  private readonly fields: KernelArray<Int32Array>;
  private readonly found: KernelArray<Int32Array>;
  /** By row of the batch its place among the offsets, if it is wanted. */
  private readonly places = new Int32Array(BATCH_ROWS);
  private task: JudgingTask | undefined;
  private seen = 0;

  constructor(order: JudgingOrder) {
    const { request, memory, wanted } = order;
    this.order = order;
    this.tally = new Tally(requestOf(request, wanted), memory);
    const { kernel } = this.tally;
    this.marker = new RowMarker(kernel, order);
    this.fields = kernel.newInts((2 + 1 + wanted.meters.length + wanted.dimensions.length) * JUDGED_FIELD_WORDS);
    this.found = kernel.newInts(BATCH_ROWS * MARK_WORDS);
  }

  get kernel(): Kernel {
    return this.tally.kernel;
  }

  get batch(): Batch {
    return this.tally.batch;
  }

  begin(task: JudgingTask): void {
    this.task = task;
    this.seen = 0;
  }

  get areAllSeen(): boolean {
    return this.seen === this.task!.offsets.length;
  }

  csvIndexer(...wanted: Parameters<Tally['csvIndexer']>): ReturnType<Tally['csvIndexer']> {
    return this.tally.csvIndexer(...wanted);
  }

  jsonIndexer(...wanted: Parameters<Tally['jsonIndexer']>): ReturnType<Tally['jsonIndexer']> {
    return this.tally.jsonIndexer(...wanted);
  }

  decodeInstants(layout: BatchLayout): boolean {
    return this.tally.decodeInstants(layout);
  }

  relieve(): void {}

  leaveOut(batch: Batch, { base, leftOut }: { base: number; leftOut: Uint8Array }): number {
    const { rows } = batch;
    const { offsets } = this.task!;
    const stride = batch.step / 4;
    const starts = this.kernel.ints(batch.rowStartsAt, (rows - 1) * stride + 1);
    const before = base + batch.more;
    let next = lastNotAfter(offsets, before + (starts[0]! >>> 0));
    let kept = 0;
    for (let row = 0; row < rows; row++) {
      const offset = before + (starts[row * stride]! >>> 0);
      // Some may stand within a row: NDJSON can have several on a line.
      while (offsets[next]! < offset) next++;
      const isWanted = offsets[next] === offset;
      leftOut[row] = isWanted ? 0 : 1;
      if (!isWanted) continue;
      this.places[row] = next;
      kept++;
    }
    return rows - kept;
  }

  takes(offset: number): boolean {
    return this.placeOf(offset) >= 0;
  }

  private placeOf(offset: number): number {
    const { offsets } = this.task!;
    const place = lastNotAfter(offsets, offset);
    return offsets[place] === offset ? place : -1;
  }

  takeBatch(layout: BatchLayout, _place: unknown, rowsToTake: (odds: number) => number): number {
    const { tally, batch, order, found } = this;
    const { call } = tally.kernel;
    const { odd, lines, at, nanoseconds } = batch;
    if (batch.rows === 0) return 0;
    tally.beginBatch(layout, rowsToTake);
    const { rows } = batch;
    if (call.countOdd(odd.address, rows) === rows) return rows;
    if (order.request.trimsIds && layout.customer >= 0) markBlankEnds(batch, layout.customer, tally.kernel);
    const count = this.tellFields(layout);
    call.judgeRows(
      this.fields.address,
      count,
      at.address,
      nanoseconds.address,
      batch.rowStartsAt,
      batch.step,
      batch.more,
      odd.address,
      rows,
      ...order.key,
      found.address,
    );
    const { marks } = order;
    for (let row = 0; row < rows; row++) {
      if (odd.values[row] !== 0) continue;
      const index = this.task!.first + this.places[row]!;
      marks.at[index] = at.values[row]!;
      marks.nanoseconds[index] = nanoseconds.values[row]!;
      marks.lines[index] = lines.values[row]! + 1;
      const [from, to] = [row * MARK_WORDS, index * MARK_WORDS];
      for (let word = 0; word < MARK_WORDS; word++) marks.words[to + word] = found.values[from + word]!;
      this.seen++;
    }
    return call.countOdd(odd.address, rows);
  }

  /** Tells the kernel where the fields of the batch are; returns how many there are. */
  private tellFields(layout: BatchLayout): number {
    const { batch, fields } = this;
    const { meters } = this.order.wanted;
    let count = 0;
    const tell = (column: number, kind: number) => {
      const places = column < 0 ? [0, 0] : [batch.startsOf(column), batch.endsOf(column)];
      fields.values.set([...places, kind], count++ * JUDGED_FIELD_WORDS);
    };
    tell(layout.source, OF_KEY);
    tell(layout.eventId, OF_KEY);
    tell(layout.customer, TEXT);
    for (const [m, column] of layout.quantities.entries()) tell(column, countsValues(meters[m]!) ? COUNTED : QUANTITY);
    for (const column of layout.dimensions) tell(column, TEXT);
    return count;
  }

  takeRow(found: RowContent, { base, line }: { base: number; line: number }): undefined {
    this.marker.mark(this.task!.first + this.placeOf(base), found, line);
    this.seen++;
    return undefined;
  }
}

/** Rows have all their dimensions in the batch, and nothing is added up. */
function requestOf(request: TallyRequest, { dimensions }: Wanted): TallyRequest {
  return { ...request, dimensions, dedupe: false, trace: false, spans: undefined, watches: [] };
}
