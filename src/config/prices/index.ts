/** The registry of price formats, one for each price model of core/pricing. A new one is a file beside this one and a line in the list. */
import type { ModelName, Price } from '../../core/pricing/index.ts';
import type { PriceFormat, PriceReader } from './format.ts';
import { graduated } from './graduated.ts';
import { packageFormat } from './package.ts';
import { percentage } from './percentage.ts';
import { stairstep } from './stairstep.ts';
import { unit } from './unit.ts';
import { volume } from './volume.ts';

export const PRICE_FORMATS = { unit, package: packageFormat, graduated, volume, stairstep, percentage } as const;

type Schema = (typeof PRICE_FORMATS)[ModelName]['schema'];
export const PRICE_SCHEMAS = Object.values(PRICE_FORMATS).map(({ schema }) => schema) as unknown as [
  Schema,
  ...Schema[],
];

/** A price in its long form, scalars as text. */
export type PriceText = Parameters<(typeof PRICE_FORMATS)[ModelName]['read']>[0];

/** Undefined if a problem was reported. */
export function readLongPrice(text: PriceText, reader: PriceReader): Price | undefined {
  // The name is what makes the two types fit each other.
  const format = PRICE_FORMATS[text.model] as unknown as PriceFormat<ModelName, PriceText>;
  return format.read(text, reader);
}
