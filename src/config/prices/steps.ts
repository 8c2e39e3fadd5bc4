/** The steps that graduated, volume and stairstep prices are written with. */
import { z } from 'zod';
import { type Decimal, ZERO } from '../../core/decimal.ts';
import type { Step } from '../../core/pricing/steps.ts';
import { moneyText, quantityText } from '../schemaTexts.ts';
import type { PriceReader } from './format.ts';
import { readUnitAmount } from './unitAmount.ts';

export type StepText = {
  up_to?: string | undefined;
  amount?: string | undefined;
  per?: string | undefined;
  flat?: string | undefined;
};

export const upToText = quantityText(
  'Inclusive end of the step, counted after the included quantity. Absent on the last step',
);

export const stepSchema = z.strictObject({
  up_to: upToText.optional(),
  amount: moneyText('Price of each `per` units').optional(),
  per: quantityText('Units that the amount is for. Default: one').optional(),
  flat: moneyText('Added once when the step is entered').optional(),
});

/** Reads steps in ascending order, the last one open; undefined if a problem was reported. */
export function readSteps(texts: readonly StepText[], reader: PriceReader): Step[] | undefined {
  const steps: Step[] = [];
  let before: StepEnd | undefined;
  for (const [i, text] of texts.entries()) {
    const { upTo, isSound } = readEnd(text.up_to, { i, isLast: i === texts.length - 1, before }, reader);
    const step = readStep(text, i, reader);
    if (step && isSound) steps.push({ ...step, ...(upTo && { upTo }) });
    if (upTo) before = { upTo, text: text.up_to! };
  }
  return steps.length === texts.length ? steps : undefined;
}

type StepEnd = { readonly upTo: Decimal; readonly text: string };

/** `isSound`: false if a problem was reported. */
function readEnd(
  text: string | undefined,
  { i, isLast, before }: { i: number; isLast: boolean; before: StepEnd | undefined },
  reader: PriceReader,
): { upTo?: Decimal; isSound: boolean } {
  if (text === undefined) {
    if (isLast) return { isSound: true };
    const message = `step ${i + 1} has no up_to, but it is not the last one`;
    const hint = 'give it an up_to; only the last step is open';
    reader.problem({ code: 'step-without-end', message, hint }, 'steps', i);
    return { isSound: false };
  }
  const upTo = reader.quantity(text, 'steps', i, 'up_to');
  const fault = isLast ? closed(text) : upTo && notAscending(i, { upTo, text }, before);
  if (fault) reader.problem(fault, 'steps', i, 'up_to');
  return { isSound: upTo !== undefined && fault === undefined, ...(upTo && { upTo }) };
}

function closed(text: string) {
  return {
    code: 'last-step-closed' as const,
    message: `the last step ends at ${text}: usage beyond it would have no price`,
    hint: 'leave out its up_to, or add a step without one',
  };
}

/** Undefined if the step ends after the one before it, and the first above 0. */
function notAscending(i: number, { upTo, text }: StepEnd, before: StepEnd | undefined) {
  const code = 'not-ascending' as const;
  if (!before) {
    if (!upTo.isZero()) return undefined;
    return {
      code,
      message: 'step 1 ends at 0 and would never be entered',
      hint: 'make its up_to larger, or remove it',
    };
  }
  if (upTo.gt(before.upTo)) return undefined;
  return {
    code,
    message: `step ${i + 1} ends at ${text}, but step ${i} already ends at ${before.text}`,
    hint: `make each up_to larger than the one before it, or remove step ${i + 1}`,
  };
}

function readStep(text: StepText, i: number, reader: PriceReader): Omit<Step, 'upTo'> | undefined {
  if (text.amount === undefined && text.flat === undefined) {
    reader.problem(
      {
        code: 'step-without-price',
        message: `step ${i + 1} has no price`,
        hint: 'give it an amount (0 for free units) or a flat',
      },
      'steps',
      i,
    );
    return undefined;
  }
  const unit =
    text.amount === undefined ? undefined : readUnitAmount({ amount: text.amount, per: text.per }, reader, 'steps', i);
  const flat = text.flat === undefined ? ZERO : reader.money(text.flat, 'steps', i, 'flat');
  if ((text.amount !== undefined && !unit) || !flat) return undefined;
  const flatText = text.flat === undefined ? [] : [`${text.flat} flat`];
  return { ...(unit && { unit }), flat, text: [...(unit ? [unit.text] : []), ...flatText].join(' + ') };
}
