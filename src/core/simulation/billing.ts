/** Every bill of a simulation: each account, month and plan, rated once by the one rating engine. */

import type { ListedTier } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { roundToMinorUnit } from '../money.ts';
import type { PlanTerms } from './behaviour.ts';
import { MONTHS_A_YEAR } from './defaults.ts';
import type { Population } from './population.ts';
import type { AnnualTerms, Scenario } from './scenario.ts';
import { billerFor, type TierBiller } from './tierBiller.ts';

/** How many bills a table holds. */
export type BillsSize = { readonly accounts: number; readonly months: number; readonly plans: number };

/** Bills by account, month and plan: the facts of each stand in arrays, at the position that {@link at} gives. Money in major units. */
export class Bills {
  readonly total: Float64Array;
  /** Usage charges: the part of `total` beyond the fee. */
  readonly overage: Float64Array;
  /** Requests that were served: all of them, unless a hard cap refused some. */
  readonly served: Float64Array;
  /** Gigabytes of egress that were served. */
  readonly gigabytes: Float64Array;
  /** ln(used ÷ served); 0 if nothing was refused. */
  readonly throttling: Float64Array;
  private readonly months: number;
  private readonly plans: number;

  constructor({ accounts, months, plans }: BillsSize) {
    const length = accounts * months * plans;
    this.months = months;
    this.plans = plans;
    this.total = new Float64Array(length);
    this.overage = new Float64Array(length);
    this.served = new Float64Array(length);
    this.gigabytes = new Float64Array(length);
    this.throttling = new Float64Array(length);
  }

  /** Position of a bill; bills of the following plans of the same month come right after it. */
  at(account: number, month: number, plan: number): number {
    return (account * this.months + month) * this.plans + plan;
  }
}

export const NO_BILLS: Bills = new Bills({ accounts: 0, months: 0, plans: 0 });

/** A scenario's plans made ready for every month of a population. */
export type Tariff = {
  readonly scenario: Pick<Scenario, 'rateCard' | 'plans' | 'annual'>;
  /** By plan and month. */
  readonly billers: readonly (readonly TierBiller[])[];
  /** By plan; the months of a tariff differ at most in what a daily or weekly limit includes. */
  readonly terms: readonly (readonly PlanTerms[])[];
  readonly minorUnits: number;
  /** By plan: its fee is for twelve months, and customers leave when these end. */
  readonly isAnnual: readonly boolean[];
  /** The annual plans beside the monthly ones, and the share of customers on them. */
  readonly annual?: { readonly share: number; readonly tariff: Tariff } | undefined;
};

export function tariffOf(
  scenario: Tariff['scenario'],
  population: Pick<Population, 'periods' | 'meters' | 'requests'>,
): Tariff {
  const { rateCard } = scenario;
  const minorUnits = 10 ** rateCard.currency.minorUnit;
  const { meters } = population;
  const billers = scenario.plans.map((tier) =>
    population.periods.map((period) => billerFor({ rateCard, tier, period, meters })),
  );
  const terms = billers.map((months) =>
    months.map((biller) => ({
      fee: biller.fee / minorUnits,
      includedRequests: biller.included[population.requests] ?? 0,
    })),
  );
  const isAnnual = scenario.plans.map(({ fee }) => fee.kind === 'annual');
  const own = { scenario, billers, terms, minorUnits, isAnnual };
  const { annual } = scenario;
  if (!annual) return own;
  const plans = scenario.plans.map((plan) => annualPlan(plan, annual, rateCard));
  return { ...own, annual: { share: annual.share, tariff: tariffOf({ rateCard, plans }, population) } };
}

/** A plan whose fee is paid for twelve months at once, less the discount; one that is so already, or has no fee, as it is. */
function annualPlan(
  plan: ListedTier,
  { discount }: AnnualTerms,
  { currency }: Pick<Scenario['rateCard'], 'currency'>,
): ListedTier {
  const { fee } = plan;
  if (fee.kind !== 'fixed' || fee.amount.isZero()) return plan;
  const share = new Decimal(1).minus(discount);
  const amount = roundToMinorUnit(Fraction.of(fee.amount.times(MONTHS_A_YEAR).times(share)), currency);
  return { ...plan, fee: { kind: 'annual', amount, text: `${amount.toFixed()}/yr` } };
}

const MEGABYTE = 1e6;

/** quantity × served ÷ used, down to a whole multiple of `step`; exact, so that no megabyte is lost to a rounded quotient. */
function servedPart(quantity: number, served: number, used: number, step: number): number {
  const product = BigInt(Math.floor(quantity)) * BigInt(Math.floor(served));
  return Number(product / (BigInt(Math.ceil(used)) * BigInt(step))) * step;
}

export type BilledMeters = Pick<Population, 'meters' | 'requests' | 'egress'>;

/** The accounts from `from` to before `to`. */
export type AccountRange = { readonly from: number; readonly to: number };

/** Writes the bills of a range of accounts; the first account of the range is account 0 of `bills`. */
export function rateAccounts(tariff: Tariff, population: Population, { from, to }: AccountRange, bills: Bills): void {
  const { meters, quantities, exact, periods } = population;
  const rate = raterOf(population, tariff.minorUnits);
  const usage = { quantities, offset: 0, exact: exact.size > 0 ? exact : undefined };
  let at = 0;
  for (let account = from; account < to; account++) {
    for (let month = 0; month < periods.length; month++) {
      usage.offset = (account * periods.length + month) * meters.length;
      for (let plan = 0; plan < tariff.billers.length; plan++) rate(tariff.billers[plan]![month]!, usage, bills, at++);
    }
  }
}

/** One month's usage: quantities by meter from `offset` on, and those of them that a double does not hold. */
export type MonthUsage = {
  readonly quantities: Float64Array;
  readonly offset: number;
  readonly exact?: Population['exact'] | undefined;
};

/** Rates one month's usage and writes the bill at position `at` of `bills`. */
export type Rater = (biller: TierBiller, usage: MonthUsage, bills: Bills, at: number) => void;

export function raterOf({ meters, requests, egress }: BilledMeters, minorUnits: number): Rater {
  const reduced = new Float64Array(meters.length);
  return (biller, { quantities, offset, exact }, bills, at) => {
    const used = quantities[offset + requests]!;
    const served = Math.min(used, biller.caps[requests]!);
    let bytes = egress < 0 ? 0 : quantities[offset + egress]!;
    let charges: number;
    if (served === used) charges = biller.usageCharges(quantities, offset, exact);
    else {
      // What was refused was not sent either: every other meter shrinks with the requests, egress to whole megabytes.
      for (let m = 0; m < meters.length; m++)
        reduced[m] = servedPart(quantities[offset + m]!, served, used, m === egress ? MEGABYTE : 1);
      reduced[requests] = used;
      charges = biller.usageCharges(reduced, 0);
      bytes = egress < 0 ? 0 : reduced[egress]!;
    }
    const sent = egress < 0 ? 0 : Math.min(bytes, biller.caps[egress]!);
    const byRequests = served < used ? Math.log(used / served) : 0;
    const byEgress = sent < bytes ? Math.log(bytes / sent) : 0;
    bills.total[at] = (biller.fee + charges) / minorUnits;
    bills.overage[at] = charges / minorUnits;
    bills.served[at] = served;
    bills.gigabytes[at] = sent / 1e9;
    bills.throttling[at] = Math.max(byRequests, byEgress);
  };
}
