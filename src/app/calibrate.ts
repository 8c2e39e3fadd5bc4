/** Behaviour parameters from observed account-months, or from rates that a population should show. */
import { loadTargets } from '../config/loadTargets.ts';
import { periodOfMonth } from '../core/months.ts';
import { isError, type Problem } from '../core/problem.ts';
import { groupDigits } from '../core/quantity.ts';
import { tariffOf } from '../core/simulation/billing.ts';
import { type Calibration, calibrate as fitHistory, LEAST_EXITS } from '../core/simulation/calibration/calibrate.ts';
import { listChanges } from '../core/simulation/calibration/listChange.ts';
import { HAZARD_PARAMETERS } from '../core/simulation/calibration/observed.ts';
import { reactionRows } from '../core/simulation/calibration/reactionRows.ts';
import { fitSpend, SPEND_COSTS, type SpendFit } from '../core/simulation/calibration/spend.ts';
import { calibrateToTargets, type TargetFit } from '../core/simulation/calibration/targets.ts';
import { CONVERSION_PARAMETERS, type Tried } from '../core/simulation/calibration/tried.ts';
import { type BehaviourName, writtenName } from '../core/simulation/parameters.ts';
import { monthsNeeded, prepare } from '../core/simulation/population.ts';
import { type ObservedRow, readObserved } from '../telemetry/history/readObserved.ts';
import { readSignups } from '../telemetry/history/readSignups.ts';
import { readAccountHistories } from './accountHistories.ts';
import { observedMonths } from './observedMonths.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions } from './readingOptions.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';
import { type LoadedScenarios, loadScenarioOptions, type ScenarioOptions } from './scenarios.ts';
import { readSpendMonths, type Spend } from './spend.ts';

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
  };

/** Rows of each file that were read: those that took part, and the others by reason. */
export type CalibrationRows = {
  readonly accountMonths: {
    readonly read: number;
    readonly fitted: number;
    /** First months of customers who were there before the history; `formingExits` of them are exits. */
    readonly forming: number;
    readonly formingExits: number;
    readonly afterExit: number;
    readonly contracts: number;
    /** Of those that are fitted: months of arrival, which form no expectation because they may be partial. */
    readonly arrivals: number;
  };
  readonly signups?: { readonly read: number; readonly fitted: number; readonly withoutOutcome: number };
  readonly spend?: { readonly fitted: number; readonly withoutUsage: number; readonly withoutInvoice: number };
};

export type Calibrated = {
  readonly history?: Calibration;
  readonly spend?: SpendFit;
  readonly targets?: TargetFit;
  /** Values of parameters: section, name as in YAML, value. */
  readonly found: readonly { readonly section: 'behaviour' | 'costs'; readonly name: string; readonly value: number }[];
  /** Account-months that were observed, or months that the targets needed. */
  readonly months: number;
  /** Absent: parameters were fitted to targets. */
  readonly rows?: CalibrationRows;
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
  const { rows, problems } = await readObserved(await exportsCalled(files, options, ports), scenarios.meters);
  stopAt(problems);
  const { months, contracts, billUnder, problems: mismatches } = observedMonths(rows, scenarios);
  stopAt(mismatches);
  const spend = options.spend === undefined ? undefined : await spendOf(options.spend, rows, scenarios, ports);
  const signups =
    options.signups === undefined ? undefined : await triedOf(options.signups, rows, scenarios, options, ports);
  const { parameters } = scenarios;
  const { behaviour } = parameters;
  const changed = listChanges(months, billUnder, behaviour);
  const { rows: fitted, forming, arrivals, afterExit } = reactionRows(changed.months, behaviour.billMemory);
  if (!fitted.some(({ churned }) => churned)) throw nobodyLeft(files, forming.exits);
  const counts: CalibrationRows = {
    accountMonths: {
      ...{ read: rows.length, fitted: fitted.length, forming: forming.rows, formingExits: forming.exits },
      ...{ afterExit, contracts, arrivals },
    },
    ...(signups && { signups: signups.rows }),
    ...(spend && { spend: { fitted: spend.months.length, ...spend.leftOut } }),
  };
  for (const line of accounting(counts)) ports.say(`${line}\n`);
  const history = fitHistory({ rows: fitted, behaviour, tried: signups?.tried, uses: changed.uses });
  const costs = spend && fitSpend(spend.months, parameters.costs);
  const names = [
    ...HAZARD_PARAMETERS,
    ...(history.changes?.estimates ?? []).flatMap(({ prior }) => (prior.isHeld ? [] : [prior.name as BehaviourName])),
    ...(signups ? CONVERSION_PARAMETERS : []),
  ];
  return {
    history,
    ...(costs && { spend: costs }),
    months: months.length,
    rows: counts,
    found: [
      ...names.map((name) => ({
        section: 'behaviour' as const,
        name: writtenName(name),
        value: history.behaviour[name],
      })),
      ...SPEND_COSTS.flatMap((name, k) =>
        costs ? [{ section: 'costs' as const, name: writtenName(name), value: costs.estimates[k]!.value }] : [],
      ),
    ],
  };
}

