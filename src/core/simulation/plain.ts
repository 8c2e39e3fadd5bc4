/** Values as data that another thread can be sent: a message keeps numbers, texts, arrays and maps, and forgets classes. */
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';

type Marked = { readonly $decimal: string } | { readonly $fraction: readonly [string, string] };

/** A copy in which decimals and fractions are texts. Arrays of numbers are not copied. Functions are not allowed. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Decimal) return { $decimal: value.toString() } satisfies Marked;
  if (value instanceof Fraction)
    return { $fraction: [value.numerator.toString(), value.denominator.toString()] } satisfies Marked;
  return mapped(value, toPlain);
}

/** The value that `plain` was made of. */
export function fromPlain(plain: unknown): unknown {
  if (typeof plain === 'object' && plain !== null) {
    if ('$decimal' in plain) return new Decimal((plain as { $decimal: string }).$decimal);
    if ('$fraction' in plain) return Fraction.of(...(plain as { $fraction: [string, string] }).$fraction);
  }
  return mapped(plain, fromPlain);
}

function mapped(value: unknown, change: (value: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(change);
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, change(entry)]));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, change(entry)]));
}
