/**
 * The registry of price models. A new one is a file beside this one and a line in the list, and the same in
 * config/prices.
 */
import type { Fraction } from '../fraction.ts';
import { graduated } from './graduated.ts';
import type { PriceModel, RatedStep, RatingContext } from './model.ts';
import { packagePrice } from './package.ts';
import { percentage } from './percentage.ts';
import { stairstep } from './stairstep.ts';
import { unit } from './unit.ts';
import { volume } from './volume.ts';

export const PRICE_MODELS = { unit, package: packagePrice, graduated, volume, stairstep, percentage } as const;

export type ModelName = keyof typeof PRICE_MODELS;
export type Price = Parameters<(typeof PRICE_MODELS)[ModelName]['rate']>[0];

/** The model whose name a price carries; the name is what makes the two types fit each other. */
function modelOf(price: Price): PriceModel<Price> {
  return PRICE_MODELS[price.model] as unknown as PriceModel<Price>;
}

/** Cost of `quantity` (≥ 0, in meter units, after the included quantity), step by step, exact. */
export function ratePrice(price: Price, quantity: Fraction, context: RatingContext): RatedStep[] {
  return modelOf(price).rate(price, quantity, context);
}

/** True if more usage can cost less under that price. */
export function costMayFall(price: Price): boolean {
  return modelOf(price).costMayFall;
}
