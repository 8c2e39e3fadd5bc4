/** Parts of a request that a mapping decides where nobody asks for another. */
import { Fraction } from '../core/fraction.ts';
import { isScaledUp } from '../core/usage/sample/sampledRows.ts';
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

/** By meter, where the field's unit is not the meter's own, or the rows are a sample. What is only counted has no unit. */
export function scalesOf({ meters, mapping }: Pick<ReadRequest, 'meters' | 'mapping'>): Map<string, Fraction> {
  const scales = new Map<string, Fraction>();
  const rate = mapping?.terms?.sampleRate;
  for (const meter of meters) {
    const { name, aggregation } = meter;
    const source = mapping?.meters?.get(name);
    const isCounted = aggregation === 'count' || aggregation === 'unique';
    const unit = source && 'field' in source && !isCounted ? Fraction.of(source.scale) : Fraction.ONE;
    const scale = rate && isScaledUp(meter) ? unit.dividedBy(Fraction.of(rate)) : unit;
    if (!scale.eq(Fraction.ONE)) scales.set(name, scale);
  }
  return scales;
}
