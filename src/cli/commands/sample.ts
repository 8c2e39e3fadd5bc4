import { Refusal } from '../../app/refusal.ts';
import {
  checkSampleOptions,
  generateSample,
  ID_STYLES,
  SAMPLE_FORMATS,
  type SampleFormat,
  sampleOptions,
} from '../../sample/index.ts';
import { command, type globalFlags } from '../command.ts';
import { choiceFlag, type FlagsOf, numberFlag, textFlag } from '../flags/flag.ts';
import { outputFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically, writeTo } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { resultTarget } from '../resultTarget.ts';

const flags = {
  customers: numberFlag('customers (default: 200)'),
  months: numberFlag('months (default: 1)'),
  rows: numberFlag('rows (default: 500 for each customer and month)'),
  seed: numberFlag('another seed gives other telemetry (default: 7)'),
  start: textFlag({ value: 'month', help: 'first month (default: 2026-10)' }),
  format: choiceFlag(SAMPLE_FORMATS, {
    help: 'result as (default: csv)',
    detail: 'It wins over the ending of --output.',
  }),
  ids: choiceFlag(ID_STYLES, { value: 'style', help: 'event ids (default: short)' }),
  output: outputFlag('write there; the ending chooses the format'),
} as const;
type SampleFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'sample',
  summary: 'deterministic demo telemetry of any size',
  flags,
  examples: [
    ['sample -o usage.csv', '100 000 rows of 200 customers'],
    ['sample --customers 20 --months 16 -o usage.ndjson', 'more than a year, as JSON lines'],
  ],
  run: ({ flags: given, io }) => sample(given, io),
});

const FORMATS = Object.fromEntries(SAMPLE_FORMATS.map((name) => [name, name])) as Record<SampleFormat, string>;

/** Writes telemetry that was never measured: the same flags give the same bytes on every machine. */
async function sample(flags: SampleFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: FORMATS });
  const options = sampleOptions({ ...flags, format: target.format });
  const problems = checkSampleOptions(options);
  if (problems.length > 0) throw new Refusal('usage', problems);
  checkOutputs([{ flag: '-o', name: flags.output }], [], io);
  if (target.kind !== 'stdout') await writeFileAtomically(io, target.name, generateSample(options));
  else {
    for (const chunk of generateSample(options)) await writeTo(io.stdout, chunk, io.signal);
  }
  return EXIT.done;
}
