/** A whole run: every customer's invoices over every billing period, from one ledger. */
import { assignmentsIn, type Customer, customerOn } from '../catalog/customer.ts';
import { matchesId } from '../catalog/idPattern.ts';
import { levelsAmong } from '../catalog/meter.ts';
import { inOwnZone, rateCardFor, zoneOf } from '../catalog/ownZone.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import type { Tier } from '../catalog/tier.ts';
import { carryOver } from '../credits/burnDown.ts';
import type { Balance } from '../credits/grant.ts';
import type { Mutable } from '../mutable.ts';
import { anchoredPeriodIn, anchoredPeriods, isMonth, isSamePeriod, type Period, type PeriodChoice } from '../period.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import type { KnownReading } from '../usage/counters/series.ts';
import type { UsageLedger } from '../usage/ledger.ts';
import type { Sample } from '../usage/rowTerms.ts';
import { type Balances, balancesAtStart } from './balances.ts';
import { knownFeeYears } from './feeYears.ts';
import type { InvoiceInput } from './input.ts';
import type { Invoice } from './invoice.ts';
import { issueInvoice } from './issueInvoice.ts';
import { mayHaveCredit } from './payFromCredit.ts';

export type BillingRun = {
  readonly rateCard: RateCard;
  readonly ledger: UsageLedger;
  readonly periods: PeriodChoice;
  /** From the customers file. They are invoiced in every period in which they are on a tier, with usage or without. */
  readonly customers: ReadonlyMap<string, Customer>;
  /** Tier of every other customer in the ledger. */
  readonly defaultTier?: string | undefined;
  /** There are several price lists. */
  readonly hasPriceLists?: boolean | undefined;
  /** Each of these customers but for the id, where there are several price lists. */
  readonly unlisted?: Customer | undefined;
  /** Only these customers; absent: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Patterns of ids that get no invoice ({@link matchesId}). */
  readonly exclude?: readonly string[] | undefined;
  /** The usage is estimated from a sample; absent: all of it was measured. */
  readonly sample?: Sample | undefined;
  /** Rows may have taken usage back; absent: they have not. */
  readonly hasCorrections?: boolean | undefined;
  /** The last readings of counters up to the end of the run; absent: there are no counters. */
  readonly lastReadings?: readonly KnownReading[] | undefined;
  /** Balances of the run before, which end where this one begins; absent: every credit is taken in full. */
  readonly opening?: Balances | undefined;
};

/** The invoices of some customers, in the order of `ids`, then of periods. Fails with a Bug where `runProblems` finds any. */
export function* issueInvoices(run: BillingRun, ids: readonly string[] = idsOf(run)): Generator<Invoice> {
  for (const { invoice } of billings(run, issueInvoice, ids)) yield invoice;
}

/** An invoice, and the input from which it is issued. It is issued when it is looked at first. */
export type Billing = { readonly customer: Customer; readonly input: InvoiceInput; readonly invoice: Invoice };

/** Billings in order of customer, then period. `issue`: what issues the invoice of one that is looked at. */
export function* billings(
  run: BillingRun,
  issue: (input: InvoiceInput) => Invoice,
  ids: readonly string[] = idsOf(run),
): Generator<Billing> {
  /** Customers whose periods begin on one day of the month, in one zone, share them. */
  const periodsByAnchor = new Map<string, readonly Period[]>();
  for (const id of ids) {
    const customer = customerCalled(run, id)!;
    const begins = `${customer.anchor} ${customer.timezone}`;
    const periods = periodsByAnchor.get(begins) ?? periodsOf(run, customer);
    periodsByAnchor.set(begins, periods);
    yield* billingsOf(run, customer, periods, issue);
  }
}

/** Billings of one customer in time order; `periods` are those of {@link periodsOf}. */
export function* billingsOf(
  run: BillingRun,
  customer: Customer,
  periods: readonly Period[],
  issue: (input: InvoiceInput) => Invoice,
): Generator<Billing> {
  const { ledger } = run;
  const { id } = customer;
  let balances: readonly Balance[] = balancesAtStart(customer, run.opening);
  for (const period of billedPeriods(run, customer, periods)) {
    const stretches = stretchesOf(run, customer, period);
    const isOne = stretches.length === 1 && isSamePeriod(stretches[0]!.period, period);
    const usage = isOne ? stretches[0]!.usage : ledger.usageOf(id, period);
    const { autoPurchase, tax } = customer;
    const rateCard = rateCardFor(stretches.at(-1)?.list?.rateCard ?? run.rateCard, customer);
    const input = { rateCard, customer: id, period, stretches, usage, autoPurchase, balances, tax };
    const billing = new LazyBilling(customer, input, issue);
    yield billing;
    if (mayHaveCredit(input)) balances = carryOver(balances, billing.invoice.credits, period);
  }
}

/**
 * A class, because V8 makes a hidden class of its own for each object that is written with a getter, and these keep billings
 * that are over until all of the heap is collected.
 */
