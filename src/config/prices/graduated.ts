import { z } from 'zod';
import type { PriceFormat } from './format.ts';
import { readSteps, type StepText, stepSchema } from './steps.ts';

type Text = { model: 'graduated'; steps: StepText[] };

export const graduated: PriceFormat<'graduated', Text> = {
  schema: z.strictObject({ model: z.literal('graduated'), steps: z.array(stepSchema).min(1) }),
  read(text, reader) {
    const steps = readSteps(text.steps, reader);
    return steps && { model: 'graduated', steps };
  },
};
