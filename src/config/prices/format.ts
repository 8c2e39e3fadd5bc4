/** A price model's form in a tier file: its schema, and the function that reads its texts. */
import type { z } from 'zod';
import type { Decimal } from '../../core/decimal.ts';
import type { ModelName, Price } from '../../core/pricing/index.ts';
import type { SharedCode } from '../../core/problemCodes.ts';

/**
 * Turns the texts of a price into numbers, in the unit of its meter and the currency of its file; what is wrong becomes
 * a problem.
 */
export type PriceReader = {
  /** The meter's own unit: `request`, `B`. */
  readonly unit: string;
  money(text: string, ...path: PathSegment[]): Decimal | undefined;
  quantity(text: string, ...path: PathSegment[]): Decimal | undefined;
  /** `1.5%` → 0.015. */
  share(text: string, ...path: PathSegment[]): Decimal | undefined;
  problem(problem: { code: SharedCode<'terms'>; message: string; hint?: string }, ...path: PathSegment[]): void;
};
export type PathSegment = string | number;

export type PriceFormat<Name extends ModelName, Text> = {
  /** The long form in a tier file, scalars as text. */
  readonly schema: z.ZodType<Text> & z.core.$ZodTypeDiscriminable;
  /** Undefined if a problem was reported. */
  read(text: Text, reader: PriceReader): Extract<Price, { readonly model: Name }> | undefined;
};
