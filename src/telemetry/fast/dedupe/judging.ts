/**
 * Reads rows again that may be the same events as others, and marks each with what decides that (rowMarks.ts). Threads share
 * the work by stretches of sources.
 */
import { countsZero, type Meter } from '../../../core/catalog/meter.ts';
import type { Problem } from '../../../core/problem.ts';
import { BATCH_ROWS, JUDGED_FIELD_WORDS, LEVEL, OF_KEY, QUANTITY, TEXT } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import { countsValues } from '../../row.ts';
import { InputFailure } from '../../source.ts';
import type { RowContent } from '../../textRows.ts';
import type { Batch, BatchLayout } from '../batch.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import { Accumulator, type CountingRequest } from '../scan/accumulator.ts';
import type { FeedWatch } from '../scan/feed.ts';
import { markBlankEnds } from '../scan/fieldTexts.ts';
import { type RowFilter, type RowTaker, Scan } from '../scan/scan.ts';
import { type ScanJob, scanOptions } from '../scan/scanJob.ts';
import { type ReviewedSource, readAgain } from './readAgain.ts';
import { MARK_WORDS, type MarkingJob, REJECTED_NOW, RowMarker } from './rowMarks.ts';

/** Bytes of a source in which rows are, from the begin of a row with so many lines before it. */
export type JudgedRange = { readonly start: number; readonly stop: number; readonly lines: number };

/** Rows of one source. */
export type JudgingTask = {
  readonly source: number;
  /** The place of the first of them among all disputed rows. */
  readonly first: number;
  /** Offsets of the rows, ascending. */
  readonly offsets: Float64Array;
  /** Empty for a source that has to be decompressed again. */
  readonly stretches: readonly JudgedRange[];
};

export type JudgingJob = Omit<ScanJob, 'skip'> &
  MarkingJob & {
    readonly reviewed: readonly (ReviewedSource | undefined)[];
    readonly tasks: readonly JudgingTask[];
    /** [0] index of the task that the next thread claims. */
    readonly nextTask: Int32Array;
  };

