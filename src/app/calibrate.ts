/** Behaviour parameters from observed account-months, or from rates that a population should show. */
import { loadTargets } from '../config/loadTargets.ts';
import { isError, type Problem } from '../core/problem.ts';
import { tariffOf } from '../core/simulation/billing.ts';
import {
  type Calibration,
  CONVERSION_PARAMETERS,
  calibrateConversion,
  calibrate as fitHistory,
  LEAST_EXITS,
} from '../core/simulation/calibration/calibrate.ts';
import type { Estimate } from '../core/simulation/calibration/maximise.ts';
import { HAZARD_PARAMETERS } from '../core/simulation/calibration/observed.ts';
import { fitSpend, SPEND_COSTS, type SpendFit } from '../core/simulation/calibration/spend.ts';
import { calibrateToTargets, type TargetFit } from '../core/simulation/calibration/targets.ts';
import { periodOfMonth } from '../core/simulation/months.ts';
import { writtenName } from '../core/simulation/parameters.ts';
import { monthsNeeded, prepare } from '../core/simulation/population.ts';
import { type ObservedRow, readObserved } from '../telemetry/history/readObserved.ts';
import { readSignups } from '../telemetry/history/readSignups.ts';
import { readAccountHistories } from './accountHistories.ts';
import { observedMonths } from './observedMonths.ts';
import { inputNames, type Ports } from './ports.ts';
import type { ReadingOptions } from './readingOptions.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';
import { type LoadedScenarios, loadScenarioOptions, type ScenarioOptions } from './scenarios.ts';
import { readSpendMonths } from './spend.ts';

export type CalibrateOptions = ScenarioOptions &
  ReadingOptions & {
    /** Name of a file of rates that the scenarios should show; absent: the account-months are observed ones. */
    readonly targets?: string;
    /** Name of a file of sign-ups. */
    readonly signups?: string;
    /** Name of a file of monthly infrastructure invoices. */
    readonly spend?: string;
    /** Scenario that the sign-ups met; absent: the last. */
    readonly scenario?: string;
    /** Months that the targets are about. */
    readonly months: number;
    /** Seed of the resamples. */
    readonly seed: number;
  };

export type Calibrated = {
  readonly history?: Calibration;
  /** Fit of the choice to pay, from sign-ups with a known outcome. */
  readonly conversion?: { readonly signups: number; readonly estimates: readonly Estimate[] };
  readonly spend?: SpendFit;
  readonly targets?: TargetFit;
  /** Values of parameters: section, name as in YAML, value. */
  readonly found: readonly { readonly section: 'behaviour' | 'costs'; readonly name: string; readonly value: number }[];
  /** Account-months that were observed, or months that the targets needed. */
  readonly months: number;
  readonly warnings: readonly Problem[];
};

type Found = Omit<Calibrated, 'warnings'>;

export function calibrateParameters(
  files: readonly string[],
  options: CalibrateOptions,
  ports: Ports,
): Promise<Outcome<Calibrated>> {
  return outcomeOf(async () => {
    const scenarios = await loadScenarioOptions(options, ports);
    const { targets, signups, spend } = options;
    const named = [targets, signups, spend, options.scenarios, options.tiers];
    ports.beforeReading(inputNames(await ports.sourcesOf(files), named));
    const found =
      targets === undefined
        ? await fromHistory(files, options, scenarios, ports)
        : await fromTargets(files, { ...options, targets }, scenarios, ports);
    const fewExits = exitWarnings(found);
    ports.warn(fewExits, 'input');
    return { ...found, warnings: [...scenarios.warnings, ...fewExits] };
  });
}

function exitWarnings({ history }: Found): Problem[] {
  if (!history || history.exits >= LEAST_EXITS) return [];
  const message = `${history.exits} exits are few: ${LEAST_EXITS} are needed before the main parameters can be trusted`;
  return [{ severity: 'warning', code: 'usage/few-exits', message }];
}

