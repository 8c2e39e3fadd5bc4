/** What billing needs to know before the first row is read: prices, customers, periods – and the flags that tell it. */
import { isTimeZone } from '../core/calendar.ts';
import type { Customer } from '../core/catalog/customer.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { BillingRun } from '../core/invoice/billingRun.ts';
import type { PeriodChoice } from '../core/period.ts';
import { didYouMean, type Problem } from '../core/problem.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { readConfigFile } from './inputs.ts';
import { EXIT, type Io } from './io.ts';
import { periodOption } from './periodOption.ts';
import { loadTiersOption } from './rateCardOption.ts';

export type TermsFlags = {
  readonly tiers?: string;
  readonly customers?: string;
  readonly tier?: string;
  readonly period?: string;
  readonly customer?: readonly string[];
  readonly timezone?: string;
  /** White space at the ends of customer ids is no part of them. */
  readonly trimIds?: boolean;
  readonly quiet?: boolean;
};

const MONTHS: PeriodChoice = { kind: 'months' };

/** A billing run without its usage. */
export type BillingTerms = Omit<BillingRun, 'ledger'>;

export async function loadTerms(flags: TermsFlags, io: Io): Promise<BillingTerms> {
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const customers =
    flags.customers === undefined ? new Map() : await loadCustomersOption(flags.customers, rateCard, flags, io);
  const periods = flags.period === undefined ? MONTHS : periodOption(flags.period, rateCard.timezone);
  const defaultTier = flags.tier === undefined ? rateCard.defaultTier : tierOption(flags.tier, rateCard);
  if (flags.timezone !== undefined && !isTimeZone(flags.timezone)) {
    const problem = usageProblem(
      'unknown-timezone',
      `"${flags.timezone}" is not a timezone`,
      'use an IANA name such as Europe/Berlin',
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  const asked = flags.trimIds ? flags.customer?.map((id) => id.trim()) : flags.customer;
  return { rateCard, customers, periods, defaultTier, only: asked && new Set(asked) };
}

async function loadCustomersOption(
  name: string,
  rateCard: RateCard,
  { trimIds }: TermsFlags,
  io: Io,
): Promise<ReadonlyMap<string, Customer>> {
  const { loadCustomers } = await import('../config/customers/loadCustomers.ts');
  const { customers, problems } = loadCustomers(await readConfigFile(name, io), name, rateCard);
  if (!customers) throw new CommandFailure(EXIT.usage, problems);
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
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
  return trimmed;
}

function tierOption(name: string, rateCard: RateCard): string {
  if (rateCard.tiers.has(name)) return name;
  const meant = didYouMean(name, rateCard.tiers.keys());
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
  throw new CommandFailure(EXIT.usage, [usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint)]);
}
