/**
 * Coverage: the part of a meter's usage that lies within its limit.
 *
 * A limit for a day or a week is compared with the usage of each of them, and usage beyond it is added up over the
 * windows. Where no more than the total of a stretch is known (estimates, simulations, projections), usage is taken to
 * be spread evenly over the days: then each window has as much beyond its part as the stretch has beyond all of them.
 */
import { assert } from '../assert.ts';
import type { DimensionCharge } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import { exactQuantity, type MeteredUsage, type Usage } from '../usage/ledger.ts';
import type { MeterLimit } from './limits.ts';
import { pricedGroups } from './pricedGroups.ts';

export type Coverage = {
  /**
   * Quantity that invoices call included: all of a limit for the period; the usage within the windows of a limit for
   * windows.
   */
  readonly included: Fraction;
  /** Usage beyond the limit. */
  readonly beyond: Fraction;
  /** Included usage of each group that the charge prices: in proportion to usage, window by window. */
  partsOf(charge: DimensionCharge): ReadonlyMap<string, Fraction>;
};

export function coverageOf({
  meter,
  used,
  usageIn,
  limit,
}: {
  readonly meter: string;
  /** In the whole stretch. */
  readonly used: MeteredUsage;
  /** In a part of the stretch; absent: no more than `used` is known. */
  readonly usageIn: ((part: Period) => Usage) | undefined;
  /** Absent: the tier includes nothing. */
  readonly limit: MeterLimit | undefined;
}): Coverage {
  const { windows, included = Fraction.ZERO } = limit ?? {};
  const total = exactQuantity(used);
  if (!windows || !usageIn) {
    const covered = Fraction.min(included, total);
    return {
      included,
      beyond: total.minus(covered),
      partsOf: (charge) => includedByGroup([{ usage: used, quantity: total, covered }], charge),
    };
  }
  const parts = windows.flatMap((window) => {
    const usage = usageIn(window.period).get(meter);
    const quantity = usage ? exactQuantity(usage) : Fraction.ZERO;
    if (!usage || quantity.isZero()) return [];
    return [{ usage, quantity, covered: Fraction.min(window.included, quantity) }];
  });
  const sum = Fraction.sum(parts.map(({ quantity }) => quantity));
  assert(sum.eq(total), () => `windows of ${meter} add up to ${sum}, but ${total} were used`);
  const covered = Fraction.sum(parts.map((part) => part.covered));
  return {
    included: covered,
    beyond: total.minus(covered),
    partsOf: (charge) => includedByGroup(parts, charge),
  };
}

/** Usage of a time, and how much of it is covered. */
type CoveredUsage = { readonly usage: MeteredUsage; readonly quantity: Fraction; readonly covered: Fraction };

/** Usage of the group × covered ÷ usage of all, over the times together. */
function includedByGroup(times: readonly CoveredUsage[], charge: DimensionCharge): ReadonlyMap<string, Fraction> {
  const included = new Map<string, Fraction>();
  for (const { usage, quantity, covered } of times) {
    for (const [group, used] of pricedGroups(charge, usage)) {
      const own = exactQuantity(used).times(covered).dividedBy(quantity);
      included.set(group, included.get(group)?.plus(own) ?? own);
    }
  }
  return included;
}
