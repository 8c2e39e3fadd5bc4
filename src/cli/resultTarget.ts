/** The target of a result, and which of a command's formats it has. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Refusal, usageProblem } from '../app/refusal.ts';
import { styleFor } from './colour.ts';
import type { Io } from './io.ts';
import { writeFileAtomically, writeOut } from './output.ts';

export type TargetFlags<Name extends string> = {
  readonly format?: Name;
  readonly output?: string;
};

/** `name` as the user gave it. */
export type ResultTarget<Name extends string> =
  | { readonly kind: 'stdout'; readonly format: Name }
  | { readonly kind: 'file' | 'directory'; readonly name: string; readonly format: Name };

export type FormatsOf<Name extends string> = {
  /** The registry; the first is the one of standard output. */
  readonly formats: Readonly<Record<Name, unknown>>;
  /** The endings of formats that are not called by theirs. */
  readonly endings?: { readonly [Format in Name]?: string };
  /** The format in a directory, into which the command puts a file for each part; absent: it takes no directory. */
  readonly inDirectory?: { readonly format: Name; readonly cwd: string };
};

/** Other endings that files of a format have. */
const ALIASES: readonly (readonly [ending: string, format: string])[] = [
  ['txt', 'table'],
  ['markdown', 'md'],
  ['jsonl', 'ndjson'],
  ['htm', 'html'],
  ['yml', 'yaml'],
];

/** `--format` wins, then the name's ending in whatever case, then the registry's first. Fails with exit code 2. */
export function resultTarget<Name extends string>(
  { format, output }: TargetFlags<Name>,
  { formats, endings = {}, inDirectory }: FormatsOf<Name>,
): ResultTarget<Name> {
  const names = Object.keys(formats) as Name[];
  if (output === undefined || output === '-') return { kind: 'stdout', format: format ?? names[0]! };
  if (inDirectory && isDirectory(output, inDirectory.cwd))
    return { kind: 'directory', name: output, format: format ?? inDirectory.format };
  const chosen = format ?? formatOfName(output, names, endings);
  if (chosen !== undefined) return { kind: 'file', name: output, format: chosen };
  const known = names.filter((name) => name !== 'table').map((name) => endings[name] ?? name);
  const problem = usageProblem(
    'unknown-ending',
    `the ending of ${output} does not tell a format`,
    `use .${known.join(', .')}${names.includes('table' as Name) ? ' or .txt' : ''}, or name one with --format`,
  );
  throw new Refusal('usage', [problem]);
}

function formatOfName<Name extends string>(
  output: string,
  names: readonly Name[],
  endings: { readonly [Format in Name]?: string },
): Name | undefined {
  const known = new Map<string, Name>(names.map((name) => [name, name]));
  for (const [ending, format] of ALIASES) if (known.has(format)) known.set(ending, format as Name);
  for (const name of names) known.set(endings[name] ?? name, name);
  const parts = basename(output).toLowerCase().split('.').slice(1);
  // The longest first: `x.focus.csv` is no CSV of lines. A name that begins with a dot has no ending there.
  const begin = basename(output).startsWith('.') ? 1 : 0;
  for (let i = begin; i < parts.length; i++) {
    const format = known.get(parts.slice(i).join('.'));
    if (format !== undefined) return format;
  }
  return undefined;
}

function isDirectory(output: string, cwd: string): boolean {
  if (output.endsWith('/')) return true;
  try {
    return statSync(resolve(cwd, output)).isDirectory();
  } catch {
    return false; // whatever is the matter with it will show when it is written
  }
}

/** Style and width of a result at its target: colours only on a terminal. */
export function presentationFor(
  { kind }: { readonly kind: ResultTarget<string>['kind'] },
  flags: { readonly color?: boolean },
  io: Io,
) {
  const isStdout = kind === 'stdout';
  return {
    style: styleFor(io, isStdout ? io.stdout : {}, isStdout ? flags : { color: false }),
    columns: isStdout ? columnsOf(io) : Number.POSITIVE_INFINITY,
  };
}

/** Columns of the terminal, or as the user asks with COLUMNS; into a pipe or a file everything goes whole. */
export function columnsOf({ stdout, env }: Pick<Io, 'stdout' | 'env'>): number {
  const asked = Number(env.COLUMNS);
  return stdout.columns ?? (Number.isInteger(asked) && asked > 0 ? asked : Number.POSITIVE_INFINITY);
}

/** Writes a result to standard output or to its file. */
export async function putResult(target: ResultTarget<string>, pieces: Iterable<string>, io: Io): Promise<void> {
  if (target.kind === 'stdout') await writeOut(io, pieces);
  else await writeFileAtomically(io, target.name, pieces);
}
