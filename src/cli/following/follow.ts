/** `--follow`: inputs, state and rejects of a command that follows its exports. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { type Arrived, FollowedRows, type FollowRequest } from '../../telemetry/follow/followedRows.ts';
import type { FollowedInput } from '../../telemetry/follow/inputs.ts';
import type { Reject } from '../../telemetry/reader.ts';
import { styleFor } from '../colour.ts';
import { fileFlag, switchFlag } from '../flags/flag.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeTo } from '../output.ts';
import { type ReadFlags, refuseRejects } from '../readExports.ts';
import { RejectsFile } from '../rejectsFile.ts';
import { formatAccounting, RejectGroups } from '../rowSummary.ts';
import { followLoop } from './loop.ts';
import { StateFile, type StateOf } from './stateFile.ts';

export const followFlags = {
  follow: switchFlag('go on reading: files that grow, directories in which files appear, - for standard input', {
    detail: 'Each entry is a line, written as soon as a row proves it. Ctrl-C ends the run.',
  }),
  state: fileFlag('with --follow: file from which another run goes on, without losing or repeating an entry', {
    detail: 'Beside it, in FILE.rows, are the rows that were taken.',
  }),
} as const;

export type FollowFlags = ReadFlags & { readonly follow?: boolean; readonly state?: string; readonly color?: boolean };

/** A command's part: the lines that rows prove, and the state of what it has told. */
export type Follower<T> = {
  look(arrived: Arrived, isOver: boolean): Promise<readonly string[]>;
  state(): T;
};

export type Following<T> = {
  readonly request: Omit<FollowRequest, 'onReject'>;
  readonly stateOf: StateOf;
  readonly follower: (rows: FollowedRows, before: T | undefined) => Follower<T>;
};

/** Throws a Refusal where flags are given that belong to `--follow`. */
export function refuseWithoutFollow({ state }: FollowFlags): void {
  if (state === undefined) return;
  throw new Refusal('usage', [usageProblem('only-for-follow', '--state is for --follow', 'add --follow')]);
}

/** `why`: a clause behind "and". */
export function onlyLines(why: string): Refusal {
  const hint = 'leave it out, and redirect the lines: > entries.ndjson';
  return new Refusal('usage', [usageProblem('not-followed', `--follow writes lines to standard output, ${why}`, hint)]);
}

/** Follows exports until they end or the run is interrupted. Throws a Refusal. */
export async function follow<T>(
  exports: readonly string[],
  following: Following<T>,
  flags: FollowFlags,
  io: Io,
): Promise<ExitCode> {
  const inputs = inputsOf(exports, io);
  const state = new StateFile<T>(flags.state, following.stateOf, io);
  try {
    return await followFrom(state, inputs, following, { flags, io });
  } finally {
    state.close();
  }
}

async function followFrom<T>(
  state: StateFile<T>,
  inputs: readonly FollowedInput[],
  { request, follower }: Following<T>,
  { flags, io }: { readonly flags: FollowFlags; readonly io: Io },
): Promise<ExitCode> {
  const groups = new RejectGroups();
  const unstopped = { ...io, signal: new AbortController().signal }; // an interruption ends the run behind what it writes
  const rejects = flags.rejects === undefined ? undefined : new RejectsFile(unstopped, flags.rejects);
  await rejects?.begin();
  const onReject = (reject: Reject) => {
    groups.add(reject);
    rejects?.add(reject);
  };
  const rows = new FollowedRows({ ...request, onReject }, inputs, {
    directory: state.rowsDirectory,
    before: state.before?.rows,
  });
  const told = follower(rows, state.before?.told);
  const look = (isOver: boolean) =>
    rows.looking(async (arrived) => {
      const lines = await told.look(arrived, isOver);
      const saved = { rows: rows.state(), told: told.state() };
      for (const line of lines) await writeTo(io.stdout, line, unstopped.signal);
      await state.save(saved);
      refuseRejects(rows.rows, flags);
    });
  try {
    const end = await followLoop(rows, look, io);
    return end === 'over' ? EXIT.done : EXIT.interrupted;
  } finally {
    await rejects?.commit();
    io.stderr.write(groups.format(styleFor(io, io.stderr, flags)));
    if (!flags.quiet) io.stderr.write(`${formatAccounting(rows.rows)}\n`);
  }
}

function inputsOf(exports: readonly string[], io: Io): FollowedInput[] {
  return [...new Set(exports)].map((name): FollowedInput => {
    if (name === '-') return { kind: 'stream', name: 'standard input', stream: io.stdin };
    const path = resolve(io.cwd, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status) {
      const hint = 'name a file or a directory that is there, or - for standard input';
      throw new Refusal('input', [usageProblem('no-match', `there is nothing to follow at ${name}`, hint)]);
    }
    return { kind: status.isDirectory() ? 'directory' : 'file', name, path };
  });
}
