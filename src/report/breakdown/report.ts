/** Invoices whose lines are broken down by time or a dimension, before they are put into a format. */
import type { BrokenLine, By } from '../../core/breakdown/breakdown.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import type { Currency } from '../../core/money.ts';
import type { TerminalPresentation } from '../render/terminal.ts';

export type BrokenInvoice = {
  readonly invoice: Invoice;
  readonly timezone: string;
  readonly lines: readonly BrokenLine[];
};

export type BreakdownReport = {
  readonly by: By;
  readonly currency: Currency;
  readonly meters: ReadonlyMap<string, Meter>;
  /** In order of customer, then period; read once. */
  readonly invoices: () => Iterable<BrokenInvoice>;
};

export type BreakdownFormat = (report: BreakdownReport, presentation: TerminalPresentation) => Iterable<string>;
