import type { Fraction } from '../fraction.ts';
import { type CostPart, costOf, type PriceModel } from './model.ts';
import { flatOf, type Step, stepOf } from './steps.ts';
import { linearPart } from './unitAmount.ts';

/**
 * All units at the price of the step in which the total falls, plus that step's `flat`. One more unit can make the
 * whole cheaper where the next step is: that is what volume pricing means, and it is kept.
 */
export type VolumePrice = { readonly model: 'volume'; readonly steps: readonly Step[] };

export const volume: PriceModel<VolumePrice> = {
  costMayFall: true,
  rate(price, quantity, context) {
    const at = stepOf(price.steps, quantity);
    const step = price.steps[at]!;
    const parts = [...unitParts(step, quantity), ...flatOf(step, quantity, context)];
    return [{ step: at + 1, quantity, exact: costOf(parts), parts, price: step.text }];
  },
};

function unitParts({ unit }: Step, quantity: Fraction): CostPart[] {
  return unit ? [linearPart(unit, quantity)] : [];
}
