/** All that a use case may touch of the world. The command line has one implementation (`cli/ports.ts`), a program its own. */
import type { Problem } from '../core/problem.ts';
import type { Crew } from '../core/simulation/crew.ts';
import type { ReadRequest, ReadResult } from '../telemetry/reader.ts';
import type { Source } from '../telemetry/source.ts';
import type { Fault } from './refusal.ts';

export type Ports = {
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** The text of a configuration file. Throws a Refusal where it cannot be read. */
  readText(name: string): Promise<string>;
  /** The files and streams that names and globs of exports stand for, each once. Throws a Refusal where there is none. */
  sourcesOf(names: readonly string[]): Promise<readonly Source[]>;
  /** The tier file where none is named: undefined if there is none to be found. */
  tierFileHere(): string | undefined;
  /** Called with the names of all files that the run reads, before the exports are read: its outputs must be others. */
  beforeReading(inputs: readonly string[]): void;
  /** Reads exports to their end. Throws a Refusal where an input fails or too many rows are rejected. */
  read(request: Omit<ReadRequest, 'onReject' | 'signal'>): Promise<ReadResult>;
  /** A sentence about the run, with its line end. */
  say(text: string): void;
  /** Warnings, as soon as they are known. Throws a Refusal where warnings are errors; `fault` is its. */
  warn(warnings: readonly Problem[], fault: Fault): void;
  /** Threads for a simulation, at most so many with this one; absent: there are none. Ended by \`dismiss\`. */
  crew?(threads: number | undefined): Crew & { dismiss(): Promise<void> };
  /** Does long work that reports the share that is done (0 to 1), and is interrupted in between. */
  during<T>(what: string, work: (progress: (done: number) => Promise<void>) => Promise<T>): Promise<T>;
};

/** Names of the sources that are files, and of the named files: for {@link Ports.beforeReading}. */
export function inputNames(sources: readonly Source[], named: readonly (string | undefined)[]): string[] {
  return [
    ...sources.flatMap((source) => (source.kind === 'file' ? [source.path] : [])),
    ...named.filter((name) => name !== undefined),
  ];
}
