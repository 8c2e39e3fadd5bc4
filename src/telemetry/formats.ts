/**
 * The registry of export formats. A new one of delimited text is a line in the list. A format of another kind needs a reader
 * of its rows in the kernel, in `fast/` and in `reference/`.
 */

/** One ASCII character other than a quote or a line end: the kernel compares bytes. */
export const DELIMITERS = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Meaning of a quote. `csv`: around a field it lets the field hold delimiters and line ends (RFC 4180). `field`: a
 * field that is wrapped in quotes within itself is unwrapped, any other quote is a character. `none`: a character,
 * always.
 */
export type Quotes = 'csv' | 'field' | 'none';

type Delimited = {
  readonly delimiter: Delimiter;
  /** Default, which a mapping may override. */
  readonly quotes: Quotes;
  /** True if an export with that first line is in this format; absent: never, unless the user names the format. */
  readonly begins?: (firstLine: string) => boolean;
};

/** Formats with a header and a row a line, asked in this order for the export that they recognise. */
export const DELIMITED_FORMATS = {
  csv: { delimiter: ',', quotes: 'csv' },
  // TSV has no quoting (IANA text/tab-separated-values), but some writers wrap fields all the same.
  tsv: { delimiter: '\t', quotes: 'field', begins: (line) => line.includes('\t') && !line.includes(',') },
} as const satisfies Record<string, Delimited>;
export type DelimitedFormat = keyof typeof DELIMITED_FORMATS;

const DELIMITED_NAMES = Object.keys(DELIMITED_FORMATS) as DelimitedFormat[];

export const INPUT_FORMATS = [...DELIMITED_NAMES, 'ndjson'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** `{` begins NDJSON; a format that does not recognise the line leaves it to the next, all of them to CSV. `line` without a byte order mark. */
export function formatOfLine(line: string): InputFormat {
  if (line.trimStart().startsWith('{')) return 'ndjson';
  return DELIMITED_NAMES.find((name) => (DELIMITED_FORMATS[name] as Delimited).begins?.(line)) ?? 'csv';
}

/** The format whose own sign between fields it is; others are CSV with another sign. */
export function formatWith(delimiter: Delimiter): DelimitedFormat | undefined {
  return DELIMITED_NAMES.find((name) => DELIMITED_FORMATS[name].delimiter === delimiter);
}
