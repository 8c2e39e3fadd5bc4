/** Bills the usage of a case in the same way as usage of exports. */
import { assert } from '../assert.ts';
import { ledgerDimensions } from '../catalog/ledgerDimensions.ts';
import { type Meter, withoutFilter } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { type BillingRun, billings, boundariesOf, spansOf } from '../invoice/billingRun.ts';
import type { InvoiceInput } from '../invoice/input.ts';
import type { Invoice } from '../invoice/invoice.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';
import { runProblems } from '../invoice/runProblems.ts';
import type { Period, PeriodChoice } from '../period.ts';
import type { Problem } from '../problem.ts';
import { bucketsFor } from '../usage/buckets.ts';
import { CarriedLedger } from '../usage/carriedLedger.ts';
import type { UsageLedger } from '../usage/ledger.ts';
import { MapLedger } from '../usage/mapLedger.ts';
import type { PriceCase } from './priceCase.ts';

/** Invoice of a case and its input, or the problems for which there is none. */
export type IssuedCase =
  | { readonly invoice: Invoice; readonly input: InvoiceInput; readonly problems?: undefined }
  | { readonly invoice?: undefined; readonly problems: readonly Problem[] };

/** The fields of a case on which its invoice depends. */
export type BilledCase = Pick<PriceCase, 'customer' | 'period' | 'usage'>;

/** The customer is on some tier in the period. */
export function issueCase(one: BilledCase, rateCard: RateCard): IssuedCase {
  const { customer } = one;
  const run: BillingRun = {
    rateCard,
    ledger: ledgerOf(one, rateCard),
    periods: choiceOf(one),
    customers: new Map([[customer.id, customer]]),
  };
  const problems = runProblems(run);
  if (problems.length > 0) return { problems };
  const [billing] = billings(run, issueInvoice);
  assert(billing !== undefined, () => `"${customer.id}" is on no tier in the period of a case`);
  const isTimed = one.usage.some(({ at }) => at !== undefined);
  const input = isTimed ? billing.input : spreadEvenly(billing.input);
  return { invoice: issueInvoice(input), input };
}

/** Period for which the customer of a case is billed. */
export function billedPeriod(one: BilledCase, { timezone }: RateCard): Period {
  const { customer, period } = one;
  return spansOf(new Map([[customer.id, customer]]), choiceOf(one), timezone).get(customer.id)?.billed ?? period;
}

function choiceOf({ period }: BilledCase): PeriodChoice {
  return { kind: 'one', period };
}

/** Nothing but totals is known: then limits for a day are met by usage spread evenly, as in estimates. */
function spreadEvenly(input: InvoiceInput): InvoiceInput {
  return { ...input, stretches: input.stretches.map(({ usageIn: _, ...stretch }) => stretch) };
}

function ledgerOf(one: BilledCase, rateCard: RateCard): UsageLedger {
  const { customer, usage } = one;
  const customers = new Map([[customer.id, customer]]);
  const isTimed = usage.some(({ at }) => at !== undefined);
  const meters = [...rateCard.meters.values()].map((meter) => statedMeter(meter, isTimed));
  const kept = ledgerDimensions(rateCard, customers);
  const zone = rateCard.timezone;
  const ledger = new MapLedger({
    ...{ ...kept, meters, trace: false },
    buckets: bucketsFor(zone, boundariesOf(customers, choiceOf(one), zone)),
    anchors: new Map([[customer.id, customer.anchor]]),
  });
  const period = billedPeriod(one, rateCard);
  for (const { at = period.start, rows, quantities, dimensions } of usage) {
    ledger.add({
      customer: customer.id,
      at: { ms: at, ns: 0 },
      rows,
      quantities: meters.map(({ name }) => quantities.get(name)?.toFixed()),
      dimensions: kept.dimensions.map((dimension) => dimensions.get(dimension) ?? ''),
    });
  }
  return meters.some(({ aggregation }) => aggregation === 'last')
    ? new CarriedLedger(ledger, { meters, period, periods: new Map() })
    : ledger;
}

/** The meter as quantities of a case are put together: they are of the meter already, not rows that it would count. */
function statedMeter(meter: Meter, isTimed: boolean): Meter {
  const { percentile: _, ...plain } = withoutFilter(meter);
  if (meter.aggregation === 'count' || meter.aggregation === 'unique') return { ...plain, aggregation: 'sum' };
  if (meter.aggregation === 'percentile' && !isTimed) return { ...plain, aggregation: 'max' };
  return withoutFilter(meter);
}
