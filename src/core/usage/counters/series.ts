/** A counter by name: one series of readings. */
import type { Reading } from './increases.ts';

export type SeriesName = {
  readonly customer: string;
  readonly meter: string;
  /** Values by dimension; dimensions without a value are absent. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Values of the columns that tell counters apart; columns without a value are absent. */
  readonly series: Readonly<Record<string, string>>;
};

/** The last reading of a counter before the time of a run; `value` is in the unit of the field. */
export type KnownReading = SeriesName & Reading;

/** Equal for equal names, whatever the order of their keys. */
export function seriesKey({ customer, meter, dimensions, series }: SeriesName): string {
  return JSON.stringify([customer, meter, sorted(dimensions), sorted(series)]);
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `acme, requests, instance a:9100`. */
export function seriesText({ customer, meter, dimensions, series }: SeriesName): string {
  const values = [...sorted(dimensions), ...sorted(series)].map(([name, value]) => `${name} ${value}`);
  return [customer, meter, ...values].join(', ');
}