async function fromHistory(
  files: readonly string[],
  options: CalibrateOptions,
  scenarios: LoadedScenarios,
  ports: Ports,
): Promise<Found> {
  const { rows, problems } = await readObserved(await ports.sourcesOf(files), scenarios.meters);
  stopAt(problems);
  const { months, problems: mismatches } = observedMonths(rows, scenarios);
  stopAt(mismatches);
  if (!months.some(({ churned }) => churned)) {
    const message = `nobody in ${files.join(', ')} has left: there is nothing to learn churn from`;
    throw new Refusal('input', [usageProblem('no-exits', message, 'mark exits in the column churned')]);
  }
  const { timezone } = scenarios.scenarios[0]!.rateCard;
  const history = fitHistory(months, scenarios.parameters.behaviour, options.seed);
  const found = HAZARD_PARAMETERS.map((name) => ({
    section: 'behaviour' as const,
    name: writtenName(name),
    value: history.behaviour[name],
  }));
  const spend = options.spend === undefined ? undefined : await spendOf(options.spend, rows, scenarios, ports);
  const costs = SPEND_COSTS.filter((name) => spend && !spend.undetermined.includes(name)).map((name) => ({
    section: 'costs' as const,
    name: writtenName(name),
    value: spend!.costs[name],
  }));
  const common = { history, ...(spend && { spend }), months: months.length };
  if (options.signups === undefined) return { ...common, found: [...found, ...costs] };

  const [source] = await ports.sourcesOf([options.signups]);
  const { signups, problems: wrong } = await readSignups(source!);
  stopAt(wrong);
  const known = signups.filter(({ converted }) => converted !== undefined);
  if (known.length === 0) {
    const message = `${options.signups} has no column converted: the outcome of sign-ups is not known`;
    throw new Refusal('input', [usageProblem('no-outcomes', message)]);
  }
  const scenario = scenarios.scenarios.find(
    ({ name }) => name === (options.scenario ?? scenarios.scenarios.at(-1)!.name),
  );
  if (!scenario)
    throw new Refusal('usage', [
      usageProblem('unknown-scenario', `--scenario ${options.scenario}: there is no such scenario`),
    ]);
  const meters = scenarios.meters.map((meter) => meter.name);
  const positions = { meters, requests: meters.indexOf('requests'), egress: meters.indexOf('egress') };
  const periods = [periodOfMonth(Math.max(...rows.map(({ month }) => month)), timezone)];
  const tariff = tariffOf(scenario, { periods, ...positions });
  const conversion = calibrateConversion(known, { scenario, tariff, month: 0, meters: positions }, history.behaviour);
  return {
    ...common,
    conversion: { signups: known.length, estimates: conversion.fit.estimates },
    found: [
      ...found,
      ...CONVERSION_PARAMETERS.map((name) => ({
        section: 'behaviour' as const,
        name: writtenName(name),
        value: conversion.behaviour[name],
      })),
      ...costs,
    ],
  };
}

async function fromTargets(
  files: readonly string[],
  options: CalibrateOptions & { readonly targets: string },
  scenarios: LoadedScenarios,
  ports: Ports,
): Promise<Found> {
  const names = scenarios.scenarios.map(({ name }) => name);
  const { targets, problems } = loadTargets(await ports.readText(options.targets), options.targets, names);
  if (!targets) throw new Refusal('usage', problems.filter(isError));
  if (targets.some(({ rate }) => rate === 'conversion') && options.signups === undefined) {
    const message = `${options.targets} has targets for conversion, and no sign-ups are given`;
    throw new Refusal('usage', [usageProblem('no-signups', message, 'add --signups FILE')]);
  }
  const { timezone } = scenarios.scenarios[0]!.rateCard;
  const wanted = { meters: scenarios.meters, timezone, contractTiers: new Set<string>() };
  const { histories } = await readAccountHistories(await ports.sourcesOf(files), wanted, options, ports);
  const { enterpriseRequests, baseline, parameters } = scenarios;
  const population = prepare(histories, { horizon: options.months, enterpriseRequests, timezone });
  const [source] = options.signups === undefined ? [] : await ports.sourcesOf([options.signups]);
  const signups = source && (await readSignups(source));
  stopAt(signups?.problems ?? []);
  const result = await ports.during('calibrating', (progress) =>
    calibrateToTargets(
      { population, signups: signups?.signups, scenarios: scenarios.scenarios, baseline, parameters, progress },
      targets,
    ),
  );
  const found = result.estimates.map(({ name, value }) => {
    const [section, key] = name.split('.') as ['behaviour' | 'costs', string];
    return { section, name: writtenName(key), value };
  });
  return { targets: result, found, months: monthsNeeded(options.months) };
}

async function spendOf(
  name: string,
  rows: readonly ObservedRow[],
  scenarios: LoadedScenarios,
  ports: Ports,
): Promise<SpendFit> {
  const [source] = await ports.sourcesOf([name]);
  const months = await readSpendMonths(source!, rows, scenarios.meters, scenarios.parameters.costs);
  if (months.length < SPEND_COSTS.length) {
    const message = `${months.length} months have both usage and an amount in ${name}: too few for ${SPEND_COSTS.length} costs`;
    throw new Refusal('input', [usageProblem('too-few-months', message)]);
  }
  return fitSpend(months);
}

function stopAt(problems: readonly Problem[]): void {
  if (problems.some(isError)) throw new Refusal('input', problems);
}
