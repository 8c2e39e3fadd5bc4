/** Invoice documents as PDF/A-3b. The same sheets give the same bytes: there is no clock and no chance in them. */
import { attachFacturX, escapeMetadata } from '../../render/pdf/attachment.ts';
import { drawBlocks } from '../../render/pdf/blocks.ts';
import { COLOURS } from '../../render/pdf/colours.ts';
import { bytesOf } from '../../render/pdf/fileBytes.ts';
import { Ink } from '../../render/pdf/ink.ts';
import { PdfSheet } from '../../render/pdf/pages.ts';
import type { PdfTools } from '../../render/pdf/tools.ts';
import { Typesetter } from '../../render/pdf/typesetter.ts';
import type { Logo, Sheet } from './sheet.ts';

/** Draws files one after the other, and keeps what it has measured. */
export class SheetPdf {
  private readonly tools: PdfTools;
  private readonly logo: Logo | undefined;
  private readonly typesetter: Typesetter;
  /** True if a sheet of the last file had characters that the fonts lack. */
  lacksGlyphs = false;

  constructor(tools: PdfTools, logo: Logo | undefined) {
    this.tools = tools;
    this.logo = logo;
    this.typesetter = new Typesetter(tools);
  }

  /** A file with one sheet or several, each from a page of its own on; `title`: name of the whole. */
  draw(sheets: readonly Sheet[], title: string): Uint8Array {
    const created = new Date(Math.max(0, ...sheets.map((sheet) => sheet.createdAt)));
    const pdf = new this.tools.PDFDocument({
      autoFirstPage: false,
      bufferPages: true,
      pdfVersion: '1.7',
      subset: 'PDF/A-3b',
      lang: sheets[0]?.language ?? 'en',
      displayTitle: true,
      font: null as unknown as string, // without it pdfkit would load one that nothing uses
      info: {
        Title: this.typesetter.shown(title, 'regular'),
        Author: this.typesetter.shown(sheets[0]?.issuer[0] ?? '', 'regular'),
        Creator: 'meter',
        Producer: 'meter',
        CreationDate: created,
        ModDate: created,
      },
    });
    escapeMetadata(pdf);
    const attached = sheets.find((sheet) => sheet.attached !== undefined)?.attached;
    if (attached !== undefined) attachFacturX(pdf, attached, created);
    this.typesetter.register(pdf);
    this.lacksGlyphs = false;
    const bytes = bytesOf(pdf);
    const ink = new Ink(pdf);
    for (const sheet of sheets) this.drawSheet(new PdfSheet(pdf, ink, this.typesetter), sheet);
    ink.end();
    pdf.end();
    return Buffer.concat(bytes);
  }

  private drawSheet(page: PdfSheet, sheet: Sheet): void {
    this.typesetter.lacksGlyphs = false;
    this.letterhead(page, sheet);
    drawBlocks(page, sheet.bill);
    if (sheet.annex.length > 0) page.turn();
    drawBlocks(page, sheet.annex);
    if (this.typesetter.lacksGlyphs) {
      this.lacksGlyphs = true;
      page.space(10);
      page.write(sheet.missingGlyphs, { size: 7.5, colour: COLOURS.warning });
    }
    const { pages } = page;
    page.finish(sheet.foot, (number) => sheet.pageText.replace('{n}', String(number)).replace('{of}', String(pages)));
  }

  private letterhead(page: PdfSheet, { issuer, heading, title, notice, recipient, facts }: Sheet): void {
    const { left, width } = page;
    const top = page.y;
    if (this.logo) page.pdf.image(Buffer.from(this.logo.bytes), left, top, { fit: [170, 52] });
    let y = top;
    for (const [i, text] of issuer.entries()) {
      const style = {
        size: i === 0 ? 10 : 8,
        weight: i === 0 ? 'bold' : 'regular',
        colour: i === 0 ? COLOURS.ink : COLOURS.dim,
      } as const;
      for (const line of page.lines(text, { ...style, width: width * 0.6 })) {
        page.endingAt(line, left + width, y, style);
        y += style.size * 1.35;
      }
    }
    page.y = Math.max(y, this.logo ? top + 58 : top) + 22;
    page.write(title.startsWith(heading) ? title : heading, { size: 18, weight: 'bold' });
    if (notice !== undefined) page.write(notice, { size: 9, weight: 'bold', colour: COLOURS.warning });
    page.space(12);
    const begin = page.y;
    page.at(page.lines(recipient.label, { size: 8 })[0]!, left, begin, { size: 8, colour: COLOURS.dim });
    let bottom = begin + 13;
    for (const [i, text] of recipient.lines.entries()) {
      const style = { size: 9.5, weight: i === 0 ? 'bold' : 'regular' } as const;
      for (const line of page.lines(text, { ...style, width: width * 0.46 })) {
        page.at(line, left, bottom, style);
        bottom += style.size * 1.35;
      }
    }
    page.y = Math.max(bottom, drawFacts(page, begin, facts)) + 18;
  }
}

/** Pairs of label and text in the right half; gives where they end. */
function drawFacts(page: PdfSheet, top: number, facts: Sheet['facts']): number {
  const left = page.left + page.width * 0.52;
  const right = page.left + page.width;
  let y = top;
  for (const { label, text } of facts) {
    const [name = ''] = page.lines(label, { size: 8.5, width: 110 });
    page.at(name, left, y, { size: 8.5, colour: COLOURS.dim });
    for (const line of page.lines(text, { size: 8.5, width: right - left - 115 })) {
      page.endingAt(line, right, y, { size: 8.5 });
      y += 8.5 * 1.45;
    }
  }
  return y;
}
