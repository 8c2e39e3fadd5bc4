/** An amount for so many units, charged linearly: the rung from which unit prices and steps are made. */
import { type Decimal, ONE } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { CostPart, PathSegment, PriceReader } from './model.ts';

export type UnitAmount = {
  readonly amount: Decimal;
  /** In meter units, > 0. */
  readonly per: Decimal;
  /** `0.40/10k`. */
  readonly text: string;
};

/** amount × quantity ÷ per, exact, as a part of a cost. */
export function linearPart({ amount, per }: UnitAmount, quantity: Fraction): CostPart {
  return { of: 'units', amount, per, count: quantity.dividedBy(Fraction.of(per)) };
}

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
