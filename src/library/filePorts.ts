/** The world of a use case for a program of one's own: files below a directory, and no terminal. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Ports } from '../app/ports.ts';
import { Refusal, usageProblem } from '../app/refusal.ts';
import type { Problem } from '../core/problem.ts';
import { InputFailure } from '../telemetry/inputFailure.ts';
import type { Reject } from '../telemetry/reader.ts';
import { readUsage } from '../telemetry/readUsage.ts';
import type { Source } from '../telemetry/source.ts';
import { fileSources } from '../telemetry/zipSources.ts';

export type FilePortsOptions = {
  /** Directory that relative names start from; absent: the working directory. */
  readonly directory?: string;
  /** Ends a run early: the use case rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with each warning. A warning never ends a run. */
  readonly onWarning?: (warning: Problem) => void;
  /** Called with each sentence about the run, such as the name of the tier file that was found. */
  readonly onNote?: (note: string) => void;
  /** Called for each rejected row, in file order within a file. */
  readonly onReject?: (reject: Reject) => void;
  /** Rejected rows that a run may have and still succeed; absent: 0. */
  readonly maxRejects?: number;
  /** Called with the share of long work that is done: 0 to 1. */
  readonly onProgress?: (done: number) => void;
};

/**
 * Ports for the use cases (`billExports`, `estimateFiles`, `simulateModels`, `usageByDay`): names are paths of files; globs
 * and standard input belong to the command line. Nothing is written.
 */
export function filePorts(options: FilePortsOptions = {}): Ports {
  const { directory = process.cwd(), onWarning, onNote, onReject, onProgress, maxRejects = 0 } = options;
  const signal = options.signal ?? new AbortController().signal;
  return {
    signal,
    readText: (name) => textOf(name, resolve(directory, name)),
    async sourcesOf(names) {
      const paths = new Map(names.map((name) => [resolve(directory, name), name]));
      const missing = [...paths].filter(([path]) => !existsSync(path));
      if (missing.length > 0)
        throw new Refusal(
          'input',
          missing.map(([, name]) => usageProblem('no-match', `no file matches ${name}`)),
        );
      return [...paths].flatMap(([path, name]) => sourcesAt(name, path));
    },
    tierFileHere: () => ['meter.yaml', 'tiers.yaml'].find((name) => existsSync(resolve(directory, name))),
    beforeReading: () => undefined,
    async read(request) {
      const result = await readUsage({ ...request, signal, onReject: (reject) => onReject?.(reject) });
      if (result.failures.length > 0) throw new Refusal('input', result.failures);
      const { rejected } = result.rows;
      if (rejected > maxRejects)
        throw new Refusal('input', [
          usageProblem(
            'too-many-rejects',
            `${rejected} of ${result.rows.read} rows were rejected`,
            'repair them (onReject tells each), or allow them with maxRejects',
          ),
        ]);
      return result;
    },
    say: (text) => onNote?.(text.trimEnd()),
    warn: (warnings) => {
      for (const warning of warnings) onWarning?.(warning);
    },
    during: (_what, work) =>
      work(async (done) => {
        onProgress?.(done);
        signal.throwIfAborted();
      }),
  };
}

/** A file, or the files of an archive. */
function sourcesAt(name: string, path: string): Source[] {
  try {
    return fileSources(name, path);
  } catch (error) {
    if (error instanceof InputFailure) throw new Refusal('input', [error.problem]);
    throw error;
  }
}

async function textOf(name: string, path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const { message } = error as Error;
    throw new Refusal('usage', [
      { severity: 'error', code: 'config/unreadable', source: { file: name }, message, hint: 'check the path' },
    ]);
  }
}
