/** What changed since a baseline: the total, and route by route. */
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Estimate } from './estimate.ts';
import { type Amounts, ESTIMATED_METERS, type EstimatedMeter } from './project.ts';

/** As much of an estimate as a comparison needs; a saved one holds no more. */
export type Snapshot = {
  readonly tier: string;
  readonly total: Decimal;
  /** By meter, what the tier blocks of the usage: the total is no price of that. */
  readonly blocked: ReadonlyMap<string, Fraction>;
  readonly routes: ReadonlyMap<string, { readonly amount: Decimal; readonly usage: Amounts }>;
};

export type Comparison = {
  /** What the baseline is called. */
  readonly name: string;
  readonly before: Snapshot;
  readonly difference: Decimal;
  /** difference ÷ the baseline's total: 0.142 is 14.2 % more. Undefined if the baseline is 0 and this is not. */
  readonly increase?: Fraction;
  readonly routes: readonly RouteChange[];
};

export type RouteChange = {
  readonly route: string;
  /** `same`: it uses the same; its cost may differ all the same, where it shares a fee or included quantities. */
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  readonly before?: Decimal;
  readonly after?: Decimal;
  readonly difference: Decimal;
  readonly increase?: Fraction;
  /** The meters of which it uses another quantity. */
  readonly meters: readonly { readonly meter: EstimatedMeter; readonly before: Decimal; readonly after: Decimal }[];
};

export function snapshotOf({ tier, invoice, routes }: Estimate): Snapshot {
  return {
    tier,
    total: invoice.total,
    blocked: invoice.blocked,
    routes: new Map(routes.map(({ route, amount, usage }) => [route.match, { amount, usage }])),
  };
}

/** Routes in the order of `after`, then what was removed. */
export function compareSnapshots(name: string, before: Snapshot, after: Snapshot): Comparison {
  const routes = [...after.routes.keys(), ...[...before.routes.keys()].filter((route) => !after.routes.has(route))];
  return {
    name,
    before,
    ...change(before.total, after.total),
    routes: routes.map((route) => {
      const [old, now] = [before.routes.get(route), after.routes.get(route)];
      const meters = ESTIMATED_METERS.map((meter) => ({
        meter,
        before: old?.usage[meter] ?? ZERO,
        after: now?.usage[meter] ?? ZERO,
      })).filter((one) => !one.before.eq(one.after));
      const isSame = old && now && meters.length === 0;
      return {
        route,
        kind: !old ? 'added' : !now ? 'removed' : isSame ? 'same' : 'changed',
        ...(old && { before: old.amount }),
        ...(now && { after: now.amount }),
        ...change(old?.amount ?? ZERO, now?.amount ?? ZERO),
        meters,
      };
    }),
  };
}

function change(before: Decimal, after: Decimal): { difference: Decimal; increase?: Fraction } {
  const difference = after.minus(before);
  if (before.isZero()) return difference.isZero() ? { difference, increase: Fraction.ZERO } : { difference };
  return { difference, increase: Fraction.of(difference, before.abs()) };
}
