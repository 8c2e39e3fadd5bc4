/** Sentences that every format of a simulation says. */
import { groupDigits } from '../../core/quantity.ts';
import { COMPUTE_SECONDS_PER_REQUEST, REFERENCE_FREE_RATE, TENURE_MONTHS } from '../../core/simulation/defaults.ts';
import { monthName } from '../../core/simulation/months.ts';
import { RANKED } from '../../core/simulation/ranking.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { RATES, type SimulationReport } from './report.ts';

/** `2 000 accounts over 12 months from 2024-01, 2 000 sign-ups`. */
export function subject({ result }: SimulationReport): string {
  const { population, signups } = result.input;
  const start = new Date(population.periods[population.pre]!.start + 15 * 86_400_000);
  const month = monthName(start.getUTCFullYear() * 12 + start.getUTCMonth());
  const count = groupDigits(String(population.accounts.length));
  const trials = signups === undefined ? 'no sign-ups' : `${groupDigits(String(signups.length))} sign-ups`;
  return `${count} accounts over ${population.horizon} months from ${month}, ${trials}`;
}

/** Who is best at what, and how surely. */
export function verdicts({ result }: SimulationReport): string[] {
  const byScenario = new Map<string, string[]>();
  for (const { rate, best, certainty } of result.ranking) {
    const { label } = RATES.find(({ name }) => name === rate)!;
    const doubt =
      certainty === undefined || certainty >= 0.975 ? '' : ` (in ${Math.round(certainty * 100)} % of resamples)`;
    byScenario.set(best, [...(byScenario.get(best) ?? []), `${label}${doubt}`]);
  }
  const unknown = RANKED.length - result.ranking.length;
  return [
    ...[...byScenario].map(([scenario, labels]) =>
      labels.length === result.ranking.length
        ? `${scenario} is best by every rate${unknown > 0 ? ' that is known' : ''}: ${list(labels)}`
        : `${scenario} is best by ${list(labels)}`,
    ),
  ];
}

export function alarmText({ scenario, alarm }: ScenarioOutcome): string | undefined {
  if (!alarm) return undefined;
  const [first, second] = alarm.months;
  return `${scenario.name}: cohort revenue fell in months ${first} and ${second} running: price and value are misaligned`;
}

/** What was done to the history, and who is not in the comparison. */
export function populationNotes({ result }: SimulationReport): string[] {
  const { report } = result.input.population;
  const number = (count: number) => groupDigits(String(count));
  const share = (report.imputedShare * 100).toFixed(1);
  const { defaults } = report;
  return [
    ...(report.imputedShare > 0 ? [`${share} % of account-months are made up by the data rules`] : []),
    ...(report.repeatedMonths > 0
      ? [
          `the history has ${report.observedMonths} months: the last ${report.repeatedMonths} repeat earlier ones at each account's own growth`,
        ]
      : []),
    ...(report.withoutUsage > 0
      ? [`${number(report.withoutUsage)} accounts without usage in month 0 are left out`]
      : []),
    ...(report.contracts.length > 0
      ? [
          `${number(report.contracts.length)} accounts with contracts are left out: ${some(report.contracts.map(({ account }) => account))}`,
        ]
      : []),
    ...(report.exits > 0 && report.observedChurn !== undefined
      ? [
          `${number(report.exits)} accounts really left, ${(report.observedChurn * 100).toFixed(2)} % a month; their usage is carried on, and the model decides who leaves`,
        ]
      : []),
    ...(defaults.compute > 0
      ? [`compute is unknown in ${number(defaults.compute)} account-months: ${COMPUTE_SECONDS_PER_REQUEST} s a request`]
      : []),
    ...(defaults.peakDay > 0
      ? [`the busiest day is unknown in ${number(defaults.peakDay)} account-months: twice the mean day`]
      : []),
    ...(defaults.tenure > 0
      ? [`tenure is unknown for ${number(defaults.tenure)} accounts: ${TENURE_MONTHS} months`]
      : []),
  ];
}

export function some(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The policy that a row of the policy worth table is about. */
export function withoutText(without: string): string {
  if (without === 'none') return 'the tariff alone';
  return without === 'freeTier' ? `free tier of ${REFERENCE_FREE_RATE} requests/s` : `without ${without}`;
}
