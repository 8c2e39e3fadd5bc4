/** Compares two saved runs, customer by customer. */
import { Fraction } from '../fraction.ts';
import type { Currency } from '../money.ts';
import { type ComparedPeriod, type CustomerChange, changeOf } from './customerChange.ts';
import type { BookedPair } from './matchLines.ts';
import { type SavedInvoice, savedCauses } from './savedCauses.ts';

export type SavedRun = { readonly currency: Currency; readonly invoices: readonly SavedInvoice[] };

type SavedPair = { readonly before: SavedInvoice | undefined; readonly after: SavedInvoice | undefined };

export class SavedComparison {
  private readonly currency: Currency;
  private readonly pairs: ReadonlyMap<string, readonly SavedPair[]>;

  /** The runs have one currency. */
  constructor(before: SavedRun, after: SavedRun) {
    this.currency = before.currency;
    const [one, other] = [byCustomer(before), byCustomer(after)];
    const ids = [...new Set([...one.keys(), ...other.keys()])].sort();
    this.pairs = new Map(ids.map((id) => [id, pairsOf(one.get(id) ?? [], other.get(id) ?? [])]));
  }

  /** A change for each customer of either run, in ascending order of their ids. */
  changes(): CustomerChange[] {
    return [...this.pairs].map(([id, pairs]) => {
      return changeOf(
        id,
        pairs.map((pair) => this.comparedOf(pair)),
      );
    });
  }

  pairsOf(customer: string): readonly BookedPair[] {
    return this.pairs.get(customer) ?? [];
  }

  private comparedOf({ before, after }: SavedPair): ComparedPeriod {
    if (before && after) {
      const isMoreBlocked = [...after.blocked].some(([meter, quantity]) => {
        return quantity.cmp(before.blocked.get(meter) ?? Fraction.ZERO) > 0;
      });
      return { before, after, causes: savedCauses(before, after, this.currency), isMoreBlocked };
    }
    const presence = after ? after.total : before!.total.neg();
    return { before, after, causes: { presence }, isMoreBlocked: false };
  }
}

function byCustomer({ invoices }: SavedRun): Map<string, SavedInvoice[]> {
  const customers = new Map<string, SavedInvoice[]>();
  for (const invoice of [...invoices].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const own = customers.get(invoice.customer);
    if (own) own.push(invoice);
    else customers.set(invoice.customer, [invoice]);
  }
  return customers;
}

/** Invoices of the same period; where the runs have no period in common, the first with the first. */
function pairsOf(before: readonly SavedInvoice[], after: readonly SavedInvoice[]): SavedPair[] {
  const isCommon = before.some(({ start }) => after.some((other) => other.start === start));
  if (!isCommon) {
    const most = Math.max(before.length, after.length);
    return Array.from({ length: most }, (_, i) => ({ before: before[i], after: after[i] }));
  }
  const starts = [...new Set([...before, ...after].map(({ start }) => start))].sort();
  const of = (invoices: readonly SavedInvoice[], start: string) => invoices.find((one) => one.start === start);
  return starts.map((start) => ({ before: of(before, start), after: of(after, start) }));
}
