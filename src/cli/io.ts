/** Everything a command may touch of the world; tests give it their own. */
import type { Readable, Writable } from 'node:stream';

export type Io = {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths begin here. */
  readonly cwd: string;
  /** Milliseconds from any fixed moment; for durations in summaries, never for results. */
  now(): number;
  /** Aborts when the user interrupts the run. */
  readonly signal: AbortSignal;
};

/** Exit codes of the process. */
export const EXIT = {
  done: 0,
  checkFailed: 1,
  usage: 2,
  badInput: 3,
  bug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
