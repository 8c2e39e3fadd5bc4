import type { Invoice } from '../../core/invoice/invoice.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { sheetOf } from '../../report/invoice/sheet/build.ts';
import { counted } from '../../report/words.ts';
import { putEach } from '../invoiceDirectory.ts';
import type { Io } from '../io.ts';
import { writeFileAtomically, writeTo } from '../output.ts';
import type { ResultTarget } from '../resultTarget.ts';
import { Drawing } from './drawing.ts';

/**
 * Writes the invoices as one PDF, or as one each into a directory. Gives what {@link putEach} has to say.
 * `invoicesOf`: all invoices of the report; it notices an interruption.
 */
export async function putPdf(
  report: InvoiceReport,
  target: ResultTarget<string>,
  { threads, invoicesOf }: { threads: number | undefined; invoicesOf: () => Promise<readonly Invoice[]> },
  io: Io,
): Promise<string> {
  const documents = report.documents!;
  const drawing = new Drawing(documents, threads);
  const sheet = (invoice: Invoice) => sheetOf(invoice, report, documents);
  try {
    if (target.kind === 'directory') {
      const contentOf = async (single: InvoiceReport) => [await drawing.draw(sheet([...single.invoices()][0]!))];
      const place = { name: target.name, ending: 'pdf' };
      const earlier = await putEach(report, place, { contentOf, ahead: drawing.ahead }, io);
      return drawing.missing + earlier;
    }
    const sheets = (await invoicesOf()).map(sheet);
    const title = sheets.length === 1 ? sheets[0]!.title : counted(sheets.length, 'invoice');
    const bytes = await drawing.drawTogether(sheets, title);
    if (target.kind === 'stdout') await writeTo(io.stdout, bytes, io.signal);
    else await writeFileAtomically(io, target.name, [bytes]);
    return drawing.missing;
  } finally {
    await drawing.dismiss();
  }
}
