/** A ledger in which the usage of a sample is at one of its bounds: what is rated from it is a bound of what is owed. */
import { Decimal } from '../../decimal.ts';
import { Fraction } from '../../fraction.ts';
import type { Period } from '../../period.ts';
import { DerivedLedger } from '../derivedLedger.ts';
import type { MeterUsage, Usage, UsageLedger } from '../ledger.ts';
import { scaled } from '../scaledUsage.ts';
import type { Interval } from './interval.ts';

/**
 * `wholeOf`: the billing period in which a part of time lies. All of its parts are at the same bound, so that they add up
 * to it.
 */
export function boundedLedger(
  ledger: UsageLedger,
  side: keyof Interval,
  wholeOf: (customer: string, part: Period) => Period,
): UsageLedger {
  let known: { readonly key: string; readonly usage: Usage } | undefined;
  const wholeUsage = (customer: string, part: Period) => {
    const whole = wholeOf(customer, part);
    const key = `${whole.start} ${customer}`;
    if (known?.key !== key) known = { key, usage: ledger.usageOf(customer, whole) };
    return known.usage;
  };
  return new DerivedLedger(ledger, (usage, { customer, period }) => {
    const whole = wholeUsage(customer, period);
    return new Map(
      [...usage].map(([meter, used]) => {
        const ratio = whole.get(meter)!.bounds?.[side];
        return [meter, scaled(used, ratio && Fraction.of(ratio))];
      }),
    );
  });
}

/** A quantity at its bounds, rounded outwards to whole units, or, below a thousand, to a thousandth of one. */
export function intervalOf({ quantity, bounds }: MeterUsage): Interval | undefined {
  if (!bounds) return undefined;
  const digits = quantity.gte(1000) ? 0 : 3;
  return {
    lower: quantity.times(bounds.lower).toDecimalPlaces(digits, Decimal.ROUND_DOWN),
    upper: quantity.times(bounds.upper).toDecimalPlaces(digits, Decimal.ROUND_UP),
  };
}
