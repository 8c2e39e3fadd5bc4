/** Format version and instants, common to all results for machines. */
import { formatZoned } from '../core/calendar.ts';

/** A new field is a minor change, a changed or removed one a major. */
export const FORMAT_VERSION = '1.0';

/** RFC 3339 in a zone with as many fraction digits as there are. */
export function preciseInstant(nanoseconds: bigint, zone = 'UTC'): string {
  const below = ((nanoseconds % NS_OF_MS) + NS_OF_MS) % NS_OF_MS;
  const ms = Number((nanoseconds - below) / NS_OF_MS);
  const text = formatZoned(ms, zone);
  if (below === 0n) return text;
  const digits = `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}${String(below).padStart(6, '0')}`;
  return text.replace(/(\.\d+)?(Z|[+-]\d\d:\d\d)$/, `.${digits.replace(/0+$/, '')}$2`);
}

const NS_OF_MS = 1_000_000n;
