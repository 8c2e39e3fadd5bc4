/** The mark of a run that uses a state: no other one may use it meanwhile. One that a killed run has left is taken over. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { forgetUnfinished, noteUnfinished, ownerOf, processMark } from '../../telemetry/leftovers.ts';
import { cannotWrite } from '../output.ts';

/** Marks of this process: of others with its number, which a container counts anew, nothing is in it. */
const own = new Set<string>();

export class StateLock {
  private readonly path: string;

  /** `name`: of the mark, for messages. Throws a Refusal if another run has it. */
  constructor(path: string, name: string) {
    this.path = path;
    while (!made(path, name)) takeOver(path, name);
    own.add(path);
    noteUnfinished(path);
  }

  release(): void {
    rmSync(this.path, { force: true });
    forgetUnfinished(this.path);
    own.delete(this.path);
  }
}

/** False if there is a mark. */
function made(path: string, name: string): boolean {
  try {
    writeFileSync(path, processMark(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(name, error);
  }
}

/** Removes a mark whose run is no more. */
function takeOver(path: string, name: string): void {
  const mark = markAt(path);
  if (mark === undefined) return;
  refuseOthers(path, mark, name);
  const aside = `${path}.${processMark()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another run was faster
  }
  // Another run may have been faster, too, and the mark is its own now.
  if (readFileSync(aside, 'utf8') !== mark) linkSync(aside, path);
  rmSync(aside);
}

function markAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // its run has just ended
  }
}

/** Throws a Refusal unless the run of a mark is known to be over. */
function refuseOthers(path: string, mark: string, name: string): void {
  const owner = ownerOf(mark);
  if (owner === 'gone' || (owner === 'this' && !own.has(path))) return;
  const [pid] = mark.split('-');
  const who = owner === 'elsewhere' ? 'a run on another machine' : `process ${pid}`;
  const hint =
    owner === 'elsewhere'
      ? `end that run, or remove ${name} if it has ended`
      : 'end that run first, or name another file with --state';
  throw new Refusal('usage', [usageProblem('state-in-use', `${who} uses this state: there is ${name}`, hint)]);
}
