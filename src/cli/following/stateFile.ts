/** The file of `--state`: what a following run has told, and the rows that it has taken, for the run that goes on from it. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { FORMAT_VERSION } from '../../report/machine.ts';
import { Scratch, type ScratchUse } from '../../telemetry/fast/scratch.ts';
import type { RowsState } from '../../telemetry/follow/followedRows.ts';
import type { Io } from '../io.ts';
import { writeFileAtomically } from '../output.ts';
import { StateLock } from './stateLock.ts';

/** `what`: the command. `kept`: what of its settings the rows depend on, such as the names of meters. */
export type StateOf = { readonly what: string; readonly kept: Readonly<Record<string, unknown>> };

export type SavedState<T> = { readonly rows: RowsState; readonly told: T };

const WITHOUT_STATE: ScratchUse = {
  what: 'the rows that were taken are kept there, to find the instants at which limits were reached',
  needs: 'give TMPDIR a directory with more room, or name another place with --state',
};

export class StateFile<T> {
  /** Directory of the rows. */
  readonly rowsDirectory: string;
  readonly before: SavedState<T> | undefined;
  private readonly name: string | undefined;
  private readonly of: StateOf;
  private readonly io: Io;
  private readonly scratch: Scratch | undefined;
  private readonly lock: StateLock | undefined;

  /** `name`: absent: nothing is kept beyond the run. Throws a Refusal if the file is no such state, or another run uses it. */
  constructor(name: string | undefined, of: StateOf, io: Io) {
    this.name = name;
    this.of = of;
    this.io = io;
    this.scratch = name === undefined ? new Scratch(WITHOUT_STATE) : undefined;
    this.rowsDirectory = this.scratch?.pathOf('rows') ?? resolve(io.cwd, `${name}.rows`);
    this.lock = name === undefined ? undefined : new StateLock(resolve(io.cwd, `${name}.lock`), `${name}.lock`);
    try {
      this.before = name === undefined ? undefined : readState<T>(name, of, io);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async save(state: SavedState<T>): Promise<void> {
    if (this.name === undefined) return;
    const text = `${JSON.stringify({ formatVersion: FORMAT_VERSION, ...this.of, ...state })}\n`;
    // An interruption ends the run behind this.
    await writeFileAtomically({ ...this.io, signal: new AbortController().signal }, this.name, [text]);
  }

  /** Removes what is not kept beyond the run, and lets others use the state. */
  close(): void {
    this.scratch?.remove();
    this.lock?.release();
  }
}

function readState<T>(name: string, of: StateOf, io: Io): SavedState<T> | undefined {
  const path = resolve(io.cwd, name);
  if (!existsSync(path)) return undefined;
  const saved = parsed(readFileSync(path, 'utf8'));
  if (saved?.formatVersion !== FORMAT_VERSION || !saved.rows || !saved.told) {
    const hint = 'name another file: it is made anew, and every entry is told again';
    throw new Refusal('usage', [usageProblem('bad-state', `${name} is no state of a run with --follow`, hint)]);
  }
  for (const [key, value] of Object.entries({ what: of.what, ...of.kept })) {
    const before = key === 'what' ? saved.what : (saved.kept as Record<string, unknown>)[key];
    if (isDeepStrictEqual(before, JSON.parse(JSON.stringify(value)))) continue;
    const message = `${name} is of a run with other ${key === 'what' ? 'arguments' : key}: ${JSON.stringify(before)}`;
    throw new Refusal('usage', [usageProblem('state-of-another', message, 'name another file for this run')]);
  }
  return { rows: saved.rows as RowsState, told: saved.told as T };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
