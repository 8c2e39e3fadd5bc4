/** Usage in another unit, or of another size. */
import type { Decimal } from '../decimal.ts';
import { Fraction, SHOWN_FRACTION_DIGITS } from '../fraction.ts';
import { exactQuantity, type MeteredUsage, type MeterUsage } from './ledger.ts';

/** Usage times `scale`, exact; undefined: as it is. */
export function scaled<U extends MeteredUsage>(used: U, scale: Fraction | undefined): U {
  if (!scale) return used;
  const by = new Map(
    [...used.by].map(([dimension, values]) => [
      dimension,
      new Map([...values].map(([value, part]) => [value, scaledPart(part, scale)])),
    ]),
  );
  return { ...scaledPart(used, scale), by };
}

/** One quantity of it; other fields stay as they are. */
export function scaledPart<P extends MeterUsage>(part: P, scale: Fraction | undefined): P {
  if (!scale) return part;
  const { exact: _, ...rest } = part;
  const exact = exactQuantity(part).times(scale);
  return { ...(rest as P), quantity: shown(exact), ...(!exact.terminates && { exact }) };
}

/** To twelve digits after the point, if its decimals do not end. */
export function scaledQuantity(quantity: Decimal, scale: Fraction): Decimal {
  return shown(Fraction.of(quantity).times(scale));
}

/** The decimal, or, if its decimals do not end, twelve digits after the point. */
export function shown(exact: Fraction): Decimal {
  return exact.terminates ? exact.numerator : exact.round(SHOWN_FRACTION_DIGITS);
}
