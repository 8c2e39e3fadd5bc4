/** Checks of the files that a run will write, before it reads: hours of reading must not end at a name that cannot be written. */
import { accessSync, constants, fstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Refusal, usageProblem } from '../app/refusal.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import { DOCUMENT_ENDINGS, DOCUMENT_FORMATS } from '../report/invoice/documentFormats.ts';
import { printable } from '../report/safeText.ts';
import type { Io } from './io.ts';
import { cannotWrite } from './output.ts';
import { isThere, targetOf } from './outputTarget.ts';

export type Output = {
  /** The option that names it. */
  readonly flag: string;
  /** Name as the user gave it; absent or `-`: nothing is written to a file. */
  readonly name: string | undefined;
  /** For a directory: the ending of the files that the run makes in it. */
  readonly filesEndIn?: string | undefined;
};

/**
 * Fails with exit code 2 where an output cannot be written, is an input of this run, or is another output, too. `inputs`:
 * names of all files that the run reads.
 */
export function checkOutputs(outputs: readonly Output[], inputs: readonly string[], io: Io): void {
  const read = new Set(inputs.map((name) => identityOf(resolve(io.cwd, name))));
  const { fd } = io.stdin as { readonly fd?: number };
  if (fd !== undefined) read.add(identityOfDescriptor(fd));
  const written = new Map<string, Output & { name: string }>();
  for (const { flag, name, filesEndIn } of outputs) {
    if (name === undefined || name === '-') continue;
    const path = resolve(io.cwd, name);
    if (filesEndIn !== undefined) {
      checkDirectory(name, path);
      refuseInputsIn(name, path, filesEndIn, read);
      continue;
    }
    const target = checkFile(name, path);
    if (target === undefined) continue;
    const identity = identityOf(target);
    if (read.has(identity)) throw isInput(`${name} is read by this run and would be replaced`);
    const other = written.get(identity);
    if (other) {
      const what = other.name === name ? name : `${other.name} and ${name} are one file, which`;
      const message = `${what} is the output of ${other.flag} and of ${flag}`;
      throw failure('same-output', message, 'give each a file of its own');
    }
    written.set(identity, { flag, name });
  }
}

/** The file that would be written; undefined if it is a device or a pipe, which many may write to. */
function checkFile(name: string, path: string): string | undefined {
  try {
    const target = targetOf(path);
    const status = statSync(target, { throwIfNoEntry: false });
    if (status?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (status && !status.isFile()) return undefined;
    checkWritable(dirname(target));
    return target;
  } catch (error) {
    throw cannotWrite(name, error);
  }
}

function checkDirectory(name: string, path: string): void {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status && !status.isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
    let nearest = path;
    while (!isThere(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
    checkWritable(nearest);
  } catch (error) {
    throw cannotWrite(name, error);
  }
}

function checkWritable(directory: string): void {
  if (!statSync(join(directory, '.')).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  accessSync(directory, constants.W_OK | constants.X_OK);
}

/** Refuses a directory in which an input has such a name as the run gives its files, `CUSTOMER.2026-10.json`. */
function refuseInputsIn(name: string, path: string, ending: string, read: ReadonlySet<string>): void {
  if (!isThere(path)) return;
  for (const entry of readdirSync(path)) {
    if (!isGenerated(entry, ending) || !read.has(identityOf(join(path, entry)))) continue;
    throw isInput(`${join(name, entry)} is read by this run and might be replaced`);
  }
}

/** Files beside the documents in a directory. */
export const INDEX_FILES = ['index.html', 'index.csv'];
const ENDINGS_WITH_INDEX: ReadonlySet<string> = new Set(DOCUMENT_FORMATS.map((name) => DOCUMENT_ENDINGS[name] ?? name));

/** True for names such as the files of a directory of results have. */
export function isGenerated(entry: string, ending: string): boolean {
  if (ENDINGS_WITH_INDEX.has(ending) && INDEX_FILES.includes(entry)) return true;
  return entry.endsWith(`.${ending}`) && !entry.startsWith('.') && /\.\d{4,}-\d{2}/.test(entry);
}

/** Two names of one file have one identity, be it through links of either kind. */
function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Not there yet. Names that some file systems take for one are one.
    const directory = statSync(dirname(path), { bigint: true, throwIfNoEntry: false });
    const parent = directory ? `${directory.dev}:${directory.ino}` : dirname(path);
    return `${parent}/${basename(path).normalize('NFC').toLowerCase()}`;
  }
}

function identityOfDescriptor(fd: number): string {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return ''; // closed
  }
}

function isInput(message: string): Refusal {
  return failure('output-is-input', printable(message), 'write to another file');
}

function failure(code: CodeOf<'usage'>, message: string, hint: string): Refusal {
  return new Refusal('usage', [usageProblem(code, message, hint)]);
}
