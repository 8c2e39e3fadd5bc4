/**
 * Price lists that changed within a history: how much dearer each customer became, and how its use moved.
 *
 * D compares mean bills before the change on the same usage, under the list that was in force and under the plan that came after
 * it. Customers differ in D because a new list is dearer for some and cheaper for others; one date of change is enough.
 */
import { BillAverages } from '../behaviour.ts';
import type { Behaviour } from '../parameters.ts';
import { riseOf, usageFactor } from '../priceChange.ts';
import type { ObservedMonth } from './reactionRows.ts';

/** A customer's use before and after a change. */
export type UseChange = {
  readonly customer: string;
  /** First month under the new list. */
  readonly month: number;
  /** Mean log use after the change less that before it, each month's common movement taken off. */
  readonly use: number;
  /** ln f at ε = 1. */
  readonly factor: number;
};

export type ListChanges = {
  /** The months given, those after a change with it. */
  readonly months: readonly ObservedMonth[];
  readonly uses: readonly UseChange[];
};

type Billed = { readonly bill: number; readonly overage: number };

/** Months before a change that use and its price are measured in. */
const YEAR = 12;

/**
 * `months` by customer, then month. `billUnder` bills the usage of the month at a position under the scenario and plan of another
 * month.
 */
export function listChanges(
  months: readonly ObservedMonth[],
  billUnder: (position: number, terms: ObservedMonth) => Billed,
  behaviour: Pick<Behaviour, 'billMemory' | 'materiality'>,
): ListChanges {
  const changed: ObservedMonth[] = [...months];
  const uses: UseChange[] = [];
  const movement = commonMovement(months);
  for (const { from, at, to } of changesIn(months)) {
    const after = months[at]!;
    const newBills = Array.from({ length: at - from }, (_, i) => billUnder(from + i, after));
    const averages = averagesOf(newBills, behaviour.billMemory);
    const before = averagesOf(months.slice(from, at), behaviour.billMemory);
    const rise = riseOf(averages.bill, before.bill, behaviour);
    for (let i = at; i < to; i++)
      changed[i] = { ...months[i]!, change: { rise, since: months[i]!.month - after.month, averages } };
    const use = useChange(months, { from, at, to }, newBills, movement);
    if (use) uses.push(use);
  }
  return { months: changed, uses };
}

/** Positions: the months of a customer from `from` to before `at` under one list, from `at` to before `to` under the next one. */
type Span = { readonly from: number; readonly at: number; readonly to: number };

function changesIn(months: readonly ObservedMonth[]): Span[] {
  const spans: Span[] = [];
  let [from, at] = [0, -1];
  for (let i = 1; i <= months.length; i++) {
    const isSame = months[i]?.customer === months[i - 1]!.customer;
    if (isSame && months[i]!.scenario === months[i - 1]!.scenario) continue;
    if (at >= 0) {
      spans.push({ from, at, to: i });
      from = at;
    }
    at = isSame ? i : -1;
    if (!isSame) from = i;
  }
  return spans;
}

function averagesOf(bills: readonly Billed[], memory: number): BillAverages {
  const averages = new BillAverages();
  for (const [i, { bill, overage }] of bills.entries()) {
    if (i === 0) averages.start(bill, overage);
    else averages.learn(bill, overage, memory);
  }
  return averages;
}

function useChange(
  months: readonly ObservedMonth[],
  { from, at, to }: Span,
  newBills: readonly Billed[],
  movement: ReadonlyMap<number, number>,
): UseChange | undefined {
  const first = Math.max(from, at - YEAR);
  // The price is taken from the earlier half of the months, and the use from the later one. In the same months a peak would raise both
  // and fall back after the change, which looks like a reaction.
  const later = first + Math.ceil((at - first) / 2);
  const priced = months.slice(first, later);
  // A month in which a customer leaves is part of one.
  const after = months.slice(at, to).filter(({ churned }) => !churned);
  const logUse = (part: readonly ObservedMonth[]) =>
    meanOf(part.filter(({ requests }) => requests > 0).map((one) => Math.log(one.requests) - movement.get(one.month)!));
  const use = logUse(after) - logUse(months.slice(later, at));
  if (!Number.isFinite(use)) return undefined;
  const bill = meanOf(newBills.slice(first - from, later - from).map((one) => one.bill));
  const inForce = meanOf(priced.map((one) => one.bill));
  const { customer, month, terms } = months[at]!;
  const isBelowAllowance = meanOf(priced.map(({ requests }) => requests)) < terms.includedRequests;
  const factor = usageFactor({ bill, inForce, isBelowAllowance }, { demandReaction: 1, allowancePull: 0 });
  return { customer, month, use, factor: Math.log(factor) };
}

/** By month: the mean log change of use since the first one, over customers who used something in each month and the one before. */
function commonMovement(months: readonly ObservedMonth[]): Map<number, number> {
  const steps = new Map<number, { sum: number; count: number }>();
  for (const [i, now] of months.entries()) {
    const step = steps.get(now.month) ?? { sum: 0, count: 0 };
    steps.set(now.month, step);
    const before = months[i - 1];
    if (before?.customer !== now.customer || before.month !== now.month - 1) continue;
    if (!(before.requests > 0 && now.requests > 0) || now.churned) continue;
    step.sum += Math.log(now.requests / before.requests);
    step.count++;
  }
  let level = 0;
  const ascending = [...steps].sort(([a], [b]) => a - b);
  return new Map(
    ascending.map(([month, { sum, count }]) => {
      if (count > 0) level += sum / count;
      return [month, level] as const;
    }),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
