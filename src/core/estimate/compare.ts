/** Compares an estimate with a baseline: the total, and route by route. */
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Estimate } from './estimate.ts';
import { type Amounts, ESTIMATED_METERS, type EstimatedMeter } from './project.ts';

/** Summary of an estimate that a comparison needs; a saved one holds no more. */
export type Snapshot = {
  readonly tier: string;
  readonly total: Decimal;
  /** Days of the estimate's period. */
  readonly days: number;
  /** Blocked usage by meter; the total holds no price of it. */
  readonly blocked: ReadonlyMap<string, Fraction>;
  readonly routes: ReadonlyMap<string, { readonly amount: Decimal; readonly usage: Amounts }>;
};

export type Comparison = {
  /** Name of the baseline. */
  readonly name: string;
  readonly before: Snapshot;
  /**
   * Days of the baseline, if it is for another number of days: `before` is then by the day, for as many days as
   * `after`.
   */
  readonly daysOfBaseline?: number;
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

export function snapshotOf({ tier, days, invoice, routes }: Estimate): Snapshot {
  return {
    tier,
    total: invoice.total,
    days,
    blocked: invoice.blocked,
    routes: new Map(routes.map(({ route, amount, usage }) => [route.match, { amount, usage }])),
  };
}

/**
 * Routes in the order of `after`, then what was removed. Amounts are in a currency with `minorUnit` digits after the
 * point.
 */
export function compareSnapshots(name: string, saved: Snapshot, after: Snapshot, minorUnit: number): Comparison {
  const before = saved.days === after.days ? saved : forDays(saved, after.days, minorUnit);
  const routes = [...after.routes.keys(), ...[...before.routes.keys()].filter((route) => !after.routes.has(route))];
  return {
    name,
    before,
    ...(before !== saved && { daysOfBaseline: saved.days }),
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

/** Amounts to the minor unit, requests whole, compute and egress to the millionth. */
function forDays(snapshot: Snapshot, days: number, minorUnit: number): Snapshot {
  const scaled = (value: Decimal | Fraction, digits: number) => {
    const exact = value instanceof Fraction ? value : Fraction.of(value);
    return exact.times(Fraction.of(days, snapshot.days)).round(digits);
  };
  const usageOf = (usage: Amounts): Amounts => ({
    requests: scaled(usage.requests, 0),
    compute: scaled(usage.compute, 6),
    egress: scaled(usage.egress, 6),
  });
  return {
    tier: snapshot.tier,
    days,
    total: scaled(snapshot.total, minorUnit),
    blocked: new Map([...snapshot.blocked].map(([meter, quantity]) => [meter, Fraction.of(scaled(quantity, 6))])),
    routes: new Map(
      [...snapshot.routes].map(([route, { amount, usage }]) => [
        route,
        { amount: scaled(amount, minorUnit), usage: usageOf(usage) },
      ]),
    ),
  };
}

function change(before: Decimal, after: Decimal): { difference: Decimal; increase?: Fraction } {
  const difference = after.minus(before);
  if (before.isZero()) return difference.isZero() ? { difference, increase: Fraction.ZERO } : { difference };
  return { difference, increase: Fraction.of(difference, before.abs()) };
}
