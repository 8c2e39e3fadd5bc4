/** Entries of a timeline in words, for tables and Markdown. */
import { formatWallClock } from '../../core/calendar.ts';
import { type Decimal, sum } from '../../core/decimal.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';
import type { EntryKind, TimelineEntry } from '../../core/timeline/entry.ts';
import { instantOf } from '../../core/timestamp.ts';
import { counted, countText, exactPercentText, moneyText } from '../words.ts';
import type { TimelineReport } from './report.ts';

type Terms = Pick<TimelineReport, 'currency' | 'timezone' | 'meters'>;

/** `2026-10-19 08:31:07.412`; of an entry that is known by the hour `2026-10-19 08:00, hour`. */
export function whenText({ at, resolution }: TimelineEntry, { timezone }: Terms): string {
  const clock = formatWallClock(instantOf(at), timezone);
  return resolution === 'hour' ? `${clock.slice(0, 16)}, hour` : clock;
}

/** Parts of the event: `limit of requests: 201 458 of 200 000`, `overage begins`. */
export function whatTexts(entry: TimelineEntry, terms: Terms): string[] {
  const { kind, meter = '', threshold, used, limit, credit } = entry;
  const forMinimum = isAtPeriodEnd(entry) ? ['when the minimum is charged'] : [];
  const quantity = (value: Decimal) => formatQuantity(value, terms.meters.get(meter)?.unit ?? '');
  const ofLimit = () => `${quantity(used)} of ${quantity(limit.round(3))}`;
  switch (kind) {
    case 'threshold':
      return [`${exactPercentText(threshold!)} of ${meter}: ${ofLimit()}`];
    case 'limit':
      return [`limit of ${meter}: ${ofLimit()}`, entry.isCapped ? 'rest blocked' : 'overage begins'];
    case 'credit_pack_started':
      return [
        `credit ${credit!.id} begins to pay`,
        `${money(used, terms)} of ${money(limit.round(9), terms)}`,
        ...forMinimum,
      ];
    case 'credit_exhausted':
      return [`credit ${credit!.id} is used up`, money(used, terms), ...forMinimum];
    case 'rate_limit':
      return [`rate limit of ${limit}/s: ${quantity(used)} in a second`, ...(entry.caveat ? [SUMMED_ROWS] : [])];
    case 'rate_limit_day':
      return rateTexts([entry]);
  }
}

/** Nothing is used at a period's end, which is excluded: a credit that is drawn there pays what the minimum adds. */
function isAtPeriodEnd({ at, period }: TimelineEntry): boolean {
  return at === BigInt(period.end) * 1_000_000n;
}

/** Days above rate limits as one: `above 50/s on 3 days, in 40 seconds`, `1 200 requests too many`. */
export function rateTexts(entries: readonly TimelineEntry[]): string[] {
  const limits = [...new Set(entries.map(({ limit }) => `${limit}/s`))].join(' and ');
  const seconds = entries.reduce((count, { rate }) => count + rate!.seconds, 0);
  const above = sum(entries.map(({ rate }) => rate!.above));
  const unsure = entries.reduce((count, { rate }) => count + rate!.unsure, 0);
  return [
    `above ${limits} on ${counted(entries.length, 'day')}, in ${counted(seconds, 'second')}`,
    `${groupDigits(above.toFixed())} ${entries[0]!.meter} too many`,
    ...(unsure === 0 ? [] : [unsure === seconds ? SUMMED_ROWS : `in ${countText(unsure)} of them ${SUMMED_ROWS}`]),
  ];
}

/** Note on a rate that rows may overstate. */
const SUMMED_ROWS = 'perhaps fewer: rows may add up more than a second';

const IS_RATE: ReadonlySet<string> = new Set(['rate_limit', 'rate_limit_day'] satisfies EntryKind[]);

/** Parts of its consequence: `on course for 268 000, 2.72 USD beyond`, `scale would save 1.10 USD`. */
export function forecastTexts({ meter, forecast, kind, limit, window }: TimelineEntry, terms: Terms): string[] {
  const { projected, recommend, unblock } = forecast;
  const unit = terms.meters.get(meter ?? '')?.unit ?? '';
  const amount = (value: Decimal) => `${money(value, terms)} ${terms.currency.code}`;
  const texts: string[] = [];
  if (projected?.used) {
    // Of a rate limit or a limit for a day, what is used in all was not the news.
    const isBeyond = !IS_RATE.has(kind) && !window && projected.used.gt(limit.round(9));
    const charged = projected.overage.isZero() ? '' : `, ${amount(projected.overage)} beyond the limit`;
    if (isBeyond || !projected.overage.isZero())
      texts.push(`on course for ${formatQuantity(projected.used, unit)}${charged}`);
  } else if (projected) texts.push(`on course for ${amount(projected.overage)} of usage charges`);
  if (recommend) texts.push(`${recommend.tier} would save ${amount(recommend.saves)}`);
  if (unblock) texts.push(`${unblock.tier} serves all of it for ${amount(unblock.costs)} more`);
  return texts;
}

function money(amount: Decimal, { currency }: Terms): string {
  return moneyText(amount, currency);
}
