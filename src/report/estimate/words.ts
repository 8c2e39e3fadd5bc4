/** Numbers and sentences of an estimate, short enough for a column. */

import type { Meter } from '../../core/catalog/meter.ts';
import type { RateCard } from '../../core/catalog/rateCard.ts';
import { Decimal, ZERO } from '../../core/decimal.ts';
import type { BreakEven } from '../../core/estimate/breakEven.ts';
import type { Comparison, RouteChange } from '../../core/estimate/compare.ts';
import type { Estimate, TierQuote } from '../../core/estimate/estimate.ts';
import type { LimitForecast } from '../../core/estimate/limits.ts';
import type { Part } from '../../core/estimate/project.ts';
import { type Blocked, blockedBy } from '../../core/estimate/quotes.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Currency } from '../../core/money.ts';
import type { ProblemSource } from '../../core/problem.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';
import { moneyText, percentText } from '../words.ts';

/** `40M`, `1.25M`, `900k`, `850`: four significant digits at most. */
export function shortCount(quantity: Decimal): string {
  for (const [suffix, scale] of COUNT_SCALES)
    if (quantity.abs().gte(scale)) return `${four(quantity.div(scale))}${suffix}`;
  return four(quantity);
}

/** `160 h`, `12.5 min`, `4 s`, `1.2 ms`. */
export function shortDuration(seconds: Decimal): string {
  if (seconds.isZero()) return '0 s';
  for (const [suffix, scale, from] of DURATION_SCALES) {
    if (seconds.abs().gte(from)) return `${groupDigits(four(seconds.div(scale)))} ${suffix}`;
  }
  return `${four(seconds.times(1000))} ms`;
}

export function shortBytes(bytes: Decimal): string {
  return formatQuantity(bytes.toSignificantDigits(4), 'B');
}

export const SHORT = { requests: shortCount, compute: shortDuration, egress: shortBytes } as const;

const COUNT_SCALES: readonly (readonly [string, Decimal])[] = [
  ['B', new Decimal('1e9')],
  ['M', new Decimal('1e6')],
  ['k', new Decimal('1e3')],
];
const DURATION_SCALES: readonly (readonly [string, Decimal, Decimal])[] = [
  ['h', new Decimal(3600), new Decimal(3600)],
  ['min', new Decimal(60), new Decimal(600)],
  ['s', new Decimal(1), new Decimal(1)],
];

/** Whole numbers of up to four digits keep them all; what is larger is rounded to a whole number. */
function four(number: Decimal): string {
  return number.abs().gte(1000) ? number.toFixed(0) : number.toSignificantDigits(4).toFixed();
}

/** `+12.00`, `-4.00`, `0.00`. */
export function signedMoney(amount: Decimal, currency: Currency): string {
  return `${amount.gt(ZERO) ? '+' : ''}${moneyText(amount, currency)}`;
}

export function signedPercent(share: Fraction): string {
  return `${share.isPositive() ? '+' : ''}${percentText(share, 1)}`;
}

/** `900/s`, `0.25/s`: requests a second. */
export function rateText(perSecond: Fraction): string {
  return `${groupDigits(four(perSecond.round(12)))}/s`;
}

export function partLabel(part: Part): string {
  return { own: 'route itself', middleware: part.name, mirror: 'mirrored requests' }[part.kind];
}

/** True if telemetry told any traffic, compute or size. */
export function isMeasured({ routes }: Estimate): boolean {
  return routes.some(({ route: { origins } }) =>
    [origins.traffic, origins.compute, origins.response].includes('measured'),
  );
}

/** `edge.yaml:3: `; '' where nothing is known of the place. */
export function placeText(source: ProblemSource | undefined): string {
  return source ? `${source.file}${source.line === undefined ? '' : `:${source.line}`}: ` : '';
}

/** `measured over 10 days of telemetry`, `… over 1.25 days …`, `… over 6 hours …`. */
export function measuredText(days: Fraction): string {
  const isPartOfDay = days.cmp(Fraction.ONE) < 0;
  const [count, unit] = isPartOfDay ? [days.times(Fraction.of(24)), 'hour'] : [days, 'day'];
  const shown = count.round(2).toFixed();
  return `measured over ${shown} ${shown === '1' ? unit : `${unit}s`} of telemetry`;
}

/** `2026-10`, or that it is no particular month. */
export function monthLabel(month: string | undefined, days: number): string {
  return month ?? `a month of ${days} days`;
}

