/** Documents of a month: a file for each invoice, below `documents/` in its folder. */
import { basename, extname } from 'node:path';
import type { CalendarDate } from '../../core/calendar.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { DOCUMENT_ENDINGS, type DocumentFormatName, isElectronic } from '../../report/invoice/documentFormats.ts';
import type { ElectronicFormatName } from '../../report/invoice/electronic/parties.ts';
import { INVOICE_FORMATS } from '../../report/invoice/index.ts';
import type { InvoiceReport } from '../../report/invoice/report.ts';
import type { Locale } from '../../report/invoice/sheet/language.ts';
import type { DocumentTerms } from '../../report/invoice/sheet/sheet.ts';
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
  /** Names of font files. */
  readonly font?: readonly string[];
};

/** The tier file, and the logo that it names, or another in its place; `fonts`: those that a folder has. */
export type LogoPlace = {
  readonly tiers?: string | undefined;
  readonly logo?: string | undefined;
  readonly fonts?: readonly string[];
};

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
    wishes: DocumentWishes & LogoPlace,
    io: Io,
  ): Promise<MonthDocuments | undefined> {
    const { format } = wishes;
    if (format === undefined) return undefined;
    const { fileNames } = await import('../fileNames.ts');
    const numbers = new WeakMap<Invoice, string>();
    const { documents, ...rest } = await paperOf(month, sink, wishes, io);
    const paper = { ...rest, documents: { ...documents, numberOf: (invoice: Invoice) => numbers.get(invoice) } };
    const pen = isElectronic(format)
      ? await electronicPen(format, paper)
      : format === 'pdf'
        ? await pdfPen(paper)
        : htmlPen(paper);
    const ending = DOCUMENT_ENDINGS[format] ?? format;
    return new MonthDocuments(month, sink, { ending, nameOf: fileNames(), pen, numbers });
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
    this.drawing.end?.();
  }

  /** A sentence about characters that the fonts lack; '': none. */
  get missing(): string {
    return this.drawing.missing?.() ?? '';
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
  /** Throws a Refusal where documents lack something. */
  end?(): void;
  missing?(): string;
  dismiss(): Promise<void>;
};

/** Terms of the documents of a month, and its logo, which is put into the folder. */
export async function paperOf(
  month: Month,
  sink: Sink,
  { locale, issued, threads, font = [], tiers, logo: named, fonts: known }: DocumentWishes & LogoPlace,
  io: Io,
): Promise<Paper> {
  const [{ documentTermsOf }, { readLogo }, { readFonts }] = await Promise.all([
    import('../../library/documents.ts'),
    import('../documents/logo.ts'),
    import('../documents/fonts.ts'),
  ]);
  const logoName = named ?? month.read.run.rateCard.issuer?.logo;
  const logo = logoName === undefined ? undefined : readLogo(logoName, tiers, io);
  if (logo) await put(sink, `logo${extname(basename(logoName!)).toLowerCase()}`, [logo.bytes]);
  const fonts = await readFonts(known ?? font, io);
  for (const [i, { name, bytes }] of fonts.entries()) {
    await put(sink, `${FONTS}${known ? '' : `${i + 1}-`}${name}`, [bytes]);
  }
  const wishes = { ...(locale && { locale }), ...(issued && { issued }), ...(logo && { logo }), fonts };
  return { month, documents: documentTermsOf(month.read, wishes), threads };
}

/** Fonts in the folder have their places before their names. */
export const FONTS = 'fonts/';

export type Paper = {
  readonly month: Month;
  readonly documents: DocumentTerms;
  readonly threads: number | undefined;
};

function htmlPen(paper: Paper): Pen {
  const draw = async (invoice: Invoice) => {
    return INVOICE_FORMATS.html(reportOn([invoice], paper), {
      style: PLAIN,
      columns: Number.POSITIVE_INFINITY,
      all: false,
    });
  };
  return { ahead: 0, draw, dismiss: async () => undefined };
}

/** The report of a closed month on some of its invoices. */
export function reportOn(invoices: readonly Invoice[], { month, documents }: Paper): InvoiceReport {
  return { ...reportOf(month), documents, invoices: () => invoices };
}

async function pdfPen(paper: Paper): Promise<Pen> {
  const [{ Drawing }, { sheetOf }] = await Promise.all([
    import('../documents/drawing.ts'),
    import('../../report/invoice/sheet/build.ts'),
  ]);
  const drawing = new Drawing(paper.documents, paper.threads);
  return {
    ahead: drawing.ahead,
    draw: async (invoice) => [await drawing.draw(sheetOf(invoice, reportOn([invoice], paper), paper.documents))],
    missing: () => drawing.missing,
    dismiss: () => drawing.dismiss(),
  };
}

async function electronicPen(format: ElectronicFormatName, paper: Paper): Promise<Pen> {
  const { ElectronicPress } = await import('../documents/electronicPress.ts');
  const { documents, threads } = paper;
  const press = await ElectronicPress.of(format, { documents, threads });
  return {
    ahead: press.ahead,
    draw: async (invoice) => {
      const report = reportOn([invoice], paper);
      const message = press.messageOf(invoice, report);
      return message ? [await press.printInvoice(message, invoice, report)] : [];
    },
    end: () => press.refuseLacking(),
    missing: () => press.missing,
    dismiss: () => press.dismiss(),
  };
}
