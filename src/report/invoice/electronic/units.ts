/** Units of quantities as codes of UN/ECE recommendation 20. */
import type { Meter } from '../../../core/catalog/meter.ts';
import { Decimal, ONE } from '../../../core/decimal.ts';
import { Fraction } from '../../../core/fraction.ts';
import type { FeeLine } from '../../../core/invoice/invoice.ts';
import type { CostPart } from '../../../core/pricing/model.ts';

/** One: a piece, a request, a package. */
export const ONE_UNIT = 'C62';

export const FEE_UNITS: Readonly<Record<FeeLine['per'], string>> = { month: 'MON', year: 'ANN' };

const BYTE_UNITS: readonly (readonly [code: string, size: Decimal])[] = [
  ['E35', new Decimal(10).pow(12)],
  ['E34', new Decimal(10).pow(9)],
  ['4L', new Decimal(10).pow(6)],
  ['2P', new Decimal(10).pow(3)],
  ['AD', ONE],
];
const TIME_UNITS: readonly (readonly [code: string, size: Decimal])[] = [
  ['HUR', new Decimal(3600)],
  ['MIN', new Decimal(60)],
  ['SEC', ONE],
];

export type Measure = {
  readonly quantity: Fraction;
  readonly unit: string;
  readonly unitPrice: Decimal;
  /** Units that the price is for; absent: one. */
  readonly per?: Decimal;
};

/** Quantity and price of a part of a charge. A quantity weighted by time has no code of its own, and counts as pieces. */
export function measureOfPart({ of, amount, count, per = ONE }: CostPart, meter: Meter): Measure {
  if (of === 'flat' || of === 'events') return { quantity: count, unit: ONE_UNIT, unitPrice: amount };
  const [unit, size] = unitFor(per, meter);
  const portion = per.div(size);
  return { quantity: count.times(Fraction.of(portion)), unit, unitPrice: amount, per: portion };
}

/** The largest unit of which `per` is a whole number. */
function unitFor(per: Decimal, { family, weighting }: Meter): readonly [string, Decimal] {
  const units = weighting ? [] : family === 'bytes' ? BYTE_UNITS : family === 'time' ? TIME_UNITS : [];
  return (
    units.find(([, size]) => per.mod(size).isZero()) ??
    (units.at(-1) as [string, Decimal] | undefined) ?? [ONE_UNIT, ONE]
  );
}
