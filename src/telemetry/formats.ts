/** Format of an export, recognised from its first line. */
export const INPUT_FORMATS = ['csv', 'tsv', 'ndjson'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** `{` begins NDJSON; a line with tabs and no comma is TSV; everything else is CSV. `line` without a byte order mark. */
export function formatOfLine(line: string): InputFormat {
  if (line.trimStart().startsWith('{')) return 'ndjson';
  return line.includes('\t') && !line.includes(',') ? 'tsv' : 'csv';
}
