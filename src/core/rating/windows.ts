/**
 * The days and weeks of a limit that is for one of them: `100k/day` is 100 000 in each day of the zone, `700k/week` in each
 * week from Monday. What a day does not use is gone; no other day can have it.
 *
 * A window that the billing period cuts counts for the share of it that lies in the period: of a week days ÷ 7; where a
 * cut is inside a day, time ÷ time. A stretch that has a part of a window includes that share of its quantity. A hard cap
 * is never reduced by a change that comes after: from the stretch's begin on it has what is left of the window.
 */
import { dateAt, daysLater, type Instant, startOfDate } from '../calendar.ts';
import type { Limit, Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { daysIn, type Period } from '../period.ts';

export type LimitWindow = {
  /** The part of the day or week that lies in the stretch. */
  readonly period: Period;
  /** In the meter's own unit: what that part includes, or, of a hard cap, what is served in it at most. */
  readonly included: Fraction;
};

/** In time order, without gaps: the whole stretch. Undefined for a limit that is for no window. */
export function windowsOf(
  { per, quantity }: Limit,
  place: { readonly stretch: Period; readonly period: Period; readonly timezone: string; readonly isHardCap: boolean },
): LimitWindow[] | undefined {
  if (!isWindow(per)) return undefined;
  const { stretch, period, timezone, isHardCap } = place;
  return wholeWindows(per, stretch, timezone).map((whole) => {
    const part = { start: Math.max(whole.start, stretch.start), end: Math.min(whole.end, stretch.end) };
    const counted = isHardCap ? { start: part.start, end: Math.min(whole.end, period.end) } : part;
    return { period: part, included: Fraction.of(quantity).times(shareOf(counted, whole, timezone)) };
  });
}

/** True if a limit's time base is a window of its own within a billing period. */
export function isWindow(per: Limit['per']): per is 'day' | 'week' {
  return per === 'day' || per === 'week';
}

/** The meters that a tier limits by the day or week, of which a total says less than the windows do. */
export function windowedMeters({ limits }: Pick<Tier, 'limits'>): string[] {
  return [...limits].flatMap(([meter, { per }]) => (isWindow(per) ? [meter] : []));
}

function shareOf(part: Period, whole: Period, zone: string): Fraction {
  if (part.start === whole.start && part.end === whole.end) return Fraction.ONE;
  return [part.start, part.end].every((instant) => isDayStart(instant, zone))
    ? Fraction.of(daysIn(part, zone), daysIn(whole, zone))
    : Fraction.of(part.end - part.start, whole.end - whole.start);
}

function isDayStart(instant: Instant, zone: string): boolean {
  return startOfDate(dateAt(instant, zone), zone) === instant;
}

/**
 * Windows of stretches already met: the same few come back for every customer of a run, and asking a zone's calendar is
 * slow.
 */
const KNOWN_WINDOWS = new Map<string, readonly Period[]>();
const MOST_KNOWN_WINDOWS = 1000;

/** The days or weeks that a stretch touches, uncut. */
function wholeWindows(per: 'day' | 'week', { start, end }: Period, zone: string): readonly Period[] {
  const key = `${zone} ${per} ${start} ${end}`;
  const known = KNOWN_WINDOWS.get(key);
  if (known) return known;
  const windows: Period[] = [];
  const days = per === 'day' ? 1 : 7;
  let date = dateAt(start, zone);
  if (per === 'week') date = daysLater(date, -daysSinceMonday(date));
  for (let from = startOfDate(date, zone); from < end; from = windows.at(-1)!.end) {
    date = daysLater(date, days);
    windows.push({ start: from, end: startOfDate(date, zone) });
  }
  if (KNOWN_WINDOWS.size >= MOST_KNOWN_WINDOWS) KNOWN_WINDOWS.clear();
  KNOWN_WINDOWS.set(key, windows);
  return windows;
}

function daysSinceMonday({ year, month, day }: ReturnType<typeof dateAt>): number {
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}
