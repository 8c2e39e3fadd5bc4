/** Usage in another unit, or of another size. */
import type { Decimal } from '../decimal.ts';
import { Fraction, SHOWN_FRACTION_DIGITS } from '../fraction.ts';
import { exactQuantity, type MeteredUsage, type MeterUsage } from './ledger.ts';

/** Usage times `scale`, exact; undefined: as it is. */
export function scaled<U extends MeteredUsage>(used: U, scale: Fraction | undefined): U {
  if (!scale) return used;
  const times = <P extends MeterUsage>(part: P): P => {
    const { exact: _, ...rest } = part;
    const exact = exactQuantity(part).times(scale);
    return { ...(rest as P), quantity: shown(exact), ...(!exact.terminates && { exact }) };
  };
  const by = new Map(
    [...used.by].map(([dimension, values]) => [
      dimension,
      new Map([...values].map(([value, part]) => [value, times(part)])),
    ]),
  );
  return { ...times(used), by };
}

/** To twelve digits after the point, if its decimals do not end. */
export function scaledQuantity(quantity: Decimal, scale: Fraction): Decimal {
  return shown(Fraction.of(quantity).times(scale));
}

function shown(exact: Fraction): Decimal {
  return exact.terminates ? exact.numerator : exact.round(SHOWN_FRACTION_DIGITS);
}
