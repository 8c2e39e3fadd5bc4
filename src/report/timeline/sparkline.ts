/** Quantities as a row of bars, and where in it something happened. */
import { Decimal, sum, ZERO } from '../../core/decimal.ts';

const BARS = [...'▁▂▃▄▅▆▇█'];

/** One character for each cell, as high as its part of the highest; a blank where there is nothing. */
export function sparkline(cells: readonly Decimal[]): string {
  const highest = cells.reduce((most, cell) => (cell.gt(most) ? cell : most), ZERO);
  return cells
    .map((cell) => {
      if (cell.isZero()) return ' ';
      const level = cell.times(BARS.length).div(highest).toDecimalPlaces(0, Decimal.ROUND_UP).toNumber();
      return BARS[level - 1]!;
    })
    .join('');
}

/** Days put together so that they fit into `most` cells; `cellOf` tells in which of them a day is. */
export function inCells(days: readonly Decimal[], most: number): { cells: Decimal[]; cellOf: (day: number) => number } {
  const perCell = Math.ceil(days.length / Math.max(1, most));
  const cellOf = (day: number) => Math.floor(day / perCell);
  const cells = Array.from({ length: Math.ceil(days.length / perCell) }, (_, i) =>
    sum(days.slice(i * perCell, (i + 1) * perCell)),
  );
  return { cells, cellOf };
}

/** Rows of labels, each in its column; what would lie upon another label goes into the next row. */
export function labelRows(labels: readonly { readonly column: number; readonly label: string }[]): string[] {
  const rows: string[] = [];
  for (const { column, label } of labels) {
    const free = rows.findIndex((row) => row.length <= column);
    const row = free < 0 ? '' : rows[free]!;
    rows[free < 0 ? rows.length : free] = row.padEnd(column) + label;
  }
  return rows;
}
