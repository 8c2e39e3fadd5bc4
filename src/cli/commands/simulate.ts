import type { Currency } from '../../core/money.ts';
import { isError, type Problem } from '../../core/problem.ts';
import type { Signup } from '../../core/simulation/conversion.ts';
import { monthsNeeded, type Population, prepare } from '../../core/simulation/population.ts';
import type { EngineChoice } from '../../core/simulation/run.ts';
import { sensitivityOf } from '../../core/simulation/sensitivity.ts';
import { simulate as run, type SimulationInput } from '../../core/simulation/simulate.ts';
import { comparedWindows, weeklyNrr } from '../../core/simulation/weeklyNrr.ts';
import type { UsageLedger } from '../../core/usage/ledger.ts';
import { assumptionsOf } from '../../report/simulation/assumptions.ts';
import { accountsCsv } from '../../report/simulation/csv.ts';
import { SIMULATION_FORMATS } from '../../report/simulation/index.ts';
import { simulationObject } from '../../report/simulation/json.ts';
import { SIMULATION_NAMES } from '../../report/simulation/names.ts';
import type { SimulationReport } from '../../report/simulation/report.ts';
import { readSignups } from '../../telemetry/history/readSignups.ts';
import { readAccountHistories } from '../accountHistories.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { choiceFlag, type FlagsOf, fileFlag, switchFlag, textFlag, withFallback } from '../flags/flag.ts';
import { defaultNumber, readingFlags, resultFlags, ruleFlags, scenarioFlags, trimIdsFlag } from '../flags/groups.ts';
import { sourcesOf } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';
import { loadScenariosOption, type ScenarioOption } from '../scenarioOption.ts';
import { warn } from '../warnings.ts';
import { withProgress } from '../workProgress.ts';

const ENGINES = ['ev', 'mc'] as const;

const flags = {
  ...scenarioFlags(
    'scenarios file: pricing models, policies, behaviour and costs',
    'behaviour and costs, as meter calibrate writes them',
  ),
  signups: fileFlag('sign-ups to the free tier: CSV; without them conversion is unknown'),
  months: defaultNumber('months to simulate', 12),
  engine: withFallback(choiceFlag(ENGINES, { help: 'ev: expected values; mc: Monte Carlo' }), 'ev'),
  reps: defaultNumber('replicates of the Monte Carlo engine', 100),
  seed: defaultNumber('of Monte Carlo and bootstrap', 7),
  bootstrap: defaultNumber('resamples behind the intervals; 0: no intervals', 200),
  baseline: textFlag({ value: 'name', help: 'scenario that the others are compared with (default: the first)' }),
  sensitivity: switchFlag('move every parameter through its plausible range'),
  ...ruleFlags('scenarios.hybrid.nrr', '>= 1'),
  accounts: fileFlag('write bills and changes of every account there (CSV)'),
  ...resultFlags(SIMULATION_FORMATS),
  trimIds: trimIdsFlag,
  ...readingFlags,
} as const;
type SimulateFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'simulate',
  summary: 'which pricing model to run: the same customers under each',
  operands: {
    name: 'histories',
    help: 'account-months as meter usage writes them, or raw exports; files, globs, -',
    isPath: true,
  },
  flags,
  examples: [
    ['simulate history.csv --tiers tiers.yaml', 'your tiers beside a flat fee and plain usage'],
    ['simulate history.csv --scenarios scenarios.yaml -o report.html', 'your own pricing models, as a page'],
    ['simulate history.csv --set behaviour.fee_anchor=0.45 --sensitivity', 'how far the answer hangs on an assumption'],
  ],
  run: ({ operands, flags: given, io }) => simulate(operands, given, io),
});

const MOST_MONTHS = 120;
const MOST_REPLICATES = 100_000;

