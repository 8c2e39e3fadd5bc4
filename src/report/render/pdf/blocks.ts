/** Blocks of a document on pages of a PDF. */
import { type Block, type Chart, plain, type Table, type Text } from '../../document.ts';
import { sentence } from '../../words.ts';
import { COLOURS } from './colours.ts';
import type { PdfSheet } from './pages.ts';
import { drawPicture, pictureHeight } from './picture.ts';
import { drawTable } from './table.ts';

const [BODY, SMALL] = [9, 7.5];
const HEADINGS = { 1: 16, 2: 11, 3: 10 } as const;

export function drawBlocks(sheet: PdfSheet, blocks: Iterable<Block>): void {
  for (const block of blocks) drawBlock(sheet, block);
}

function drawBlock(sheet: PdfSheet, block: Block): void {
  switch (block.kind) {
    case 'heading':
      heading(sheet, plain(block.text), HEADINGS[block.level]);
      return;
    case 'paragraph':
      paragraph(sheet, block.text, block.isSentence === true);
      return;
    case 'note':
      sheet.write(sentence(plain(block.text)), { size: SMALL, colour: COLOURS.dim });
      return;
    case 'list':
      if (block.title !== undefined) heading(sheet, block.title, HEADINGS[2]);
      for (const item of block.items) sheet.write(`• ${plain(item)}`, { size: BODY });
      return;
    case 'table':
      table(sheet, block);
      return;
    case 'tables':
      for (const one of block.tables) table(sheet, one);
      return;
    case 'chart':
      charts(sheet, [block], 1);
      return;
    case 'grid':
      charts(sheet, block.charts, block.size === 'small' ? 2 : 1);
      return;
    case 'folded':
      heading(sheet, block.title, HEADINGS[2]);
      drawBlocks(sheet, block.blocks);
      return;
    case 'sketch':
    case 'pause':
      return;
  }
}

function heading(sheet: PdfSheet, text: string, size: number): void {
  sheet.keep(size + 50);
  sheet.space(size);
  sheet.write(text, { size, weight: 'bold' });
  sheet.space(3);
}

/** A paragraph has one tone: that of its first part that has any. */
function paragraph(sheet: PdfSheet, text: Text, isSentence: boolean): void {
  const tone = typeof text === 'string' ? undefined : text.find((span) => typeof span !== 'string');
  const isStrong = typeof tone === 'object' && tone.tone === 'strong';
  const isCode = typeof tone === 'object' && tone.tone === 'code';
  const shown = plain(text);
  sheet.space(isStrong ? 10 : 3);
  sheet.write(isSentence ? sentence(shown) : shown, {
    size: isCode ? SMALL : BODY,
    weight: isStrong ? 'bold' : 'regular',
  });
}

function table(sheet: PdfSheet, block: Table): void {
  if (block.title !== '') heading(sheet, block.title, HEADINGS[2]);
  drawTable(sheet, block);
  if (block.note !== undefined) sheet.write(block.note, { size: SMALL, colour: COLOURS.dim });
  for (const { text, below = [] } of block.foot ?? [])
    for (const line of [text, ...below]) sheet.write(plain(line), { size: BODY });
}

const GAP = 24;

/** Charts side by side, `across` in a row. */
function charts(sheet: PdfSheet, all: readonly Chart[], across: number): void {
  const width = (sheet.width - GAP * (across - 1)) / across;
  for (let first = 0; first < all.length; first += across) {
    const row = all.slice(first, first + across);
    const captions = row.map(({ title }) => sheet.lines(title, { size: SMALL, width }));
    const captionHeight = Math.max(
      ...captions.map((lines, i) => (row[i]!.title === '' ? 0 : lines.length * SMALL * 1.4)),
    );
    const height = captionHeight + Math.max(...row.map(({ picture }) => pictureHeight(picture, width)));
    sheet.keep(height);
    for (const [i, { picture, title }] of row.entries()) {
      const x = sheet.left + i * (width + GAP);
      if (title !== '')
        for (const [n, line] of captions[i]!.entries())
          sheet.at(line, x, sheet.y + n * SMALL * 1.4, { size: SMALL, colour: COLOURS.dim });
      drawPicture(sheet.ink, sheet.typesetter, { picture, x, y: sheet.y + captionHeight, width });
    }
    sheet.space(height + 10);
  }
}
