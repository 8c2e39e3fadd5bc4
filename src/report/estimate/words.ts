/** Numbers and sentences of an estimate, short enough for a column. */
import { Decimal, ZERO } from '../../core/decimal.ts';
import type { BreakEven } from '../../core/estimate/breakEven.ts';
import type { RouteChange } from '../../core/estimate/compare.ts';
import type { Estimate, TierOffer } from '../../core/estimate/estimate.ts';
import type { LimitForecast } from '../../core/estimate/limits.ts';
import type { Part } from '../../core/estimate/project.ts';
import type { Fraction } from '../../core/fraction.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';

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

export function money(amount: Decimal, currency: Currency): string {
  return groupDigits(formatMoney(amount, currency));
}

/** `+12.00`, `-4.00`, `0.00`. */
export function signedMoney(amount: Decimal, currency: Currency): string {
  return `${amount.gt(ZERO) ? '+' : ''}${money(amount, currency)}`;
}

/** `14.2 %`. */
export function percent(share: Fraction, digits = 1): string {
  return `${groupDigits(
    share
      .round(digits + 2)
      .times(100)
      .toFixed(digits),
  )} %`;
}

export function signedPercent(share: Fraction): string {
  return `${share.isPositive() ? '+' : ''}${percent(share)}`;
}

export function partLabel(part: Part): string {
  return { own: 'route itself', middleware: part.name, mirror: 'mirrored requests' }[part.kind];
}

/** `2026-10`, or that it is no particular month. */
export function monthLabel(month: string | undefined, days: number): string {
  return month ?? `a month of ${days} days`;
}

/** Why a tier is not simply offered: what it blocks, or that it has no prices. '' if it takes everything. */
export function offerNote(offer: TierOffer, { rateCard }: Estimate): string {
  if (!offer.invoice) return offer.reason;
  const blocked = [...offer.invoice.blocked].map(([name, quantity]) => {
    const text =
      name === 'requests'
        ? shortCount(quantity.round(0))
        : formatQuantity(quantity.round(0), rateCard.meters.get(name)!.unit);
    return rateCard.meters.get(name)!.family === 'count' ? `${text} ${name}` : `${text} of ${name}`;
  });
  return blocked.length === 0 ? '' : `blocks ${blocked.join(', ')}`;
}

export function breakEvenText({ from, to, requests, total, reason }: BreakEven, currency: Currency): string {
  const at = `from ${shortCount(requests.toSignificantDigits(4, Decimal.ROUND_UP))} requests`;
  const why = reason === 'blocked' ? `${from} blocks` : `${to} is cheaper than ${from}`;
  return reason === 'blocked'
    ? `${at} ${why}; ${to} bills ${money(total, currency)}`
    : `${at} ${why}: ${money(total, currency)}`;
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
  const used = share ? `${percent(share)} used` : '';
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
