/** Documents of a month: a file for each invoice, below `documents/` in its folder. */
import { basename, extname } from 'node:path';
import type { CalendarDate } from '../../core/calendar.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { DocumentFormatName } from '../../report/invoice/documentFormats.ts';
import { INVOICE_FORMATS } from '../../report/invoice/index.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import type { Locale } from '../../report/invoice/sheet/language.ts';
import type { DocumentTerms, Logo, Sheet } from '../../report/invoice/sheet/sheet.ts';
import { PLAIN } from '../../report/style.ts';
import type { Io } from '../io.ts';
import { put, type Sink } from './folder.ts';
import { type Month, reportOf } from './month.ts';

export type DocumentWishes = {
  /** Absent: no documents. */
  readonly format?: DocumentFormatName;
  readonly locale?: Locale;
  readonly issued?: CalendarDate;
  readonly threads?: number;
};

/** The tier file, and the logo that it names, or another in its place. */
export type LogoPlace = { readonly tiers?: string | undefined; readonly logo?: string | undefined };

type Content = Iterable<string | Uint8Array>;

export class MonthDocuments {
  private readonly label: string;
  private readonly ending: string;
  private readonly sink: Sink;
  private readonly nameOf: (text: string, ending: string) => string;
  private readonly drawing: Pen;
  /** Numbers of the invoices that are drawn. */
  private readonly numbers: WeakMap<Invoice, string>;
  private readonly pending: { readonly name: string; readonly content: Promise<Content> }[] = [];

  private constructor(month: Month, sink: Sink, made: Made) {
    this.label = month.label;
    this.sink = sink;
    this.ending = made.ending;
    this.nameOf = made.nameOf;
    this.drawing = made.pen;
    this.numbers = made.numbers;
  }

  /** Undefined if no documents are wanted. */
  static async of(
    month: Month,
    sink: Sink,
    { format, locale, issued, threads, tiers, logo: named }: DocumentWishes & LogoPlace,
    io: Io,
  ): Promise<MonthDocuments | undefined> {
    if (format === undefined) return undefined;
    const [{ documentTermsOf }, { readLogo }, { fileNames }] = await Promise.all([
      import('../../library/documents.ts'),
      import('../documents/logo.ts'),
      import('../fileNames.ts'),
    ]);
    const logoName = named ?? month.read.run.rateCard.issuer?.logo;
    const logo = logoName === undefined ? undefined : readLogo(logoName, tiers, io);
    if (logo) await put(sink, `logo${extname(basename(logoName!)).toLowerCase()}`, [logo.bytes]);
    const numbers = new WeakMap<Invoice, string>();
    const wishes = { ...(locale && { locale }), ...(issued && { issued }), ...(logo && { logo }) };
    const terms = { ...documentTermsOf(month.read, wishes), numberOf: (invoice: Invoice) => numbers.get(invoice) };
    const pen = format === 'pdf' ? await pdfPen(month, terms, logo, threads) : htmlPen(month, terms);
    return new MonthDocuments(month, sink, { ending: format, nameOf: fileNames(), pen, numbers });
  }

  async add(invoice: Invoice, number: string | undefined): Promise<void> {
    if (number !== undefined) this.numbers.set(invoice, number);
    const name = `documents/${this.nameOf(`${invoice.customer}.${this.label}`, this.ending)}`;
    const content = this.drawing.draw(invoice);
    content.catch(() => undefined); // it is awaited when its turn comes
    this.pending.push({ name, content });
    if (this.pending.length > this.drawing.ahead) await this.writeNext();
  }

  async end(): Promise<void> {
    while (this.pending.length > 0) await this.writeNext();
  }

  /** Ends the threads that draw. */
  async dismiss(): Promise<void> {
    await this.drawing.dismiss();
  }

  private async writeNext(): Promise<void> {
    const { name, content } = this.pending.shift()!;
    await put(this.sink, name, await content);
  }
}

type Made = {
  readonly ending: string;
  readonly nameOf: (text: string, ending: string) => string;
  readonly pen: Pen;
  readonly numbers: WeakMap<Invoice, string>;
};

/** `ahead`: documents that may be drawn while others are written. */
type Pen = {
  readonly ahead: number;
  draw(invoice: Invoice): Promise<Content>;
  dismiss(): Promise<void>;
};

function htmlPen(month: Month, documents: DocumentTerms): Pen {
  const draw = async (invoice: Invoice) => {
    const report: InvoiceReport = { ...reportOf(month), documents, invoices: () => [invoice] };
    return INVOICE_FORMATS.html(report, { style: PLAIN, columns: Number.POSITIVE_INFINITY, all: false });
  };
  return { ahead: 0, draw, dismiss: async () => undefined };
}

async function pdfPen(
  month: Month,
  documents: DocumentTerms,
  logo: Logo | undefined,
  threads: number | undefined,
): Promise<Pen> {
  const [{ Drawing }, { sheetOf }] = await Promise.all([
    import('../documents/drawing.ts'),
    import('../../report/invoice/sheet/build.ts'),
  ]);
  const drawing = new Drawing(logo, threads);
  const sheet = (invoice: Invoice): Sheet =>
    sheetOf(invoice, { ...reportOf(month), documents, invoices: () => [invoice] }, documents);
  return {
    ahead: drawing.ahead,
    draw: async (invoice) => [await drawing.draw(sheet(invoice))],
    dismiss: () => drawing.dismiss(),
  };
}
