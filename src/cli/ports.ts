/** The world of a use case, as the command line gives it: files, streams, standard error. */
import type { Ports } from '../app/ports.ts';
import { readConfigFile, sourcesOf, tierFileHere } from './inputs.ts';
import type { Io } from './io.ts';
import { checkOutputs, type Output } from './outputs.ts';
import type { ReadFlags } from './readExports.ts';
import { SimulationCrew } from './simulationCrew.ts';
import { type WarningFlags, warn } from './warnings.ts';
import { withProgress } from './workProgress.ts';

/** The flags that say how much a run tells, and how many rows it may reject. */
export type PortFlags = WarningFlags & Partial<ReadFlags>;

/** `outputs`: files that the run will write. */
export function portsFor(io: Io, flags: PortFlags, outputs: readonly Output[] = []): Ports {
  return {
    signal: io.signal,
    readText: (name) => readConfigFile(name, io),
    sourcesOf: (names) => sourcesOf(names, io),
    tierFileHere: () => tierFileHere(io),
    beforeReading: (inputs) => checkOutputs(outputs, inputs, io),
    async read(request) {
      const { readExports } = await import('./readExports.ts'); // not for commands that end before they read
      return readExports(request, { maxRejects: { kind: 'rows', count: 0 }, ...flags }, io);
    },
    say(text) {
      if (!flags.quiet) io.stderr.write(text);
    },
    warn: (warnings, fault) => warn(warnings, flags, io, fault),
    crew: (threads) => new SimulationCrew(threads, io.signal),
    during: (what, work) => withProgress(io, { what, quiet: flags.quiet === true }, work),
  };
}
