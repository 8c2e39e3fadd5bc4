import { loadTargets } from '../../config/loadTargets.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { tariffOf } from '../../core/simulation/billing.ts';
import {
  CONVERSION_PARAMETERS,
  calibrateConversion,
  calibrate as fitHistory,
  LEAST_EXITS,
} from '../../core/simulation/calibration/calibrate.ts';
import { HAZARD_PARAMETERS } from '../../core/simulation/calibration/observed.ts';
import { fitSpend, SPEND_COSTS, type SpendFit } from '../../core/simulation/calibration/spend.ts';
import { calibrateToTargets } from '../../core/simulation/calibration/targets.ts';
import { periodOfMonth } from '../../core/simulation/months.ts';
import { writtenName } from '../../core/simulation/parameters.ts';
import { monthsNeeded, prepare } from '../../core/simulation/population.ts';
import {
  CALIBRATION_FORMATS,
  type CalibrationFormatName,
  type CalibrationReport,
} from '../../report/calibration/index.ts';
import { type ObservedRow, readObserved } from '../../telemetry/history/readObserved.ts';
import { readSignups } from '../../telemetry/history/readSignups.ts';
import { type ExportFlags, readAccountHistories } from '../accountHistories.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { readConfigFile, sourcesOf } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { observedMonths } from '../observedMonths.ts';
import { writeOut } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';
import { loadScenariosOption, type ScenarioFlags, type ScenarioOption } from '../scenarioOption.ts';
import { readSpend } from '../spendOption.ts';
import { warn } from '../warnings.ts';
import { withProgress } from '../workProgress.ts';

export type CalibrateFlags = ScenarioFlags &
  ExportFlags & {
    readonly targets?: string;
    readonly signups?: string;
    readonly spend?: string;
    readonly scenario?: string;
    readonly months: number;
    readonly seed: number;
    readonly format?: CalibrationFormatName;
    readonly output?: string;
  };

/** Behaviour parameters from observed account-months, or from rates that a population should show. */
export async function calibrate(files: readonly string[], flags: CalibrateFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, CALIBRATION_FORMATS, { yml: 'yaml' });
  const scenarios = await loadScenariosOption(flags, io);
  const sources = await sourcesOf(files, io);
  const inputs = sources.flatMap((source) => (source.kind === 'file' ? [source.path] : []));
  const named = [flags.targets, flags.signups, flags.spend, flags.scenarios, flags.tiers].filter(
    (name) => name !== undefined,
  );
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--rejects', name: flags.rejects },
  ];
  checkOutputs(outputs, [...inputs, ...named], io);
  const found =
    flags.targets === undefined
      ? await fromHistory(files, flags, scenarios, io)
      : await fromTargets(files, { ...flags, targets: flags.targets }, scenarios, io);
  const fewExits = exitWarnings(found);
  warn(fewExits, flags, io, EXIT.badInput);
  const report: CalibrationReport = { ...found, warnings: [...scenarios.warnings, ...fewExits] };
  await putResult(target, CALIBRATION_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  // The block goes to the file; what it rests on is for the reader.
  if (target.name !== undefined && target.format === 'yaml')
    await writeOut(io, CALIBRATION_FORMATS.table(report, presentationFor({}, flags, io)));
  return EXIT.done;
}

type Found = Omit<CalibrationReport, 'warnings'>;

function exitWarnings({ history }: Found): Problem[] {
  if (!history || history.exits >= LEAST_EXITS) return [];
  const message = `${history.exits} exits are few: ${LEAST_EXITS} are needed before the main parameters can be trusted`;
  return [{ severity: 'warning', code: 'usage/few-exits', message }];
}