function nobodyLeft(files: readonly string[], exits: number): Refusal {
  const where = files.join(', ');
  if (exits === 0) {
    const message = `nobody in ${where} has left: there is nothing to learn churn from`;
    return new Refusal('input', [usageProblem('no-exits', message, 'mark exits in the column churned')]);
  }
  const count = exits === 1 ? 'the only exit' : `all ${groupDigits(String(exits))} exits`;
  const message = `${count} in ${where} fall into the first three months of customers who were there before, which only form expectations: no exit is left`;
  const hint = 'give more months; a customer who is new in its first month has 0 in the column tenure_months';
  return new Refusal('input', [usageProblem('no-exits', message, hint)]);
}

/** What became of the rows of each file, one line each. */
function accounting({ accountMonths, signups, spend }: CalibrationRows): string[] {
  const count = (number: number) => groupDigits(String(number));
  const { read, fitted, forming, formingExits, afterExit, contracts, arrivals } = accountMonths;
  const exits = formingExits === 0 ? '' : ` (with ${count(formingExits)} exit${formingExits === 1 ? '' : 's'})`;
  return [
    `${count(read)} account-months read = ${count(fitted)} fitted + ${count(forming)} that only form expectations${exits} + ${count(afterExit)} after an exit + ${count(contracts)} on contracts`,
    ...(arrivals > 0
      ? [
          arrivals === 1
            ? '1 month of arrival may be partial: it is fitted, and forms no expectation'
            : `${count(arrivals)} months of arrival may be partial: they are fitted, and form no expectation`,
        ]
      : []),
    ...(signups
      ? [
          `${count(signups.read)} sign-ups read = ${count(signups.fitted)} fitted + ${count(signups.withoutOutcome)} without an outcome`,
        ]
      : []),
    ...(spend
      ? [
          `${count(spend.fitted)} invoices fitted; ${count(spend.withoutUsage)} of months without usage, ${count(spend.withoutInvoice)} months of usage without an invoice`,
        ]
      : []),
  ];
}

async function triedOf(
  name: string,
  rows: readonly ObservedRow[],
  { scenarios, meters }: LoadedScenarios,
  options: CalibrateOptions,
  ports: Ports,
): Promise<{ readonly tried: Tried; readonly rows: NonNullable<CalibrationRows['signups']> }> {
  const [source] = await ports.sourcesOf([name]);
  const { signups, problems } = await readSignups(source!);
  stopAt(problems);
  const known = signups.flatMap(({ converted, ...signup }) =>
    converted === undefined ? [] : [{ ...signup, converted }],
  );
  if (known.length === 0) {
    const message = `${name} has no column converted: the outcome of sign-ups is not known`;
    throw new Refusal('input', [usageProblem('no-outcomes', message)]);
  }
  const wanted = options.scenario ?? scenarios.at(-1)!.name;
  const scenario = scenarios.find((one) => one.name === wanted);
  if (!scenario)
    throw new Refusal('usage', [usageProblem('unknown-scenario', `--scenario ${wanted}: there is no such scenario`)]);
  const names = meters.map((meter) => meter.name);
  const positions = { meters: names, requests: names.indexOf('requests'), egress: names.indexOf('egress') };
  const latest = rows.reduce((month, row) => Math.max(month, row.month), 0);
  const tariff = tariffOf(scenario, { periods: [periodOfMonth(latest, scenario.rateCard.timezone)], ...positions });
  return {
    tried: { signups: known, scenario, tariff, month: 0, meters: positions },
    rows: { read: signups.length, fitted: known.length, withoutOutcome: signups.length - known.length },
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
  const { histories } = await readAccountHistories(await exportsCalled(files, options, ports), wanted, options, ports);
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
): Promise<Spend> {
  const [source] = await ports.sourcesOf([name]);
  const spend = await readSpendMonths(source!, rows, scenarios.meters, scenarios.parameters.costs);
  const paid = spend.months.filter(({ amount }) => amount > 0).length;
  if (paid < SPEND_COSTS.length) {
    const message = `${paid} months have both usage and an amount above 0 in ${name}: too few for ${SPEND_COSTS.length} costs`;
    throw new Refusal('input', [usageProblem('too-few-months', message)]);
  }
  return spend;
}

function stopAt(problems: readonly Problem[]): void {
  if (problems.some(isError)) throw new Refusal('input', problems);
}
