import { z } from 'zod';
import { moneyText } from '../schemaTexts.ts';
import type { PriceFormat } from './format.ts';
import { readSteps, upToText } from './steps.ts';

type Text = { model: 'stairstep'; steps: { up_to?: string | undefined; flat: string }[] };

export const stairstep: PriceFormat<'stairstep', Text> = {
  schema: z.strictObject({
    model: z.literal('stairstep'),
    steps: z
      .array(
        z.strictObject({
          up_to: upToText.optional(),
          flat: moneyText('The whole charge while the total is in this step'),
        }),
      )
      .min(1),
  }),
  read(text, reader) {
    const steps = readSteps(text.steps, reader);
    return steps && { model: 'stairstep', steps };
  },
};
