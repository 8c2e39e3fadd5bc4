import { Refusal } from '../../app/refusal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { DOCUMENT_ENDINGS } from '../../report/invoice/documentFormats.ts';
import { problem } from '../../report/invoice/electronic/build.ts';
import type { UblNode } from '../../report/invoice/electronic/message.ts';
import type { ElectronicFormatName } from '../../report/invoice/electronic/parties.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { putEach } from '../invoiceDirectory.ts';
import type { Io } from '../io.ts';
import { writeFileAtomically, writeTo } from '../output.ts';
import type { ResultTarget } from '../resultTarget.ts';
import { ElectronicPress } from './electronicPress.ts';

type Issued = { readonly invoices: readonly Invoice[]; readonly threads: number | undefined };

/**
 * Writes electronic invoices, one each: into a directory, or a single one. Gives what {@link putEach} has to say. Throws a
 * Refusal with everything that any of them lacks.
 */
export async function putElectronic(
  report: InvoiceReport,
  target: ResultTarget<ElectronicFormatName>,
  { invoices, threads }: Issued,
  io: Io,
): Promise<string> {
  const documents = report.documents!;
  if (target.kind !== 'directory' && invoices.length !== 1) throw severalInOne(invoices.length);
  const press = await ElectronicPress.of(target.format, { documents, threads });
  const messages = new Map<Invoice, UblNode | undefined>();
  for (const invoice of invoices) messages.set(invoice, press.messageOf(invoice, report));
  press.refuseLacking();
  const printed = (invoice: Invoice) => press.printInvoice(messages.get(invoice)!, invoice, report);
  try {
    if (target.kind === 'directory') {
      const contentOf = async (single: InvoiceReport) => [await printed([...single.invoices()][0]!)];
      const place = { name: target.name, ending: DOCUMENT_ENDINGS[target.format]! };
      const each = { contentOf, ahead: press.ahead };
      const earlier = await putEach({ ...report, invoices: () => invoices }, place, each, io);
      return press.missing + earlier;
    }
    const content = await printed(invoices[0]!);
    if (target.kind === 'file') await writeFileAtomically(io, target.name, [content]);
    else await writeTo(io.stdout, typeof content === 'string' ? Buffer.from(content) : content, io.signal);
    return press.missing;
  } finally {
    await press.dismiss();
  }
}

function severalInOne(count: number): Refusal {
  const message = `a file holds one electronic invoice, and there are ${count}`;
  const hint = 'name a directory, -o invoices/, which gets a file for each; or choose one with --customer';
  return new Refusal('usage', [problem('several-in-one-file', message, hint)]);
}
