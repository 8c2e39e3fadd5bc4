/** The cells of one customer, put together from the records of shards: each of those holds rows of one bucket and one series. */
import type { Meter } from '../../../core/catalog/meter.ts';
import { type CellTotal, compareLists, type LedgerCell } from '../../../core/usage/cells.ts';
import { Amount } from './amount.ts';
import type { ShardView } from './shardView.ts';

export type CellRecord = {
  readonly part: ShardView;
  readonly series: number;
  readonly record: number;
  /** Begin of the bucket. */
  readonly start: number;
  readonly dimensions: readonly string[];
};

/** By bucket, then dimension values. A cell whose rows are all retracted is none. */
export function* cellsOfRecords(
  customer: string,
  records: CellRecord[],
  meters: readonly Meter[],
): Generator<LedgerCell> {
  records.sort(comparePlaces);
  for (let from = 0, to = 0; from < records.length; from = to) {
    const amounts = new Array<Amount | undefined>(meters.length);
    const { start, dimensions } = records[from]!;
    let rows = 0;
    for (to = from; to < records.length && comparePlaces(records[from]!, records[to]!) === 0; to++)
      rows += addRecord(records[to]!, amounts);
    if (rows > 0) yield { customer, bucket: start, dimensions, rows, totals: totalsOf(amounts, meters) };
  }
}

function comparePlaces(a: CellRecord, b: CellRecord): number {
  return a.start - b.start || compareLists(a.dimensions, b.dimensions);
}

/** The number of its rows, signed. */
function addRecord({ part, series, record }: CellRecord, amounts: (Amount | undefined)[]): number {
  const totals = part.totalsOfRecord(series, record);
  for (let m = 0; m < amounts.length; m++) {
    if (!totals.hasEvents(series, m) || !part.countsRowsOf(series, m)) continue;
    const amount = amounts[m] ?? new Amount();
    amounts[m] = amount;
    part.addTo(amount, totals, series, m);
  }
  return part.sign * totals.rows[series]!;
}

function totalsOf(amounts: readonly (Amount | undefined)[], meters: readonly Meter[]): CellTotal[] {
  const totals: CellTotal[] = [];
  for (let m = 0; m < amounts.length; m++) {
    const amount = amounts[m];
    if (!amount || amount.events === 0) continue;
    const { first, last } = amount.ends;
    totals.push({ meter: meters[m]!.name, quantity: amount.text(), events: amount.events, first, last });
  }
  return totals;
}
