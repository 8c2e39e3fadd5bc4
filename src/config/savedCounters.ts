/** Last readings of counters that an earlier run has written, read again as those before this run. */
import { Decimal, isPlainDecimal } from '../core/decimal.ts';
import { nanosecondsOf, parseTimestamp } from '../core/timestamp.ts';
import type { KnownReading } from '../core/usage/counters/series.ts';

/** The readings, or the reason for which they cannot be trusted. `saved`: value of the key `counters`; undefined: none. */
export function readSavedCounters(saved: unknown): readonly KnownReading[] | { readonly reason: string } {
  if (saved === undefined) return [];
  if (!Array.isArray(saved)) return { reason: 'counters is no list' };
  const readings: KnownReading[] = [];
  for (const [i, one] of saved.entries()) {
    const reading = isMap(one) ? readingOf(one) : undefined;
    if (!reading) return { reason: `counter ${i + 1} of ${saved.length} is damaged` };
    readings.push(reading);
  }
  return readings;
}

function readingOf(saved: Readonly<Record<string, unknown>>): KnownReading | undefined {
  const { customer, meter, dimensions, series, value } = saved;
  if (typeof customer !== 'string' || typeof meter !== 'string' || typeof value !== 'string') return undefined;
  if (!isTexts(dimensions) || !isTexts(series) || !isPlainDecimal(value) || value.startsWith('-')) return undefined;
  const at = instantIn(saved.at);
  const start = instantIn(saved.start);
  if (at === undefined || (saved.start !== undefined && start === undefined)) return undefined;
  const reading = { customer, meter, dimensions, series, at, value: new Decimal(value) };
  return start === undefined ? reading : { ...reading, start };
}

/** Nanoseconds since 1970. */
function instantIn(text: unknown): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  const parsed = parseTimestamp(text);
  return 'ms' in parsed ? nanosecondsOf(parsed) : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isMap(value) && Object.values(value).every((text) => typeof text === 'string');
}
