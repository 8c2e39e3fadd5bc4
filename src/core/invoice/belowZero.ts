/** Usage below zero, where corrections took back more than there was: it cannot be billed. */
import { formatZoned } from '../calendar.ts';
import { zoneOf } from '../catalog/ownZone.ts';
import { isMonth, type Period, periodLabel } from '../period.ts';
import type { Problem } from '../problem.ts';
import { pricedGroups } from '../rating/pricedGroups.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import type { Usage } from '../usage/ledger.ts';
import { type BillingRun, billedPeriods, customerCalled, idsOf, periodsOf, stretchesOf } from './billingRun.ts';

/** Usage that corrections have brought below zero. For runs of which `runProblems` finds no problem. */
export function belowZeroProblems(run: BillingRun): Problem[] {
  return idsOf(run).flatMap((id) => {
    const customer = customerCalled(run, id)!;
    const timezone = zoneOf(customer, run.rateCard.timezone);
    return billedPeriods(run, customer, periodsOf(run, customer)).flatMap((period) =>
      stretchesOf(run, customer, period).flatMap((stretch) => belowZeroIn(id, stretch, timezone)),
    );
  });
}

/** Problems of a customer's usage in one stretch: of meters, and of the groups that a price by dimension tells apart. */
function belowZeroIn(customer: string, { tier, usage, period }: Stretch, timezone: string): Problem[] {
  const problems = belowZero(customer, usage, period, timezone);
  for (const [meter, charge] of tier.charges) {
    const used = usage.get(meter);
    if (!used || charge.kind !== 'byDimension' || used.quantity.isNegative()) continue;
    for (const [group, { quantity }] of pricedGroups(charge, used))
      if (quantity.isNegative())
        problems.push(
          problemOf({
            customer,
            what: group === '' ? `${meter} without ${charge.dimension}` : `${meter} of ${group}`,
            quantity: quantity.toFixed(),
            period,
            timezone,
          }),
        );
  }
  return problems;
}

/** Problems of a customer's usage in a period, whatever it is priced by. */
export function belowZero(customer: string, usage: Usage, period: Period, timezone: string): Problem[] {
  return [...usage].flatMap(([meter, { quantity }]) => {
    if (!quantity.isNegative() || quantity.isZero()) return [];
    return [problemOf({ customer, what: meter, quantity: quantity.toFixed(), period, timezone })];
  });
}

type BelowZero = {
  readonly customer: string;
  readonly what: string;
  readonly quantity: string;
  readonly period: Period;
  readonly timezone: string;
};

function problemOf({ customer, what, quantity, period, timezone }: BelowZero): Problem {
  const when = isMonth(period, timezone)
    ? periodLabel(period, timezone)
    : `${formatZoned(period.start, timezone)} to ${formatZoned(period.end, timezone)}`;
  return {
    severity: 'error',
    code: 'billing/below-zero',
    message: `customer "${customer}": the total of ${what} is ${quantity} in ${when}`,
    hint: 'corrections take back more than was used: give the rows that they correct, or a period that has both',
  };
}
