/**
 * A running quantity on its way through the included quantity and the steps of a price, in time order.
 *
 * What a move puts into a line is the difference between what the line has after it and before it. So all moves together
 * put into each line what the invoice has there, also where rows take usage back.
 */
import type { Instant } from '../calendar.ts';
import { Fraction } from '../fraction.ts';
import { contains } from '../period.ts';
import type { UsageLine } from '../rating/line.ts';
import type { LineGroup } from './lineGroup.ts';

/** Effect of a change. Quantities are below 0 where usage was taken back. */
export type Move = {
  /** The group's quantity after it. */
  readonly running: Fraction;
  readonly included: Fraction;
  /** Beyond a hard cap. */
  readonly blocked: Fraction;
  /** In the order of the group's lines; 0 for lines that it does not touch. */
  readonly quantities: readonly Fraction[];
  /** It is the first beyond the included quantity: of the stretch, or of its day or week. */
  readonly leavesIncluded: boolean;
  /** Lines, steps of the price, that have a quantity for the first time. */
  readonly enters: readonly UsageLine[];
};

export class LinePosition {
  private readonly group: LineGroup;
  /** Quantity of the lines before each. */
  private readonly begins: readonly Fraction[];
  private running = Fraction.ZERO;
  private beyond = Fraction.ZERO;
  /** By window. */
  private readonly inWindow: Fraction[];
  private readonly entered = new Set<UsageLine>();
  /** Quantities of a move within the included quantity. */
  private readonly nothing: readonly Fraction[];

  constructor(group: LineGroup) {
    this.group = group;
    const begins: Fraction[] = [];
    let sum = Fraction.ZERO;
    for (const { quantity } of group.lines) {
      begins.push(sum);
      sum = sum.plus(quantity);
    }
    this.begins = begins;
    this.nothing = begins.map(() => Fraction.ZERO);
    this.inWindow = (group.windows ?? []).map(() => Fraction.ZERO);
  }

  /** Adds a change of the running quantity at an instant of the stretch. */
  move(at: Instant, change: Fraction): Move {
    const { lines, windows, included } = this.group;
    const before = this.beyond;
    this.running = this.running.plus(change);
    const window = windows?.findIndex(({ period }) => contains(period, at));
    const [was, is] =
      window === undefined || window < 0 ? [before, beyondOf(this.running, included)] : this.movedIn(window, change);
    this.beyond = before.plus(is.minus(was));
    const beyond = this.beyond.minus(before);
    const isBefore = this.beyond.isZero() && before.isZero();
    const quantities = isBefore
      ? this.nothing
      : lines.map((_, i) => this.within(i, this.beyond).minus(this.within(i, before)));
    const enters = lines.filter((line, i) => quantities[i]!.isPositive() && !this.entered.has(line));
    for (const line of enters) this.entered.add(line);
    return {
      running: this.running,
      included: change.minus(beyond),
      blocked: lines.length === 0 ? beyond : Fraction.ZERO,
      quantities,
      leavesIncluded:
        !was.isPositive() && is.isPositive() && included !== Number.POSITIVE_INFINITY && !isNothing(included),
      enters: lines.length > 1 || lines[0]?.step !== undefined ? enters : [],
    };
  }

  /** Usage beyond the window's limit, before and after. */
  private movedIn(window: number, change: Fraction): [Fraction, Fraction] {
    const { included } = this.group.windows![window]!;
    const before = this.inWindow[window]!;
    const after = before.plus(change);
    this.inWindow[window] = after;
    return [beyondOf(before, included), beyondOf(after, included)];
  }

  /** The part of a quantity beyond the included one that lies in a line; the last line has no end. */
  private within(i: number, beyond: Fraction): Fraction {
    const begin = this.begins[i]!;
    const end = this.begins[i + 1];
    const upTo = end ? Fraction.min(beyond, end) : beyond;
    return Fraction.max(upTo.minus(begin), Fraction.ZERO);
  }
}

function beyondOf(quantity: Fraction, included: LineGroup['included']): Fraction {
  if (typeof included === 'number') return Fraction.ZERO;
  return quantity.cmp(included) <= 0 ? Fraction.ZERO : quantity.minus(included);
}

function isNothing(included: LineGroup['included']): boolean {
  return typeof included !== 'number' && included.isZero();
}
