/** A table on pages of a PDF: one column takes the room that the others leave. */
import { plain, type Row, type Table } from '../../document.ts';
import { COLOURS } from './colours.ts';
import type { PdfSheet, WriteStyle } from './pages.ts';

const TEXT: WriteStyle = { size: 8.5 };
const HEAD: WriteStyle = { size: 8, weight: 'bold', colour: COLOURS.dim };
const SMALL: WriteStyle = { size: 7, colour: COLOURS.dim };
const [LEADING, GAP, PAD] = [1.3, 12, 3.5];
/** Share of the width that the other columns may take each. */
const MOST = 0.3;

type Laid = {
  readonly style: WriteStyle;
  readonly cells: readonly (readonly string[])[];
  readonly below: readonly string[];
  readonly height: number;
  readonly role: Row['role'];
};

export function drawTable(sheet: PdfSheet, table: Table): void {
  const widths = widthsOf(sheet, table);
  const rows = table.rows.map((row) => laid(sheet, row, widths));
  const begin = () => drawHead(sheet, table, widths);
  sheet.keep(headHeight(table) + (rows[0]?.height ?? 0));
  begin();
  for (const [i, row] of rows.entries()) {
    if (sheet.keep(heightTogether(rows, i))) begin();
    drawRow(sheet, row, table, widths);
  }
}

/** A heading stays with the row below it, and all sums stay together. */
function heightTogether(rows: readonly Laid[], i: number): number {
  const { role, height } = rows[i]!;
  if (role === 'group') return height + (rows[i + 1]?.height ?? 0);
  const isFirstSum = (role === 'sum' || role === 'total') && rows[i - 1]?.role === undefined;
  return isFirstSum ? rows.slice(i).reduce((sum, one) => sum + one.height, 0) : height;
}

function styleOf({ role }: Row): WriteStyle {
  if (role === 'total') return { size: 11, weight: 'bold' };
  return role === 'group' ? { ...TEXT, weight: 'bold', colour: COLOURS.accent } : TEXT;
}

function widthsOf(sheet: PdfSheet, { columns, rows }: Table): number[] {
  const natural = (text: string, { size, weight = 'regular' }: WriteStyle) =>
    sheet.typesetter.width(sheet.typesetter.shown(text, weight), size, weight);
  const widths = columns.map(({ head }, c) => {
    const cells = rows.map((row) => natural(plain(row.cells[c]?.text ?? ''), styleOf(row)));
    return Math.min(Math.max(natural(head, HEAD), ...cells), sheet.width * MOST);
  });
  // Figures stand at the right edge; a last column of texts takes the room itself.
  const roomy = columns.at(-1)!.align === 'right' ? 0 : columns.length - 1;
  const others = widths.reduce((sum, width, c) => (c === roomy ? sum : sum + width + GAP), 0);
  return widths.map((width, c) => (c === roomy ? Math.max(sheet.width - others, sheet.width * 0.2) : width));
}

function laid(sheet: PdfSheet, row: Row, widths: readonly number[]): Laid {
  const style = styleOf(row);
  // A heading, and the name of a sum, may go over the cells beside it, which are empty.
  const isWide = row.role !== undefined && row.cells.slice(1, -1).every(({ text }) => plain(text) === '');
  const first = isWide ? sheet.width - (row.cells.length > 1 ? widths.at(-1)! + GAP : 0) : widths[0]!;
  const cells = row.cells.map(({ text }, c) =>
    sheet.lines(plain(text), { ...style, width: c === 0 ? first : widths[c]! }),
  );
  const width = sheet.width - widths.at(-1)! - GAP;
  const below = (row.below ?? []).flatMap((text) => sheet.lines(plain(text), { ...SMALL, width }));
  const top = row.role === 'group' || row.role === 'total' ? 4 : 0;
  const height =
    Math.max(...cells.map((lines) => lines.length)) * style.size * LEADING +
    below.length * SMALL.size * LEADING +
    2 * PAD +
    top;
  return { style, cells, below, height, role: row.role };
}

function headHeight({ columns }: Table): number {
  return columns.some(({ head }) => head !== '') ? HEAD.size * LEADING + 2 * PAD : 0;
}

function drawHead(sheet: PdfSheet, table: Table, widths: readonly number[]): void {
  let x = sheet.left;
  for (const [c, { head, align }] of table.columns.entries()) {
    const [line = ''] = sheet.lines(head, { ...HEAD, width: widths[c]! + GAP });
    if (align === 'right') sheet.endingAt(line, x + widths[c]!, sheet.y + PAD, HEAD);
    else sheet.at(line, x, sheet.y + PAD, HEAD);
    x += widths[c]! + GAP;
  }
  sheet.space(headHeight(table));
  sheet.rule(sheet.y, COLOURS.ink, 0.8);
}

function drawRow(sheet: PdfSheet, row: Laid, { columns }: Table, widths: readonly number[]): void {
  const { style, role } = row;
  if (role === 'total') sheet.rule(sheet.y + 2, COLOURS.ink, 0.8);
  const top = sheet.y + PAD + (role === 'group' || role === 'total' ? 4 : 0);
  let x = sheet.left;
  let deepest = 0;
  for (const [c, lines] of row.cells.entries()) {
    for (const [n, line] of lines.entries()) {
      const y = top + n * style.size * LEADING;
      if (columns[c]!.align === 'right') sheet.endingAt(line, x + widths[c]!, y, style);
      else sheet.at(line, x, y, style);
    }
    deepest = Math.max(deepest, lines.length);
    x += widths[c]! + GAP;
  }
  for (const [n, line] of row.below.entries())
    sheet.at(line, sheet.left, top + deepest * style.size * LEADING + n * SMALL.size * LEADING, SMALL);
  sheet.space(row.height);
  if (role === 'total') sheet.rule(sheet.y, COLOURS.ink, 0.8);
  else if (role === undefined) sheet.rule(sheet.y, COLOURS.rule, 0.4);
}
