/** The causes of a change. Each has an amount; together they are the whole change, to the last digit. */
import { type Decimal, plus, sum, ZERO } from '../decimal.ts';

/**
 * `presence`: billed on one side only. `tier`: moved to another tier. `usage`: other usage, of two saved runs. `fee`: the
 * fee lines. `included`, `price`, `steps`: usage lines by the limits, the amounts and the structure of prices.
 * `adjustments`: discount, maximum and minimum lines. `credits`: packs and what credits paid. `tax`: the tax.
 */
export const CAUSES = [
  'presence',
  'tier',
  'usage',
  'fee',
  'included',
  'price',
  'steps',
  'adjustments',
  'credits',
  'tax',
] as const;
export type Cause = (typeof CAUSES)[number];

/** Amounts in major units; a cause that is not there is 0. */
export type Causes = Readonly<Partial<Record<Cause, Decimal>>>;

/** Sums by cause, without those of 0. */
export function addedCauses(all: readonly Causes[]): Causes {
  const sums: Partial<Record<Cause, Decimal>> = {};
  for (const causes of all) {
    for (const cause of CAUSES) {
      const amount = causes[cause];
      if (amount && !amount.isZero()) sums[cause] = plus(sums[cause] ?? ZERO, amount);
    }
  }
  for (const cause of CAUSES) if (sums[cause]?.isZero()) delete sums[cause];
  return sums;
}

/** The change that the causes explain. */
export function explained(causes: Causes): Decimal {
  return sum(CAUSES.map((cause) => causes[cause] ?? ZERO));
}
