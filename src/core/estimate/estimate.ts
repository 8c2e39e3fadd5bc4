/** Estimates the cost of a route configuration: its usage, billed by the same functions as real usage. */
import { assert } from '../assert.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { type Decimal, sum, ZERO } from '../decimal.ts';
import type { Invoice } from '../invoice/invoice.ts';
import { daysIn, type Period } from '../period.ts';
import type { Usage } from '../usage/ledger.ts';
import { attribute, type PartCost } from './attribute.ts';
import { type BreakEven, breakEvens } from './breakEven.ts';
import { type Case, type EdgeConfig, type EdgeRoute, hasRange } from './edge.ts';
import { forecastLimits, type LimitForecast } from './limits.ts';
import { type Amounts, addUp, project, usageOf } from './project.ts';
import { type Blocked, blockedBy, cheapestOf, type Quote, quoteOf } from './quotes.ts';

export type EstimateInput = {
  readonly rateCard: RateCard;
  readonly config: EdgeConfig;
  readonly period: Period;
  /** Name of the tier that the configuration is meant to run on. Its quote must have no reason to refuse. */
  readonly tier: string;
};

export type Estimate = {
  readonly rateCard: RateCard;
  readonly config: EdgeConfig;
  readonly period: Period;
  readonly days: number;
  readonly tier: string;
  readonly usage: Usage;
  readonly invoice: Invoice;
  /** Totals of the chosen tier with low and with high traffic; absent if all traffic is given as one figure. */
  readonly range?: { readonly low: Decimal; readonly high: Decimal };
  readonly quotes: readonly TierQuote[];
  readonly cheapest?: string;
  readonly routes: readonly RouteCost[];
  readonly middleware: readonly MiddlewareCost[];
  /** Cost that belongs to no route; above zero only if there is no traffic at all. */
  readonly unassigned: Decimal;
  readonly breakEvens: readonly BreakEven[];
  readonly limits: readonly LimitForecast[];
};

export type TierQuote = Quote & {
  readonly range?: {
    readonly low?: Decimal;
    readonly high?: Decimal;
    /** Usage that the tier blocks with high traffic. */
    readonly blockedIfHigh: readonly Blocked[];
  };
};

/** A route's share of the total, by its parts; the parts add up to `amount`, the routes to the total. */
export type RouteCost = {
  readonly route: EdgeRoute;
  readonly usage: Amounts;
  readonly amount: Decimal;
  readonly parts: readonly PartCost[];
};

export type MiddlewareCost = {
  readonly name: string;
  /** Routes on which it runs. */
  readonly routes: number;
  readonly usage: Amounts;
  readonly amount: Decimal;
};

export function estimate(input: EstimateInput): Estimate {
  const { rateCard, config, period, tier: name } = input;
  const tier = rateCard.tiers.get(name);
  assert(tier?.kind === 'listed', () => `there is no tier ${name} that can be billed`);
  const projections = project(config, 'expected');
  const usage = usageOf(projections, rateCard);
  const quotes = quotesWithRange(input, usage);
  const chosen = quotes.find((quote) => quote.tier === tier)!;
  const { invoice } = chosen;
  assert(invoice !== undefined, () => `tier ${name} cannot bill this: ${chosen.reason}`);

  const { parts, unassigned } = attribute(
    invoice,
    projections.flatMap((projection) => projection.parts),
    rateCard.meters,
  );
  let taken = 0;
  const routes = projections.map(({ route, parts: own }): RouteCost => {
    const costs = parts.slice(taken, taken + own.length);
    taken += own.length;
    return { route, usage: addUp(own.map(({ total }) => total)), amount: amountOf(costs), parts: costs };
  });
  const assigned = sum(routes.map((route) => route.amount)).plus(unassigned);
  assert(assigned.eq(invoice.total), () => `routes cost ${assigned}, but the invoice says ${invoice.total}`);

  const cheapest = cheapestOf(quotes);
  return {
    rateCard,
    config,
    period,
    days: daysIn(period, rateCard.timezone),
    tier: name,
    usage,
    invoice,
    ...(chosen.range && { range: { low: chosen.range.low ?? ZERO, high: chosen.range.high ?? invoice.total } }),
    quotes,
    ...(cheapest && { cheapest: cheapest.tier.name }),
    routes,
    middleware: middlewareCosts(config, parts),
    unassigned,
    breakEvens: breakEvens(rateCard, usage, quotes, period),
    limits: forecastLimits(tier, usage, {
      thresholds: rateCard.notifications.thresholds,
      period,
      zone: rateCard.timezone,
    }),
  };
}

/** The configuration's usage on every tier, in the order of the tier file. */
export function quotesWithRange({ rateCard, config, period }: Omit<EstimateInput, 'tier'>, usage: Usage): TierQuote[] {
  const tiers = [...rateCard.tiers.values()];
  const expected = tiers.map((tier) => quoteOf(rateCard, tier, usage, period));
  if (!hasRange(config)) return expected;
  const invoices = (which: Case) => {
    const other = usageOf(project(config, which), rateCard);
    return tiers.map((tier) => quoteOf(rateCard, tier, other, period).invoice);
  };
  const [low, high] = [invoices('low'), invoices('high')];
  return expected.map((quote, i) => ({
    ...quote,
    range: {
      ...(low[i] && { low: low[i].total }),
      ...(high[i] && { high: high[i].total }),
      blockedIfHigh: high[i] ? blockedBy(high[i]) : [],
    },
  }));
}

function middlewareCosts({ middleware }: EdgeConfig, parts: readonly PartCost[]): MiddlewareCost[] {
  return [...middleware.keys()].flatMap((name) => {
    const own = parts.filter(({ part }) => part.kind === 'middleware' && part.name === name);
    if (own.length === 0) return [];
    return [{ name, routes: own.length, usage: addUp(own.map(({ part }) => part.total)), amount: amountOf(own) }];
  });
}

function amountOf(costs: readonly PartCost[]): Decimal {
  return sum(costs.map(({ amount }) => amount));
}
