/** The estimate as JSON: what checks are about, what `--baseline` reads again, and what the page starts from. */

import type { Decimal } from '../../core/decimal.ts';
import type { Comparison, RouteChange } from '../../core/estimate/compare.ts';
import type { RouteInput } from '../../core/estimate/edge.ts';
import type { Estimate, RouteCost, TierQuote } from '../../core/estimate/estimate.ts';
import type { Note } from '../../core/estimate/note.ts';
import { type Amounts, ESTIMATED_METERS } from '../../core/estimate/project.ts';
import { Fraction } from '../../core/fraction.ts';
import { formatMoney } from '../../core/money.ts';
import { outcomeObjects } from '../checks.ts';
import { invoiceObject } from '../invoice/json.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import { priceListObjects } from './priceLists.ts';
import type { EstimateFormat, EstimateReport, EstimatesFormat, EstimatesReport } from './report.ts';
import { totalsOf } from './totals.ts';

export const estimateJson: EstimateFormat = function* (report) {
  yield `${safeJson(estimateObject(report), 2)}\n`;
};

export const estimatesJson: EstimatesFormat = function* (report) {
  yield `${safeJson(estimatesObject(report), 2)}\n`;
};

/** Several estimates and what they cost together. What a meter counts is added up where every estimate has it. */
export function estimatesObject({ reports, checks, notes }: EstimatesReport): Record<string, unknown> {
  const { currency } = reports[0]!.estimate.rateCard;
  const totals = totalsOf(reports);
  return {
    formatVersion: FORMAT_VERSION,
    kind: 'estimates',
    currency: currency.code,
    total: formatMoney(totals.total, currency),
    low: formatMoney(totals.low, currency),
    high: formatMoney(totals.high, currency),
    estimates: reports.map(estimateObject),
    notes: noteObjects(notes),
    ...(checks.length > 0 && { checks: outcomeObjects(checks) }),
  };
}

function noteObjects(notes: readonly Note[]): readonly object[] {
  return notes.map(({ message, source }) => ({ message, file: source?.file ?? null, line: source?.line ?? null }));
}

/** The result, with its fields in their order. `checks` are left out while they are still to be worked out. */
export function estimateObject(report: EstimateReport): Record<string, unknown> {
  const { estimate, comparison } = report;
  const { rateCard, invoice, usage, range } = estimate;
  const { currency } = rateCard;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const bill = invoiceObject(invoice, false);
  return {
    formatVersion: FORMAT_VERSION,
    kind: 'estimate',
    currency: currency.code,
    source: report.name,
    period: { month: report.month ?? null, days: estimate.days },
    tier: estimate.tier,
    total: money(invoice.total),
    low: money(range?.low ?? invoice.total),
    high: money(range?.high ?? invoice.total),
    cheapest: estimate.cheapest ?? null,
    ...(comparison && baselineFields(comparison, estimate)),
    usage: Object.fromEntries([...usage].map(([meter, { quantity }]) => [meter, quantity.toFixed()])),
    blocked: bill.blocked,
    invoice: { lines: bill.lines, subtotal: bill.subtotal, tax: bill.tax, total: bill.total },
    tiers: Object.fromEntries(estimate.quotes.map((quote) => [quote.tier.name, quoteObject(quote, estimate)])),
    ...(report.priceLists && { priceLists: priceListObjects(report.priceLists) }),
    breakEvens: estimate.breakEvens.map(({ from, to, requests, total, reason }) => ({
      from,
      to,
      requests: requests.toFixed(),
      total: money(total),
      reason,
    })),
    limits: estimate.limits.map(({ meter, limit, used, share, isHardCap, window, thresholds }) => ({
      meter,
      limit: limit.toString(),
      used: used.toFixed(),
      share: ratio(share),
      hardCap: isHardCap,
      ...(window && { window }),
      thresholds: thresholds.map(({ threshold, day }) => ({ threshold: threshold.toFixed(), day: day ?? null })),
    })),
    routes: estimate.routes.map((route) => routeObject(route, estimate)),
    middleware: estimate.middleware.map(({ name, routes, usage: used, amount }) => ({
      name,
      total: money(amount),
      routes,
      usage: amountsObject(used),
    })),
    unassigned: money(estimate.unassigned),
    measuredDays: report.measuredDays?.round(6).toNumber() ?? null,
    warnings: report.warnings.map(({ code, message, source }) => ({
      code,
      message,
      file: source?.file ?? null,
      line: source?.line ?? null,
    })),
    notes: noteObjects(report.notes),
    ...(report.checks.length > 0 && { checks: outcomeObjects(report.checks) }),
  };
}

