/** Rows of a table without rules for a terminal, laid out by cli-table3. */
import CliTable from 'cli-table3';
import utils from 'cli-table3/src/utils.js';
import { displayWidth } from '../width.ts';

export type Row = readonly (string | { readonly content: string; readonly colSpan: number })[];
type Align = readonly ('left' | 'right')[];

/** cli-table3 looks at every row for every row: 10 000 in one table take it half a minute. */
const ROWS_AT_ONCE = 100;

/** A table without rules: columns two blanks apart, the last without blanks behind it. */
export function plainTable(rows: readonly Row[], align: Align): string {
  return [...tablePieces(rows, align)].join('');
}

/** A plain table in pieces, and an empty one behind each: long tables take their time, and may be interrupted there. */
export function* tablePieces(rows: readonly Row[], align: Align): Generator<string> {
  if (rows.length <= ROWS_AT_ONCE) {
    if (rows.length > 0) yield lines(rows, align, 0);
    return;
  }
  // The widest of everything goes in front of each part, so that all parts come out equally wide, and is taken off again.
  const widest = widestRows(rows, align.length);
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    yield lines([...widest, ...rows.slice(i, i + ROWS_AT_ONCE)], align, widest.length);
    yield '';
  }
}

/** A row with the widest cell of each column, and one with the widest cell that goes across, if there is any. */
function widestRows(rows: readonly Row[], columns: number): Row[] {
  const cells = new Array<string>(columns).fill('');
  const widths = new Array<number>(columns).fill(0);
  let across: { readonly content: string; readonly colSpan: number } | undefined;
  let acrossWidth = -1;
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const width = displayWidth(typeof cell === 'string' ? cell : cell.content);
      if (typeof cell !== 'string') {
        if (width > acrossWidth) [across, acrossWidth] = [cell, width];
      } else if (width > widths[column]!) {
        cells[column] = cell;
        widths[column] = width;
      }
    }
  }
  return across ? [cells, [across]] : [cells];
}

function lines(rows: readonly Row[], align: Align, leaveOut: number): string {
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
  const replaced: string[] = [];
  for (const row of rows) {
    table.push(
      row.map((cell) =>
        typeof cell === 'string'
          ? standIn(cell, replaced)
          : { colSpan: cell.colSpan, content: standIn(cell.content, replaced) },
      ),
    );
  }
  let next = 0;
  return table
    .toString()
    .replace(STAND_INS, () => replaced[next++]!)
    .split('\n')
    .slice(leaveOut)
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const STAND_IN = '\ue000';
const STAND_INS = /\ue000+/g;

/**
 * cli-table3 counts columns by an older Unicode: what it would count wrong is laid out as other characters, as many as it
 * takes columns, which are `replaced` again in the order in which they come.
 */
function standIn(cell: string, replaced: string[]): string {
  const width = displayWidth(cell);
  if ((width === utils.strlen(cell) && !cell.includes(STAND_IN)) || width === 0) return cell;
  replaced.push(cell);
  return STAND_IN.repeat(width);
}
