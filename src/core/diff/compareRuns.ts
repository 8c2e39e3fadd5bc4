/** Compares two billing runs over one ledger, customer by customer. */
import { assert } from '../assert.ts';
import type { Assignment, Customer } from '../catalog/customer.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { minus } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Billing, type BillingRun, billingsOf, customerCalled, idsOf, periodsOf } from '../invoice/billingRun.ts';
import { unknownYear } from '../invoice/feeYears.ts';
import type { Invoice } from '../invoice/invoice.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';
import { customerProblems } from '../invoice/runProblems.ts';
import type { Period } from '../period.ts';
import { addedCauses, type Causes } from './causes.ts';
import { type ComparedPeriod, type CustomerChange, changeOf } from './customerChange.ts';
import { cheaperTier } from './otherTiers.ts';
import { priceCauses } from './priceCauses.ts';

/** The runs have the same ledger; both can be billed (`runProblems` finds nothing). */
export type RunPair = { readonly before: BillingRun; readonly after: BillingRun };

type BillingPair = { readonly before: Billing | undefined; readonly after: Billing | undefined };

/** Billings of the customer that was asked for last: several comparisons have one run in common. */
const LATEST = new WeakMap<BillingRun, { readonly id: string; readonly billings: ReadonlyMap<number, Billing> }>();

export class RunComparison {
  private readonly pair: RunPair;
  /** Customers with rows. */
  private readonly used: ReadonlySet<string>;
  /** By run, then by the day on which billing periods begin. */
  private readonly periods = new Map<BillingRun, Map<number, readonly Period[]>>();

  constructor(pair: RunPair) {
    this.pair = pair;
    this.used = new Set(pair.before.ledger.customers);
  }

  /** A change for each customer of either run, in ascending order of their ids. */
  *changes(): Generator<CustomerChange> {
    const ids = new Set([...idsOf(this.pair.before), ...idsOf(this.pair.after)]);
    for (const id of [...ids].sort()) {
      const pairs = this.pairsOf(id);
      if (pairs.length > 0) yield this.changeOf(id, pairs);
    }
  }

  /** The invoices of a customer side by side, in time order of their periods. */
  invoicesOf(id: string): { readonly before: Invoice | undefined; readonly after: Invoice | undefined }[] {
    return this.pairsOf(id).map(({ before, after }) => ({ before: before?.invoice, after: after?.invoice }));
  }

  private changeOf(id: string, pairs: readonly BillingPair[]): CustomerChange {
    const moved = this.billingsBetween(id);
    const periods = pairs.map(({ before, after }): ComparedPeriod => {
      const billing = before && after && moved?.byStart.get(after.input.period.start);
      return {
        before: before?.invoice,
        after: after?.invoice,
        causes: causesOf(before, after, moved && billing && { side: moved.side, billing }),
        isMoreBlocked: before !== undefined && after !== undefined && blocksMore(before.invoice, after.invoice),
      };
    });
    const billed = pairs.flatMap(({ after }) => after ?? []);
    const cheaper = billed.length > 0 ? cheaperTier(this.pair.after, billed[0]!.customer, billed) : undefined;
    return { ...changeOf(id, periods), ...(cheaper && { cheaper }) };
  }

  private pairsOf(id: string): BillingPair[] {
    const [one, other] = [this.billingsOf(this.pair.before, id), this.billingsOf(this.pair.after, id)];
    const starts = [...new Set([...one.keys(), ...other.keys()])].sort((a, b) => a - b);
    return starts.map((start) => ({ before: one.get(start), after: other.get(start) }));
  }

  private billingsOf(run: BillingRun, id: string): ReadonlyMap<number, Billing> {
    const last = LATEST.get(run);
    if (last?.id === id) return last.billings;
    const customer = run.customers.has(id) || this.used.has(id) ? customerCalled(run, id) : undefined;
    const billings = customer ? this.ofCustomer(run, customer) : new Map<number, Billing>();
    LATEST.set(run, { id, billings });
    return billings;
  }

