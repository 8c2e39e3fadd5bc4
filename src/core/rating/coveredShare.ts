/** Share of a billing period that a part of it covers. */
import { Fraction } from '../fraction.ts';
import { daysIn, isSamePeriod, type Period } from '../period.ts';

/**
 * Days covered ÷ days in the period, exact: what a part of a month is of its fee and its included quantities. A period
 * that ends on the day on which it begins has no days to count; there it is time ÷ time.
 */
export function coveredShare(covered: Period, period: Period, timezone: string): Fraction {
  if (isSamePeriod(covered, period)) return Fraction.ONE;
  const days = daysIn(period, timezone);
  if (days === 0) return Fraction.of(covered.end - covered.start, period.end - period.start);
  return Fraction.of(daysIn(covered, timezone), days);
}

/** ` × 13/31` where a stretch covers a part of its period; '' where it covers all of it. */
export function shareText({
  stretch,
  period,
  timezone,
}: {
  stretch: Period;
  period: Period;
  timezone: string;
}): string {
  if (isSamePeriod(stretch, period)) return '';
  const [days, whole] = [daysIn(stretch, timezone), daysIn(period, timezone)];
  const share = coveredShare(stretch, period, timezone);
  if (whole === 0) return share.eq(Fraction.ONE) ? '' : ` × ${share}`;
  return days === whole ? '' : ` × ${days}/${whole}`;
}
