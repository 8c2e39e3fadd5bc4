/**
 * A limit in a stretch: how much of a meter the tier includes there, and what becomes of usage beyond it. Invoices,
 * timelines, estimates and simulations all ask here.
 *
 * Usage beyond a limit with a price is charged. The included quantity belongs to the fee, and is prorated as the fee is:
 * days covered ÷ days in the period.
 *
 * Usage beyond a limit without a price is blocked, at the time at which it is asked for. Nobody can know then that the
 * tier will change later, so that a hard cap is never reduced by time that comes after: a stretch that begins with its
 * period has the whole cap, even if it ends early. A stretch that begins inside its period has the share that is left:
 * days from its start to the period's end ÷ days in the period. Limits for a day or a week: windows.ts.
 */
import { type Beyond, includedIn, type ListedTier, limitOf } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import { coveredShare, shareText } from './coveredShare.ts';
import { type LimitWindow, windowsOf } from './windows.ts';

/** Scope of a limit: the stretch on a tier, and the billing period in which it lies. */
export type LimitPlace = {
  readonly tier: ListedTier;
  readonly stretch: Period;
  readonly period: Period;
  readonly timezone: string;
  /** True for a meter that measures a level, of which a part of a period includes as much as all of it. */
  readonly isLevel: boolean;
};

export type MeterLimit = {
  /** In the meter's own unit: what the stretch's fee includes, or, of a hard cap, what is served at most. */
  readonly included: Fraction;
  readonly beyond: Beyond;
  /** Text on an invoice: `200k`, `200k × 13/31` in a part of a period, `100k/day`. */
  readonly text: string;
  /** Days or weeks of the stretch, for a limit for a day or a week. `included` is the sum of their limits. */
  readonly windows?: readonly LimitWindow[];
};

/** Undefined for a meter that the tier does not limit. */
export function limitWithin(
  { tier, stretch, period, timezone, isLevel }: LimitPlace,
  meter: string,
): MeterLimit | undefined {
  const listed = limitOf(tier, meter);
  if (!listed) return undefined;
  const { included: limit, beyond } = listed;
  const place = { stretch, period, timezone };
  const windows = windowsOf(limit, { ...place, isHardCap: beyond === 'blocked' });
  if (windows) {
    return { beyond, windows, text: limit.text, included: Fraction.sum(windows.map((window) => window.included)) };
  }
  const untilEnd = { start: stretch.start, end: period.end };
  const counted = isLevel ? period : beyond === 'blocked' ? untilEnd : stretch;
  const included = includedIn(limit, period, timezone).times(coveredShare(counted, period, timezone));
  return { included, beyond, text: `${limit.text}${shareText({ ...place, stretch: counted })}` };
}

/** True if the tier includes any of the meter, however little of that falls to a short stretch. */
export function includesSome({ limits }: ListedTier, meter: string): boolean {
  return limits.get(meter)?.quantity.isZero() === false;
}
