/** Revenue month by month: where it came from, where it went, and how much of it stays. */
import { type Decimal, minus, plus, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import type { Basis, BilledMonth } from './input.ts';

export const MOVEMENTS = ['new', 'reactivated', 'expansion', 'contraction', 'churned'] as const;
export type Movement = (typeof MOVEMENTS)[number];

/** A customer from one month to the next. `change` = `after` − `before`; amounts are whole minor units of the basis. */
export type CustomerMonth = {
  readonly customer: string;
  readonly before: Decimal;
  readonly after: Decimal;
  readonly change: Decimal;
  /** Absent: nothing changed, or it is the first month. */
  readonly movement?: Movement;
};

/** Shares about the customers that paid so many months before. They are absent where nobody paid then. */
export type Kept = {
  /** Revenue now ÷ revenue then, of those customers. */
  readonly nrr?: Fraction;
  /** Revenue now ÷ revenue then, without what a customer pays more than then. */
  readonly grr?: Fraction;
  /** Share of those customers that pay nothing now. */
  readonly logoChurn?: Fraction;
};

export const SPANS = { month: 1, quarter: 3, year: 12 } as const;
export type Span = keyof typeof SPANS;

export type RetentionMonth = {
  readonly month: number;
  /** Sum of invoice totals. */
  readonly invoiced: Decimal;
  /** Sum of one-off packs in them, with the tax that was added to these. */
  readonly packs: Decimal;
  /** `closing` − (`invoiced` − `packs`): days of the month and rounding; of committed, usage charges. */
  readonly adjustment: Decimal;
  /** `opening` + the movements = `closing`; of the first month both are its revenue. */
  readonly opening: Decimal;
  readonly closing: Decimal;
  readonly movements: Readonly<Record<Movement, Decimal>>;
  /** Customers that pay. */
  readonly customers: number;
  readonly counts: Readonly<Record<Movement, number>>;
  /** Customers that pay or did the month before, by id. */
  readonly each: readonly CustomerMonth[];
  /** Spans that reach back before the first month are absent. */
  readonly kept: Readonly<Partial<Record<Span, Kept>>>;
};

/** Customers by the month in which they first paid. */
export type Cohort = {
  readonly month: number;
  readonly customers: number;
  /** From the cohort's month (position 0) to the last one. */
  readonly months: readonly {
    readonly customers: number;
    readonly revenue: Decimal;
    /** Share of the revenue in the cohort's month. */
    readonly share: Fraction;
  }[];
};

export type Retention = {
  readonly basis: Basis;
  readonly currency: Currency;
  readonly months: readonly RetentionMonth[];
  readonly cohorts: readonly Cohort[];
  /** Net revenue retention of a month was below 100 % in both of the last two months. */
  readonly alarm: boolean;
};

/** Revenue of the customers that pay in a month: amounts above or below 0 in whole minor units. */
type Revenue = ReadonlyMap<string, Decimal>;

/** `invoices`: of adjoining months, one at least. */
export function retentionOf(invoices: readonly BilledMonth[], basis: Basis, currency: Currency): Retention {
  const byMonth = grouped(invoices, ({ month }) => month);
  const numbers = [...byMonth.keys()].sort((a, b) => a - b);
  const revenues = numbers.map((number) => revenueOf(byMonth.get(number)!, basis, currency));
  const hasPaid = new Set<string>();
  const months = numbers.map((month, i) => {
    const counted = monthOf(byMonth.get(month)!, revenues[i - 1] ?? revenues[i]!, revenues[i]!, hasPaid, i === 0);
    for (const [customer, amount] of revenues[i]!) if (pays(amount)) hasPaid.add(customer);
    return { month, ...counted, kept: keptAt(revenues, i) };
  });
  const lastTwo = months.slice(-2).map(({ kept }) => kept.month?.nrr);
  const alarm = lastTwo.length === 2 && lastTwo.every((nrr) => nrr !== undefined && nrr.cmp(Fraction.ONE) < 0);
  return { basis, currency, months, cohorts: cohortsOf(numbers, revenues), alarm };
}

function grouped<T, Key>(all: readonly T[], keyOf: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

/** Several invoices of a customer in a month count together, and so do their days. */
function revenueOf(invoices: readonly BilledMonth[], basis: Basis, currency: Currency): Revenue {
  const revenue = new Map<string, Decimal>();
  for (const [customer, own] of grouped(invoices, (one) => one.customer)) {
    const committed = () => own.reduce((total, one) => total.plus(one.committed), Fraction.ZERO);
    const billed = () => {
      const amount = sum(own.map(({ total, packs }) => minus(total, packs)));
      const days = own.reduce((total, one) => total + one.days, 0);
      return Fraction.of(amount).times(Fraction.of(30, days));
    };
    const amount = roundToMinorUnit(basis === 'billed' ? billed() : committed(), currency);
    if (!amount.isZero()) revenue.set(customer, amount);
  }
  return revenue;
}

function monthOf(
  invoices: readonly BilledMonth[],
  before: Revenue,
  after: Revenue,
  hasPaid: ReadonlySet<string>,
  isFirst: boolean,
): Omit<RetentionMonth, 'month' | 'kept'> {
  const movements = record<Decimal>(ZERO);
  const counts = record(0);
  const customers = [...new Set([...before.keys(), ...after.keys()])].sort();
  const each = customers.map((customer): CustomerMonth => {
    const [was, is] = [before.get(customer) ?? ZERO, after.get(customer) ?? ZERO];
    const change = minus(is, was);
    const about = { customer, before: was, after: is, change };
    if (isFirst || change.isZero()) return about;
    const movement = movementOf(was, is, hasPaid.has(customer));
    movements[movement] = plus(movements[movement], change);
    counts[movement]++;
    return { ...about, movement };
  });
  const [invoiced, packs] = [sum(invoices.map((one) => one.total)), sum(invoices.map((one) => one.packs))];
  const [opening, closing] = [sum(before.values()), sum(after.values())];
  const paying = [...after.values()].filter(pays).length;
  const adjustment = minus(closing, minus(invoiced, packs));
  return { invoiced, packs, adjustment, opening, closing, movements, customers: paying, counts, each };
}

function record<V>(value: V): Record<Movement, V> {
  return { new: value, reactivated: value, expansion: value, contraction: value, churned: value };
}

/** An invoice below 0 gives back, and is no customer's payment. */
function pays(amount: Decimal): boolean {
  return amount.gt(ZERO);
}

function movementOf(before: Decimal, after: Decimal, hasPaid: boolean): Movement {
  if (pays(before) && !pays(after)) return 'churned';
  if (!pays(before) && pays(after)) return hasPaid ? 'reactivated' : 'new';
  return after.gt(before) ? 'expansion' : 'contraction';
}

function keptAt(revenues: readonly Revenue[], at: number): RetentionMonth['kept'] {
  const kept: Partial<Record<Span, Kept>> = {};
  for (const [span, months] of Object.entries(SPANS) as [Span, number][]) {
    const then = revenues[at - months];
    if (then) kept[span] = keptOf(then, revenues[at]!);
  }
  return kept;
}

function keptOf(then: Revenue, now: Revenue): Kept {
  let [was, net, gross, lost, customers] = [ZERO, ZERO, ZERO, 0, 0];
  for (const [customer, before] of then) {
    if (!pays(before)) continue;
    const amount = now.get(customer) ?? ZERO;
    customers++;
    was = plus(was, before);
    net = plus(net, amount);
    if (!pays(amount)) lost++;
    else gross = plus(gross, amount.lt(before) ? amount : before);
  }
  if (customers === 0) return {};
  const share = (amount: Decimal) => Fraction.of(amount).dividedBy(Fraction.of(was));
  return { nrr: share(net), grr: share(gross), logoChurn: Fraction.of(lost, customers) };
}

function cohortsOf(numbers: readonly number[], revenues: readonly Revenue[]): Cohort[] {
  const firsts = new Map<string, number>();
  for (const [i, revenue] of revenues.entries())
    for (const [customer, amount] of revenue) if (pays(amount) && !firsts.has(customer)) firsts.set(customer, i);
  const cohorts: Cohort[] = [];
  for (const [i, month] of numbers.entries()) {
    const members = [...firsts].flatMap(([customer, first]) => (first === i ? [customer] : []));
    if (members.length === 0) continue;
    const amountsAt = revenues.slice(i).map((revenue) => members.map((customer) => revenue.get(customer) ?? ZERO));
    const first = Fraction.of(sum(amountsAt[0]!));
    const months = amountsAt.map((amounts) => {
      const revenue = sum(amounts);
      const share = Fraction.of(revenue).dividedBy(first);
      return { customers: amounts.filter(pays).length, revenue, share };
    });
    cohorts.push({ month, customers: members.length, months });
  }
  return cohorts;
}
