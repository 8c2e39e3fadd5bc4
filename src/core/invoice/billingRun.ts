/** A whole run: every customer's invoices over every billing period, from one ledger. */
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { monthsFrom, type Period, type PeriodChoice } from '../period.ts';
import { didYouMean, type Problem } from '../problem.ts';
import type { UsageLedger } from '../usage/ledger.ts';
import type { Invoice } from './invoice.ts';
import { billingProblems, issueInvoice } from './issueInvoice.ts';

export type BillingRun = {
  readonly rateCard: RateCard;
  readonly ledger: UsageLedger;
  readonly periods: PeriodChoice;
  /** Tier by customer, from the customers file. They are invoiced in every period, with usage or without. */
  readonly customers: ReadonlyMap<string, { readonly tier: string }>;
  /** Tier of every other customer in the ledger. */
  readonly defaultTier?: string | undefined;
  /** Only these customers; absent: all. */
  readonly only?: ReadonlySet<string> | undefined;
};

/** What keeps the run from being billed, over all customers. Empty: {@link issueInvoices} will succeed. */
export function runProblems(run: BillingRun): Problem[] {
  const problems: Problem[] = [];
  const periods = periodsOf(run);
  const withoutTier: string[] = [];
  for (const customer of customersOf(run)) {
    const tier = tierOf(run, customer);
    if (!tier) {
      withoutTier.push(customer);
      continue;
    }
    // Usage is only looked up where it can make a difference: it is the costly part on a large ledger.
    const needsUsage =
      tier.charges !== 'negotiated' && [...tier.charges.values()].some((charge) => charge.kind === 'byDimension');
    for (const period of needsUsage ? periods : periods.slice(0, 1)) {
      const usage = needsUsage ? run.ledger.usageOf(customer, period) : new Map();
      problems.push(...billingProblems(customer, tier, usage));
    }
  }
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
  for (const customer of run.only ?? []) {
    if (run.customers.has(customer) || run.ledger.customers.includes(customer)) continue;
    const meant = didYouMean(customer, [...run.customers.keys(), ...run.ledger.customers]);
    problems.push({
      severity: 'error',
      code: 'billing/unknown-customer',
      message: `customer "${customer}" is neither in the usage nor in the customers file`,
      ...(meant && { hint: `did you mean ${meant}?` }),
    });
  }
  return problems;
}

/** In order of customer, then period. Fails with a Bug where {@link runProblems} finds any. */
export function* issueInvoices(run: BillingRun): Generator<Invoice> {
  const periods = periodsOf(run);
  for (const customer of customersOf(run)) {
    const tier = tierOf(run, customer)!;
    for (const period of periods) {
      if (!run.customers.has(customer) && !run.ledger.hasRows(customer, period)) continue;
      const usage = run.ledger.usageOf(customer, period);
      yield issueInvoice({ rateCard: run.rateCard, customer, period, stretches: [{ tier, period, usage }] });
    }
  }
}

/** How many invoices {@link issueInvoices} will give. */
export function countInvoices(run: BillingRun): number {
  const periods = periodsOf(run);
  let count = 0;
  for (const customer of customersOf(run)) {
    for (const period of periods) if (run.customers.has(customer) || run.ledger.hasRows(customer, period)) count++;
  }
  return count;
}

function periodsOf({ periods, ledger, rateCard }: BillingRun): Period[] {
  if (periods.kind === 'one') return [periods.period];
  return ledger.span ? monthsFrom(ledger.span.start, ledger.span.end - 1, rateCard.timezone) : [];
}

function customersOf({ ledger, customers, only }: BillingRun): string[] {
  const ids = new Set([...ledger.customers, ...customers.keys()]);
  return [...ids].filter((id) => !only || only.has(id)).sort();
}

function tierOf({ customers, defaultTier, rateCard }: BillingRun, customer: string): Tier | undefined {
  const name = customers.get(customer)?.tier ?? defaultTier;
  return name === undefined ? undefined : rateCard.tiers.get(name);
}
