/** Terms that billing needs before the first row is read: prices, customers, periods – and the options that say it. */
import { isTimeZone } from '../core/calendar.ts';
import { type Customer, customerOn, type PriceList } from '../core/catalog/customer.ts';
import { namesOf, onLists, type Terms as Versions } from '../core/catalog/priceLists.ts';
import { type Balances, openingProblems } from '../core/invoice/balances.ts';
import type { BillingRun } from '../core/invoice/billingRun.ts';
import type { PeriodChoice } from '../core/period.ts';
import { didYouMean, type Problem } from '../core/problem.ts';
import { periodOption } from './periodOption.ts';
import type { Ports } from './ports.ts';
import { listInForce, loadPriceLists, togetherWith } from './priceLists.ts';
import { Refusal, usageProblem } from './refusal.ts';

export type TermsOptions = {
  /** Names of tier files, which may be globs: price lists that follow each other. */
  readonly tiers?: string | readonly string[];
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
  return termsUnder(await loadPriceLists(options.tiers, ports), options, ports);
}

/** The terms under price lists that follow each other; `pinnable`: lists that customers may be pinned to as well. */
export async function termsUnder(
  lists: readonly [PriceList, ...PriceList[]],
  options: Omit<TermsOptions, 'tiers'>,
  ports: Ports,
  pinnable: readonly PriceList[] = [],
): Promise<BillingTerms> {
  const { timezone } = lists[0].rateCard;
  const periods = options.period === undefined ? MONTHS : periodOption(options.period, timezone);
  const all = [...lists, ...pinnable];
  const own = listInForce(lists, periods).rateCard;
  const rateCard = all.length === 1 ? own : { ...togetherWith(own, all), tiers: own.tiers };
  const versions: Versions | undefined =
    lists.length > 1 || lists[0].rateCard.validFrom !== undefined || pinnable.length > 0
      ? { lists, pinnable, periods, timezone }
      : undefined;
  const customers = await loadCustomersFile(options, { all, versions }, ports);
  const defaultTier = options.tier === undefined ? own.defaultTier : tierOption(options.tier, all);
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
  const unlisted = versions && defaultTier !== undefined ? unlistedOn(defaultTier, all, versions) : undefined;
  return {
    rateCard,
    customers,
    periods,
    defaultTier,
    only: asked && new Set(asked),
    opening,
    ...(versions && { hasPriceLists: true }),
    ...(unlisted && { unlisted }),
  };
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

/** A customer that no customers file names, but for its id. */
function unlistedOn(tier: string, all: readonly PriceList[], versions: Versions): Customer | undefined {
  const histories = all.map(({ rateCard }) => togetherWith(rateCard, all).tiers.get(tier));
  const listed = histories.filter((one) => one?.kind === 'listed');
  if (listed.length < all.length) return undefined;
  const customer = customerOn(listed[0]!, '');
  return onLists({ customer, histories: listed.map((one) => [{ tier: one }]) }, versions);
}

/** None where no customers file is named. With several lists it is read with each. */
async function loadCustomersFile(
  { customers: name, trimIds }: Omit<TermsOptions, 'tiers'>,
  { all, versions }: { readonly all: readonly PriceList[]; readonly versions: Versions | undefined },
  ports: Ports,
): Promise<ReadonlyMap<string, Customer>> {
  if (name === undefined) return new Map();
  const { loadCustomers } = await import('../config/customers/loadCustomers.ts');
  const text = await ports.readText(name);
  const names = all.flatMap(namesOf);
  const read = all.map(({ rateCard }) => {
    const { customers, problems } = loadCustomers(text, name, togetherWith(rateCard, all), names);
    if (!customers) throw new Refusal('usage', problems);
    return customers;
  });
  const [first] = read as [ReadonlyMap<string, Customer>];
  const customers = versions
    ? new Map(
        [...first].map(([id, customer]) => {
          const histories = read.map((one) => one.get(id)!.history);
          return [id, onLists({ customer, histories }, versions)] as const;
        }),
      )
    : first;
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

function tierOption(name: string, lists: readonly PriceList[]): string {
  const names = [...new Set(lists.flatMap(({ rateCard }) => [...rateCard.tiers.keys()]))];
  if (names.includes(name)) return name;
  const meant = didYouMean(name, names);
  const hint = meant ? `did you mean ${meant}?` : `the tiers are ${names.join(', ')}`;
  throw new Refusal('usage', [usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint)]);
}
