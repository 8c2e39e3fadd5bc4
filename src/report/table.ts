import CliTable from 'cli-table3';

export type Row = readonly (string | { readonly content: string; readonly colSpan: number })[];

/** A table without rules: columns two blanks apart, the last without blanks behind it. */
export function plainTable(rows: readonly Row[], align: readonly ('left' | 'right')[]): string {
  const none = '';
  const table = new CliTable({
    chars: {
      ...{ top: none, 'top-mid': none, 'top-left': none, 'top-right': none },
      ...{ bottom: none, 'bottom-mid': none, 'bottom-left': none, 'bottom-right': none },
      ...{ left: none, 'left-mid': none, mid: none, 'mid-mid': none, right: none, 'right-mid': none, middle: '  ' },
    },
    // Without this cli-table3 would colour heads and rules, into pipes too.
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: [...align],
  });
  for (const row of rows) table.push([...row]);
  if (rows.length === 0) return '';
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}
