/** The reader that commands use. */
import type { Decimal } from '../core/decimal.ts';
import { readUsage as readFast } from './fast/readUsage.ts';
import type { ReadRequest, UsageReader } from './reader.ts';
import { ScaledLedger } from './scaledLedger.ts';

export const readUsage: UsageReader = async (request) => {
  const result = await readFast(request);
  const scales = scalesOf(request);
  return scales.size === 0 ? result : { ...result, ledger: new ScaledLedger(result.ledger, scales) };
};

/** By meter, where the field's unit is not the meter's own. What is only counted has no unit. */
function scalesOf({ meters, mapping }: ReadRequest): Map<string, Decimal> {
  const scales = new Map<string, Decimal>();
  for (const { name, aggregation } of meters) {
    const source = mapping?.meters?.get(name);
    const isCounted = aggregation === 'count' || aggregation === 'unique';
    if (source && 'field' in source && !source.scale.eq(1) && !isCounted) scales.set(name, source.scale);
  }
  return scales;
}
