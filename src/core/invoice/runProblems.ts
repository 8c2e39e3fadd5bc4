/** Reasons for which a run cannot be billed, found before an invoice is issued. */
import type { Customer } from '../catalog/customer.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { didYouMean, type Problem } from '../problem.ts';
import { billingProblems, withoutContract } from './billingProblems.ts';
import {
  type BillingRun,
  billedPeriods,
  customerCalled,
  defaultTierOf,
  idsOf,
  periodsOf,
  stretchesOf,
} from './billingRun.ts';
import { unknownYear, type WithoutYear, withoutYearProblem } from './feeYears.ts';
import { UnpricedStays } from './unpricedStays.ts';

/** Problems that keep the run from being billed, over all customers. Empty: `issueInvoices` will succeed. */
export function runProblems(run: BillingRun): Problem[] {
  const problems: Problem[] = [];
  const withoutTier: string[] = [];
  const withoutYear: WithoutYear[] = [];
  const unpriced = new UnpricedStays(run.rateCard.timezone);
  /** Tiers on which every customer can be billed; they need no second check. */
  const sound = new Set<ListedTier>();
  const byDefault = defaultTierOf(run);
  const unlisted = byDefault?.kind === 'contract' ? byDefault : undefined;
  for (const id of idsOf(run)) {
    const customer = customerCalled(run, id);
    if (customer) {
      problems.push(...customerProblems(run, customer, sound));
      unpriced.add(customer, () => billedPeriods(run, customer, periodsOf(run, customer), customer.unpriced));
      withoutYear.push(...unknownYear(customer, () => periodsOf(run, customer), run.rateCard.timezone));
    } else if (unlisted) problems.push(withoutContract(id, unlisted));
    else withoutTier.push(id);
  }
  problems.push(...withoutYearProblem(withoutYear), ...unpriced.problems());
  const first = withoutTier[0];
  if (first !== undefined) {
    const others = withoutTier.length > 1 ? ` and ${withoutTier.length - 1} more` : '';
    const meant = didYouMean(first, run.customers.keys());
    problems.push({
      severity: 'error',
      code: 'billing/no-tier',
      message: `no tier is known for customer "${first}"${others}`,
      hint: `name one with --tier or default_tier, or add them to the customers file${meant ? `; is "${meant}" in it meant?` : ''}`,
    });
  }
  const used = new Set(run.only && run.ledger.customers);
  for (const id of run.only ?? []) {
    if (run.customers.has(id) || used.has(id)) continue;
    const meant = didYouMean(id, [...run.customers.keys(), ...run.ledger.customers]);
    problems.push({
      severity: 'error',
      code: 'billing/unknown-customer',
      message: `customer "${id}" is neither in the usage nor in the customers file`,
      ...(meant && { hint: `did you mean ${meant}?` }),
    });
  }
  return problems;
}

/** `sound`: tiers on which every customer can be billed; those that are found are added. */
export function customerProblems(run: BillingRun, customer: Customer, sound: Set<ListedTier>): Problem[] {
  const problems = new Map<string, Problem>();
  const add = (found: readonly Problem[]) => {
    for (const problem of found) problems.set(problem.message, problem);
  };
  for (const { tier } of customer.history) {
    if (sound.has(tier)) continue;
    // Usage is only looked up where it can make a difference: it is the costly part on a large ledger.
    if (isByDimension(tier)) {
      for (const period of periodsOf(run, customer)) {
        for (const stretch of stretchesOf(run, customer, period)) {
          add(billingProblems(customer.id, stretch.tier, stretch.usage));
        }
      }
    } else {
      const found = billingProblems(customer.id, tier, new Map());
      if (found.length === 0) sound.add(tier);
      add(found);
    }
  }
  return [...problems.values()];
}

function isByDimension({ charges }: ListedTier): boolean {
  return [...charges.values()].some((charge) => charge.kind === 'byDimension');
}
