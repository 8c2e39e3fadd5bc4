/** Usage of an invoice beside the limits that it met, and by day: for people who read the invoice. No amount depends on it. */
import { assignmentsIn } from '../catalog/customer.ts';
import { isLevel } from '../catalog/meter.ts';
import type { Beyond } from '../catalog/tier.ts';
import type { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import { limitWithin } from '../rating/limits.ts';
import { exactQuantity } from '../usage/ledger.ts';
import { type BillingRun, customerCalled } from './billingRun.ts';
import type { Invoice } from './invoice.ts';

/** Usage of a meter on a tier, in the meter's own unit, and how much of it the fee includes there. */
export type LimitUse = {
  readonly meter: string;
  readonly tier: string;
  readonly stretch: Period;
  readonly used: Fraction;
  readonly included: Fraction;
  readonly beyond: Beyond;
};

/** An entry for each limit of each stretch of the invoice, in the order of the stretches and of the tier file. */
export function limitUses(
  run: Pick<BillingRun, 'customers' | 'defaultTier' | 'rateCard' | 'ledger'>,
  { customer: id, period }: Pick<Invoice, 'customer' | 'period'>,
): LimitUse[] {
  const { timezone, meters } = run.rateCard;
  const customer = customerCalled(run, id);
  if (!customer) return [];
  return assignmentsIn(customer, period).flatMap(({ tier, period: stretch }) => {
    const usage = run.ledger.usageOf(id, stretch);
    return [...tier.limits.keys()].flatMap((meter): LimitUse[] => {
      const place = { tier, stretch, period, timezone, isLevel: isLevel(meters.get(meter)!) };
      const limit = limitWithin(place, meter);
      const used = usage.get(meter);
      if (!limit || !used) return [];
      const { included, beyond } = limit;
      return [{ meter, tier: tier.name, stretch, used: exactQuantity(used), included, beyond }];
    });
  });
}
