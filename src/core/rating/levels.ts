/**
 * Meters that measure a level – a maximum, a latest value, how many distinct values – instead of adding up a flow.
 *
 * Half a month of requests is half of the requests; half a month of ten seats is ten seats, for half of the time. So in a
 * part of a period a level is rated as if that part were the whole period, with the full included quantity and full steps,
 * and what it costs is multiplied by the part's share, exactly, before rounding. Otherwise a change of tier would charge
 * the same seats once for each of its parts.
 */

import type { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { type CostPart, costOf } from '../pricing/model.ts';
import type { UsageLine } from './line.ts';

/** A part of a period: days ÷ days, and ` × 15/31` ('' where that is 1). */
export type PeriodShare = { readonly share: Fraction; readonly text: string };

/**
 * Usage lines of a level, rated as for the whole period, for a part of it. What is owed for each event stays: events are
 * no level, and those counted are the part's own.
 */
export function linesForPart(
  lines: readonly UsageLine[],
  { share, text }: PeriodShare,
  currency: Currency,
): UsageLine[] {
  if (text === '') return [...lines];
  return lines.map((line): UsageLine => {
    const parts = line.parts.map((part): CostPart => {
      return part.of === 'events' ? part : { ...part, count: part.count.times(share) };
    });
    const exact = costOf(parts);
    const description = `${line.description},${text}`;
    return {
      ...line,
      description,
      share: text.slice(' × '.length),
      parts,
      exact,
      amount: roundToMinorUnit(exact, currency),
    };
  });
}
