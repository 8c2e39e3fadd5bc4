/** Parts of a request that a mapping decides where nobody asks for another. */
import type { Meter } from '../core/catalog/meter.ts';
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

type Scaled = Pick<ReadRequest, 'meters' | 'mapping'>;

/** By meter, where the field's unit is not the meter's own, or the rows are a sample. */
export function scalesOf(request: Scaled): Map<string, Fraction> {
  const rate = request.mapping?.terms?.sampleRate;
  return scalesBy(request, (meter) => {
    const unit = unitOf(meter, request.mapping);
    return rate && isScaledUp(meter) ? unit.dividedBy(Fraction.of(rate)) : unit;
  });
}

/** By meter, where the field's unit is not the meter's own. */
export function unitsOf(request: Scaled): Map<string, Fraction> {
  return scalesBy(request, (meter) => unitOf(meter, request.mapping));
}

function scalesBy({ meters }: Scaled, scaleOf: (meter: Meter) => Fraction): Map<string, Fraction> {
  const scales = meters.map((meter) => [meter.name, scaleOf(meter)] as const);
  return new Map(scales.filter(([, scale]) => !scale.eq(Fraction.ONE)));
}

/** Number of a meter's units in one of its field's. What is only counted has no unit. */
function unitOf({ name, aggregation }: Meter, mapping: Scaled['mapping']): Fraction {
  const source = mapping?.meters?.get(name);
  const isCounted = aggregation === 'count' || aggregation === 'unique';
  return source && 'field' in source && !isCounted ? Fraction.of(source.scale) : Fraction.ONE;
}
