/** The readers that commands use: whatever unit a mapping says a field has, they give quantities in the meter's own. */
import { Decimal } from '../core/decimal.ts';
import type { LedgerRow } from '../core/usage/mapLedger.ts';
import type { Watch, WatchedUsage } from '../core/usage/watch.ts';
import { readUsage as readFast, watchUsage as watchFast } from './fast/readUsage.ts';
import type { ReadRequest, UsageReader, UsageWatcher } from './reader.ts';
import { ScaledLedger, scaled } from './scaledLedger.ts';

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

export const watchUsage: UsageWatcher = async (asked) => {
  const request = withMappedUnit(asked);
  const scales = scalesOf(request);
  if (scales.size === 0) return watchFast(request);
  const scaleOfBound = ({ meters }: Watch) => scales.get(meters[0]!);
  const watches = request.watches.map(({ above, ...watch }) =>
    scaleOfBound(watch) || !above ? watch : { ...watch, above },
  );
  const result = await watchFast({ ...request, watches });
  const watched = result.watched.map((steps, i) => {
    const watch = request.watches[i]!;
    const own = steps.map((step) => ({ ...step, usage: scaledUsage(step.usage, scales) }));
    const { above } = watch;
    if (!above || !scaleOfBound(watch)) return own;
    return own.filter(({ usage }) => usage.get(watch.meters[0]!)?.quantity.gt(above));
  });
  return { ...result, watched };
};

function scaledUsage(usage: WatchedUsage, scales: ReadonlyMap<string, Decimal>): WatchedUsage {
  return new Map(
    [...usage].map(([meter, used]) => {
      const scale = scales.get(meter);
      if (!scale) return [meter, used];
      const { largest } = used;
      return [meter, { ...scaled(used, scale), ...(largest && { largest: largest.times(scale) }) }];
    }),
  );
}

/** The mapping's unit of numeric timestamps, where none is asked for. */
function withMappedUnit<R extends Pick<ReadRequest, 'timeUnit' | 'mapping'>>(request: R): R {
  return { ...request, timeUnit: request.timeUnit ?? request.mapping?.timeUnit };
}

/** By meter, where the field's unit is not the meter's own. What is only counted has no unit. */
function scalesOf({ meters, mapping }: Pick<ReadRequest, 'meters' | 'mapping'>): Map<string, Decimal> {
  const scales = new Map<string, Decimal>();
  for (const { name, aggregation } of meters) {
    const source = mapping?.meters?.get(name);
    const isCounted = aggregation === 'count' || aggregation === 'unique';
    if (source && 'field' in source && !source.scale.eq(1) && !isCounted) scales.set(name, source.scale);
  }
  return scales;
}

function scaledRow(row: LedgerRow, { meters }: ReadRequest, scales: ReadonlyMap<string, Decimal>): LedgerRow {
  const quantities = row.quantities.map((text, m) => {
    const scale = scales.get(meters[m]!.name);
    return text === undefined || !scale ? text : new Decimal(text).times(scale).toFixed();
  });
  return { ...row, quantities };
}
