import { resultOf } from '../../app/refusal.ts';
import { simulateModels } from '../../app/simulate.ts';
import { assumptionsOf } from '../../report/simulation/assumptions.ts';
import { accountsCsv } from '../../report/simulation/csv.ts';
import { SIMULATION_FORMATS } from '../../report/simulation/index.ts';
import { simulationObject } from '../../report/simulation/json.ts';
import { SIMULATION_NAMES } from '../../report/simulation/names.ts';
import type { SimulationReport } from '../../report/simulation/report.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { choiceFlag, type FlagsOf, fileFlag, numberFlag, switchFlag, textFlag, withFallback } from '../flags/flag.ts';
import { defaultNumber, readingFlags, resultFlags, ruleFlags, scenarioFlags, trimIdsFlag } from '../flags/groups.ts';
import type { ExitCode, Io } from '../io.ts';
import { writeFileAtomically } from '../output.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';

const ENGINES = ['ev', 'mc'] as const;

const flags = {
  ...scenarioFlags(
    'scenarios file; published: the shipped models, each with its own policies',
    'behaviour and costs, as meter calibrate writes them',
  ),
  signups: fileFlag('sign-ups to the free tier: CSV; without them conversion is unknown'),
  signupsPerMonth: numberFlag('sign-ups that come each month, for the gross profit with them'),
  months: defaultNumber('months to simulate', 12),
  engine: withFallback(choiceFlag(ENGINES, { help: 'ev: expected values; mc: Monte Carlo' }), 'ev'),
  reps: defaultNumber('replicates of the Monte Carlo engine', 100),
  seed: defaultNumber('of Monte Carlo and bootstrap', 7),
  bootstrap: defaultNumber('resamples behind the intervals; 0: no intervals', 200),
  baseline: textFlag({ value: 'name', help: 'scenario that the others are compared with (default: the first)' }),
  sensitivity: switchFlag('move every parameter through its plausible range'),
  uncertainty: switchFlag('intervals of next year: parameters, customers and luck drawn together'),
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
    ['simulate history.csv --tiers tiers.yaml', 'your price list beside a flat fee and plain usage, policies equal'],
    ['simulate history.csv --scenarios scenarios.yaml -o report.html', 'your own pricing models, as a page'],
    ['simulate history.csv --set behaviour.fee_anchor=0.45 --sensitivity', 'how far the answer hangs on an assumption'],
  ],
  run: ({ operands, flags: given, io }) => simulate(operands, given, io),
});

async function simulate(histories: readonly string[], flags: SimulateFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(flags);
  const target = resultTarget(flags, { formats: SIMULATION_FORMATS, endings: { junit: 'xml' } });
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--accounts', name: flags.accounts },
    { flag: '--rejects', name: flags.rejects },
  ];
  const simulated = resultOf(await simulateModels(histories, flags, portsFor(io, flags, outputs)));
  const { input, isShippedBehaviour, ...result } = simulated;
  const unchecked: SimulationReport = {
    ...{ ...result, isShippedBehaviour, checks: [] },
    assumptions: assumptionsOf(input, isShippedBehaviour),
  };
  // Before anything is written: a rule that the result cannot answer ends the command.
  const checks =
    rules.length === 0 ? [] : outcomesOf(rules, { json: simulationObject(unchecked), names: SIMULATION_NAMES });
  const report: SimulationReport = { ...unchecked, checks };
  if (flags.accounts !== undefined) await writeFileAtomically(io, flags.accounts, accountsCsv(report));
  await putResult(target, SIMULATION_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  return verdict(checks, flags, io);
}