async function fromHistory(
  files: readonly string[],
  flags: CalibrateFlags,
  scenarios: ScenarioOption,
  io: Io,
): Promise<Found> {
  const { rows, problems } = await readObserved(await sourcesOf(files, io), scenarios.meters);
  stopAt(problems);
  const { months, problems: mismatches } = observedMonths(rows, scenarios);
  stopAt(mismatches);
  if (!months.some(({ churned }) => churned)) {
    const message = `nobody in ${files.join(', ')} has left: there is nothing to learn churn from`;
    throw new CommandFailure(EXIT.badInput, [usageProblem('no-exits', message, 'mark exits in the column churned')]);
  }
  const { timezone } = scenarios.scenarios[0]!.rateCard;
  const history = fitHistory(months, scenarios.parameters.behaviour, flags.seed);
  const found = HAZARD_PARAMETERS.map((name) => ({
    section: 'behaviour' as const,
    name: writtenName(name),
    value: history.behaviour[name],
  }));
  const spend = flags.spend === undefined ? undefined : await spendOf(flags.spend, rows, scenarios, io);
  const costs = SPEND_COSTS.filter((name) => spend && !spend.undetermined.includes(name)).map((name) => ({
    section: 'costs' as const,
    name: writtenName(name),
    value: spend!.costs[name],
  }));
  const common = { history, ...(spend && { spend }), months: months.length };
  if (flags.signups === undefined) return { ...common, found: [...found, ...costs] };

  const [source] = await sourcesOf([flags.signups], io);
  const { signups, problems: wrong } = await readSignups(source!);
  stopAt(wrong);
  const known = signups.filter(({ converted }) => converted !== undefined);
  if (known.length === 0) {
    const message = `${flags.signups} has no column converted: the outcome of sign-ups is not known`;
    throw new CommandFailure(EXIT.badInput, [usageProblem('no-outcomes', message)]);
  }
  const scenario = scenarios.scenarios.find(
    ({ name }) => name === (flags.scenario ?? scenarios.scenarios.at(-1)!.name),
  );
  if (!scenario)
    throw new CommandFailure(EXIT.usage, [
      usageProblem('unknown-scenario', `--scenario ${flags.scenario}: there is no such scenario`),
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
  flags: CalibrateFlags & { readonly targets: string },
  scenarios: ScenarioOption,
  io: Io,
): Promise<Found> {
  const names = scenarios.scenarios.map(({ name }) => name);
  const { targets, problems } = loadTargets(await readConfigFile(flags.targets, io), flags.targets, names);
  if (!targets) throw new CommandFailure(EXIT.usage, problems.filter(isError));
  if (targets.some(({ rate }) => rate === 'conversion') && flags.signups === undefined) {
    const message = `${flags.targets} has targets for conversion, and no sign-ups are given`;
    throw new CommandFailure(EXIT.usage, [usageProblem('no-signups', message, 'add --signups FILE')]);
  }
  const { timezone } = scenarios.scenarios[0]!.rateCard;
  const wanted = { meters: scenarios.meters, timezone, contractTiers: new Set<string>() };
  const { histories } = await readAccountHistories(await sourcesOf(files, io), wanted, flags, io);
  const { enterpriseRequests, baseline, parameters } = scenarios;
  const population = prepare(histories, { horizon: flags.months, enterpriseRequests, timezone });
  const [source] = flags.signups === undefined ? [] : await sourcesOf([flags.signups], io);
  const signups = source && (await readSignups(source));
  stopAt(signups?.problems ?? []);
  const result = await withProgress(io, { what: 'calibrating', quiet: flags.quiet === true }, (progress) =>
    calibrateToTargets(
      { population, signups: signups?.signups, scenarios: scenarios.scenarios, baseline, parameters, progress },
      targets,
    ),
  );
  const found = result.estimates.map(({ name, value }) => {
    const [section, key] = name.split('.') as ['behaviour' | 'costs', string];
    return { section, name: writtenName(key), value };
  });
  return { targets: result, found, months: monthsNeeded(flags.months) };
}

async function spendOf(
  name: string,
  rows: readonly ObservedRow[],
  scenarios: ScenarioOption,
  io: Io,
): Promise<SpendFit> {
  const [source] = await sourcesOf([name], io);
  const months = await readSpend(source!, rows, scenarios.meters, scenarios.parameters.costs);
  if (months.length < SPEND_COSTS.length) {
    const message = `${months.length} months have both usage and an amount in ${name}: too few for ${SPEND_COSTS.length} costs`;
    throw new CommandFailure(EXIT.badInput, [usageProblem('too-few-months', message)]);
  }
  return fitSpend(months);
}

function stopAt(problems: readonly Problem[]): void {
  if (problems.some(isError)) throw new CommandFailure(EXIT.badInput, problems);
}
