/** All changes of a comparison together. */
import { type Decimal, minus, plus, ZERO } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import { addedCauses, type Causes } from './causes.ts';
import { type CustomerChange, increaseOf } from './customerChange.ts';

export type Money = {
  readonly before: Decimal;
  readonly after: Decimal;
  readonly change: Decimal;
  /** `change` ÷ `before`; undefined where that is 0. */
  readonly increase: Fraction | undefined;
};

export const PERCENTILES = ['p5', 'p25', 'p50', 'p75', 'p95'] as const;

/** Nearest rank: each is the value of a customer. */
export type Distribution<V> = Readonly<Record<(typeof PERCENTILES)[number] | 'smallest' | 'largest', V>>;

export type Counts = { readonly all: number; readonly more: number; readonly less: number; readonly same: number };

/** Customers by the tier that they are on before; '' for those that were on none. */
export type TierSummary = { readonly tier: string; readonly customers: Counts; readonly revenue: Money };

export type Summary = {
  readonly revenue: Money;
  readonly customers: Counts & {
    /** Billed on one side only. */
    readonly joined: number;
    readonly left: number;
    /** They owed nothing before and owe something now. */
    readonly fromNothing: number;
    /** Hard caps block more of their usage. */
    readonly moreBlocked: number;
  };
  readonly causes: Causes;
  /** Customers that are billed on both sides alone; `increase` without those that owed nothing before. */
  readonly change: Distribution<Decimal> | undefined;
  readonly increase: Distribution<Fraction> | undefined;
  readonly tiers: readonly TierSummary[];
  /** Customers for whom another tier costs less after the change, and by how much all together. */
  readonly cheaperElsewhere: { readonly customers: number; readonly saving: Decimal };
};

export function summaryOf(changes: readonly CustomerChange[]): Summary {
  const both = changes.filter(isOnBothSides);
  const cheaper = changes.filter((one) => one.cheaper);
  const tiers = new Map<string, CustomerChange[]>();
  for (const change of changes) {
    const name = change.tierBefore ?? '';
    const own = tiers.get(name);
    if (own) own.push(change);
    else tiers.set(name, [change]);
  }
  return {
    revenue: moneyOf(changes),
    customers: {
      ...countsOf(changes),
      joined: changes.filter(({ tierBefore }) => tierBefore === undefined).length,
      left: changes.filter(({ tierAfter }) => tierAfter === undefined).length,
      fromNothing: both.filter(({ increase }) => increase === undefined).length,
      moreBlocked: changes.filter(({ isMoreBlocked }) => isMoreBlocked).length,
    },
    causes: addedCauses(changes.map(({ causes }) => causes)),
    change: distributionOf(
      both.map(({ change }) => change),
      (a, b) => a.cmp(b),
    ),
    increase: distributionOf(
      both.flatMap(({ increase }) => increase ?? []),
      (a, b) => a.cmp(b),
    ),
    tiers: [...tiers].map(([tier, own]) => ({ tier, customers: countsOf(own), revenue: moneyOf(own) })),
    cheaperElsewhere: {
      customers: cheaper.length,
      saving: cheaper.reduce(
        (saved: Decimal, { after, cheaper: best }) => plus(saved, minus(after, best!.total)),
        ZERO,
      ),
    },
  };
}

export function isOnBothSides({ tierBefore, tierAfter }: CustomerChange): boolean {
  return tierBefore !== undefined && tierAfter !== undefined;
}

function moneyOf(changes: readonly CustomerChange[]): Money {
  let [before, after]: [Decimal, Decimal] = [ZERO, ZERO];
  for (const one of changes) {
    before = plus(before, one.before);
    after = plus(after, one.after);
  }
  const change = minus(after, before);
  return { before, after, change, increase: increaseOf(before, change) };
}

function countsOf(changes: readonly CustomerChange[]): Counts {
  const more = changes.filter(({ change }) => change.gt(0)).length;
  const less = changes.filter(({ change }) => change.lt(0)).length;
  return { all: changes.length, more, less, same: changes.length - more - less };
}

function distributionOf<V>(values: V[], compare: (a: V, b: V) => number): Distribution<V> | undefined {
  if (values.length === 0) return undefined;
  values.sort(compare);
  const at = (percent: number) => values[Math.max(0, Math.ceil((percent * values.length) / 100) - 1)]!;
  return {
    p5: at(5),
    p25: at(25),
    p50: at(50),
    p75: at(75),
    p95: at(95),
    smallest: values[0]!,
    largest: values.at(-1)!,
  };
}
