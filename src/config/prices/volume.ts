import { z } from 'zod';
import type { PriceFormat } from './format.ts';
import { readSteps, type StepText, stepSchema } from './steps.ts';

type Text = { model: 'volume'; steps: StepText[] };

export const volume: PriceFormat<'volume', Text> = {
  schema: z.strictObject({ model: z.literal('volume'), steps: z.array(stepSchema).min(1) }),
  read(text, reader) {
    const steps = readSteps(text.steps, reader);
    return steps && { model: 'volume', steps };
  },
};
