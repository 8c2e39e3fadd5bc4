/**
 * Prices half-way between two lists: the structure of the one before – models, ends of steps – with the amounts of the one
 * after. The difference to it is a change of price, the rest a change of steps.
 */
import type { Charge, Charges, DimensionCharge } from '../catalog/tier.ts';
import { ZERO } from '../decimal.ts';
import type { Price } from '../pricing/index.ts';
import type { Step } from '../pricing/steps.ts';
import { pricedGroup } from '../rating/pricedGroups.ts';

/** The charges of the meters that `before` prices, with the amounts of `after` where it prices them, too. */
export function repricedCharges(before: Charges, after: Charges): Charges {
  return new Map(
    [...before].map(([meter, charge]) => {
      const other = after.get(meter);
      return [meter, other ? repricedCharge(charge, other) : charge] as const;
    }),
  );
}

function repricedCharge(before: Charge, after: Charge): Charge {
  if (before.kind === 'single' && after.kind === 'single')
    return { kind: 'single', price: repriced(before.price, after.price) };
  const shape = before.kind === 'byDimension' ? before : (after as DimensionCharge);
  if (after.kind === 'byDimension' && after.dimension !== shape.dimension) return before;
  const groups = new Set([...groupsOf(before), ...groupsOf(after)]);
  const prices = new Map<string, Price>();
  for (const group of groups) {
    const [own, other] = [priceFor(before, group), priceFor(after, group)];
    const price = own && other ? repriced(own, other) : (own ?? other);
    if (price) prices.set(group, price);
  }
  const [own, other] = [otherwiseOf(before), otherwiseOf(after)];
  const otherwise = own && other ? repriced(own, other) : (own ?? other);
  const { kind, dimension, dimensions } = shape;
  return { kind, dimension, dimensions, prices, ...(otherwise && { otherwise }) };
}

function groupsOf(charge: Charge): Iterable<string> {
  return charge.kind === 'byDimension' ? charge.prices.keys() : [];
}

function otherwiseOf(charge: Charge): Price | undefined {
  return charge.kind === 'byDimension' ? charge.otherwise : charge.price;
}

/** The price of a group: its own, that of a class of status codes that it is in, or the one of all others. */
function priceFor(charge: Charge, group: string): Price | undefined {
  if (charge.kind === 'single') return charge.price;
  return charge.prices.get(pricedGroup(charge, group)) ?? charge.otherwise;
}

/** `before` with the amounts of `after`; `before` itself where the two have nothing that corresponds. */
export function repriced(before: Price, after: Price): Price {
  const [own, others] = [stepsOf(before), stepsOf(after)];
  if (!own || !others) return haveSameShape(before, after) ? after : before;
  if ((before.model === 'stairstep') !== (after.model === 'stairstep')) return before;
  const steps = own.map((step, i): Step => {
    const { unit, flat, text } = counterpart(own, i, others);
    return { ...(step.upTo && { upTo: step.upTo }), ...(unit && { unit }), flat, text };
  });
  return 'steps' in before ? { ...before, steps } : { model: 'graduated', steps };
}

/** Prices without steps can differ in amounts alone. */
function haveSameShape(before: Price, after: Price): boolean {
  if (before.model === 'package' && after.model === 'package') return before.per.eq(after.per);
  return before.model === after.model;
}

/** A price for each unit is one open step. Undefined: the model has no steps. */
function stepsOf(price: Price): readonly Step[] | undefined {
  if (price.model !== 'unit') return 'steps' in price ? price.steps : undefined;
  const { amount, per, text } = price;
  return [{ unit: { amount, per, text }, flat: ZERO, text }];
}

/**
 * The step of another price that a step is compared with: one with the same begin and end; else, of a closed step, one
 * with the same end; else the step in which it begins.
 */
function counterpart(own: readonly Step[], i: number, others: readonly Step[]): Step {
  const end = own[i]!.upTo;
  const begin = own[i - 1]?.upTo ?? ZERO;
  const isEnd = ({ upTo }: Step) => (upTo && end ? upTo.eq(end) : upTo === end);
  const isBegin = (j: number) => (others[j - 1]?.upTo ?? ZERO).eq(begin);
  return (
    others.find((other, j) => isEnd(other) && isBegin(j)) ??
    (end && others.find(isEnd)) ??
    others.find(({ upTo }) => !upTo || upTo.gt(begin))!
  );
}