async function simulate(exports: readonly string[], flags: SimulateFlags, io: Io): Promise<ExitCode> {
  checkNumbers(flags);
  const rules = ruleOptions(flags);
  const target = resultTarget(flags, { formats: SIMULATION_FORMATS });
  const scenarios = await loadScenariosOption(flags, io);
  const baseline = baselineOf(flags.baseline, scenarios);
  const sources = await sourcesOf(exports, io);
  const inputs = [
    ...sources.flatMap((source) => (source.kind === 'file' ? [source.path] : [])),
    ...[flags.scenarios, flags.tiers, flags.signups].filter((name) => name !== undefined),
  ];
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--accounts', name: flags.accounts },
    { flag: '--rejects', name: flags.rejects },
  ];
  checkOutputs(outputs, inputs, io);

  const { timezone, currency } = scenarios.scenarios[0]!.rateCard;
  const contractTiers = new Set(scenarios.scenarios.flatMap(({ leftOut }) => leftOut.map(({ tier }) => tier)));
  const wanted = { meters: scenarios.meters, timezone, contractTiers };
  const { histories, ledger } = await readAccountHistories(sources, wanted, flags, io);
  const { enterpriseRequests } = scenarios;
  const population = prepare(histories, { horizon: flags.months, enterpriseRequests, timezone });
  const aboutPopulation = checkPopulation(population, flags);
  warn(aboutPopulation, flags, io, EXIT.badInput);
  const signups = flags.signups === undefined ? undefined : await loadSignups(flags.signups, io);

  const engine: EngineChoice =
    flags.engine === 'mc' ? { kind: 'mc', replicates: flags.reps, seed: flags.seed } : { kind: 'ev' };
  const input: SimulationInput = {
    population,
    signups,
    scenarios: scenarios.scenarios,
    baseline,
    parameters: scenarios.parameters,
    engine,
    bootstrap: { replicates: engine.kind === 'mc' ? engine.replicates : flags.bootstrap, seed: flags.seed },
  };
  const quiet = flags.quiet === true;
  const result = await withProgress(io, { what: 'simulating', quiet }, (progress) => run({ ...input, progress }));
  const sensitivity = flags.sensitivity
    ? await withProgress(io, { what: 'moving parameters', quiet }, (progress) => sensitivityOf({ ...input, progress }))
    : undefined;
  const weekly = ledger && weeklyOf(ledger, population, input);
  const unchecked: SimulationReport = {
    result,
    ...(sensitivity && { sensitivity }),
    ...(weekly && { weekly }),
    currency: currency as Currency,
    warnings: [...scenarios.warnings, ...aboutPopulation],
    checks: [],
    assumptions: assumptionsOf(input, scenarios.isShippedBehaviour),
  };
  // Before anything is written: a rule that the result cannot answer ends the command.
  const checks =
    rules.length === 0 ? [] : outcomesOf(rules, { json: simulationObject(unchecked), names: SIMULATION_NAMES });
  const report: SimulationReport = { ...unchecked, checks };
  if (flags.accounts !== undefined) await writeFileAtomically(io, flags.accounts, accountsCsv(report));
  await putResult(target, SIMULATION_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  return verdict(checks, flags, io);
}

function checkNumbers({ months, reps, bootstrap, engine }: SimulateFlags): void {
  const problems: Problem[] = [];
  if (months < 1 || months > MOST_MONTHS)
    problems.push(usageProblem('bad-months', `--months ${months}: a simulation is over 1 to ${MOST_MONTHS} months`));
  if (engine === 'mc' && (reps < 1 || reps > MOST_REPLICATES))
    problems.push(usageProblem('bad-reps', `--reps ${reps}: 1 to ${MOST_REPLICATES} replicates can be drawn`));
  if (bootstrap > MOST_REPLICATES)
    problems.push(usageProblem('bad-bootstrap', `--bootstrap ${bootstrap}: at most ${MOST_REPLICATES}`));
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
}

function baselineOf(given: string | undefined, { scenarios, baseline }: ScenarioOption): string {
  const names = scenarios.map(({ name }) => name);
  if (given === undefined) return baseline;
  if (names.includes(given)) return given;
  const message = `--baseline ${given}: there is no such scenario`;
  throw new CommandFailure(EXIT.usage, [usageProblem('unknown-scenario', message, `they are ${names.join(', ')}`)]);
}

/** What is to be warned of; fails where nobody is left. */
function checkPopulation(population: Population, flags: SimulateFlags): Problem[] {
  const { report, accounts } = population;
  if (accounts.length === 0) {
    const left = report.contracts.length > 0 ? `, and ${report.contracts.length} have contracts` : '';
    const message = `no account is left to simulate: ${report.withoutUsage} have no usage in month 0${left}`;
    throw new CommandFailure(EXIT.badInput, [
      usageProblem('no-accounts', message, 'month 0 is the one that lies --months before the last of the history'),
    ]);
  }
  if (report.repeatedMonths === 0 && report.observedMonths >= monthsNeeded(flags.months)) return [];
  const warning: Problem = {
    severity: 'warning',
    code: 'usage/short-history',
    message: `${report.observedMonths} months of history, and ${monthsNeeded(flags.months)} are needed for ${flags.months} months: missing ones repeat what is there`,
    hint:
      report.observedMonths > 4
        ? `give more months, or simulate fewer: --months ${report.observedMonths - 4}`
        : 'give more months',
  };
  return [warning];
}

async function loadSignups(name: string, io: Io): Promise<readonly Signup[]> {
  const [source] = await sourcesOf([name], io);
  const { signups, problems } = await readSignups(source!);
  if (problems.some(isError)) throw new CommandFailure(EXIT.badInput, problems);
  if (signups.length === 0)
    throw new CommandFailure(EXIT.badInput, [usageProblem('no-signups', `there is no sign-up in ${name}`)]);
  return signups;
}

function weeklyOf(ledger: UsageLedger, population: Population, { scenarios }: SimulationInput) {
  const { span } = ledger;
  const windows = span ? comparedWindows(span) : [];
  if (windows.length === 0) return undefined;
  const { meters, accounts } = population;
  return weeklyNrr(scenarios, meters, windows, (window) => {
    const quantities = new Float64Array(accounts.length * meters.length);
    for (const [a, account] of accounts.entries()) {
      const usage = ledger.usageOf(account, window);
      for (const [m, meter] of meters.entries())
        quantities[a * meters.length + m] = usage.get(meter)?.quantity.toNumber() ?? 0;
    }
    return quantities;
  });
}
