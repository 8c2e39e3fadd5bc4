import { z } from 'zod';
import { Fraction } from '../fraction.ts';
import type { PriceModel } from './model.ts';
import { readSteps, type Step, type StepText, stepOf, stepSchema } from './steps.ts';
import { chargeLinearly } from './unitAmount.ts';

/**
 * All units at the price of the step in which the total falls, plus that step's `flat`. One more unit can make the whole
 * cheaper where the next step is: that is what volume pricing means, and it is kept.
 */
export type VolumePrice = { readonly model: 'volume'; readonly steps: readonly Step[] };

type Text = { model: 'volume'; steps: StepText[] };

export const volume: PriceModel<'volume', Text, VolumePrice> = {
  name: 'volume',
  schema: z.strictObject({ model: z.literal('volume'), steps: z.array(stepSchema).min(1) }),
  read(text, reader) {
    const steps = readSteps(text.steps, reader);
    return steps && { model: 'volume', steps };
  },
  rate(price, quantity) {
    const at = stepOf(price.steps, quantity);
    const step = price.steps[at]!;
    return [{ step: at + 1, quantity, exact: charge(step, quantity), price: step.text }];
  },
  cautions(price) {
    const cliffs: string[] = [];
    for (const [i, step] of price.steps.slice(0, -1).entries()) {
      const end = Fraction.of(step.upTo!);
      const before = charge(step, end);
      const after = charge(price.steps[i + 1]!, end);
      if (after.cmp(before) < 0) {
        cliffs.push(`${step.upTo} units cost ${before}, the next unit brings the total down to about ${after}`);
      }
    }
    return cliffs;
  },
};

function charge(step: Step, quantity: Fraction): Fraction {
  return (step.unit ? chargeLinearly(step.unit, quantity) : Fraction.ZERO).plus(Fraction.of(step.flat));
}
