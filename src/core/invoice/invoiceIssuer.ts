import { type Billing, type BillingRun, billings } from './billingRun.ts';
import type { InvoiceInput } from './input.ts';
import type { Invoice } from './invoice.ts';
import { issueInvoice } from './issueInvoice.ts';

/**
 * The invoices of a run, each of which is issued once. A timeline looks at some of them before they are printed: these are
 * kept until {@link invoices} comes to them.
 */
export class InvoiceIssuer {
  private readonly run: BillingRun;
  /** By customer and start of the period. */
  private readonly kept = new Map<string, Invoice>();

  constructor(run: BillingRun) {
    this.run = run;
  }

  /** Billings in order of customer, then period; invoices that are looked at are kept. */
  billings(): Generator<Billing> {
    return billings(this.run, (input) => {
      const invoice = issueInvoice(input);
      this.kept.set(keyOf(input), invoice);
      return invoice;
    });
  }

  /** In order of customer, then period; to be read once, after {@link billings}. */
  *invoices(): Generator<Invoice> {
    const all = billings(this.run, (input) => {
      const key = keyOf(input);
      const invoice = this.kept.get(key);
      this.kept.delete(key);
      return invoice ?? issueInvoice(input);
    });
    for (const { invoice } of all) yield invoice;
  }
}

function keyOf({ period, customer }: InvoiceInput): string {
  return `${period.start} ${customer}`;
}
