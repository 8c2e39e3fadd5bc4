/** Every bill of a simulation: each account, month and plan, rated once by the one rating engine. */

import type { PlanTerms } from './behaviour.ts';
import type { Population } from './population.ts';
import type { Scenario } from './scenario.ts';
import { billerFor, type TierBiller } from './tierBiller.ts';

/** Numbers kept of each bill. Money in major units. */
export const BILL_FIELDS = 5;
export const TOTAL = 0;
/** Usage charges: what the bill is beyond the fee. */
export const OVERAGE = 1;
/** Requests and gigabytes that were served: all of them, unless a hard cap refused some. */
export const SERVED = 2;
export const GIGABYTES = 3;
/** ln(used ÷ served), 0 if nothing was refused. */
export const THROTTLING = 4;

/** A scenario's plans made ready for every month of a population. */
export type Tariff = {
  readonly scenario: Scenario;
  /** By plan and month. */
  readonly billers: readonly (readonly TierBiller[])[];
  /** By plan; the months of a tariff differ at most in what a daily or weekly limit includes. */
  readonly terms: readonly (readonly PlanTerms[])[];
  readonly minorUnits: number;
};

export function tariffOf(scenario: Scenario, population: Pick<Population, 'periods' | 'meters' | 'requests'>): Tariff {
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
  return { scenario, billers, terms, minorUnits };
}

const MEGABYTE = 1e6;

/** quantity × served ÷ used, down to a whole multiple of `step`; exact, so that no megabyte is lost to a rounded quotient. */
function servedPart(quantity: number, served: number, used: number, step: number): number {
  const product = BigInt(Math.floor(quantity)) * BigInt(Math.floor(served));
  return Number(product / (BigInt(Math.ceil(used)) * BigInt(step))) * step;
}

export type BilledMeters = Pick<Population, 'meters' | 'requests' | 'egress'>;

/** Writes the bills of the accounts from `from` to before `to` into `bills`, by account, month, plan and field. */
export function rateAccounts(
  tariff: Tariff,
  population: Population,
  from: number,
  to: number,
  bills: Float64Array,
): void {
  const { meters, quantities, exact, periods } = population;
  const plans = tariff.billers.length;
  const rate = raterOf(population, tariff.minorUnits);
  let out = 0;
  for (let account = from; account < to; account++) {
    for (let month = 0; month < periods.length; month++) {
      const offset = (account * periods.length + month) * meters.length;
      for (let plan = 0; plan < plans; plan++) {
        rate(tariff.billers[plan]![month]!, quantities, offset, exact, bills, out);
        out += BILL_FIELDS;
      }
    }
  }
}

type Rater = (
  biller: TierBiller,
  quantities: Float64Array,
  offset: number,
  exact: Population['exact'] | undefined,
  bills: Float64Array,
  out: number,
) => void;

/** Rates one month of usage, which begins at `offset` of `quantities`, and writes its {@link BILL_FIELDS} numbers from `out` on. */
export function raterOf({ meters, requests, egress }: BilledMeters, minorUnits: number): Rater {
  const reduced = new Float64Array(meters.length);
  return (biller, quantities, offset, exact, bills, out) => {
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
    bills[out + TOTAL] = (biller.fee + charges) / minorUnits;
    bills[out + OVERAGE] = charges / minorUnits;
    bills[out + SERVED] = served;
    bills[out + GIGABYTES] = sent / 1e9;
    bills[out + THROTTLING] = Math.max(byRequests, byEgress);
  };
}
