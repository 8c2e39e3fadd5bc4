/** Reads the rows before the billed time, too, where a meter's latest value stays until another row says otherwise. */
import { carriesOver } from '../core/catalog/meter.ts';
import type { Period } from '../core/period.ts';
import { CarriedLedger } from '../core/usage/carriedLedger.ts';
import type { CustomerSpan, ProbeReader, ReadRequest, RowResult } from './reader.ts';

/** A reader whose ledger carries over values that stay, if some meter has such; otherwise `read` itself. */
export function readingBefore<R extends RowResult>(
  read: (request: ReadRequest) => Promise<R>,
): (request: ReadRequest) => Promise<R> {
  return async (request) => {
    if (!request.meters.some(carriesOver)) return read(request);
    const result = await read(request.isOpened ? request : withRowsBefore(request));
    const { meters, period, spans } = request;
    const ledger = new CarriedLedger(result.ledger, { meters, period, periods: ownPeriods(spans) });
    const { rated, outOfPeriod, ...others } = result.rows;
    const beforePeriod = ledger.rowsBefore;
    const rows = { ...others, rated: rated - beforePeriod, outOfPeriod: outOfPeriod + beforePeriod, beforePeriod };
    return { ...result, ledger, rows };
  };
}

/**
 * The probing reader's answer, with the same rows read: a row before the period may be what one within it repeats or
 * contradicts. Of its rows, those before the period count as rated.
 */
export function probingBefore(probe: ProbeReader): ProbeReader {
  return (request) => {
    const isReadBefore = !request.isOpened && request.meters.some(carriesOver);
    return probe(isReadBefore ? { ...request, ...timesBefore(request) } : request);
  };
}

/** The request in which every time that is billed begins with the first row there can be. */
function withRowsBefore(request: ReadRequest): ReadRequest {
  const { period, spans, follow } = request;
  const isWithin = ({ customer, ms }: { customer: string; ms: number }) => {
    const billed = spans?.get(customer)?.billed ?? period;
    return !billed || ms >= billed.start;
  };
  return {
    ...request,
    ...timesBefore(request),
    follow:
      follow &&
      (() => {
        const take = follow();
        return (row) => {
          if (isWithin({ customer: row.customer, ms: row.at.ms })) take(row);
        };
      }),
  };
}

function timesBefore({ period, spans }: Pick<ReadRequest, 'period' | 'spans'>) {
  return {
    period: period && fromTheFirstRow(period),
    spans: spans && new Map([...spans].map(([id, span]) => [id, spanBefore(span)])),
  };
}

function spanBefore({ billed, ...span }: CustomerSpan): CustomerSpan {
  return billed ? { ...span, billed: fromTheFirstRow(billed) } : span;
}

/** Rows before 1970 are rejected. */
function fromTheFirstRow({ end }: Period): Period {
  return { start: 0, end };
}

function ownPeriods(spans: ReadRequest['spans']): Map<string, Period> {
  return new Map([...(spans ?? [])].flatMap(([id, { billed }]) => (billed ? [[id, billed] as const] : [])));
}
