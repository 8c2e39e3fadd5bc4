/** A document on a terminal, or in a text file: lines that fit its width, as long as figures allow it. */
import { type Block, type Cell, type Document, plain, type Table, type Text } from '../document.ts';
import { printable } from '../safeText.ts';
import type { Style } from '../style.ts';
import { cut, cutNames, displayWidth, padEnd, wordsOf, wrapped } from '../width.ts';
import { type Row as Line, tablePieces } from './columns.ts';

export type TerminalPresentation = {
  readonly style: Style;
  /** Columns of a line; Infinity: nothing is cut, as in a file. */
  readonly columns: number;
};

/** Sentences are not drawn wider than this: eyes lose the line. */
const WIDEST = 100;

/** Pieces of text; empty ones where a long piece of work may be interrupted. */
export function* terminal(document: Document, presentation: TerminalPresentation): Generator<string> {
  let isFirst = true;
  for (const block of document) {
    if (block.kind === 'pause') yield '';
    else if (block.kind !== 'chart' && block.kind !== 'grid') {
      if (!isFirst && block.kind !== 'note') yield '\n';
      isFirst = false;
      yield* drawn(block, presentation);
    }
  }
}

function* drawn(block: Block, presentation: TerminalPresentation): Generator<string> {
  const { style, columns } = presentation;
  switch (block.kind) {
    case 'heading': {
      const aside = block.aside === undefined ? '' : `  ${style.dim(printable(block.aside))}`;
      return yield `${style.strong(tinted(block.text, style))}${aside}\n`;
    }
    case 'paragraph':
      return yield linesIn(block.text, presentation);
    case 'note':
      return yield linesIn([{ text: plain(block.text), tone: 'dim' }], { style, columns: Math.min(WIDEST, columns) });
    case 'list':
      if (block.title !== undefined) yield `${style.strong(printable(block.title))}\n`;
      for (const item of block.items) {
        const lines = wrapped('- ', wordsOf(printable(plain(item))), ' ', Math.min(WIDEST, columns));
        yield `${lines.join('\n')}\n`;
      }
      return;
    case 'table':
      return yield* tables([block], presentation);
    case 'tables':
      return yield* block.alike === 'columns'
        ? tables(block.tables, presentation)
        : equallyWide(block.tables, presentation);
    case 'sketch':
      for (const line of block.lines(columns)) yield `${tinted(line, style)}\n`;
      return;
    case 'folded':
      return yield* terminal(block.blocks, presentation);
  }
}

/** A text in as many lines as it takes. */
function linesIn(shown: Text, { style, columns }: TerminalPresentation): string {
  const whole = printable(plain(shown));
  if (displayWidth(whole) <= columns) return `${tinted(shown, style)}\n`;
  return wrapped('', wordsOf(whole), ' ', columns)
    .map((line) => `${toned(shown, line, style)}\n`)
    .join('');
}

function tinted(shown: Text, style: Style): string {
  if (typeof shown === 'string') return printable(shown);
  return shown
    .map((span) => (typeof span === 'string' ? printable(span) : tint(style, span.tone)(printable(span.text))))
    .join('');
}

function tint(style: Style, tone: string): (text: string) => string {
  return tone in style ? style[tone as keyof Style] : (text) => text;
}

/** Tables of any columns, the first of which is widened until all tables end at the same place. */
function* equallyWide(all: readonly Table[], presentation: TerminalPresentation): Generator<string> {
  const widths = all.map((table) => totalOf(roomOf([table], linesOf(table, presentation), presentation.columns)));
  for (const [i, table] of all.entries()) {
    if (i > 0) yield '\n';
    yield* tables([table], presentation, Math.max(...widths));
  }
}

/** Widths of the columns of tables, cut to fit. */
function roomOf(all: readonly Table[], lines: readonly Laid[], columns: number): number[] {
  const heads = all[0]!.columns;
  const isCuttable = heads.map((_, c) => all.every(({ rows }) => rows.every(({ cells }) => isText(cells[c]))));
  return fitting(widthsOf(lines, heads.length), isCuttable, columns);
}

/** A line of cells, or one across the whole table. */
type Laid = { readonly lead: string; readonly cells: readonly Text[]; readonly isStrong: boolean } | string;

/** Tables with equal columns as one, so that figures stand below each other in all of them. */
function* tables(all: readonly Table[], presentation: TerminalPresentation, width = 0): Generator<string> {
  const { style, columns } = presentation;
  const [first] = all;
  if (!first) return;
  if (first.label === undefined && first.title !== '') {
    const note = first.note === undefined ? [] : [` – ${first.note}`];
    yield linesIn([{ text: first.title, tone: 'strong' }, ...note], presentation);
  }
  const lines = all.flatMap((table, i) => [...(i === 0 ? [] : ['']), ...linesOf(table, presentation)]);
  const room = roomOf(all, lines, columns);
  room[0]! += Math.max(0, width - totalOf(room));
  const shown = namesIn(lines, room[0]!);
  const draw = (text: Text, c: number) => {
    const whole = printable(plain(text));
    if (displayWidth(whole) <= room[c]!) return tinted(text, style);
    return toned(text, cut(whole, room[c]!), style);
  };
  for (const [p, part] of partsOf(room, columns).entries()) {
    if (p > 0) yield '\n';
    const rows = lines.flatMap((line): Line[] => {
      if (typeof line === 'string') return p === 0 ? [[{ content: line, colSpan: part.length }]] : [];
      const name = shown.get(printable(plain(line.cells[0]!)))!;
      const isWhole = name === printable(plain(line.cells[0]!));
      const start = isWhole ? tinted(line.cells[0]!, style) : toned(line.cells[0]!, name, style);
      const cells = part.map((c) =>
        c === 0 ? padEnd(line.lead + start, width === 0 ? 0 : room[0]!) : draw(line.cells[c] ?? '', c),
      );
      return [line.isStrong ? cells.map((cell) => (cell === '' ? cell : style.strong(cell))) : cells];
    });
    yield* tablePieces(
      rows,
      part.map((c) => first.columns[c]!.align),
    );
  }
}

