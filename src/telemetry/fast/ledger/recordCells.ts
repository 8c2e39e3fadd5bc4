/** The cells of one customer, put together from records each of which holds rows of one bucket that agree in all dimensions. */
import type { Meter } from '../../../core/catalog/meter.ts';
import type { CellTotal, LedgerCell } from '../../../core/usage/cell.ts';
import { compareLists } from '../../../core/usage/cells.ts';
import { Amount } from './amount.ts';

/** `start` of the bucket. */
export type PlacedRecord = { readonly start: number; readonly dimensions: readonly string[] };

/** For each meter; undefined as long as it has no rows that count. */
export type Amounts = (Amount | undefined)[];

/** By meter the texts of its distinct values, by their numbers; undefined for meters that count no distinct values. */
export type DistinctTexts = readonly (readonly string[] | undefined)[];

/**
 * By bucket, then dimension values. `addTo` adds what a record has to the amounts, and answers with its rows, below 0 for
 * rows that are retracted: a cell that loses all of them is none.
 */
export function* cellsOfRecords<R extends PlacedRecord>(
  customer: string,
  records: R[],
  { meters, texts }: { readonly meters: readonly Meter[]; readonly texts: DistinctTexts },
  addTo: (amounts: Amounts, record: R) => number,
): Generator<LedgerCell> {
  records.sort(comparePlaces);
  for (let from = 0, to = 0; from < records.length; from = to) {
    const amounts: Amounts = new Array<undefined>(meters.length);
    const { start, dimensions } = records[from]!;
    let rows = 0;
    for (to = from; to < records.length && comparePlaces(records[from]!, records[to]!) === 0; to++)
      rows += addTo(amounts, records[to]!);
    const totals = totalsOf(amounts, meters, texts);
    if (rows > 0 || totals.length > 0) yield { customer, bucket: start, dimensions, rows, totals };
  }
}

export function amountAt(amounts: Amounts, meter: number): Amount {
  const known = amounts[meter];
  if (known) return known;
  const amount = new Amount();
  amounts[meter] = amount;
  return amount;
}

function comparePlaces(a: PlacedRecord, b: PlacedRecord): number {
  return a.start - b.start || (a.dimensions === b.dimensions ? 0 : compareLists(a.dimensions, b.dimensions));
}

function totalsOf(amounts: Amounts, meters: readonly Meter[], texts: DistinctTexts): CellTotal[] {
  const totals: CellTotal[] = [];
  for (let m = 0; m < amounts.length; m++) {
    const amount = amounts[m];
    if (!amount || amount.events === 0) continue;
    const meter = meters[m]!.name;
    const { events } = amount;
    const values = amount.distinctTexts(texts[m] ?? []);
    if (values) totals.push({ meter, quantity: String(values.length), events, ...amount.ends, values });
    else totals.push({ meter, quantity: amount.text(), events, ...amount.ends });
  }
  return totals;
}
