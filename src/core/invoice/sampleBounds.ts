/** Invoices of a sample, with the bounds of usage and of what is owed. */
import { boundedLedger, intervalOf } from '../usage/sample/boundedLedger.ts';
import { type BillingRun, billingPeriodOf, issueInvoices } from './billingRun.ts';
import type { Invoice, SampleEstimate } from './invoice.ts';

/**
 * The invoices, each with its {@link SampleEstimate} where the run is about a sample: of usage at its lower bounds, and of
 * usage at its upper bounds, all terms apply once more. `invoices` are those of the run, in its order.
 */
export function* withSampleBounds(run: BillingRun, invoices: Iterable<Invoice>): Iterable<Invoice> {
  const { sample, ledger } = run;
  if (!sample) {
    yield* invoices;
    return;
  }
  const wholeOf = (customer: string, part: { readonly start: number }) => billingPeriodOf(run, customer, part.start);
  const [lower, upper] = (['lower', 'upper'] as const).map((side) =>
    issueInvoices({ ...run, ledger: boundedLedger(ledger, side, wholeOf) }),
  );
  for (const invoice of invoices) {
    const totals = [lower!.next().value!.total, invoice.total, upper!.next().value!.total].sort((a, b) => a.cmp(b));
    const usage = ledger.usageOf(invoice.customer, invoice.period);
    const estimate: SampleEstimate = {
      ...(!sample.hasWeights && { rate: sample.rate }),
      usage: new Map(
        [...usage].flatMap(([meter, used]) => {
          const interval = intervalOf(used);
          return interval ? [[meter, interval]] : [];
        }),
      ),
      total: { lower: totals[0]!, upper: totals[2]! },
    };
    yield { ...invoice, estimate };
  }
}
