import { ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { costOf, type PriceModel, type RatedStep } from './model.ts';
import { flatOf, type Step } from './steps.ts';
import { linearPart } from './unitAmount.ts';

/** Each step's units at that step's price, plus the `flat` of every step entered. */
export type GraduatedPrice = { readonly model: 'graduated'; readonly steps: readonly Step[] };

export const graduated: PriceModel<GraduatedPrice> = {
  costMayFall: false,
  rate(price, quantity, context) {
    const rated: RatedStep[] = [];
    let begin = Fraction.ZERO;
    for (const [i, step] of price.steps.entries()) {
      // The first step is always there, if only with nothing in it. Later ones need something beyond the inclusive end of
      // the step before.
      if (i > 0 && quantity.cmp(begin) <= 0) break;
      const end = step.upTo ? Fraction.min(Fraction.of(step.upTo), quantity) : quantity;
      const units = end.minus(begin);
      const parts = [...(step.unit ? [linearPart(step.unit, units)] : []), ...flatOf(step, units, context)];
      rated.push({ step: i + 1, quantity: units, exact: costOf(parts), parts, price: step.text });
      begin = Fraction.of(step.upTo ?? ZERO);
    }
    return rated;
  },
};
