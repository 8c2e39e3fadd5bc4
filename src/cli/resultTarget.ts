/** Where a result goes and as what: `--format` wins, then the ending of `-o`, then a table. */
import { extname } from 'node:path';
import { CommandFailure, usageProblem } from './failure.ts';
import { EXIT } from './io.ts';

const ALIASES: Readonly<Record<string, string>> = { txt: 'table', markdown: 'md', htm: 'html', yml: 'yaml' };

export function resultFormat<Name extends string>(
  flags: { readonly format?: Name; readonly output?: string },
  formats: readonly Name[],
): Name {
  if (flags.format !== undefined) return flags.format;
  if (flags.output === undefined || flags.output === '-') return formats[0]!;
  const ending = extname(flags.output).slice(1).toLowerCase();
  const name = ALIASES[ending] ?? ending;
  const format = formats.find((known) => known === name);
  if (format !== undefined) return format;
  const endings = formats.map((known) => (known === 'table' ? 'txt' : known));
  const hint = `use .${endings.join(', .')}, or name a format with --format`;
  const message = `the ending of ${flags.output} does not tell a format`;
  throw new CommandFailure(EXIT.usage, [usageProblem('unknown-ending', message, hint)]);
}
