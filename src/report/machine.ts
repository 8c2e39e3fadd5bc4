/** What all results for machines have in common. */
import { formatInstant } from '../core/calendar.ts';

/** A new field is a minor change, a changed or removed one a major. */
export const FORMAT_VERSION = '1.0';

/** RFC 3339 in UTC with as many fraction digits as there are. */
export function preciseInstant(nanoseconds: bigint): string {
  const ms = Number(nanoseconds / 1_000_000n);
  const below = Number(nanoseconds % 1_000_000n);
  if (below === 0) return formatInstant(ms);
  const digits = `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}${String(below).padStart(6, '0')}`;
  return `${new Date(ms).toISOString().slice(0, 19)}.${digits.replace(/0+$/, '')}Z`;
}
