/** Annual fees in a run: the years of each customer, or the problem that nothing says when they begin. */
import { assert } from '../assert.ts';
import { assignmentsIn, type Customer } from '../catalog/customer.ts';
import { type FeeYears, feeYearsIn } from '../catalog/feeYears.ts';
import type { Period } from '../period.ts';
import type { Problem } from '../problem.ts';

/** The part of an annual fee that falls due in a stretch. Fails with a Bug where {@link unknownYear} finds one. */
export function knownFeeYears(customer: Customer, stretch: Period, zone: string): FeeYears | undefined {
  const years = feeYearsIn(customer, stretch, zone);
  assert(years !== 'unknown', () => `the begin of an annual fee of "${customer.id}" is not given`);
  return years;
}

/** A customer on a tier that is paid by the year, of which nothing says when it begins. */
export type WithoutYear = { readonly id: string; readonly tier: string };

/** The first tier, if there is one, that is billed to the customer by a year whose begin is not given. */
export function unknownYear(customer: Customer, periods: () => readonly Period[], zone: string): WithoutYear[] {
  if (customer.history.every(({ tier }) => tier.fee.kind !== 'annual')) return [];
  const stretches = periods().flatMap((period) => assignmentsIn(customer, period));
  const unknown = stretches.find(({ period }) => feeYearsIn(customer, period, zone) === 'unknown');
  return unknown ? [{ id: customer.id, tier: unknown.tier.name }] : [];
}

/** None where no customer is given. */
export function withoutYearProblem([first, ...more]: readonly WithoutYear[]): Problem[] {
  if (!first) return [];
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  return [
    {
      severity: 'error',
      code: 'billing/no-year',
      message: `customer "${first.id}"${others}: tier ${first.tier} is paid by the year, and nothing says when the year begins`,
      hint: 'add from, the day on which the customer came to the tier, in the customers file (--customers)',
    },
  ];
}
