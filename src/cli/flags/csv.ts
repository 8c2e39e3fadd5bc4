/** Flags about CSV for spreadsheets. */
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { type CsvDialect, inDialect } from '../../report/csvDialect.ts';
import { BadValue, type FlagsOf, keyName, switchFlag, textFlag } from './flag.ts';

const SEPARATORS: Readonly<Record<string, CsvDialect['separator']>> = { ',': ',', ';': ';', tab: '\t' };

export const csvFlags = {
  csvSeparator: textFlag(
    { value: 'sign', help: 'sign between the cells of CSV: , or ; or tab (default: ,)' },
    (text): CsvDialect['separator'] => {
      if (Object.hasOwn(SEPARATORS, text)) return SEPARATORS[text]!;
      throw new BadValue("Write ',' or ';' or tab.");
    },
  ),
  csvDecimal: textFlag(
    { value: 'sign', help: 'decimal sign of numbers in CSV: . or , (default: .)' },
    (text): CsvDialect['decimal'] => {
      if (text === '.' || text === ',') return text;
      throw new BadValue("Write '.' or ','.");
    },
  ),
  csvBom: switchFlag('begin CSV with a byte order mark, by which spreadsheets know that it is UTF-8'),
} as const;
export type CsvFlags = FlagsOf<typeof csvFlags>;

/** The dialect that is asked for; undefined: none. Throws a Refusal where it cannot be, or where `format` is no CSV. */
export function csvDialect(
  flags: CsvFlags,
  { format, formats }: { readonly format: string; readonly formats: readonly string[] },
): CsvDialect | undefined {
  const given = (Object.keys(csvFlags) as (keyof CsvFlags)[]).filter((key) => flags[key] !== undefined);
  if (given.length === 0) return undefined;
  if (!formats.includes(format)) {
    const use = `use --format ${formats.join(' or --format ')}`;
    const hint = given.includes('csvSeparator') ? `${use}; the sign of exports is --input-separator` : use;
    const about = (key: string) => `--${keyName(key)} is about CSV for spreadsheets, and ${format} is none`;
    throw new Refusal(
      'usage',
      given.map((key) => usageProblem('only-for-csv', about(key), hint)),
    );
  }
  const { csvSeparator: separator = ',', csvDecimal: decimal = '.', csvBom: bom = false } = flags;
  if (separator !== decimal) return { separator, decimal, bom };
  throw new Refusal('usage', [
    usageProblem('same-sign-twice', 'a comma would separate cells and be the decimal sign', "add --csv-separator ';'"),
  ]);
}

/** A result in the dialect that is asked for. */
export function spelt(pieces: Iterable<string>, dialect: CsvDialect | undefined): Iterable<string> {
  return dialect ? inDialect(pieces, dialect) : pieces;
}
