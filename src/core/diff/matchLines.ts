/** Lines of two invoices side by side, found again by keys that say nothing of tiers and positions. */
import { type Decimal, minus, ZERO } from '../decimal.ts';

/** An amount of an invoice: a line, what a credit paid (below 0), or tax. */
export type BookedLine = {
  /** Unique on its invoice. Stretches are told apart by their begin, so that a merged one is no other line. */
  readonly key: string;
  readonly kind: string;
  readonly description: string;
  readonly amount: Decimal;
  /** Priced quantity and price of a usage line, as they are shown: `30 000 at 0.40/10k`. */
  readonly calculation: string;
};

/** The amounts of an invoice; they add up to its total. */
export type BookedInvoice = {
  /** `2026-10` for a calendar month. */
  readonly period: string;
  readonly tier: string;
  readonly lines: readonly BookedLine[];
  readonly total: Decimal;
};

export type BookedPair = { readonly before: BookedInvoice | undefined; readonly after: BookedInvoice | undefined };

export type MatchedLine = {
  readonly key: string;
  readonly kind: string;
  readonly before: BookedLine | undefined;
  readonly after: BookedLine | undefined;
  readonly change: Decimal;
};

/** Every line of both is in one match. In the order of the invoice before; a line of the one after behind its neighbour. */
export function matchLines({ before, after }: BookedPair): MatchedLine[] {
  const others = new Map((after?.lines ?? []).map((line) => [line.key, line]));
  const matches = (before?.lines ?? []).map((line) => matched(line, others.get(line.key)));
  const found = new Set(matches.map(({ key }) => key));
  let place = 0;
  for (const line of after?.lines ?? []) {
    const at = matches.findIndex(({ key }) => key === line.key);
    if (!found.has(line.key)) matches.splice(place, 0, matched(undefined, line));
    place = found.has(line.key) ? at + 1 : place + 1;
  }
  return matches;
}

function matched(before: BookedLine | undefined, after: BookedLine | undefined): MatchedLine {
  const { key, kind } = (before ?? after)!;
  return { key, kind, before, after, change: minus(after?.amount ?? ZERO, before?.amount ?? ZERO) };
}
