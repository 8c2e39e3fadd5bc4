/** Units and unit prices as FOCUS writes them: `Requests`, `10000 Requests`, `GB`, `Months`. */
import type { Meter } from '../../core/catalog/meter.ts';
import { Decimal, ONE } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { CostPart } from '../../core/pricing/model.ts';

/** A quantity and a price for one of it; both end as decimals, so that their product is exact. */
export type Priced = { readonly quantity: Decimal; readonly unit: string; readonly unitPrice: Decimal };

/** Digits after the point: enough for every price list, and few enough for the decimal columns of databases. */
const QUANTITY_DIGITS = 12;

const BYTES: readonly [string, Decimal][] = [
  ...['KB', 'MB', 'GB', 'TB', 'PB'].map((name, i): [string, Decimal] => [name, new Decimal(1000).pow(i + 1)]),
  ...['KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((name, i): [string, Decimal] => [name, new Decimal(1024).pow(i + 1)]),
];
const TIMES: readonly [string, Decimal][] = [
  ['Minutes', new Decimal(60)],
  ['Hours', new Decimal(3600)],
  ['Days', new Decimal(86400)],
];

export function pricedPart({ of, amount, count, per = ONE }: CostPart, meter: Meter): Priced {
  if (of === 'flat') return { quantity: shownQuantity(count), unit: 'Steps', unitPrice: amount };
  if (of === 'events') return { quantity: shownQuantity(count), unit: 'Events', unitPrice: amount };
  // The number in a pricing unit must be whole: 0.1 for each 0.25 s is 10 for each 25 s.
  const scale = new Decimal(10).pow(per.decimalPlaces());
  return {
    quantity: shownQuantity(count.dividedBy(Fraction.of(scale))),
    unit: portion(per.times(scale), meter) + timeUnit(meter),
    unitPrice: amount.times(scale),
  };
}

/** The meter's own unit: `B`, `Seconds`, `Requests`, `B-Hours`. */
export function baseUnit(meter: Meter): string {
  return countedUnit(meter) + timeUnit(meter);
}

/** Suffix of the unit of a quantity that is weighted by time: `-Hours`; otherwise ''. */
function timeUnit({ weighting }: Meter): string {
  return weighting ? { hour: '-Hours', day: '-Days', month: '-Months' }[weighting.per] : '';
}

function countedUnit({ family, unit }: Meter): string {
  if (family === 'bytes') return 'B';
  return family === 'time' ? 'Seconds' : countUnit(unit);
}

export function shownQuantity(quantity: Fraction): Decimal {
  return quantity.round(QUANTITY_DIGITS);
}

/** `per` of the meter's own units, a whole number, in the largest unit that leaves it whole. */
function portion(per: Decimal, meter: Meter): string {
  const scales = meter.family === 'bytes' ? BYTES : meter.family === 'time' ? TIMES : [];
  const [unit, scale] = scales
    .filter(([, size]) => per.mod(size).isZero())
    .reduce((best, next) => (next[1].gt(best[1]) ? next : best), [countedUnit(meter), ONE] as const);
  const number = per.div(scale);
  return number.eq(ONE) ? unit : `${number.toFixed()} ${unit}`;
}

/** Words of letters and digits, the first with a capital, in the plural: `Requests`, `Ai tokens`. */
function countUnit(unit: string): string {
  const words = unit.split(/[^A-Za-z0-9]+/).filter((word) => /^[A-Za-z]/.test(word));
  if (words.length === 0) return 'Units';
  const name = words.join(' ');
  const capitalised = name.charAt(0).toUpperCase() + name.slice(1);
  return /[a-rt-z]$/.test(capitalised) ? `${capitalised}s` : capitalised;
}
