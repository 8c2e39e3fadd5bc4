/**
 * The slow reader, for where the fast one cannot run: one thread and no kernel, rows as objects, one after another in their
 * order. It shares the rules for rows with the other readers, and the search for records with the fast one. Memory grows by
 * some hundred bytes with each event id.
 */
import { contains } from '../../core/period.ts';
import type { Problem } from '../../core/problem.ts';
import { type PreciseInstant, parseTimestamp, type TimeUnit } from '../../core/timestamp.ts';
import { type LedgerRow, MapLedger } from '../../core/usage/mapLedger.ts';
import { WatchedSteps } from '../../core/usage/watch.ts';
import { wantedOf } from '../columns.ts';
import { conflict, coverageFault, eventContent } from '../event.ts';
import type { ReadRequest, ReadResult, UsageReader, UsageWatcher } from '../reader.ts';
import { checkRow, type Fault, isNothing, type RowTexts } from '../row.ts';
import { InputFailure, openSource } from '../source.ts';
import { decodeLoosely } from '../textRows.ts';
import { quickAccumulatorFor } from './quickSum.ts';
import { eachRow, type Meant } from './rows.ts';

export const readUsage: UsageReader = async (request) => {
  const ledger = new MapLedger({ ...request, accumulatorFor: quickAccumulatorFor });
  const { onRated } = request;
  const result = await readRows(request, (row) => {
    ledger.add(row);
    onRated?.(row);
  });
  return { ledger, ...result };
};

export const watchUsage: UsageWatcher = async (request) => {
  const steps = new WatchedSteps(request);
  const { rows, failures } = await readRows({ ...request, onReject: () => {} }, (row) => steps.add(row));
  return { watched: steps.finish(), rows, failures };
};

/** The first row with its key: its bytes where it can be understood from them again, which take the least memory. */
type Event = { readonly file: string; readonly line: number } & (
  | { readonly latin1: string; readonly again: (latin1: string) => Meant }
  | { readonly texts: RowTexts }
);

type Place = {
  readonly file: string;
  readonly line: number;
  readonly latin1: string;
  readonly again: ((latin1: string) => Meant) | undefined;
};

/** Hands every row that is rated to `take`. */
async function readRows(
  request: Omit<ReadRequest, 'trace'>,
  take: (row: LedgerRow) => void,
): Promise<Omit<ReadResult, 'ledger'>> {
  const { sources, meters, dimensions, period, spans, dedupe, timeUnit, signal } = request;
  const wanted = wantedOf(request);
  const rows = { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, rejected: 0 };
  const failures: Problem[] = [];
  const units = new Set<TimeUnit>();
  const seen = new Map<string, Event>();
  let bytes = 0;

  for (const source of sources) {
    const { chunks, bytesRead } = openSource(source, signal);
    try {
      await eachRow(chunks, { source, wanted, forcedFormat: request.format }, (row, latin1, line, again) => {
        rows.read++;
        const fault = countRow(row, { file: source.name, line, latin1, again });
        if (!fault) return;
        rows.rejected++;
        request.onReject({ ...fault, file: source.name, line, raw: decodeLoosely(latin1) });
      });
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      failures.push(error.problem);
    }
    bytes += bytesRead();
  }
  return { rows, bytes, failures, guessedTimeUnits: [...units].sort(), distinctIds: seen.size, idBytes: undefined };

  /** Counts a row as duplicate, out of period or rated, or tells what is wrong with it. */
  function countRow(found: Meant, { file, line, latin1, again }: Place): Fault | undefined {
    if ('fault' in found) return found.fault;
    const { texts, names } = found;
    const checked = checkRow(texts, names, meters, request);
    if ('code' in checked) return checked;
    const { at, unit } = checked;
    if (unit && !timeUnit) units.add(unit);
    const span = spans?.get(texts.customer);
    const uncovered = span && coverageFault(span, at.ms, texts, names);
    if (uncovered) return uncovered;
    if (dedupe && texts.eventId !== '') {
      const key = `${texts.source.length} ${texts.source}${texts.eventId}`;
      const earlier = seen.get(key);
      if (earlier) {
        if (contentOf(textsOf(earlier)) !== contentOf(texts)) return conflict(texts, file, earlier);
        rows.duplicate++;
        return undefined;
      }
      seen.set(key, again ? { file, line, latin1, again } : { file, line, texts });
    }
    const billed = span?.billed ?? period;
    if (billed && !contains(billed, at.ms)) {
      rows.outOfPeriod++;
      return undefined;
    }
    rows.rated++;
    take({
      customer: texts.customer,
      at,
      quantities: texts.quantities.map((text) => (isNothing(text) ? undefined : text)),
      dimensions: texts.dimensions.slice(0, dimensions.length),
    });
    return undefined;
  }

  /** Of a row without faults. */
  function contentOf(texts: RowTexts): string {
    return eventContent(texts, parseTimestamp(texts.timestamp, request) as PreciseInstant, meters);
  }
}

function textsOf(event: Event): RowTexts {
  if ('texts' in event) return event.texts;
  const meant = event.again(event.latin1);
  if ('fault' in meant) throw new Error('a row that was counted has a fault when it is read again');
  return meant.texts;
}