  /** By start of the period; `known`: the run with the customer as it is to be billed. */
  private ofCustomer(run: BillingRun, customer: Customer, known = run): ReadonlyMap<number, Billing> {
    const byAnchor = this.periods.get(run) ?? new Map<number, readonly Period[]>();
    this.periods.set(run, byAnchor);
    const periods = byAnchor.get(customer.anchor) ?? periodsOf(run, customer);
    byAnchor.set(customer.anchor, periods);
    const billings = billingsOf(known, customer, periods, issueInvoice);
    return new Map([...billings].map((billing) => [billing.input.period.start, billing]));
  }

  /**
   * The billings of a customer that is on other tiers after the change, with one of the two changes alone: on the new tiers
   * under the list before, or, where that has none of these names, on the old tiers under the list after. Undefined: the
   * customer is on the same tiers, or neither list has the other's tiers, which is a tier with a new name.
   */
  private billingsBetween(
    id: string,
  ): { readonly side: Between['side']; readonly byStart: ReadonlyMap<number, Billing> } | undefined {
    const { before, after } = this.pair;
    const [one, other] = [customerCalled(before, id), customerCalled(after, id)];
    if (!one || !other || isSameHistory(one, other)) return undefined;
    const { anchor, grants, autoPurchase } = one;
    const moved = this.under(before, { ...other, anchor, grants, autoPurchase }, after.rateCard);
    if (moved) return { side: 'before', byStart: moved };
    const stayed = this.under(
      after,
      { ...one, anchor: other.anchor, grants: other.grants, autoPurchase: other.autoPurchase },
      before.rateCard,
    );
    return stayed && { side: 'after', byStart: stayed };
  }

  /** The customer's billings on the tiers of the same names in a run's list; undefined where it cannot be billed there. */
  private under(run: BillingRun, customer: Customer, from: RateCard): ReadonlyMap<number, Billing> | undefined {
    const history: Assignment[] = [];
    for (const assignment of customer.history) {
      const listed = run.rateCard.tiers.get(assignment.tier.name);
      if (!listed) return undefined;
      // A contract's own prices win over every list.
      const isContract = from.tiers.get(assignment.tier.name) !== assignment.tier;
      const tier = isContract ? assignment.tier : listed;
      if (tier.kind !== 'listed') return undefined;
      history.push({ ...assignment, tier });
    }
    const moved = { ...customer, history };
    const isBillable =
      unknownYear(moved, () => periodsOf(run, moved), run.rateCard.timezone).length === 0 &&
      customerProblems(run, moved, new Set()).length === 0;
    // A customer of the customers file is billed whenever it is on a tier.
    const known = run.customers.has(customer.id) ? { ...run, customers: new Map([[customer.id, moved]]) } : run;
    return isBillable ? this.ofCustomer(run, moved, known) : undefined;
  }
}

type Between = { readonly side: 'before' | 'after'; readonly billing: Billing };

/** `between`: the tier that is moved to under the list before, or the one that is left under the list after. */
function causesOf(before: Billing | undefined, after: Billing | undefined, between: Between | undefined): Causes {
  if (!before || !after) {
    assert(before !== undefined || after !== undefined, () => 'two sides without an invoice are compared');
    return addedCauses([{ presence: after ? after.invoice.total : before!.invoice.total.neg() }]);
  }
  if (!between) return priceCauses(before, after);
  const { side, billing } = between;
  return side === 'before'
    ? addedCauses([{ tier: minus(billing.invoice.total, before.invoice.total) }, priceCauses(billing, after)])
    : addedCauses([priceCauses(before, billing), { tier: minus(after.invoice.total, billing.invoice.total) }]);
}

function isSameHistory(one: Customer, other: Customer): boolean {
  return (
    one.history.length === other.history.length &&
    one.history.every(({ tier, from, to }, i) => {
      const also = other.history[i]!;
      return tier.name === also.tier.name && from === also.from && to === also.to;
    })
  );
}

function blocksMore(before: Invoice, after: Invoice): boolean {
  return [...after.blocked].some(([meter, quantity]) => {
    return quantity.cmp(before.blocked.get(meter) ?? Fraction.ZERO) > 0;
  });
}
