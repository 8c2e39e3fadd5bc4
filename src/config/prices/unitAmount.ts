/** An amount for so many units, as tier files write it. */
import { type Decimal, ONE } from '../../core/decimal.ts';
import type { UnitAmount } from '../../core/pricing/unitAmount.ts';
import type { PathSegment, PriceReader } from './format.ts';

/** Reads `amount: 0.40, per: 10k` (no `per`: one unit). The path is the one of the map that holds the two keys. */
export function readUnitAmount(
  text: { amount: string; per?: string | undefined },
  reader: PriceReader,
  ...path: PathSegment[]
): UnitAmount | undefined {
  const amount = reader.money(text.amount, ...path, 'amount');
  const per = text.per === undefined ? ONE : readPer(text.per, reader, ...path, 'per');
  if (!amount || !per) return undefined;
  return { amount, per, text: text.per === undefined ? `${text.amount}/${reader.unit}` : `${text.amount}/${text.per}` };
}

/** Reads the short form: `0.40/10k`, `0.05/GB`, `$0.40/1M`, `0.002/token`; a bare `0.002` is for one unit. */
export function readShortPrice(text: string, reader: PriceReader, ...path: PathSegment[]): UnitAmount | undefined {
  const slash = text.indexOf('/');
  const amountText = (slash < 0 ? text : text.slice(0, slash)).trim();
  const perText = slash < 0 ? undefined : text.slice(slash + 1).trim();
  const amount = reader.money(amountText, ...path);
  const per = perText === undefined ? ONE : readPer(perText, reader, ...path);
  if (!amount || !per) return undefined;
  return { amount, per, text: slash < 0 ? `${text.trim()}/${reader.unit}` : text.trim() };
}

/** `10k`, `1 GB`, or a bare unit: `GB`, `s`, `token`. */
export function readPer(text: string, reader: PriceReader, ...path: PathSegment[]): Decimal | undefined {
  const per = reader.quantity(/^\d/.test(text) ? text : `1${text}`, ...path);
  if (per?.isZero()) {
    reader.problem(
      { code: 'zero-per', message: `a price per ${text} has no meaning`, hint: 'write a quantity above 0' },
      ...path,
    );
    return undefined;
  }
  return per;
}
