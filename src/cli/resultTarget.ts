/** Where a result goes, and in which of a command's formats. */
import { extname } from 'node:path';
import { styleFor } from './colour.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { EXIT, type Io } from './io.ts';
import { writeFileAtomically, writeOut } from './output.ts';

export type TargetFlags<Name extends string> = {
  readonly format?: Name;
  readonly output?: string;
  readonly color?: boolean;
};

export type ResultTarget<Name extends string> = {
  /** Absent: standard output. */
  readonly name?: string;
  readonly format: Name;
};

/** `--format` wins, then the name's ending, then a table. `endings`: those of formats that are not called by theirs. */
export function resultTarget<Name extends string>(
  flags: TargetFlags<Name | 'table'>,
  formats: Readonly<Record<Name | 'table', unknown>>,
  endings: Readonly<Record<string, Name | 'table'>> = {},
): ResultTarget<Name | 'table'> {
  const { output } = flags;
  if (output === undefined || output === '-') return { format: flags.format ?? 'table' };
  const known: Readonly<Record<string, Name | 'table'>> = {
    ...Object.fromEntries((Object.keys(formats) as Name[]).map((name) => [name, name])),
    txt: 'table',
    markdown: 'md' as Name,
    jsonl: 'ndjson' as Name,
    ...endings,
  };
  const ending = extname(output).slice(1).toLowerCase();
  const format = flags.format ?? (Object.hasOwn(known, ending) ? known[ending] : undefined);
  if (format === undefined || !Object.hasOwn(formats, format)) {
    const names = Object.keys(formats).filter((name) => name !== 'table');
    const problem = usageProblem(
      'unknown-ending',
      `the ending of ${output} does not tell a format`,
      `use .${names.join(', .')} or .txt, or name one with --format`,
    );
    throw new CommandFailure(EXIT.usage, [problem]);
  }
  return { name: output, format };
}

/** How it is presented there: colours only on a terminal. */
export function presentationFor(target: { readonly name?: string }, flags: { readonly color?: boolean }, io: Io) {
  const isStdout = target.name === undefined;
  return {
    style: styleFor(io, isStdout ? io.stdout : {}, isStdout ? flags : { color: false }),
    columns: isStdout ? columnsOf(io) : Number.POSITIVE_INFINITY,
  };
}

/** Of the terminal, or as the user asks with COLUMNS; into a pipe or a file everything goes whole. */
export function columnsOf({ stdout, env }: Io): number {
  const asked = Number(env.COLUMNS);
  return stdout.columns ?? (Number.isInteger(asked) && asked > 0 ? asked : Number.POSITIVE_INFINITY);
}

export async function putResult(target: { readonly name?: string }, pieces: Iterable<string>, io: Io): Promise<void> {
  if (target.name === undefined) await writeOut(io, pieces);
  else await writeFileAtomically(io, target.name, pieces);
}
