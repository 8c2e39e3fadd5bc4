/** The content of an invoice run's result, before it is put into a format. */
import type { Meter } from '../../core/catalog/meter.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import type { CheckOutcome } from '../../core/checks/check.ts';
import { type Decimal, plus, ZERO } from '../../core/decimal.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { RunNotes } from '../../core/invoice/runNotes.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import type { RowCounts } from '../../core/usage/rowCounts.ts';
import type { Interval } from '../../core/usage/sample/interval.ts';
import type { TerminalPresentation } from '../render/terminal.ts';
import type { TimelineReport } from '../timeline/report.ts';
import type { DocumentTerms } from './sheet/sheet.ts';

export type InvoiceReport = {
  readonly currency: Currency;
  readonly timezone: string;
  readonly meters: ReadonlyMap<string, Meter>;
  readonly rateCard: Pick<RateCard, 'creditPacks' | 'accounts'>;
  /** In order of customer, then period. A format reads them once, since each may be issued when its turn comes. */
  readonly invoices: () => Iterable<Invoice>;
  readonly rows: RowCounts;
  readonly notes: RunNotes;
  /** There are several price lists, and rows say theirs. */
  readonly hasPriceLists?: boolean | undefined;
  /** Show the arithmetic and the rows behind every line. */
  readonly explain: boolean;
  /** Outcomes of the rules about the run. */
  readonly checks: readonly CheckOutcome[];
  /** The run's timeline; absent: none was asked for. */
  readonly timeline?: TimelineReport;
  /** What documents need besides; absent where no document is made. */
  readonly documents?: DocumentTerms;
};

export type Presentation = TerminalPresentation & {
  /** Show lines whose amount is 0, too. */
  readonly all: boolean;
};

/** A format: pieces of text in order. A million invoices never stand in memory at once. */
export type InvoiceFormat = (report: InvoiceReport, presentation: Presentation) => Iterable<string>;

/** What the text of an invoice depends on beside the invoice; plain data, which can be handed to another thread. */
export type PieceTerms = Pick<InvoiceReport, 'explain' | 'timezone' | 'hasPriceLists'>;

/** A format made of a piece for each invoice. */
export type PiecedFormat = {
  /** Text before the first invoice. */
  readonly head: (report: Omit<InvoiceReport, 'invoices'>) => Iterable<string>;
  readonly piecesUnder: (terms: PieceTerms) => (invoice: Invoice) => string;
  /** Text between two pieces. */
  readonly between: string;
  /** Text behind the last invoice. */
  readonly end: (report: Omit<InvoiceReport, 'invoices'>, totals: Totals) => Iterable<string>;
};

/** Totals of some of the invoices, in a form that can be handed to another thread: amounts as plain decimals. */
export type TotalsPart = { readonly invoices: number } & Readonly<
  Record<'subtotal' | 'creditsApplied' | 'tax' | 'total', string>
> & { readonly taxIncluded: string | undefined };

/** Sums over all invoices of a run: sums of rounded amounts. */
export class Totals {
  invoices = 0;
  subtotal: Decimal = ZERO;
  creditsApplied: Decimal = ZERO;
  tax: Decimal = ZERO;
  taxIncluded: Decimal | undefined;
  total: Decimal = ZERO;
  /** Bounds of the total, where invoices are estimates from a sample. */
  estimated: Interval | undefined;

  add(invoice: Invoice): void {
    this.invoices++;
    this.subtotal = plus(this.subtotal, invoice.subtotal);
    this.creditsApplied = plus(this.creditsApplied, invoice.creditsApplied);
    this.tax = plus(this.tax, invoice.tax);
    if (invoice.taxIncluded) this.taxIncluded = plus(this.taxIncluded ?? ZERO, invoice.taxIncluded);
    this.total = plus(this.total, invoice.total);
    if (invoice.estimate) {
      const { lower, upper } = this.estimated ?? { lower: ZERO, upper: ZERO };
      const { total } = invoice.estimate;
      this.estimated = { lower: plus(lower, total.lower), upper: plus(upper, total.upper) };
    }
  }

  /** Of invoices that are no estimates. */
  part(): TotalsPart {
    const [subtotal, creditsApplied, tax, total] = [this.subtotal, this.creditsApplied, this.tax, this.total].map(
      (amount) => amount.toFixed(),
    ) as [string, string, string, string];
    const { invoices, taxIncluded } = this;
    return { invoices, subtotal, creditsApplied, tax, total, taxIncluded: taxIncluded?.toFixed() };
  }

  addPart(part: TotalsPart): void {
    this.invoices += part.invoices;
    this.subtotal = this.subtotal.plus(part.subtotal);
    this.creditsApplied = this.creditsApplied.plus(part.creditsApplied);
    this.tax = this.tax.plus(part.tax);
    if (part.taxIncluded !== undefined) this.taxIncluded = (this.taxIncluded ?? ZERO).plus(part.taxIncluded);
    this.total = this.total.plus(part.total);
  }

  toJson(currency: Currency): Record<string, unknown> {
    const money = (amount: Decimal) => formatMoney(amount, currency);
    return {
      invoices: this.invoices,
      subtotal: money(this.subtotal),
      creditsApplied: money(this.creditsApplied),
      tax: money(this.tax),
      ...(this.taxIncluded && { taxIncluded: money(this.taxIncluded) }),
      total: money(this.total),
      ...(this.estimated && {
        estimate: { lower: money(this.estimated.lower), upper: money(this.estimated.upper) },
      }),
    };
  }
}
