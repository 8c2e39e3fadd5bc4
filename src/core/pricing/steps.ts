/**
 * Steps: the rungs that graduated, volume and stairstep prices share.
 *
 * A step is written with its upper end alone, and begins where the one before it ends: two written bounds would leave
 * holes into which a fractional quantity falls and costs nothing.
 */
import { z } from 'zod';
import type { Decimal } from '../decimal.ts';
import { ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { moneyText, quantityText } from '../schemaTexts.ts';
import { type CostPart, flatParts, type PriceReader, type RatingContext } from './model.ts';
import { readUnitAmount, type UnitAmount } from './unitAmount.ts';

export type Step = {
  /** Inclusive, in meter units after the included quantity; undefined: open, only on the last step. */
  readonly upTo?: Decimal;
  readonly unit?: UnitAmount;
  /** Added once when the step is entered: see {@link flatOf}. */
  readonly flat: Decimal;
  readonly text: string;
};

export type StepText = {
  up_to?: string | undefined;
  amount?: string | undefined;
  per?: string | undefined;
  flat?: string | undefined;
};

export const stepSchema = z.strictObject({
  up_to: quantityText(
    'Inclusive end of the step, counted after the included quantity. Absent on the last step',
  ).optional(),
  amount: moneyText('Price of each `per` units').optional(),
  per: quantityText('Units that the amount is for. Default: one').optional(),
  flat: moneyText('Added once when the step is entered').optional(),
});

/** Reads steps in ascending order, the last one open; undefined if a problem was reported. */
export function readSteps(texts: readonly StepText[], reader: PriceReader): Step[] | undefined {
  const steps: Step[] = [];
  let before: { upTo: Decimal; text: string } | undefined;
  let complete = true;
  for (const [i, text] of texts.entries()) {
    const isLast = i === texts.length - 1;
    const upTo = text.up_to === undefined ? undefined : reader.quantity(text.up_to, 'steps', i, 'up_to');
    if (text.up_to === undefined && !isLast) {
      reader.problem(
        {
          code: 'step-without-end',
          message: `step ${i + 1} has no up_to, but it is not the last one`,
          hint: 'give it an up_to; only the last step is open',
        },
        'steps',
        i,
      );
      complete = false;
    } else if (text.up_to !== undefined && isLast) {
      reader.problem(
        {
          code: 'last-step-closed',
          message: `the last step ends at ${text.up_to}: usage beyond it would have no price`,
          hint: `leave out its up_to, or add a step without one`,
        },
        'steps',
        i,
        'up_to',
      );
      complete = false;
    } else if (upTo && (before ? upTo.lte(before.upTo) : upTo.isZero())) {
      const [message, hint] = before
        ? [
            `step ${i + 1} ends at ${text.up_to}, but step ${i} already ends at ${before.text}`,
            `make each up_to larger than the one before it, or remove step ${i + 1}`,
          ]
        : ['step 1 ends at 0 and would never be entered', 'make its up_to larger, or remove it'];
      reader.problem({ code: 'not-ascending', message, hint }, 'steps', i, 'up_to');
      complete = false;
    }
    const step = readStep(text, i, reader);
    if (step && (text.up_to === undefined || upTo)) steps.push({ ...step, ...(upTo && { upTo }) });
    else complete = false;
    if (upTo) before = { upTo, text: text.up_to! };
  }
  return complete ? steps : undefined;
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

/**
 * The flat of a step in which `quantity` is. The first step is entered without any usage where the tier includes nothing
 * of the meter: a price list that begins with `flat` is then a base price. Where the tier includes some, usage within
 * that is paid for by the fee and enters no step.
 */
export function flatOf({ flat }: Step, quantity: Fraction, { isPartlyIncluded }: RatingContext): CostPart[] {
  return isPartlyIncluded && quantity.isZero() ? [] : flatParts(flat);
}

/** The step, counted from 0, in which a total falls: the first whose inclusive end is not below it. */
export function stepOf(steps: readonly Step[], total: Fraction): number {
  return steps.findIndex((step) => !step.upTo || total.cmp(Fraction.of(step.upTo)) <= 0);
}
