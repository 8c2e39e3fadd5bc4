/** The packages that draw PDF, as whoever loads them passes them on: nothing else needs them. */
import type { Font } from 'fontkit';
import type PDFDocument from 'pdfkit';

export type PdfTools = {
  readonly PDFDocument: typeof PDFDocument;
  readonly regular: Font;
  readonly bold: Font;
  /** Fonts for characters that these two lack, in the order in which they are tried. */
  readonly others: readonly Font[];
};
export type Pdf = PDFKit.PDFDocument;
export type Weight = 'regular' | 'bold';
