import { calibrateParameters } from '../../app/calibrate.ts';
import { resultOf } from '../../app/refusal.ts';
import { CALIBRATION_FORMATS } from '../../report/calibration/index.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag, textFlag } from '../flags/flag.ts';
import { defaultNumber, readingFlags, resultFlags, scenarioFlags, trimIdsFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';

const flags = {
  targets: fileFlag('rates that the scenarios should show: least squares'),
  ...scenarioFlags('scenarios file: the price lists that were in force', 'behaviour and costs to begin with'),
  signups: fileFlag('sign-ups: with a column converted, or for conversion targets'),
  spend: fileFlag('monthly infrastructure invoices (CSV): month,amount,utilisation'),
  scenario: textFlag({ value: 'name', help: 'scenario that the sign-ups met (default: the last)' }),
  months: defaultNumber('months that the targets are about', 12),
  ...resultFlags(CALIBRATION_FORMATS, 'write there; .yaml is what simulate --parameters reads'),
  trimIds: trimIdsFlag,
  ...readingFlags,
} as const;
type CalibrateFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'calibrate',
  summary: 'behaviour parameters from your own history, or from published rates',
  operands: {
    name: 'files',
    help: 'observed account-months with plan and churned; with --targets: account-months',
    isPath: true,
  },
  flags,
  examples: [
    ['calibrate observed.csv --scenarios then.yaml -o parameters.yaml', 'parameters for simulate --parameters'],
    ['calibrate history.csv --targets targets.yaml', 'so that the scenarios show published rates'],
  ],
  run: ({ operands, flags: given, io }) => calibrate(operands, given, io),
});

async function calibrate(files: readonly string[], flags: CalibrateFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: CALIBRATION_FORMATS });
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--rejects', name: flags.rejects },
  ];
  const report = resultOf(await calibrateParameters(files, flags, portsFor(io, flags, outputs)));
  await putResult(target, CALIBRATION_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  // The block goes to the file; what it rests on is for the reader.
  if (target.kind === 'file' && target.format === 'yaml')
    await writeOut(io, CALIBRATION_FORMATS.table(report, presentationFor({ kind: 'stdout' }, flags, io)));
  return EXIT.done;
}
