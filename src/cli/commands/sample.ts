import { checkSampleOptions, generateSample, type SampleOptions, sampleOptions } from '../../sample/index.ts';
import { CommandFailure } from '../failure.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically, writeTo } from '../output.ts';
import { checkOutputs } from '../outputs.ts';

export type SampleFlags = Partial<SampleOptions> & { readonly output?: string };

/** Writes telemetry that was never measured: the same flags give the same bytes on every machine. */
export async function sample({ output, ...given }: SampleFlags, io: Io): Promise<ExitCode> {
  const options = sampleOptions(given);
  const problems = checkSampleOptions(options);
  if (problems.length > 0) throw new CommandFailure(EXIT.usage, problems);
  checkOutputs([{ flag: '-o', name: output }], [], io);
  if (output !== undefined) await writeFileAtomically(io, output, generateSample(options));
  else {
    for (const chunk of generateSample(options)) await writeTo(io.stdout, chunk, io.signal);
  }
  return EXIT.done;
}