/** Why a tier is not simply offered: what it blocks, or that it has no prices. '' if it takes everything. */
export function quoteNote(quote: TierQuote, { rateCard }: Estimate): string {
  if (!quote.invoice) return quote.reason;
  const blocked = blockedBy(quote.invoice);
  if (blocked.length > 0) return `blocks ${blockedText(blocked, rateCard)}`;
  const ifHigh = quote.range?.blockedIfHigh ?? [];
  return ifHigh.length > 0 ? `with high traffic blocks ${blockedText(ifHigh, rateCard)}` : '';
}

/** `162.3M requests (98.2 %), 4.028 TB of egress (97.6 %)`. */
export function blockedText(blocked: readonly Blocked[], { meters }: RateCard): string {
  return blocked
    .map(({ meter, quantity, share }) => `${amountText(quantity, meters.get(meter)!)} (${percentText(share, 1)})`)
    .join(', ');
}

function amountText(quantity: Fraction, { name, unit, family }: Meter): string {
  const text = name === 'requests' ? shortCount(quantity.round(0)) : formatQuantity(quantity.round(0), unit);
  return family === 'count' ? `${text} ${name}` : `${text} of ${name}`;
}

/** `blocks 98.2 % of requests, 97.6 % of egress`; '' where a tier serves everything. */
export function blockedShares({ invoice }: Pick<Estimate, 'invoice'>): string {
  const shares = blockedBy(invoice).map(({ meter, share }) => `${percentText(share, 1)} of ${meter}`);
  return shares.length === 0 ? '' : `blocks ${shares.join(', ')}`;
}

/** `baseline.json is for 31 days: compared by the day, for 30 days`; '' for as many days. */
export function daysOfBaseline({ name, daysOfBaseline: days, before }: Comparison): string {
  return days === undefined ? '' : `${name} is for ${days} days: it is compared by the day, for ${before.days} days`;
}

/** A sentence for a comparison in which one side blocks usage, and so has no price of it; '' if both serve everything. */
export function blockedBefore({ before }: Comparison): string {
  const meters = [...before.blocked.keys()];
  return meters.length === 0 ? '' : `before, ${before.tier} blocked ${meters.join(', ')}`;
}

/** Tiers whose packages pass each other again and again have more crossings than anybody reads. */
const MOST_BREAK_EVENS = 8;

export function breakEvenTexts({ breakEvens, rateCard }: Estimate): string[] {
  const shown = breakEvens.slice(0, MOST_BREAK_EVENS).map((one) => breakEvenText(one, rateCard.currency));
  const more = breakEvens.length - shown.length;
  return more === 0 ? shown : [...shown, `and ${more} more; --format json has all of them`];
}

export function breakEvenText({ from, to, requests, total, reason }: BreakEven, currency: Currency): string {
  const at = `from ${groupDigits(requests.toFixed())} requests`;
  const why = reason === 'blocked' ? `${from} blocks` : `${to} is cheaper than ${from}`;
  return reason === 'blocked'
    ? `${at} ${why}; ${to} bills ${moneyText(total, currency)}`
    : `${at} ${why}: ${moneyText(total, currency)}`;
}

/**
 * `80 % on day 12, 100 % on day 15`; a limit that is not reached says how much of it is used. A limit for a day or a week
 * says what is assumed.
 */
export function limitText(limit: LimitForecast): string {
  const assumed = limit.window ? ` (a limit by the ${limit.window}, traffic spread evenly over the days)` : '';
  return `${reachedText(limit)}${assumed}`;
}

function reachedText({ thresholds, share, isHardCap }: LimitForecast): string {
  const reached = thresholds
    .filter(({ day }) => day !== undefined)
    .map(({ threshold, day }) => `${threshold.times(100).toFixed()} % on day ${day}`);
  const used = share ? `${percentText(share, 1)} used` : '';
  if (reached.length === 0) return used === '' ? 'not used' : `${used}, no threshold reached`;
  const end =
    thresholds.some(({ threshold, day }) => threshold.eq(1) && day !== undefined) && isHardCap ? ', then blocked' : '';
  return `${reached.join(', ')}${end}`;
}

/** `requests 40M → 42M`. */
export function changeReason({ kind, meters }: RouteChange): string {
  if (kind !== 'changed') return '';
  return meters
    .map(({ meter, before, after }) => `${meter} ${SHORT[meter](before)} → ${SHORT[meter](after)}`)
    .join(', ');
}

export const CHANGE_MARKS = { added: '+', removed: '-', changed: '~', same: ' ' } as const;
