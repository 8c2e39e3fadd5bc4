/** The meters of a tier file: what is counted, and how rows become one quantity. */
import type { Meter, PercentileTerms } from '../core/catalog/meter.ts';
import { Decimal, isPlainDecimal } from '../core/decimal.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import { familyOf } from '../core/quantity.ts';
import { isInterval } from '../core/usage/timed.ts';
import type { ConfigReader } from './configReader.ts';
import { readFilter } from './readFilter.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type TierFileReader = ConfigReader<CodeOf<'tiers'>>;

type MeterText = NonNullable<TierFile['meters']>[string];

/** `timezone`: in which days and months begin. */
export function readMeters(
  tree: NonNullable<TierFile['meters']>,
  timezone: string,
  reader: TierFileReader,
): Map<string, Meter> {
  const meters = new Map<string, Meter>();
  for (const [name, text] of Object.entries(tree)) {
    if (!/^[A-Za-z][\w.-]*$/.test(name)) {
      const hint = 'begin with a letter; letters, digits, _ . and - may follow';
      reader.error('bad-meter-name', ['meters', name], `"${name}" cannot be the name of a meter`, hint, 'key');
    }
    const { field, unit } = text;
    const where = text.where && readFilter(text.where, ['meters', name, 'where'], reader);
    meters.set(name, {
      ...{ name, field, unit, family: familyOf(unit) },
      ...readAggregation(name, text, timezone, reader),
      ...(where && { where }),
    });
  }
  return meters;
}

function readAggregation(
  name: string,
  { aggregate = 'sum', per }: MeterText,
  timezone: string,
  reader: TierFileReader,
): Pick<Meter, 'aggregation' | 'weighting' | 'percentile'> {
  const path = ['meters', name];
  if (aggregate === 'time_weighted') {
    if (per) return { aggregation: aggregate, weighting: { per, timezone } };
    const message = `${name} is weighted by time, and no unit of time is given`;
    reader.error('weighting-without-unit', [...path, 'aggregate'], message, 'add per: hour, per: day or per: month');
    return { aggregation: 'sum' };
  }
  if (per) {
    const message = `per: ${per} has no meaning for ${name}, which is not weighted by time`;
    reader.error(
      'unit-without-weighting',
      [...path, 'per'],
      message,
      'write aggregate: time_weighted, or leave it out',
    );
  }
  if (typeof aggregate === 'string') return { aggregation: aggregate };
  const percentile = readPercentile(aggregate, [...path, 'aggregate'], reader);
  return percentile ? { aggregation: 'percentile', percentile } : { aggregation: 'sum' };
}

function readPercentile(
  text: { percentile: string; of: string },
  path: Path,
  reader: TierFileReader,
): PercentileTerms | undefined {
  const percent = isPlainDecimal(text.percentile) ? new Decimal(text.percentile) : undefined;
  const share = percent?.gt(0) && percent.lte(100) ? percent.times('0.01') : undefined;
  if (!share) {
    const message = `"${text.percentile}" is not a percentile`;
    reader.error('bad-percentile', [...path, 'percentile'], message, 'write a number above 0, at most 100: 95');
  }
  const seconds = reader.quantity(text.of, 's', [...path, 'of']);
  const intervalMs = seconds?.times(1000).toNumber();
  if (intervalMs !== undefined && !isInterval(intervalMs)) {
    const message = `an hour cannot be cut into intervals of ${text.of}`;
    reader.error('bad-interval', [...path, 'of'], message, 'write 1s to 1h, of which an hour is a whole number: 5min');
  }
  return share && intervalMs !== undefined && isInterval(intervalMs) ? { share, intervalMs } : undefined;
}