function quoteObject(quote: TierQuote, { rateCard, cheapest }: Estimate): Record<string, unknown> {
  const money = (amount: Decimal | undefined) => (amount ? formatMoney(amount, rateCard.currency) : null);
  const total = quote.invoice?.total;
  return {
    total: money(total),
    low: money(quote.range ? quote.range.low : total),
    high: money(quote.range ? quote.range.high : total),
    cheapest: quote.tier.name === cheapest,
    blocked: quote.invoice
      ? Object.fromEntries([...quote.invoice.blocked].map(([meter, quantity]) => [meter, quantity.toString()]))
      : {},
    reason: quote.reason ?? null,
  };
}

function routeObject({ route, usage, amount, parts }: RouteCost, estimate: Estimate): Record<string, unknown> {
  const money = (value: Decimal) => formatMoney(value, estimate.rateCard.currency);
  const input = (key: RouteInput, value: unknown) => ({ value, origin: route.origins[key] });
  const { low, expected, high } = route.traffic;
  const total = [...route.regions.values()].reduce((a, b) => a.plus(b));
  return {
    route: route.match,
    total: money(amount),
    usage: amountsObject(usage),
    parts: parts.map(({ part, amount: own }) => ({
      kind: part.kind,
      ...(part.kind === 'middleware' && { name: part.name }),
      total: money(own),
      usage: amountsObject(part.total),
    })),
    inputs: {
      traffic: input('traffic', { low: low.toFixed(), expected: expected.toFixed(), high: high.toFixed() }),
      compute: input('compute', route.computeSeconds.toFixed()),
      response: input('response', route.responseBytes.toFixed()),
      cacheHit: input('cacheHit', route.cacheHit.toFixed()),
      mirror: input('mirror', route.mirror.toString()),
      regions: input(
        'regions',
        Object.fromEntries(
          [...route.regions].map(([region, weight]) => [region, Fraction.of(weight, total).toString()]),
        ),
      ),
    },
  };
}

function amountsObject(amounts: Amounts): Record<string, string> {
  return Object.fromEntries(ESTIMATED_METERS.map((meter) => [meter, amounts[meter].toFixed()]));
}

function baselineFields(comparison: Comparison, { rateCard }: Estimate): Record<string, unknown> {
  const money = (amount: Decimal | undefined) => (amount ? formatMoney(amount, rateCard.currency) : null);
  const change = ({ route, kind, before, after, difference, increase }: RouteChange) => ({
    route,
    change: kind,
    before: money(before),
    after: money(after),
    difference: money(difference),
    increase: ratio(increase),
  });
  return {
    difference: money(comparison.difference),
    increase: ratio(comparison.increase),
    baseline: {
      source: comparison.name,
      tier: comparison.before.tier,
      total: money(comparison.before.total),
      days: comparison.daysOfBaseline ?? comparison.before.days,
      blocked: Object.fromEntries([...comparison.before.blocked].map(([meter, used]) => [meter, used.toString()])),
      routes: comparison.routes.map(change),
    },
  };
}

/** A share as a plain decimal, `null` where there is none. */
function ratio(share: Fraction | undefined): string | null {
  return share ? share.toString() : null;
}
