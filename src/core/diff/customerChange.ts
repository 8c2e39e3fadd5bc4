/** The change of one customer: what is owed before and after, and why. */
import { type Decimal, minus, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { addedCauses, type Causes } from './causes.ts';

export type CustomerChange = {
  readonly customer: string;
  /** The tier at the end of the last period; absent: not billed on that side. */
  readonly tierBefore?: string;
  readonly tierAfter?: string;
  /** Sums of the totals, in major units; 0 where the customer is not billed. */
  readonly before: Decimal;
  readonly after: Decimal;
  readonly change: Decimal;
  /** `change` ÷ `before`: 20 % more is 0.2. Undefined where before nothing was owed and now something is. */
  readonly increase: Fraction | undefined;
  readonly causes: Causes;
  /** True if hard caps block more of the same usage than before. */
  readonly isMoreBlocked: boolean;
  /** The cheapest other tier after the change, if one costs less. */
  readonly cheaper?: { readonly tier: string; readonly total: Decimal } | undefined;
};

/** Two invoices for the same period, or one without a counterpart. */
export type ComparedPeriod = {
  readonly before: { readonly tier: string; readonly total: Decimal } | undefined;
  readonly after: { readonly tier: string; readonly total: Decimal } | undefined;
  readonly causes: Causes;
  readonly isMoreBlocked: boolean;
};

export function changeOf(customer: string, periods: readonly ComparedPeriod[]): CustomerChange {
  const before = sum(periods.map((period) => period.before?.total ?? ZERO));
  const after = sum(periods.map((period) => period.after?.total ?? ZERO));
  const [tierBefore, tierAfter] = [
    periods.findLast((period) => period.before)?.before?.tier,
    periods.findLast((period) => period.after)?.after?.tier,
  ];
  const change = minus(after, before);
  return {
    customer,
    ...(tierBefore !== undefined && { tierBefore }),
    ...(tierAfter !== undefined && { tierAfter }),
    before,
    after,
    change,
    increase: increaseOf(before, change),
    causes: addedCauses(periods.map(({ causes }) => causes)),
    isMoreBlocked: periods.some((period) => period.isMoreBlocked),
  };
}

/** `change` ÷ `before`; undefined where there is nothing to divide by. */
export function increaseOf(before: Decimal, change: Decimal): Fraction | undefined {
  if (change.isZero()) return Fraction.ZERO;
  return before.gt(0) ? Fraction.of(change, before) : undefined;
}
