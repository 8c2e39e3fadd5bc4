/** The page of a folder of evidence: what its files are, and the command that makes them again. */
import type { FileMark } from '../../report/closing/manifest.ts';
import { markdownCode, markdownText } from '../../report/safeText.ts';
import { type Flags, longName } from '../flags/flag.ts';
import { billingFlags } from '../flags/groups.ts';
import type { RejectLimit } from '../readExports.ts';
import { VERSION } from '../version.ts';

export type Replay = {
  readonly customer: string;
  readonly exports: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
  readonly marks: readonly FileMark[];
  /** Price lists and mappings: as they were named, and where the folder has them. */
  readonly prices: readonly { readonly name: string; readonly to: string }[];
};

export function replayText({ customer, exports, flags, marks, prices }: Replay): string {
  const words = ['rows', ...exports, '--customer', customer, ...wordsOf(flags), '-o', 'again/'];
  return `# Evidence for ${markdownText(customer)}

| file | what it has |
| --- | --- |
| \`invoice.txt\` | the invoice, with the arithmetic of every line |
| \`invoice.json\` | the same for programs |
| \`by-day.csv\` | each line by day; amounts add up to the line |
| \`rows.csv\` | every row behind a line in time order, with file and line; then duplicates and rejects |
${prices.map(({ name, to }) => `| ${markdownCode(to)} | ${markdownCode(name)} as it was read |\n`).join('')}
Only the terms of this customer are in the folder: a customers file, which has those of others, is not. \`invoice.txt\`
shows what followed from it.

## How to replay it

With meter ${VERSION}, where the exports and the price list lie:

\`\`\`sh
${['meter', ...words.map(shellWord)].join(' ')}
\`\`\`

makes all files of this folder again, byte by byte but for this page, from exports with these SHA-256:

| export | bytes | SHA-256 |
| --- | ---: | --- |
${marks.map(({ name, bytes, sha256 }) => `| ${markdownCode(name)} | ${bytes} | \`${sha256}\` |`).join('\n')}
`;
}

/** The flags that decide how exports are read and billed, as they are written. */
function wordsOf(given: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(billingFlags as Flags).flatMap(([key, flag]) => {
    const value = given[key];
    if (value === undefined || LEFT_OUT.has(key) || value === flag.fallback?.value) return [];
    const name = longName(key, flag);
    if (typeof value === 'boolean') return value === (flag.isNegative !== true) ? [name] : [];
    if (flag.takes === 'repeated') return (value as string[]).flatMap((text) => [name, text]);
    if (flag.takes === 'words') return [name, ...(value as string[])];
    if (key === 'maxRejects') return [name, rejectsText(value as RejectLimit)];
    return [name, String(value)];
  });
}

function rejectsText(limit: RejectLimit): string {
  return limit.kind === 'rows' ? String(limit.count) : `${limit.share.times(100).toFixed()}%`;
}

/** They change nothing in the result. */
const LEFT_OUT = new Set(['customer', 'rejects', 'threads', 'dedupeMemory', 'quiet', 'strict']);

function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
