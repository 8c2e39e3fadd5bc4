/** Values that rules compare and calculate with. */
import { Decimal, isPlainDecimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { RuleError } from './expression.ts';

/** A text of the result that is a plain decimal. Its neighbour in a comparison decides whether it is a number or a text. */
export class Written {
  readonly text: string;
  readonly number: Fraction;

  constructor(text: string) {
    this.text = text;
    this.number = Fraction.of(new Decimal(text));
  }
}

/** `null` is unknown. */
export type Single = Fraction | Written | string | boolean | null;
/** A list never holds another list. */
export type Value = Single | readonly Single[];

export function isList(value: Value): value is readonly Single[] {
  return Array.isArray(value);
}

/** The value as a number, `null` where it is unknown. Throws a {@link RuleError} where it is none. */
export function numberOf(value: Value, at: number): Fraction | null {
  if (value === null || value instanceof Fraction) return value;
  if (value instanceof Written) return value.number;
  const shown = isList(value) ? 'a list' : JSON.stringify(value);
  const hint = isList(value) ? 'use max(), min() or sum()' : undefined;
  throw new RuleError({ code: 'not-a-number', at, message: `${shown} is not a number`, ...(hint && { hint }) });
}

/** A value of the result's JSON, or undefined where it is an object or a list. */
export function singleOf(value: unknown): Single | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Fraction.of(value);
  if (typeof value === 'string') return isPlainDecimal(value) ? new Written(value) : value;
  return undefined;
}
