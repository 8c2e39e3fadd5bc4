/** Formats made of a piece of text for each invoice, so that several threads can make the pieces of different invoices. */
import type { Invoice } from '../../core/invoice/invoice.ts';
import { csvPieces } from './csv.ts';
import { jsonPieces, ndjsonPieces } from './json.ts';
import { type InvoiceFormat, type PiecedFormat, type PieceTerms, Totals, type TotalsPart } from './report.ts';

export const PIECED_FORMATS = { json: jsonPieces, ndjson: ndjsonPieces, csv: csvPieces } as const satisfies Record<
  string,
  PiecedFormat
>;
export type PiecedFormatName = keyof typeof PIECED_FORMATS;

/** The format as a whole, made by one thread. */
export function wholeOf({ head, piecesUnder, between, end }: PiecedFormat): InvoiceFormat {
  return function* (report) {
    const totals = new Totals();
    yield* head(report);
    const pieceOf = piecesUnder(report);
    for (const invoice of report.invoices()) {
      const isFirst = totals.invoices === 0;
      totals.add(invoice);
      yield isFirst ? pieceOf(invoice) : between + pieceOf(invoice);
    }
    yield* end(report, totals);
  };
}

/** The pieces of some invoices that follow each other, and their totals. */
export type Pieces = { readonly text: string; readonly totals: TotalsPart };

/** What one thread makes of its share of the invoices. */
export function pieceMaker(name: PiecedFormatName, terms: PieceTerms): (invoices: Iterable<Invoice>) => Pieces {
  const { piecesUnder, between } = PIECED_FORMATS[name];
  const pieceOf = piecesUnder(terms);
  return (invoices) => {
    const totals = new Totals();
    let text = '';
    for (const invoice of invoices) {
      text += totals.invoices === 0 ? pieceOf(invoice) : between + pieceOf(invoice);
      totals.add(invoice);
    }
    return { text, totals: totals.part() };
  };
}
