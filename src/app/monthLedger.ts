/** The ledger of a month that was billed: its rows, added up by customer and hour, from the reading that it was billed from. */
import { carriesOver } from '../core/catalog/meter.ts';
import { cellsOf } from '../core/usage/cells.ts';
import type { LedgerContent, LedgerSource } from '../telemetry/ledger/format.ts';
import { whyRowsAreNeeded } from '../telemetry/sql/scale.ts';
import type { ReadRun } from './billExports.ts';
import { accountingOf } from './ledger.ts';

/**
 * `sources`: the exports behind it. A text where no ledger can stand for the rows: the reason. The run must have been read
 * with `trace`.
 */
export function monthLedger({ run, reading }: ReadRun, sources: readonly LedgerSource[]): LedgerContent | string {
  const { request, result } = reading;
  const { meters, dimensions, buckets, period, dedupe } = request;
  const why =
    meters.flatMap((meter) => whyRowsAreNeeded(meter) ?? [])[0] ??
    (result.counters && 'counters are known by their readings, of which a ledger has the increases') ??
    (result.sample && 'a sample has the bounds of its rows') ??
    (run.opening === undefined && (result.rows.beforePeriod ?? 0) > 0
      ? 'levels have values of rows before the month, which its ledger does not hold'
      : undefined);
  if (why !== undefined) return why;
  // Values that stay make every row before the month count, and there were none: the ledger has all rows up to its end.
  const held = period && run.opening === undefined && meters.some(carriesOver) ? { ...period, start: 0 } : period;
  return {
    header: {
      buckets,
      period: held,
      meters,
      dimensions,
      dedupe,
      sources: result.ledgers?.sources ?? sources,
      hasCorrections: run.hasCorrections,
    },
    accounting: accountingOf(result),
    cells: cellsOf(result.ledger),
  };
}
