/** The invoices of a closed month, each as it comes: a line of JSON with its number, and its FOCUS rows. */
import type { Invoice } from '../../core/invoice/invoice.ts';
import { invoiceFocus } from '../invoice/focus.ts';
import { invoiceObject } from '../invoice/json.ts';
import { type InvoiceReport, Totals } from '../invoice/report.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import { PLAIN } from '../style.ts';

export class InvoiceLines {
  readonly focusHeader: string;
  private readonly report: Omit<InvoiceReport, 'invoices'>;
  private readonly sums = new Totals();

  constructor(report: Omit<InvoiceReport, 'invoices'>) {
    this.report = report;
    [this.focusHeader = ''] = this.focusOf([]);
  }

  /** Texts end with a line end. `number` undefined: the invoice has none. */
  of(invoice: Invoice, number: string | undefined): { readonly json: string; readonly focus: readonly string[] } {
    this.sums.add(invoice);
    const { currency, explain } = this.report;
    const head = { formatVersion: FORMAT_VERSION, currency: currency.code, number: number ?? null };
    const json = `${safeJson({ ...head, ...invoiceObject(invoice, explain) })}\n`;
    return { json, focus: this.focusOf([invoice]).slice(1) };
  }

  get totals(): Record<string, unknown> {
    return this.sums.toJson(this.report.currency);
  }

  /** The last line: totals and rows. */
  get end(): string {
    return `${safeJson({ totals: this.totals, rows: this.report.rows })}\n`;
  }

  /** The header and a text for each row. */
  private focusOf(invoices: readonly Invoice[]): string[] {
    const report = { ...this.report, invoices: () => invoices };
    return [...invoiceFocus(report, { style: PLAIN, columns: Number.POSITIVE_INFINITY, all: true })];
  }
}