class LazyBilling implements Billing {
  readonly customer: Customer;
  readonly input: InvoiceInput;
  private readonly issue: (input: InvoiceInput) => Invoice;
  private issued: Invoice | undefined;

  constructor(customer: Customer, input: InvoiceInput, issue: (input: InvoiceInput) => Invoice) {
    this.customer = customer;
    this.input = input;
    this.issue = issue;
  }

  get invoice(): Invoice {
    this.issued ??= this.issue(this.input);
    return this.issued;
  }
}

/**
 * The periods for which a customer gets an invoice: known ones whenever they are on a tier, others when they have rows.
 * `unpriced`: stays that count as well.
 */
export function billedPeriods(
  run: BillingRun,
  customer: Customer,
  periods: readonly Period[],
  unpriced: Customer['unpriced'] = [],
): readonly Period[] {
  if (run.customers.has(customer.id)) {
    const isUnpriced = ({ start, end }: Period) =>
      unpriced.some((stay) => stay.period.start < end && stay.period.end > start);
    return periods.filter((period) => isUnpriced(period) || assignmentsIn(customer, period).length > 0);
  }
  if (periods.length === 1) return periods; // it is in the ledger, so it has rows in the only period there is
  return run.ledger.periodsWithRows(customer.id, periods);
}

/** The tiers that a customer is on in a period, with the usage under each. */
export function stretchesOf({ ledger, rateCard }: BillingRun, customer: Customer, period: Period): Stretch[] {
  const levels = levelsAmong(rateCard.meters);
  return assignmentsIn(customer, period).map(({ tier, period: covered, parts, list }) => {
    const stretch: Mutable<Stretch> = {
      tier,
      period: covered,
      parts,
      levels,
      feeYears: knownFeeYears(customer, covered, zoneOf(customer, rateCard.timezone)),
      usage: ledger.usageOf(customer.id, covered),
      usageBefore: (instant) => ledger.usageOf(customer.id, { start: covered.start, end: instant }, covered),
      usageIn: (part) => ledger.usageOf(customer.id, part),
    };
    if (list) stretch.list = list;
    if (ledger.quantityOf) stretch.quantityIn = (meter, part) => ledger.quantityOf!(customer.id, meter, part);
    return stretch;
  });
}

/** The periods in which a customer can get an invoice, in time order. Empty: the run has no time. */
export function periodsOf(
  { periods, ledger, rateCard }: BillingRun,
  customer: Pick<Customer, 'anchor' | 'timezone'>,
): Period[] {
  if (periods.kind === 'one') return [periodFor(customer, periods.period, rateCard.timezone)];
  if (!ledger.span) return [];
  const { timezone } = rateCard;
  const all = anchoredPeriods(ledger.span.start, ledger.span.end - 1, customer.anchor, timezone);
  return all.map((period) => inOwnZone(period, customer, timezone));
}

/** The time of a run for customers whose months begin on the first; undefined if it bills the months of no rows. */
export function timeOf(run: BillingRun): Period | undefined {
  const periods = periodsOf(run, { anchor: 1 });
  return periods.length === 0 ? undefined : { start: periods[0]!.start, end: periods.at(-1)!.end };
}

/**
 * Billing period of a customer for a chosen period; for a chosen month, an anchored customer's is the one that begins
 * in it.
 */
export function periodFor(customer: Pick<Customer, 'anchor' | 'timezone'>, chosen: Period, zone: string): Period {
  const { anchor } = customer;
  const period = anchor !== 1 && isMonth(chosen, zone) ? anchoredPeriodIn(chosen, anchor, zone) : chosen;
  return inOwnZone(period, customer, zone);
}

/** The customers of a run, in ascending order of their ids. */
export function idsOf({ ledger, customers, only, exclude }: BillingRun): readonly string[] {
  if (customers.size === 0 && !only && !exclude) return ledger.customers;
  const ids = new Set([...ledger.customers, ...customers.keys()]);
  return [...ids].filter((id) => (!only || only.has(id)) && !isExcluded(id, exclude)).sort();
}

export function isExcluded(id: string, patterns: BillingRun['exclude'] = []): boolean {
  return patterns.some((pattern) => matchesId(pattern, id));
}

/**
 * By the customers file, or else on the run's default tier; undefined if there is neither, or the tier needs a
 * contract.
 */
export function customerCalled(
  run: Pick<BillingRun, 'customers' | 'defaultTier' | 'rateCard' | 'unlisted'>,
  id: string,
): Customer | undefined {
  const known = run.customers.get(id);
  if (known) return known;
  if (run.unlisted) return { ...run.unlisted, id };
  const tier = defaultTierOf(run);
  return tier?.kind === 'listed' ? customerOn(tier, id) : undefined;
}

export function defaultTierOf({
  defaultTier,
  rateCard,
}: Pick<BillingRun, 'defaultTier' | 'rateCard'>): Tier | undefined {
  return defaultTier === undefined ? undefined : rateCard.tiers.get(defaultTier);
}
