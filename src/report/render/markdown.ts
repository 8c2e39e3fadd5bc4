/** A document as Markdown, for issues, pull requests and mails. */
import { type Block, type Cell, type Document, plain, type Row, type Table, type Text } from '../document.ts';
import { htmlText, markdownCode, markdownText } from '../safeText.ts';
import { sentence } from '../words.ts';

/** Blocks that Markdown has no place for. */
const PICTURES: ReadonlySet<Block['kind']> = new Set(['chart', 'grid', 'sketch']);

export function* markdown(document: Document): Generator<string> {
  let isFirst = true;
  for (const block of document) {
    if (block.kind === 'pause') yield '';
    else if (!PICTURES.has(block.kind)) {
      if (!isFirst) yield '\n';
      isFirst = false;
      yield* drawn(block);
    }
  }
}

function* drawn(block: Block): Generator<string> {
  switch (block.kind) {
    case 'heading':
      return yield `${'#'.repeat(block.level + 1)} ${safe(block.text)}${block.aside === undefined ? '' : `, ${markdownText(block.aside)}`}\n`;
    case 'paragraph':
      return yield `${block.isSentence ? sentence(safe(block.text)) : safe(block.text)}\n`;
    case 'note':
      return yield `${sentence(safe(block.text))}\n`;
    case 'list':
      if (block.title !== undefined) yield `### ${markdownText(block.title)}\n\n`;
      for (const item of block.items) yield `- ${safe(item)}\n`;
      return;
    case 'table':
      return yield* table(block);
    case 'tables':
      return yield* markdown(block.tables);
    case 'folded':
      yield `<details><summary>${htmlText(block.title)}</summary>\n\n`;
      yield* markdown(block.blocks);
      yield '\n</details>\n';
  }
}

function* table({ title, aside, note, columns, rows, foot = [] }: Table): Generator<string> {
  if (title !== '') yield `### ${markdownText(title)}${aside === undefined ? '' : `, ${markdownText(aside)}`}\n\n`;
  if (note !== undefined) yield `${markdownText(note)}\n\n`;
  if (rows.length > 0) {
    yield line(columns.map(({ head }) => markdownText(head)));
    yield line(columns.map(({ align }) => (align === 'left' ? '---' : '---:')));
  }
  for (const row of rows) yield line(columns.map((_, c) => cellText(row, row.cells[c], c)));
  for (const { text, below = [] } of foot) yield `\n${[text, ...below].map(safe).join('<br>')}\n`;
}

function cellText(row: Row, cell: Cell | undefined, column: number): string {
  const isStrong = row.role !== undefined && cell?.kind !== 'none' && !(column > 1 && cell?.kind === 'text');
  const own = cell === undefined ? '' : cell.kind === 'text' ? safe(cell.text) : plain(cell.text); // figures are ours
  const branch = column === 0 && (row.level ?? 0) > 0 ? '&nbsp;&nbsp;└ ' : '';
  const more = row.belowIn === column ? (row.below ?? []).map(safe) : [];
  const texts = [isStrong && own !== '' ? `**${own}**` : own, ...more];
  return branch + texts.filter((text) => text !== '').join('<br>');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** Harmless, with what stands out. */
function safe(shown: Text): string {
  if (typeof shown === 'string') return markdownText(shown);
  return shown
    .map((span) => {
      if (typeof span === 'string') return inside(span);
      if (span.tone === 'figure') return span.text;
      if (span.tone === 'code') return markdownCode(span.text);
      return span.tone === 'strong' && plain([span]) !== '' ? `**${markdownText(span.text)}**` : inside(span.text);
    })
    .join('');
}

/** A text behind another, where a blank begins no line. */
function inside(text: string): string {
  return text.startsWith(' ') ? ` ${markdownText(text.slice(1))}` : markdownText(text);
}
