/** The packages that draw PDF. They are loaded when the first PDF is asked for. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font } from 'fontkit';
import { withKnownLayouts } from '../../report/render/pdf/knownLayouts.ts';
import type { PdfTools } from '../../report/render/pdf/tools.ts';

/** Fonts with Latin, Greek, Cyrillic, Arabic and Hebrew letters and the signs of currencies. */
const FONTS = { regular: 'DejaVuSansCondensed.ttf', bold: 'DejaVuSansCondensed-Bold.ttf' } as const;

export async function loadPdfTools(): Promise<PdfTools> {
  const [{ default: PDFDocument }, fontkit] = await Promise.all([import('pdfkit'), import('fontkit')]);
  const { resolve } = createRequire(import.meta.url);
  const load = (name: string) =>
    withKnownLayouts(fontkit.create(readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}`))) as Font);
  return { PDFDocument, regular: load(FONTS.regular), bold: load(FONTS.bold) };
}
