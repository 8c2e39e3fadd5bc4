/** The readers that commands use: whatever unit a mapping says a field has, they give quantities in the meter's own. */
import { Fraction } from '../core/fraction.ts';
import type { LedgerRow } from '../core/usage/mapLedger.ts';
import type { Probe, ProbedUsage } from '../core/usage/probe.ts';
import { isScaledUp } from '../core/usage/sample/sampledRows.ts';
import { scaled, scaledQuantity } from '../core/usage/scaledUsage.ts';
import { probeUsage as probeFast, readUsage as readFast } from './fast/readUsage.ts';
import type { ProbeReader, ReadRequest, UsageReader } from './reader.ts';
import { ScaledLedger } from './scaledLedger.ts';

export { prepareToRead } from './fast/readUsage.ts';

export const readUsage: UsageReader = async (asked) => {
  const request = withMappedUnit(asked);
  const scales = scalesOf(request);
  if (scales.size === 0) return readFast(request);
  const { follow } = request;
  const result = await readFast({
    ...request,
    follow:
      follow &&
      (() => {
        const take = follow();
        return (row) => take(scaledRow(row, request, scales));
      }),
  });
  return { ...result, ledger: new ScaledLedger(result.ledger, scales) };
};

export const probeUsage: ProbeReader = async (asked) => {
  const request = withMappedUnit(asked);
  const scales = scalesOf(request);
  if (scales.size === 0) return probeFast(request);
  const scaleOfBound = ({ meters }: Probe) => scales.get(meters[0]!);
  const probes = request.probes.map(({ above, ...probe }) =>
    scaleOfBound(probe) || !above ? probe : { ...probe, above },
  );
  const result = await probeFast({ ...request, probes });
  const probed = result.probed.map((steps, i) => {
    const probe = request.probes[i]!;
    const own = steps.map((step) => ({ ...step, usage: scaledUsage(step.usage, scales) }));
    const { above } = probe;
    if (!above || !scaleOfBound(probe)) return own;
    return own.filter(({ usage }) => usage.get(probe.meters[0]!)?.quantity.gt(above));
  });
  return { ...result, probed };
};

function scaledUsage(usage: ProbedUsage, scales: ReadonlyMap<string, Fraction>): ProbedUsage {
  return new Map(
    [...usage].map(([meter, used]) => {
      const scale = scales.get(meter);
      if (!scale) return [meter, used];
      const { largest } = used;
      return [meter, { ...scaled(used, scale), ...(largest && { largest: scaledQuantity(largest, scale) }) }];
    }),
  );
}

/** The mapping's unit of numeric timestamps, where none is asked for. */
function withMappedUnit<R extends Pick<ReadRequest, 'timeUnit' | 'mapping'>>(request: R): R {
  return { ...request, timeUnit: request.timeUnit ?? request.mapping?.timeUnit };
}

/** By meter, where the field's unit is not the meter's own, or the rows are a sample. What is only counted has no unit. */
function scalesOf({ meters, mapping }: Pick<ReadRequest, 'meters' | 'mapping'>): Map<string, Fraction> {
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

function scaledRow(row: LedgerRow, { meters }: ReadRequest, scales: ReadonlyMap<string, Fraction>): LedgerRow {
  const quantities = row.quantities.map((text, m) => {
    const scale = scales.get(meters[m]!.name);
    return text === undefined || !scale ? text : scale.times(Fraction.of(text)).toString();
  });
  return { ...row, quantities };
}
