/**
 * The reference reader: correct first, by the plainest means there are. One row after another, in order, with csv-parse,
 * a JSON parser that keeps number texts, and maps.
 */

import { contains } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import type { TimeUnit } from '../../core/timestamp.ts';
import { type LedgerRow, MapLedger } from '../../core/usage/mapLedger.ts';
import { stepsOfCells, WatchedSteps } from '../../core/usage/watch.ts';
import { type WantedRequest, wantedOf } from '../columns.ts';
import { dialectOf } from '../csvRow.ts';
import { conflict, countsBefore, coverageFault, type Delivery, eventContent, eventKey } from '../event.ts';
import { formatOfLine, type InputFormat } from '../formats.ts';
import { assertLineFeeds } from '../inputProblems.ts';
import { assertNoNearKeys } from '../keyNames.ts';
import type { ReadRequest, ReadResult, Reject, UsageReader, UsageWatcher } from '../reader.ts';
import { checkRow, type Fault, type RowTexts } from '../row.ts';
import { readingBefore, watchingBefore } from '../rowsBefore.ts';
import { DimensionWatch, missingDimensions } from '../seenDimensions.ts';
import { InputFailure, openSource, type Source } from '../source.ts';
import type { FoundRow } from '../textRows.ts';
import { csvRows } from './csvRows.ts';
import { jsonRows } from './jsonRows.ts';

export const readUsage: UsageReader = readingBefore(async (request) => {
  const anchors = new Map([...(request.spans ?? [])].map(([id, { anchor = 1 }]) => [id, anchor]));
  const ledger = new MapLedger({ ...request, anchors });
  const result = await readRows(request, (row) => {
    ledger.add(row);
    request.onRated?.(row);
  });
  return { ledger, ...result };
});

export const watchUsage: UsageWatcher = watchingBefore(async (request) => {
  const steps = new WatchedSteps(request);
  const { rows, failures } = await readRows({ ...request, onReject: () => {} }, (row) => steps.add(row));
  const watched = steps.cells().map((cells, w) => stepsOfCells(cells, request.watches[w]!, request));
  return { watched, rows, failures };
});

/** A row with an id: of those with one key the one that counts is kept. */
type Counting = Delivery & { readonly file: string; readonly line: number; readonly content: string };

/** What cannot be told before all rows are known: rejects, and rows, those with an id with what it takes to compare them. */
type Waiting =
  | Reject
  | { readonly row: LedgerRow; readonly key?: undefined; readonly delivery?: undefined; readonly texts?: undefined }
  | { readonly row: LedgerRow; readonly key: string; readonly delivery: Counting; readonly texts: RowTexts };

