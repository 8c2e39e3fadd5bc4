import type { Mapping } from '../../core/usage/mapping.ts';

/** Number of a meter's units in one of its field's: `factor` × 10^−`digits`. */
export function scaleOf(mapping: Mapping | undefined, meter: string): { factor: bigint; digits: number } {
  const source = mapping?.meters?.get(meter);
  const scale = source && 'field' in source ? source.scale.toFixed() : '1';
  const [whole = '', fraction = ''] = scale.split('.');
  return { factor: BigInt(whole + fraction), digits: fraction.length };
}
