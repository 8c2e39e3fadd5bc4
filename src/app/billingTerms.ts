/** Terms that billing needs before the first row is read: prices, customers, periods – and the options that say it. */
import { isTimeZone } from '../core/calendar.ts';
import type { Customer } from '../core/catalog/customer.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import { type Balances, openingProblems } from '../core/invoice/balances.ts';
import type { BillingRun } from '../core/invoice/billingRun.ts';
import type { PeriodChoice } from '../core/period.ts';
import { didYouMean, type Problem } from '../core/problem.ts';
import { periodOption } from './periodOption.ts';
import type { Ports } from './ports.ts';
import { loadTiers } from './rateCardOption.ts';
import { Refusal, usageProblem } from './refusal.ts';

export type TermsOptions = {
  readonly tiers?: string;
  readonly customers?: string;
  /** File of the balances with which the run begins. */
  readonly opening?: string;
  readonly tier?: string;
  readonly period?: string;
  readonly customer?: readonly string[];
  readonly timezone?: string;
  /** White space at the ends of customer ids is no part of them. */
  readonly trimIds?: boolean;
};

const MONTHS: PeriodChoice = { kind: 'months' };

/** A billing run without its usage. */
export type BillingTerms = Omit<BillingRun, 'ledger'>;

export async function loadTerms(options: TermsOptions, ports: Ports): Promise<BillingTerms> {
  const rateCard = await loadTiers(options.tiers, ports);
  const customers =
    options.customers === undefined ? new Map() : await loadCustomersFile(options.customers, rateCard, options, ports);
  const periods = options.period === undefined ? MONTHS : periodOption(options.period, rateCard.timezone);
  const defaultTier = options.tier === undefined ? rateCard.defaultTier : tierOption(options.tier, rateCard);
  if (options.timezone !== undefined && !isTimeZone(options.timezone)) {
    const problem = usageProblem(
      'unknown-timezone',
      `"${options.timezone}" is not a timezone`,
      'use an IANA name such as Europe/Berlin',
    );
    throw new Refusal('usage', [problem]);
  }
  const asked = options.trimIds ? options.customer?.map((id) => id.trim()) : options.customer;
  const opening =
    options.opening === undefined ? undefined : await loadOpening(options.opening, { rateCard, customers }, ports);
  return { rateCard, customers, periods, defaultTier, only: asked && new Set(asked), opening };
}

async function loadOpening(
  name: string,
  { rateCard, customers }: Pick<BillingTerms, 'rateCard' | 'customers'>,
  ports: Ports,
): Promise<Balances> {
  const { readSavedBalances } = await import('../config/savedBalances.ts');
  const { balances, problems } = readSavedBalances(await ports.readText(name), name, rateCard.currency.code);
  const found = balances ? openingProblems(balances, customers, name) : problems;
  if (!balances || found.length > 0) throw new Refusal('usage', found);
  return balances;
}

async function loadCustomersFile(
  name: string,
  rateCard: RateCard,
  { trimIds }: TermsOptions,
  ports: Ports,
): Promise<ReadonlyMap<string, Customer>> {
  const { loadCustomers } = await import('../config/customers/loadCustomers.ts');
  const { customers, problems } = loadCustomers(await ports.readText(name), name, rateCard);
  if (!customers) throw new Refusal('usage', problems);
  return trimIds ? withTrimmedIds(customers, name) : customers;
}

/** Two entries of a customers file cannot be joined: which terms would hold? */
function withTrimmedIds(customers: ReadonlyMap<string, Customer>, file: string): Map<string, Customer> {
  const trimmed = new Map<string, Customer>();
  const problems: Problem[] = [];
  for (const [written, customer] of customers) {
    const id = written.trim();
    const other = trimmed.get(id);
    const message = other
      ? `"${written}" is customer "${id}" with --trim-ids, and "${id}" has other lines`
      : `"${written}" is nothing but blanks`;
    if (other || id === '')
      problems.push({ severity: 'error', code: 'customers/trimmed-id', source: { file }, message });
    trimmed.set(id, { ...customer, id });
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
  return trimmed;
}

function tierOption(name: string, rateCard: RateCard): string {
  if (rateCard.tiers.has(name)) return name;
  const meant = didYouMean(name, rateCard.tiers.keys());
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
  throw new Refusal('usage', [usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint)]);
}
