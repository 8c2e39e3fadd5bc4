/** Histories of accounts and pricing models to what each model would have brought. */
import { listed } from '../core/listed.ts';
import type { Currency } from '../core/money.ts';
import { withPauses } from '../core/pauses.ts';
import { isError, type Problem } from '../core/problem.ts';
import type { Signup } from '../core/simulation/conversion.ts';
import { monthsNeeded, type Population, preparing } from '../core/simulation/population.ts';
import type { EngineChoice } from '../core/simulation/run.ts';
import { type Sensitivity, sensitivityOf } from '../core/simulation/sensitivity.ts';
import { simulate as run, type SimulationInput, type SimulationResult } from '../core/simulation/simulate.ts';
import { DRAWS, type Uncertainty, type UncertaintyOptions, uncertaintyOf } from '../core/simulation/uncertainty.ts';
import { comparedWindows, type WeeklyNrr, weeklyNrrByWindow } from '../core/simulation/weeklyNrr.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { readSignups } from '../telemetry/history/readSignups.ts';
import { readAccountHistories } from './accountHistories.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions } from './readingOptions.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';
import { type LoadedScenarios, loadScenarioOptions, type ScenarioOptions } from './scenarios.ts';

export type SimulateOptions = ScenarioOptions &
  ReadingOptions & {
    /** Name of a file of sign-ups. */
    readonly signups?: string;
    /** New sign-ups a month; absent: unknown. */
    readonly signupsPerMonth?: number;
    /** Months to simulate. */
    readonly months: number;
    /** `ev`: expected values; `mc`: Monte Carlo. */
    readonly engine: 'ev' | 'mc';
    /** Replicates of the Monte Carlo engine. */
    readonly reps: number;
    readonly seed: number;
    /** Resamples behind the intervals; 0: no intervals. */
    readonly bootstrap: number;
    /** Scenario that the others are compared with; absent: the file's, or its first. */
    readonly baseline?: string;
    readonly sensitivity?: boolean;
    /** Whether intervals of next year are drawn. */
    readonly uncertainty?: boolean;
  };

export type Simulated = {
  readonly input: SimulationInput;
  readonly result: SimulationResult;
  readonly sensitivity?: Sensitivity;
  readonly uncertainty?: Uncertainty;
  readonly weekly?: ReadonlyMap<string, WeeklyNrr>;
  readonly currency: Currency;
  readonly warnings: readonly Problem[];
  readonly isShippedBehaviour: boolean;
};

const MOST_MONTHS = 120;
const MOST_REPLICATES = 100_000;

