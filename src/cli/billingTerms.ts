/** What billing needs to know before the first row is read: prices, customers, periods – and the flags that tell it. */
import { isTimeZone } from '../core/calendar.ts';
import type { Customer } from '../core/catalog/customer.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { BillingRun } from '../core/invoice/billingRun.ts';
import { type PeriodChoice, parsePeriodChoice } from '../core/period.ts';
import { didYouMean } from '../core/problem.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { readConfigFile } from './inputs.ts';
import { EXIT, type Io } from './io.ts';
import { loadTiersOption } from './rateCardOption.ts';

export type TermsFlags = {
  readonly tiers?: string;
  readonly customers?: string;
  readonly tier?: string;
  readonly period?: string;
  readonly customer?: readonly string[];
  readonly timezone?: string;
  readonly quiet?: boolean;
};

/** A billing run without its usage. */
export type BillingTerms = Omit<BillingRun, 'ledger'>;

export async function loadTerms(flags: TermsFlags, io: Io): Promise<BillingTerms> {
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const rateCard = await loadTiersOption(flags.tiers, io, say);
  const customers =
    flags.customers === undefined ? new Map() : await loadCustomersOption(flags.customers, rateCard, io);
  const periods = periodOption(flags.period, rateCard);
  const defaultTier = flags.tier === undefined ? rateCard.defaultTier : tierOption(flags.tier, rateCard);
  if (flags.timezone !== undefined && !isTimeZone(flags.timezone)) {
    const problem = usageProblem(
      'unknown-timezone',
      `"${flags.timezone}" is not a timezone`,
      'use an IANA name such as Europe/Berlin',
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  return { rateCard, customers, periods, defaultTier, only: flags.customer && new Set(flags.customer) };
}

async function loadCustomersOption(name: string, rateCard: RateCard, io: Io): Promise<ReadonlyMap<string, Customer>> {
  const { loadCustomers } = await import('../config/customers/loadCustomers.ts');
  const { customers, problems } = loadCustomers(await readConfigFile(name, io), name, rateCard);
  if (!customers) throw new CommandFailure(EXIT.usage, problems);
  return customers;
}

function periodOption(text: string | undefined, rateCard: RateCard): PeriodChoice {
  if (text === undefined) return { kind: 'months' };
  const choice = parsePeriodChoice(text, rateCard.timezone);
  if ('reason' in choice) {
    throw new CommandFailure(EXIT.usage, [usageProblem('bad-period', `--period ${text}: ${choice.reason}`)]);
  }
  return choice;
}

function tierOption(name: string, rateCard: RateCard): string {
  if (rateCard.tiers.has(name)) return name;
  const meant = didYouMean(name, rateCard.tiers.keys());
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
  throw new CommandFailure(EXIT.usage, [usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint)]);
}
