/** Parts of any result of meter that is read again. */
import { Decimal, isPlainDecimal } from '../core/decimal.ts';

/** True for the versions whose fields are known: fields that came later do no harm. */
export function isKnownVersion(formatVersion: unknown): boolean {
  return /^1\./.test(String(formatVersion));
}

/** Amounts and quantities are texts. Throws a TypeError for anything else. */
export function decimal(text: unknown): Decimal {
  if (typeof text !== 'string' || !isPlainDecimal(text)) throw new TypeError(`${String(text)} is not a plain decimal`);
  return new Decimal(text);
}