/** Judges rows until no task is left. Returns the problems of sources that could not be read again. */
export async function judgeRows(job: JudgingJob, yieldToEventLoop: FeedWatch['yieldToEventLoop']): Promise<Problem[]> {
  const failures: Problem[] = [];
  const taker = new Judging(job);
  for (;;) {
    const task = job.tasks[Atomics.add(job.nextTask, 0, 1)];
    if (!task) return failures;
    try {
      await judgeTask(job, task, taker, yieldToEventLoop);
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
  }
}

async function judgeTask(
  job: JudgingJob,
  task: JudgingTask,
  taker: Judging,
  yieldToEventLoop: FeedWatch['yieldToEventLoop'],
): Promise<void> {
  const { path, shape } = job.reviewed[task.source]!;
  taker.begin(task);
  const options = scanOptions(job, task.source, () => {
    throw new Error(REJECTED_NOW);
  });
  const kept = { dimensions: job.wanted.dimensions.length, ids: true };
  const scan = new Scan({ ...options, kept, filter: taker }, taker, path === undefined ? undefined : shape);
  const { chunkBytes } = job;
  await readAgain(job, task.source, scan, {
    kernel: taker.kernel,
    yieldToEventLoop,
    stretches: () => task.stretches.map((stretch) => ({ ...stretch, chunkBytes })),
    areAllSeen: () => taker.areAllSeen,
  });
}

/** Takes rows of a task, and marks them. */
class Judging implements RowTaker, RowFilter {
  private readonly accumulator: Accumulator;
  private readonly marker: RowMarker;
  private readonly job: JudgingJob;
  private readonly fields: KernelArray<Int32Array>;
  private readonly found: KernelArray<Int32Array>;
  /** By row of the batch its place among the offsets, if it is wanted. */
  private readonly places = new Int32Array(BATCH_ROWS);
  private task: JudgingTask | undefined;
  private seen = 0;

  constructor(job: JudgingJob) {
    const { request, memory, wanted } = job;
    this.job = job;
    this.accumulator = new Accumulator(requestOf(request, wanted), memory);
    const { kernel } = this.accumulator;
    this.marker = new RowMarker(kernel, job);
    this.fields = kernel.newInts((2 + 1 + wanted.meters.length + wanted.dimensions.length) * JUDGED_FIELD_WORDS);
    this.found = kernel.newInts(BATCH_ROWS * MARK_WORDS);
  }

  get kernel(): Kernel {
    return this.accumulator.kernel;
  }

  get batch(): Batch {
    return this.accumulator.batch;
  }

  begin(task: JudgingTask): void {
    this.task = task;
    this.seen = 0;
  }

  get areAllSeen(): boolean {
    return this.seen === this.task!.offsets.length;
  }

  csvIndexer(...wanted: Parameters<Accumulator['csvIndexer']>): ReturnType<Accumulator['csvIndexer']> {
    return this.accumulator.csvIndexer(...wanted);
  }

  formProgram(...forms: Parameters<Accumulator['formProgram']>): ReturnType<Accumulator['formProgram']> {
    return this.accumulator.formProgram(...forms);
  }

  logIndexer(...wanted: Parameters<Accumulator['logIndexer']>): ReturnType<Accumulator['logIndexer']> {
    return this.accumulator.logIndexer(...wanted);
  }

  jsonIndexer(...wanted: Parameters<Accumulator['jsonIndexer']>): ReturnType<Accumulator['jsonIndexer']> {
    return this.accumulator.jsonIndexer(...wanted);
  }

  decodeInstants(layout: BatchLayout): boolean {
    return this.accumulator.decodeInstants(layout);
  }

  relieve(): void {}

  leaveOut(batch: Batch, { base, leftOut }: { base: number; leftOut: Uint8Array }): number {
    const { rows } = batch;
    const { offsets } = this.task!;
    const stride = batch.stride / 4;
    const starts = this.kernel.ints(batch.rowStartsAt, (rows - 1) * stride + 1);
    const before = base + batch.delta;
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

  takeBatch(layout: BatchLayout, _place: unknown, rowsToTake: (slowRows: number) => number): number {
    const { accumulator, batch, job, found } = this;
    const { call } = accumulator.kernel;
    const { slow, lines, at, nanoseconds } = batch;
    if (batch.rows === 0) return 0;
    accumulator.beginBatch(layout, rowsToTake);
    const { rows } = batch;
    if (call.countSlow(slow.address, rows) === rows) return rows;
    if (job.request.trimsIds && layout.customer >= 0) markBlankEnds(batch, layout.customer, accumulator.kernel);
    const count = this.tellFields(layout);
    call.judgeRows(
      this.fields.address,
      count,
      at.address,
      nanoseconds.address,
      batch.rowStartsAt,
      batch.stride,
      batch.delta,
      slow.address,
      rows,
      ...job.key,
      found.address,
    );
    const { marks } = job;
    for (let row = 0; row < rows; row++) {
      if (slow.values[row] !== 0) continue;
      const index = this.task!.first + this.places[row]!;
      marks.at[index] = at.values[row]!;
      marks.nanoseconds[index] = nanoseconds.values[row]!;
      marks.lines[index] = lines.values[row]! + 1;
      const [from, to] = [row * MARK_WORDS, index * MARK_WORDS];
      for (let word = 0; word < MARK_WORDS; word++) marks.words[to + word] = found.values[from + word]!;
      this.seen++;
    }
    return call.countSlow(slow.address, rows);
  }

  /** Tells the kernel where the fields of the batch are; returns how many there are. */
  private tellFields(layout: BatchLayout): number {
    const { batch, fields } = this;
    const { meters } = this.job.wanted;
    let count = 0;
    const addField = (column: number, kind: number) => {
      const places = column < 0 ? [0, 0] : [batch.startsOf(column), batch.endsOf(column)];
      fields.values.set([...places, kind], count++ * JUDGED_FIELD_WORDS);
    };
    addField(layout.source, OF_KEY);
    addField(layout.eventId, OF_KEY);
    addField(layout.customer, TEXT);
    for (const [m, column] of layout.quantities.entries()) addField(column, kindOf(meters[m]!));
    for (const column of layout.dimensions) addField(column, TEXT);
    return count;
  }

  takeRow(found: RowContent, { base, line }: { base: number; line: number }): undefined {
    this.marker.mark(this.task!.first + this.placeOf(base), found, line);
    this.seen++;
    return undefined;
  }
}

function kindOf(meter: Meter): number {
  if (countsValues(meter)) return TEXT;
  return countsZero(meter) ? LEVEL : QUANTITY;
}

/** Rows have all their dimensions in the batch, and nothing is added up. */
function requestOf(request: CountingRequest, { dimensions }: Wanted): CountingRequest {
  return { ...request, dimensions, dedupe: false, trace: false, spans: undefined, probes: [] };
}