function isText(cell: Cell | undefined): boolean {
  return cell === undefined || cell.kind === 'text' || cell.kind === 'none';
}

function linesOf(table: Table, { style, columns }: TerminalPresentation): Laid[] {
  const leads = leadsOf(table);
  const wrap = (head: string, shown: Text) =>
    wrapped(head, wordsOf(printable(plain(shown))), ' ', columns).map((line) => toned(shown, line, style, 'dim'));
  return [
    ...headOf(table),
    ...table.rows.flatMap((row, i): Laid[] => [
      row.role === 'group'
        ? style.dim(leads[i]! + printable(plain(row.cells[0]!.text)))
        : { lead: leads[i]!, cells: row.cells.map((cell) => cell.text), isStrong: row.role === 'total' },
      ...(row.below ?? []).flatMap((more) => wrap('    ', more)),
    ]),
    ...(table.foot ?? []).flatMap(({ text, below = [] }) => [
      ...wrap(table.lead === 'mark' ? '  ' : '', text),
      ...below.flatMap((more) => wrap('    ', more)),
    ]),
  ];
}

/** The heads, with the label in the place of the first one and what is beside it in that of the second. */
function headOf({ columns, label, aside, rows }: Table): Laid[] {
  const heads = columns.map(({ head }, i) => (i === 1 && aside !== undefined ? aside : head));
  if (label === undefined && (heads.every((head) => head === '') || rows.length === 0)) return [];
  const rest = heads.slice(1).map((head): Text => [{ text: head, tone: 'dim' }]);
  const first: Text = label === undefined ? [{ text: heads[0]!, tone: 'dim' }] : [{ text: label, tone: 'strong' }];
  return [{ lead: '', cells: [first, ...rest], isStrong: false }];
}

/** Begin of each row: its mark, or the branch that it hangs on. */
function leadsOf({ rows, lead }: Table): string[] {
  if (lead === undefined) return rows.map(() => '');
  if (lead === 'mark') return rows.map(({ mark, isChosen }) => `${isChosen ? '▸' : (mark ?? ' ')} `);
  const isLast = rows.map(({ level = 0 }, i) => {
    const next = rows.slice(i + 1).find((row) => (row.level ?? 0) <= level);
    return next === undefined || (next.level ?? 0) < level;
  });
  let isLastRoot = false;
  return rows.map(({ level = 0 }, i) => {
    if (level === 0) isLastRoot = isLast[i]!;
    const trunk = level === 0 ? '' : isLastRoot ? '   ' : '│  ';
    return `${trunk}${isLast[i] ? '└─ ' : '├─ '}`;
  });
}

/** A changed text in the tone of the one that it was made from. */
function toned(shown: Text, text: string, style: Style, usual?: keyof Style): string {
  const span = typeof shown === 'string' ? undefined : shown.find((one) => typeof one !== 'string');
  const tone = typeof span === 'object' ? span.tone : usual;
  return tone === undefined ? text : tint(style, tone)(text);
}

function widthsOf(lines: readonly Laid[], count: number): number[] {
  const widths = new Array<number>(count).fill(0);
  for (const line of lines) {
    if (typeof line === 'string') continue;
    for (const [c, cell] of line.cells.entries()) {
      const lead = c === 0 ? displayWidth(line.lead) : 0;
      widths[c] = Math.max(widths[c]!, lead + displayWidth(printable(plain(cell))));
    }
  }
  return widths;
}

const GAP = 2;
/** A name is not cut below this. */
const SHORTEST = 8;

function totalOf(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width + GAP, -GAP);
}

/** The widest columns of text become narrower until the table fits, or nothing is left to cut. */
function fitting(widths: readonly number[], isCuttable: readonly boolean[], columns: number): number[] {
  const room = [...widths];
  let over = totalOf(room) - columns;
  for (; over > 0; over--) {
    const widest = Math.max(...room.filter((_, c) => isCuttable[c]));
    if (widest <= SHORTEST) break;
    room[room.findIndex((width, c) => isCuttable[c] && width === widest)] = widest - 1;
  }
  return room;
}

/** First cells as they are shown: two names never become one. */
function namesIn(lines: readonly Laid[], room: number): ReadonlyMap<string, string> {
  const cells = lines.filter((line) => typeof line !== 'string');
  const name = (line: (typeof cells)[number]) => printable(plain(line.cells[0]!));
  const fits = cells.every((line) => displayWidth(line.lead + name(line)) <= room);
  const lead = Math.max(0, ...cells.map((line) => displayWidth(line.lead)));
  return cutNames(cells.map(name), fits ? Number.POSITIVE_INFINITY : room - lead);
}

/** Columns that are drawn beside each other, the first one in each part: figures that do not fit follow below. */
function partsOf(room: readonly number[], columns: number): number[][] {
  const parts: number[][] = [[0]];
  let wide = room[0]!;
  for (const [c, width] of [...room.entries()].slice(1)) {
    if (wide + GAP + width > columns && parts.at(-1)!.length > 1) {
      parts.push([0]);
      wide = room[0]!;
    }
    parts.at(-1)!.push(c);
    wide += GAP + width;
  }
  return parts;
}
