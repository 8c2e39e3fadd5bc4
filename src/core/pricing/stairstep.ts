import { z } from 'zod';
import { moneyText, quantityText } from '../schemaTexts.ts';
import { costOf, type PriceModel } from './model.ts';
import { flatOf, readSteps, type Step, stepOf } from './steps.ts';

/** One amount for the step in which the total falls, however many units that is. */
export type StairstepPrice = { readonly model: 'stairstep'; readonly steps: readonly Step[] };

type Text = { model: 'stairstep'; steps: { up_to?: string | undefined; flat: string }[] };

export const stairstep: PriceModel<'stairstep', Text, StairstepPrice> = {
  name: 'stairstep',
  schema: z.strictObject({
    model: z.literal('stairstep'),
    steps: z
      .array(
        z.strictObject({
          up_to: quantityText(
            'Inclusive end of the step, counted after the included quantity. Absent on the last step',
          ).optional(),
          flat: moneyText('The whole charge while the total is in this step'),
        }),
      )
      .min(1),
  }),
  read(text, reader) {
    const steps = readSteps(text.steps, reader);
    return steps && { model: 'stairstep', steps };
  },
  rate(price, quantity, context) {
    const at = stepOf(price.steps, quantity);
    const step = price.steps[at]!;
    const parts = flatOf(step, quantity, context);
    return [{ step: at + 1, quantity, exact: costOf(parts), parts, price: step.text }];
  },
};
