/** Parts of a request that a mapping decides where nobody asks for another. */
import type { Decimal } from '../core/decimal.ts';
import type { ReadRequest } from './reader.ts';

type Mapped = Pick<ReadRequest, 'timeUnit' | 'timezone' | 'format' | 'mapping'>;

/** The mapping's unit of numeric timestamps, zone and format, where none is asked for. */
export function withMappedForms<R extends Mapped>(request: R): R {
  const { timeUnit, timezone, format, mapping } = request;
  return {
    ...request,
    timeUnit: timeUnit ?? mapping?.timeUnit,
    timezone: timezone ?? mapping?.timezone,
    format: format ?? mapping?.inputFormat,
  };
}

/** By meter, where the field's unit is not the meter's own. What is only counted has no unit. */
export function scalesOf({ meters, mapping }: Pick<ReadRequest, 'meters' | 'mapping'>): Map<string, Decimal> {
  const scales = new Map<string, Decimal>();
  for (const { name, aggregation } of meters) {
    const source = mapping?.meters?.get(name);
    const isCounted = aggregation === 'count' || aggregation === 'unique';
    if (source && 'field' in source && !source.scale.eq(1) && !isCounted) scales.set(name, source.scale);
  }
  return scales;
}
