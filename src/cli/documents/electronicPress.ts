/** Makes electronic invoices of a run, and gathers what they lack. */
import { Refusal } from '../../app/refusal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { Problem } from '../../core/problem.ts';
import { type Built, electronicInvoice } from '../../report/invoice/electronic/build.ts';
import type { UblNode } from '../../report/invoice/electronic/message.ts';
import type { ElectronicFormatName } from '../../report/invoice/electronic/parties.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import { sheetOf } from '../../report/invoice/sheet/build.ts';
import type { DocumentTerms, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { Drawing } from './drawing.ts';
import { type WriteXml, xmlWriter } from './electronic.ts';

type Terms = {
  readonly documents: DocumentTerms;
  readonly threads: number | undefined;
};

export class ElectronicPress {
  private readonly format: ElectronicFormatName;
  private readonly documents: DocumentTerms;
  private readonly write: WriteXml;
  private readonly drawing: Drawing | undefined;
  private readonly problems = new Map<string, Problem>();

  private constructor(format: ElectronicFormatName, { documents, threads }: Terms, write: WriteXml) {
    this.format = format;
    this.documents = documents;
    this.write = write;
    this.drawing = format === 'factur-x' ? new Drawing(documents, threads) : undefined;
  }

  /** Throws a Refusal where the package that writes them is not installed. */
  static async of(format: ElectronicFormatName, terms: Terms): Promise<ElectronicPress> {
    return new ElectronicPress(format, terms, await xmlWriter(format));
  }

  /** Invoices that may be printed while others are written. */
  get ahead(): number {
    return this.drawing?.ahead ?? 0;
  }

  /** Takes the next number: to be called for the invoices in order. Undefined if the invoice lacks something. */
  messageOf(invoice: Invoice, report: InvoiceReport): UblNode | undefined {
    return this.taken(electronicInvoice(invoice, report, this.documents, this.format));
  }

  /** The message; undefined if it lacks something. */
  taken(result: Built<UblNode>): UblNode | undefined {
    if ('built' in result) return result.built;
    for (const problem of result.problems) this.problems.set(problem.message, problem);
    return undefined;
  }

  /** Throws a Refusal with everything that any invoice lacks, each problem once. */
  refuseLacking(): void {
    if (this.problems.size > 0) throw new Refusal('usage', [...this.problems.values()]);
  }

  /** A file: XML, or of `factur-x` the PDF with the XML within it. */
  async print(message: UblNode, sheet: () => Sheet): Promise<string | Uint8Array> {
    const xml = await this.write(message);
    return this.drawing ? this.drawing.draw({ ...sheet(), attached: xml }) : xml;
  }

  async printInvoice(message: UblNode, invoice: Invoice, report: InvoiceReport): Promise<string | Uint8Array> {
    return this.print(message, () => sheetOf(invoice, report, this.documents));
  }

  /** A sentence about characters that the fonts lack; '': none. */
  get missing(): string {
    return this.drawing?.missing ?? '';
  }

  async dismiss(): Promise<void> {
    await this.drawing?.dismiss();
  }
}