/** Hands every row that is rated to `take`. */
async function readRows(
  request: Omit<ReadRequest, 'trace'>,
  take: (row: LedgerRow) => void,
): Promise<Omit<ReadResult, 'ledger'>> {
  const { meters, dimensions, period } = request;
  const rows = { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, rejected: 0 };
  const failures: Problem[] = [];
  const units = new Set<TimeUnit>();
  const events = new Map<string, Counting>();
  const waiting: Waiting[] = [];
  const seenMeters = new Set<string>();
  const dimensionWatch = new DimensionWatch(dimensions.length);
  let bytes = 0;
  let repeatedHourRows = 0;
  const unendedSources = new Set<string>();

  for (const [number, source] of request.sources.entries()) {
    const { pipes, signal } = request;
    const { chunks, bytesRead } = pipes ? await pipes.open(source, signal) : openSource(source, signal);
    try {
      for await (const batch of foundRows(source, withoutMarks(chunks), request)) {
        request.signal?.throwIfAborted();
        for (const row of batch) takeRow(row, source, number);
      }
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
    bytes += bytesRead();
  }
  for (const row of waiting) {
    if ('code' in row) reject(row);
    else settle(row);
  }
  return {
    ...{ rows, bytes, failures, repeatedHourRows, seenMeters },
    missingDimensions: missingDimensions([dimensionWatch.seen], request),
    unendedSources: [...unendedSources],
    guessedTimeUnits: [...units].sort(),
    distinctIds: events.size,
    idBytes: undefined,
  };

  function takeRow(found: FoundRow, source: Source, number: number): void {
    rows.read++;
    const fault = countRow(found, source, number);
    if (!fault) {
      if (found.isUnended) unendedSources.add(source.name);
      return;
    }
    const rejected = { ...fault, file: source.name, line: found.line, raw: found.raw };
    // Rejects are told in the order of their rows, and which rows are in conflict is not known yet.
    if (request.dedupe) waiting.push(rejected);
    else reject(rejected);
  }

  function reject(rejected: Reject): void {
    rows.rejected++;
    request.onReject(rejected);
  }

  /** Counts a row, or lets it wait until all rows with its id are known, or tells what is wrong with it. */
  function countRow(found: FoundRow, source: Source, number: number): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { texts, names, line } = found;
    const checked = checkRow(texts, names, meters, request);
    if ('code' in checked) return checked;
    if (checked.unit && !request.timeUnit) units.add(checked.unit);
    if (checked.isRepeated) repeatedHourRows++;

    const span = request.spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, checked.at.ms, texts, names);
    if (uncovered) return uncovered;
    for (const [m, text] of checked.quantities.entries()) if (text !== '') seenMeters.add(meters[m]!.name);
    dimensionWatch.note(number, texts.dimensions);
    const row: LedgerRow = {
      customer: texts.customer,
      at: checked.at,
      quantities: checked.quantities.map((text) => (text === '' ? undefined : text)),
      dimensions: texts.dimensions.slice(0, dimensions.length),
    };
    if (!request.dedupe) {
      rate(row);
      return undefined;
    }
    if (texts.eventId === '') {
      waiting.push({ row });
      return undefined;
    }
    const key = eventKey(texts);
    const content = eventContent(texts, checked.at, meters);
    const delivery: Counting = { at: checked.at, raw: found.raw, file: source.name, line, content };
    const event = events.get(key);
    if (!event || countsBefore(delivery, event)) events.set(key, delivery);
    waiting.push({ row, key, delivery, texts });
    return undefined;
  }

  /** Of rows with one id one counts; those with its content repeat it, those with another are in conflict with it. */
  function settle({ row, key, delivery, texts }: Exclude<Waiting, Reject>): void {
    if (key === undefined || events.get(key) === delivery) {
      rate(row);
      return;
    }
    const counting = events.get(key)!;
    if (counting.content === delivery.content) rows.duplicate++;
    else
      reject({
        ...conflict(texts.eventId, delivery.file, counting),
        file: delivery.file,
        line: delivery.line,
        raw: delivery.raw,
      });
  }

  function rate(row: LedgerRow): void {
    const billed = request.spans?.get(row.customer)?.billed ?? period;
    if (billed && !contains(billed, row.at.ms)) rows.outOfPeriod++;
    else {
      rows.rated++;
      take(row);
    }
  }
}

/** Takes out the byte order marks that stand at the begin of lines, as in files that were joined. */
async function* withoutMarks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = `${rest}${chunk.toString('latin1')}`;
    const held = /\n(?:\xef\xbb?)?$/.exec(text)?.index ?? text.length; // a mark may begin here
    rest = text.slice(held);
    if (held > 0) yield Buffer.from(text.slice(0, held).replaceAll('\n\xef\xbb\xbf', '\n'), 'latin1');
  }
  if (rest !== '') yield Buffer.from(rest, 'latin1');
}

async function* foundRows(
  source: Source,
  chunks: AsyncGenerator<Buffer>,
  request: Pick<ReadRequest, 'format'> & WantedRequest,
): AsyncGenerator<FoundRow[]> {
  const { format, firstLine, rest } = await recognise(source, chunks, request.format);
  const wanted = wantedOf(request);
  if (format === 'ndjson') {
    assertNoNearKeys(source, firstLine, wanted);
    yield* jsonRows(source, rest, wanted);
  } else yield* csvRows(source, rest, { ...wanted, dialect: dialectOf(format, wanted) });
}

/** Reads on until the first line that is not blank is there, and gives everything from the start again. */
async function recognise(
  source: Source,
  chunks: AsyncGenerator<Buffer>,
  forced: InputFormat | undefined,
): Promise<{ format: InputFormat; firstLine: string; rest: AsyncIterable<Buffer> }> {
  const taken: Buffer[] = [];
  let firstLine: string | undefined;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    taken.push(next.value);
    const text = Buffer.concat(taken).toString('latin1');
    firstLine = /^[\r\n]*([^\r\n][^\n]*)\n/.exec(text)?.[1];
    if (firstLine !== undefined) break;
  }
  firstLine ??= Buffer.concat(taken)
    .toString('latin1')
    .replace(/^[\r\n]+/, '');
  assertLineFeeds(source, Buffer.from(firstLine, 'latin1'));
  firstLine = firstLine.trim();
  const rest = async function* () {
    yield* taken;
    yield* chunks;
  };
  return { format: forced ?? formatOfLine(firstLine), firstLine, rest: rest() };
}
