/** The packages that draw PDF. They are loaded when the first PDF is asked for. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font, create as fontkitCreate } from 'fontkit';
import type { FontFile } from '../../report/invoice/sheet/sheet.ts';
import { withKnownLayouts } from '../../report/render/pdf/knownLayouts.ts';
import type { PdfTools } from '../../report/render/pdf/tools.ts';

/** Fonts with Latin, Greek, Cyrillic, Arabic and Hebrew letters and the signs of currencies. */
const FONTS = { regular: 'DejaVuSansCondensed.ttf', bold: 'DejaVuSansCondensed-Bold.ttf' } as const;

/** `others`: font files for characters that these lack. */
export async function loadPdfTools(others: readonly FontFile[]): Promise<PdfTools> {
  const [{ default: PDFDocument }, fontkit] = await Promise.all([import('pdfkit'), import('fontkit')]);
  const { resolve } = createRequire(import.meta.url);
  const load = (name: string) =>
    withKnownLayouts(fontkit.create(readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}`))) as Font);
  const added = others.map(({ bytes }) => withKnownLayouts(fontIn(bytes, fontkit.create)!));
  return { PDFDocument, regular: load(FONTS.regular), bold: load(FONTS.bold), others: added };
}

/** The font of a file, or the first one of a collection; undefined: it is none. */
export function fontIn(bytes: Uint8Array, create: typeof fontkitCreate): Font | undefined {
  try {
    const found = create(Buffer.from(bytes));
    return 'fonts' in found ? found.fonts[0] : found;
  } catch {
    return undefined;
  }
}
