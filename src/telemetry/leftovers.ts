/**
 * Unfinished files and temporary directories. Their names hold the process that makes them, so that a later run can remove
 * what a killed process has left.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Paths that this process removes when it ends, however it ends; that a signal kills it apart. */
const unfinished = new Set<string>();
/** Directories that this process has tidied. */
const tidied = new Set<string>();
let removesOnExit = false;

/** The process in a name, such as `4711-1a2b3c4d`: its number, and a hash of the machine or container that counts it. */
export function processMark(): string {
  return `${process.pid}-${machine()}`;
}

/** The owner of a {@link processMark}: this process, another that runs or has ended, or one that cannot be seen from here. */
export function ownerOf(mark: string): 'this' | 'running' | 'gone' | 'elsewhere' {
  const [, pid, where] = /^(\d+)-([0-9a-f]{8})$/.exec(mark) ?? [];
  if (pid === undefined || where !== machine()) return 'elsewhere';
  if (Number(pid) === process.pid) return 'this';
  return isRunning(Number(pid)) ? 'running' : 'gone';
}

const MARK = /(?:^\..*\.|^meter-)(\d+)-([0-9a-f]{8})-\w{6,8}(?:\.part)?$/;

export function noteUnfinished(path: string): void {
  if (!removesOnExit) process.on('exit', removeUnfinished);
  removesOnExit = true;
  unfinished.add(path);
}

/** Forgets a path that is finished or removed. */
export function forgetUnfinished(path: string): void {
  unfinished.delete(path);
}

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
}

/** Removes from a directory what processes of the same user and machine have left there that are no more. */
export function removeLeftovers(directory: string): void {
  if (tidied.has(directory)) return;
  tidied.add(directory);
  let names: string[] = [];
  try {
    names = readdirSync(directory);
  } catch {
    return; // whoever writes there says what is wrong
  }
  for (const name of names) {
    const [, pid, where] = MARK.exec(name) ?? [];
    const path = join(directory, name);
    if (pid === undefined || where !== machine() || unfinished.has(path) || isRunning(Number(pid))) continue;
    try {
      if (lstatSync(path).uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // another run was faster, or it is not ours to remove
    }
  }
}

/** This process apart: what it has not noted as its own was left by an earlier one of the same number. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let machineHash: string | undefined;

/** Containers count their processes on their own. */
function machine(): string {
  if (machineHash === undefined) {
    let space = '';
    try {
      space = readlinkSync('/proc/self/ns/pid');
    } catch {
      // no Linux
    }
    machineHash = createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8);
  }
  return machineHash;
}
