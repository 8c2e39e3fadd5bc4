/** Observed rows, rated by the price list that was in force: they must come to what was invoiced. */

import { monthName, periodOfMonth } from '../core/months.ts';
import { didYouMean, type Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { Bills, raterOf, type Tariff, tariffOf } from '../core/simulation/billing.ts';
import type { ObservedMonth } from '../core/simulation/calibration/reactionRows.ts';
import {
  COMPUTE_SECONDS_PER_REQUEST,
  MEAN_MONTH_DAYS,
  PEAK_DAY_OVER_MEAN_DAY,
  TENURE_MONTHS,
} from '../core/simulation/defaults.ts';
import type { Scenario } from '../core/simulation/scenario.ts';
import type { ObservedRow } from '../telemetry/history/readObserved.ts';
import type { LoadedScenarios } from './scenarios.ts';

const MOST_PROBLEMS = 20;

export function observedMonths(
  rows: readonly ObservedRow[],
  { scenarios, meters }: LoadedScenarios,
): {
  readonly months: readonly ObservedMonth[];
  /** Rows on tiers that a contract prices: they are left out. */
  readonly contracts: number;
  /** Bills the usage of the month at a position of `months` under the scenario and plan of another one. */
  readonly billUnder: (position: number, terms: ObservedMonth) => { readonly bill: number; readonly overage: number };
  readonly problems: readonly Problem[];
} {
  let contracts = 0;
  const problems: Problem[] = [];
  const months: ObservedMonth[] = [];
  const names = meters.map((meter) => meter.name);
  const positions = { meters: names, requests: names.indexOf('requests'), egress: names.indexOf('egress') };
  const tariffs = new Map<string, Tariff>();
  const firstMonths = new Map<string, ObservedRow>();
  const earliest = Math.min(...rows.map(({ month }) => month));
  const bills = new Bills({ accounts: 1, months: 1, plans: 1 });
  const usages: Float64Array[] = [];
  const tariffFor = (scenario: Scenario, month: number): Tariff => {
    const key = `${scenario.name}/${month}`;
    const period = periodOfMonth(month, scenario.rateCard.timezone);
    const tariff = tariffs.get(key) ?? tariffOf(scenario, { periods: [period], ...positions });
    tariffs.set(key, tariff);
    return tariff;
  };
  const rate = (tariff: Tariff, plan: number, quantities: Float64Array) =>
    raterOf(positions, tariff.minorUnits)(tariff.billers[plan]![0]!, { quantities, offset: 0 }, bills, 0);

  for (const row of rows) {
    const first = firstMonths.get(row.customer) ?? row;
    firstMonths.set(row.customer, first);
    const found = planOf(row, scenarios);
    if (found === 'contract') {
      contracts++;
      continue;
    }
    const add = (code: CodeOf<'observed'>, message: string, hint: string) => {
      if (problems.length >= MOST_PROBLEMS) return;
      const source = { file: row.file, line: row.line };
      problems.push({ severity: 'error', code: codesOf('observed')(code), source, message, hint });
    };
    if ('missing' in found) {
      add('unknown-plan', found.missing, found.hint);
      continue;
    }
    const { scenario, plan } = found;
    const tariff = tariffFor(scenario, row.month);
    const quantities = Float64Array.from(quantitiesOf(row, positions));
    const requests = quantities[positions.requests]!;
    rate(tariff, plan, quantities);
    const tenure = row.tenure ?? row.month - first.month + (first.month === earliest ? TENURE_MONTHS : 0);
    const replayedBill = bills.total[0]!;
    // In the month of arrival a fee is often charged for the days that were left.
    const isPartial = first === row && tenure < 1 && Number(row.invoice ?? Number.NaN) < replayedBill;
    const bill = isPartial ? Number(row.invoice) : replayedBill;
    if (row.invoice !== undefined && Math.abs(Number(row.invoice) - bill) > 0.5 / tariff.minorUnits) {
      const replayed = bill.toFixed(scenario.rateCard.currency.minorUnit);
      add(
        'invoice-differs',
        `${row.customer} was invoiced ${row.invoice} for ${monthName(row.month)}, and ${row.plan} of ${scenario.name} comes to ${replayed}`,
        'give the price terms that were in force',
      );
    }
    usages.push(quantities);
    months.push({
      customer: row.customer,
      month: row.month,
      requests,
      peakDayRequests: row.peakDayRequests ?? (PEAK_DAY_OVER_MEAN_DAY * requests) / MEAN_MONTH_DAYS,
      scenario: scenario.name,
      plan: row.plan,
      tenure,
      terms: tariff.terms[plan]![0]!,
      bill,
      overage: bills.overage[0]!,
      throttling: bills.throttling[0]!,
      notify: row.notify ?? scenario.policies.notify,
      holdsPacks: row.packs,
      prompted: row.prompted,
      churned: row.churned,
      disputed: row.disputed,
    });
  }
  const billUnder = (position: number, { scenario: name, plan: tier }: ObservedMonth) => {
    const scenario = scenarios.find((one) => one.name === name)!;
    const plan = scenario.plans.findIndex((one) => one.name === tier);
    rate(tariffFor(scenario, months[position]!.month), plan, usages[position]!);
    return { bill: bills.total[0]!, overage: bills.overage[0]! };
  };
  return { months, contracts, billUnder, problems };
}

/** By meter. What is not reported is 0, but for compute, which requests take in any case. */
function quantitiesOf(
  { quantities }: ObservedRow,
  { meters, requests }: { readonly meters: readonly string[]; readonly requests: number },
): number[] {
  return quantities.map((quantity, m) => {
    if (!Number.isNaN(quantity)) return quantity;
    return meters[m] === 'compute' ? COMPUTE_SECONDS_PER_REQUEST * (quantities[requests] || 0) : 0;
  });
}

function planOf(
  row: ObservedRow,
  scenarios: readonly Scenario[],
): { scenario: Scenario; plan: number } | 'contract' | { missing: string; hint: string } {
  const candidates = row.scenario === undefined ? scenarios : scenarios.filter(({ name }) => name === row.scenario);
  for (const scenario of candidates) {
    const plan = scenario.plans.findIndex((tier) => tier.name === row.plan);
    if (plan >= 0) return { scenario, plan };
  }
  if (candidates.some(({ leftOut }) => leftOut.some(({ tier }) => tier === row.plan))) return 'contract';
  if (candidates.length === 0) {
    const known = scenarios.map(({ name }) => name);
    return { missing: `there is no scenario "${row.scenario}"`, hint: hint(row.scenario!, known) };
  }
  const known = candidates.flatMap(({ plans }) => plans.map(({ name }) => name));
  return { missing: `no scenario has a plan "${row.plan}"`, hint: hint(row.plan, known) };
}

function hint(word: string, known: readonly string[]): string {
  const meant = didYouMean(word, known);
  return meant ? `did you mean ${meant}?` : `known: ${known.join(', ')}`;
}
