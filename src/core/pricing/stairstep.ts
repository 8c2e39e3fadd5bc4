import { costOf, type PriceModel } from './model.ts';
import { flatOf, type Step, stepOf } from './steps.ts';

/** One amount for the step in which the total falls, however many units that is. */
export type StairstepPrice = { readonly model: 'stairstep'; readonly steps: readonly Step[] };

export const stairstep: PriceModel<StairstepPrice> = {
  costMayFall: true,
  rate(price, quantity, context) {
    const at = stepOf(price.steps, quantity);
    const step = price.steps[at]!;
    const parts = flatOf(step, quantity, context);
    return [{ step: at + 1, quantity, exact: costOf(parts), parts, price: step.text }];
  },
};