function checkNumbers({ months, reps, bootstrap, engine, signups, signupsPerMonth }: SimulateOptions): void {
  const problems: Problem[] = [];
  if (months < 1 || months > MOST_MONTHS)
    problems.push(usageProblem('bad-months', `--months ${months}: a simulation is over 1 to ${MOST_MONTHS} months`));
  if (engine === 'mc' && (reps < 1 || reps > MOST_REPLICATES))
    problems.push(usageProblem('bad-reps', `--reps ${reps}: 1 to ${MOST_REPLICATES} replicates can be drawn`));
  if (bootstrap > MOST_REPLICATES)
    problems.push(usageProblem('bad-bootstrap', `--bootstrap ${bootstrap}: at most ${MOST_REPLICATES}`));
  if (signupsPerMonth !== undefined && signups === undefined) {
    const message = '--signups-per-month says how many come, and without --signups nobody knows what they do';
    problems.push(usageProblem('no-signups', message, 'give a file of sign-ups: --signups FILE'));
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
}

/** `names`: account-months or raw exports. */
export function simulateModels(
  names: readonly string[],
  options: SimulateOptions,
  ports: Ports,
): Promise<Outcome<Simulated>> {
  return outcomeOf(async () => {
    checkNumbers(options);
    const scenarios = await loadScenarioOptions(options, ports, 'equal');
    const baseline = baselineOf(options.baseline, scenarios);
    const sources = await exportsCalled(names, options, ports);
    ports.beforeReading(inputNames(sources, [options.scenarios, options.tiers, options.signups]));

    const { timezone, currency } = scenarios.scenarios[0]!.rateCard;
    const contractTiers = new Set(scenarios.scenarios.flatMap(({ leftOut }) => leftOut.map(({ tier }) => tier)));
    const wanted = { meters: scenarios.meters, timezone, contractTiers };
    const { histories, ledger, warnings: aboutMonths } = await readAccountHistories(sources, wanted, options, ports);
    const { enterpriseRequests } = scenarios;
    const preparation = preparing(histories, { horizon: options.months, enterpriseRequests, timezone });
    const population = await ports.during('filling gaps', (progress) => withPauses(preparation, progress));
    const aboutPopulation = checkPopulation(population, options);
    ports.warn(aboutPopulation, 'input');
    const signups = options.signups === undefined ? undefined : await loadSignups(options.signups, ports);

    const input = inputOf(options, { ...scenarios, baseline }, population, signups);
    const { result, sensitivity, uncertainty } = await runAll(input, options, scenarios.covariance, ports);
    const weekly = ledger && (await weeklyOf(ledger, population, input, ports));
    return {
      ...{ input, result, currency: currency as Currency },
      ...(sensitivity && { sensitivity }),
      ...(uncertainty && { uncertainty }),
      ...(weekly && { weekly }),
      warnings: [...scenarios.warnings, ...aboutMonths, ...aboutPopulation],
      isShippedBehaviour: scenarios.isShippedBehaviour,
    };
  });
}

/** The simulation and what else was asked for, on as many threads as there are. */
async function runAll(
  given: SimulationInput,
  options: SimulateOptions,
  covariance: LoadedScenarios['covariance'],
  ports: Ports,
): Promise<Pick<Simulated, 'result' | 'sensitivity' | 'uncertainty'>> {
  const crew = ports.crew?.(options.threads);
  const input = { ...given, crew };
  try {
    const result = await ports.during('simulating', (progress) => run({ ...input, progress }));
    const sensitivity = options.sensitivity
      ? await ports.during('moving parameters', (progress) => sensitivityOf({ ...input, progress }, covariance))
      : undefined;
    const drawing = { draws: DRAWS, seed: options.seed, covariance };
    const uncertainty = options.uncertainty
      ? await ports.during('drawing next years', (progress) => uncertaintyFor({ ...input, progress }, result, drawing))
      : undefined;
    return { result, ...(sensitivity && { sensitivity }), ...(uncertainty && { uncertainty }) };
  } finally {
    await crew?.dismiss();
  }
}

function uncertaintyFor(input: SimulationInput, { outcomes }: SimulationResult, options: UncertaintyOptions) {
  const rates = outcomes.map((outcome) => outcome.rates);
  return uncertaintyOf(input, rates, options);
}

function inputOf(
  { engine: name, reps, seed, bootstrap, signupsPerMonth }: SimulateOptions,
  { scenarios, baseline, parameters }: LoadedScenarios,
  population: Population,
  signups: readonly Signup[] | undefined,
): SimulationInput {
  const engine: EngineChoice = name === 'mc' ? { kind: 'mc', replicates: reps, seed } : { kind: 'ev' };
  const replicates = engine.kind === 'mc' ? engine.replicates : bootstrap;
  return {
    ...{ population, signups, signupsPerMonth, scenarios, baseline, parameters, engine },
    bootstrap: { replicates, seed },
  };
}

function baselineOf(given: string | undefined, { scenarios, baseline }: LoadedScenarios): string {
  const names = scenarios.map(({ name }) => name);
  if (given === undefined) return baseline;
  if (names.includes(given)) return given;
  const message = `--baseline ${given}: there is no such scenario`;
  throw new Refusal('usage', [usageProblem('unknown-scenario', message, `they are ${names.join(', ')}`)]);
}

/** Warnings about the population; fails where nobody is left. */
function checkPopulation(population: Population, options: SimulateOptions): Problem[] {
  const { report, accounts } = population;
  if (accounts.length === 0) {
    const { withoutUsage, contracts, cameInMonthZero } = report;
    const verb = (count: number) => (count === 1 ? 'has' : 'have');
    const causes = [
      ...(withoutUsage > 0 ? [`${withoutUsage} ${verb(withoutUsage)} no usage in month 0`] : []),
      ...(cameInMonthZero > 0 ? [`${cameInMonthZero} came in it`] : []),
      ...(contracts.length > 0 ? [`${contracts.length} ${verb(contracts.length)} contracts`] : []),
    ];
    const message = `no account is left to simulate: ${listed(causes)}`;
    throw new Refusal('input', [
      usageProblem('no-accounts', message, 'month 0 is the one that lies --months before the last of the history'),
    ]);
  }
  if (report.repeatedMonths === 0 && report.observedMonths >= monthsNeeded(options.months)) return [];
  const warning: Problem = {
    severity: 'warning',
    code: 'usage/short-history',
    message: `${monthsText(report.observedMonths)} of history, and ${monthsNeeded(options.months)} are needed for ${monthsText(options.months)}: missing ones repeat what is there`,
    hint:
      report.observedMonths > 4
        ? `give more months, or simulate fewer: --months ${report.observedMonths - 4}`
        : 'give more months',
  };
  return [warning];
}

function monthsText(count: number): string {
  return `${count} month${count === 1 ? '' : 's'}`;
}

async function loadSignups(name: string, ports: Ports): Promise<readonly Signup[]> {
  const [source] = await ports.sourcesOf([name]);
  const { signups, problems } = await readSignups(source!);
  if (problems.some(isError)) throw new Refusal('input', problems);
  if (signups.length === 0) throw new Refusal('input', [usageProblem('no-signups', `there is no sign-up in ${name}`)]);
  return signups;
}

async function weeklyOf(ledger: UsageLedger, population: Population, { scenarios }: SimulationInput, ports: Ports) {
  const { span } = ledger;
  const windows = span ? comparedWindows(span) : [];
  if (windows.length === 0) return undefined;
  const { meters, report } = population;
  // Everybody who ever used the service: whoever has left since is what retention is about.
  const contracts = new Set(report.contracts.map(({ account }) => account));
  const accounts = ledger.customers.filter((account) => !contracts.has(account));
  const steps = weeklyNrrByWindow(scenarios, meters, windows, (window) => {
    const quantities = new Float64Array(accounts.length * meters.length);
    for (const [a, account] of accounts.entries()) {
      const usage = ledger.usageOf(account, window);
      for (const [m, meter] of meters.entries())
        quantities[a * meters.length + m] = usage.get(meter)?.quantity.toNumber() ?? 0;
    }
    return quantities;
  });
  return ports.during('measuring weekly retention', (progress) => withPauses(steps, progress));
}
