/**
 * Unfinished files and temporary directories. Their names hold the process that makes them, so that a later run can remove
 * what a killed process has left.
 */
import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Paths that this process removes when it ends, however it ends; that a signal kills it apart. */
const unfinished = new Set<string>();
/** Directories that this process has tidied. */
const tidied = new Set<string>();
let removesOnExit = false;

/** A process, such as `4711-1a2b3c4d`: its number, and a hash of the machine or container that counts it. */
export function processMark(): string {
  return `${process.pid}-${machine()}`;
}

/**
 * The part that makes a name the only one, such as `4711-1a2b3c4d-0badcafe`: a process, and digits by chance.
 * Whoever makes it must refuse one that is there.
 */
export function unfinishedMark(): string {
  return `${processMark()}-${digitsOf(Math.floor(Math.random() * 2 ** 32))}`;
}

function digitsOf(number: number): string {
  return number.toString(16).padStart(8, '0');
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
    machineHash = digitsOf(hashOf(`${hostname()} ${space}`));
  }
  return machineHash;
}

/** FNV-1a, 32 bits; `node:crypto` would have to be loaded for it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}
