/** Sentences that every format of a simulation says. */

import { monthName } from '../../core/months.ts';
import { groupDigits } from '../../core/quantity.ts';
import {
  COMPUTE_SECONDS_PER_REQUEST,
  MOST_MONTHLY_GROWTH,
  REFERENCE_FREE_RATE,
  TENURE_MONTHS,
} from '../../core/simulation/defaults.ts';
import { counted, countText, percentText, some } from '../words.ts';
import type { SimulationReport } from './report.ts';

/** `2 000 accounts over 12 months from 2024-01, 2 000 sign-ups`. */
export function subject({ result }: SimulationReport): string {
  const { population, signups } = result.input;
  const start = new Date(population.periods[population.pre]!.start + 15 * 86_400_000);
  const month = monthName(start.getUTCFullYear() * 12 + start.getUTCMonth());
  const trials = signups === undefined ? 'no sign-ups' : counted(signups.length, 'sign-up');
  return `${counted(population.accounts.length, 'account')} over ${counted(population.horizon, 'month')} from ${month}, ${trials}`;
}

/** What was done to the history, and who is not in the comparison. */
export function populationNotes({ result }: SimulationReport): string[] {
  const { report } = result.input.population;
  const { defaults } = report;
  return [
    ...(report.imputedShare > 0
      ? [`${percentText(report.imputedShare, 1)} of account-months are made up by the data rules`]
      : []),
    ...(report.repeatedMonths > 0
      ? [
          `the history has ${counted(report.observedMonths, 'month')}: the last ${counted(report.repeatedMonths, 'month')} of the simulation repeat earlier ones at each account's own growth`,
        ]
      : []),
    ...(report.withoutUsage > 0
      ? [
          `${counted(report.withoutUsage, 'account')} without usage in month 0 ${areOrIs(report.withoutUsage)} left out${report.leftBefore > 0 ? `, ${countText(report.leftBefore)} of which had left before it` : ''}`,
        ]
      : []),
    ...(report.cameInMonthZero > 0
      ? [
          `${counted(report.cameInMonthZero, 'account')} came in month 0 and ${areOrIs(report.cameInMonthZero)} left out: a first month may be part of one, and retention measured from it would be growth`,
        ]
      : []),
    ...(report.partialMonths > 0
      ? [
          `${counted(report.partialMonths, 'first month')} may be part of one: month 0 stands for ${report.partialMonths === 1 ? 'it' : 'them'}`,
        ]
      : []),
    ...(report.heldGrowth > 0
      ? [
          `the growth of ${counted(report.heldGrowth, 'account')} beyond the history is held at ${percentText(MOST_MONTHLY_GROWTH, 0)} a month, up or down`,
        ]
      : []),
    ...(report.contracts.length > 0
      ? [
          `${counted(report.contracts.length, 'account')} with contracts ${areOrIs(report.contracts.length)} left out: ${some(report.contracts.map(({ account }) => account))}`,
        ]
      : []),
    ...(report.exits > 0 && report.observedChurn !== undefined
      ? [
          `${counted(report.exits, 'account')} really left, ${percentText(report.observedChurn, 2)} a month; their usage is carried on, and the model decides who leaves`,
        ]
      : []),
    ...(defaults.compute > 0
      ? [
          `compute is unknown in ${counted(defaults.compute, 'account-month')}: ${COMPUTE_SECONDS_PER_REQUEST} s a request`,
        ]
      : []),
    ...(defaults.peakDay > 0
      ? [`the busiest day is unknown in ${counted(defaults.peakDay, 'account-month')}: twice the mean day`]
      : []),
    ...(defaults.tenure > 0
      ? [`tenure is unknown for ${counted(defaults.tenure, 'account')}: ${TENURE_MONTHS} months`]
      : []),
  ];
}

function areOrIs(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** The accounts that parameters were moved on, where these are not all. */
export function sampleNotes({ sensitivity }: SimulationReport): string[] {
  const { sample } = sensitivity ?? {};
  if (!sample) return [];
  const { accounts, of, seed } = sample;
  return [
    `parameters are moved on ${countText(accounts)} of ${countText(of)} accounts: one drawn (seed ${seed}) from each of as many strata of equal length in the order of requests in month 0; money is scaled up to all of them`,
  ];
}

/** Customers on annual plans, scenario by scenario. */
export function annualNotes(report: SimulationReport): string[] {
  const money = amountText(report);
  return report.result.outcomes.flatMap(({ scenario, annual }) => {
    if (!annual) return [];
    const { share, discount } = scenario.annual ?? {};
    const offer = share === undefined ? '' : ` (${percentText(share, 1)} take one, ${percentText(discount!, 1)} off)`;
    const accounts = Math.round(annual.accounts);
    return [
      `${scenario.name}: ${counted(accounts, 'account')} ${areOrIs(accounts)} on annual plans from month 0${offer}; they decide to leave as others do, and go when their year ends; their fee counts by a twelfth each month, and ${money(annual.prepaid)} of later months are paid in month 0; sign-ups choose by the monthly fee`,
    ];
  });
}

/** The policy that a row of the policy worth table is about. */
export function withoutText(without: string): string {
  if (without === 'none') return 'the tariff alone';
  if (without === 'grandfather') return 'without grandfathering';
  return without === 'freeTier' ? `free tier of ${REFERENCE_FREE_RATE} requests/s` : `without ${without}`;
}

/** Expected amounts are means over probabilities: shown in the currency's minor unit. */
export function moneyText({ currency }: Pick<SimulationReport, 'currency'>): (amount: number) => string {
  return (amount) => {
    const text = amount.toFixed(currency.minorUnit);
    return Number(text) === 0 ? text.replace('-', '') : text;
  };
}

/** `USD 1 669 033`, and with its minor unit where it is small: `USD 11.30`. */
export function amountText({ currency }: Pick<SimulationReport, 'currency'>): (amount: number) => string {
  return (amount) => {
    const size = Math.abs(amount);
    const digits = size >= LARGE_AMOUNT ? 0 : currency.minorUnit;
    return `${currency.code} ${amount < 0 && Number(size.toFixed(digits)) > 0 ? '−' : ''}${groupDigits(size.toFixed(digits))}`;
  };
}

const LARGE_AMOUNT = 1000;
