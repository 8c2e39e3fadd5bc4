/**
 * An invoice's lines by day, hour, or the values of a dimension. Quantities and amounts of the parts add up to the line.
 *
 * By time, a line's quantity is what was used of it in that time: usage fills the included quantity and the steps in time
 * order, as everywhere. By a dimension, each value has a part of every line in proportion to its usage, as with included
 * quantities. Amounts are shared in proportion to the parts' quantities in the line, see shareOut.ts.
 */
import { assert } from '../assert.ts';
import { type CalendarDate, dateAt, daysLater, formatDate, HOUR_MS, type Instant, startOfDate } from '../calendar.ts';

import type { Meter } from '../catalog/meter.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Billing } from '../invoice/billingRun.ts';
import type { InvoiceLine } from '../invoice/invoice.ts';
import type { Currency } from '../money.ts';
import type { Period } from '../period.ts';
import type { UsageLine } from '../rating/line.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { exactQuantity, type UsageLedger } from '../usage/ledger.ts';
import { groupKey, groupTest, type LineGroup, lineGroups, usageOfGroup } from './lineGroup.ts';
import { LinePosition } from './linePosition.ts';
import { shareOut } from './shareOut.ts';

export const BREAKDOWNS = ['day', 'hour', 'route', 'region'] as const;
export type By = (typeof BREAKDOWNS)[number];

/** The dimension of a breakdown that is by one. */
export function dimensionOf(by: By): string | undefined {
  return by === 'day' || by === 'hour' ? undefined : by;
}

export type Part = {
  /** `2026-10-12`, the begin of an hour; the dimension's value, '' for rows without one. */
  readonly value: Instant | string;
  /** Usage of the line's group in it, included usage too. */
  readonly used: Fraction;
  /** Of the line's quantity. */
  readonly quantity: Fraction;
  /** Of the line's amount. */
  readonly amount: Decimal;
};

/** `parts`: undefined for lines that are not about usage, and where usage cannot be told apart. */
export type BrokenLine = { readonly line: InvoiceLine; readonly parts?: readonly Part[] };

export type BreakdownContext = { readonly ledger: UsageLedger; readonly meters: ReadonlyMap<string, Meter> };

/** The lines of an invoice in its order. */
export function breakdownOf(billing: Billing, by: By, context: BreakdownContext): BrokenLine[] {
  const groups = new Map(lineGroups(billing).map((group) => [group.key, group]));
  const known = new Map<LineGroup, readonly GroupPart[]>();
  const { currency } = billing.invoice;
  return billing.invoice.lines.map((line) => {
    if (line.kind !== 'usage') return { line };
    const group = groups.get(groupKey(line))!;
    const parts = known.get(group) ?? partsOf(group, billing, by, context);
    known.set(group, parts);
    return brokenLine(line, group.lines.indexOf(line), parts, currency);
  });
}

/** `quantities`: of each line of the group. */
type GroupPart = Pick<Part, 'value' | 'used'> & { readonly quantities: readonly Fraction[] };

function brokenLine(line: UsageLine, place: number, parts: readonly GroupPart[], currency: Currency): BrokenLine {
  const quantities = parts.map((part) => part.quantities[place]!);
  const sum = Fraction.sum(quantities);
  // An amount may be owed for events alone, and a quantity of 0 says nothing about those.
  const weights = sum.isZero() ? parts.map(({ used }) => used) : quantities;
  if (Fraction.sum(weights).isZero()) return { line };
  assert(sum.eq(line.quantity), () => `parts of ${line.description} add up to ${sum}, not ${line.quantity}`);
  const amounts = shareOut(line.amount, weights, currency);
  const shown = parts.map(({ value, used }, i) => ({ value, used, quantity: quantities[i]!, amount: amounts[i]! }));
  return {
    line,
    parts: shown.filter(({ used, amount, quantity }) => !used.isZero() || !amount.eq(ZERO) || !quantity.isZero()),
  };
}

function partsOf(group: LineGroup, billing: Billing, by: By, context: BreakdownContext): GroupPart[] {
  const dimension = dimensionOf(by);
  if (dimension !== undefined) return partsByValue(group, dimension, billing, context);
  const { input } = billing;
  const stretch = input.stretches[group.stretch]!;
  const slices =
    by === 'day' ? daysOf(group.period, input.rateCard.timezone) : hoursOf(group.period, input.rateCard.timezone);
  return partsByTime(group, slices, stretch, context);
}

function partsByTime(
  group: LineGroup,
  slices: readonly Slice[],
  stretch: Stretch,
  { meters }: BreakdownContext,
): GroupPart[] {
  const position = new LinePosition(group);
  const { aggregation } = meters.get(group.meter)!;
  const isFlow = aggregation === 'sum' || aggregation === 'count';
  let before = Fraction.ZERO;
  return slices.map(({ value, period }) => {
    const usage = isFlow ? stretch.usageIn!(period) : stretch.usageBefore!(period.end);
    const used = usageOfGroup(group, usage);
    const quantity = used ? exactQuantity(used) : Fraction.ZERO;
    const change = isFlow ? quantity : quantity.minus(before);
    before = quantity;
    return { value, used: change, quantities: position.move(period.start, change).quantities };
  });
}

function partsByValue(
  group: LineGroup,
  dimension: string,
  { input }: Billing,
  { ledger }: BreakdownContext,
): GroupPart[] {
  assert(ledger.combinationsOf !== undefined, () => 'the ledger keeps no combinations of dimension values');
  const used = new Map<string, Fraction>();
  for (const { values, usage } of ledger.combinationsOf(input.customer, group.period)) {
    const test = groupTest(group, [...values.keys()]);
    const own = usage.get(group.meter);
    if (!own || own.quantity.isZero() || !test([...values.values()])) continue;
    const value = values.get(dimension)!;
    used.set(value, (used.get(value) ?? Fraction.ZERO).plus(exactQuantity(own)));
  }
  const sum = Fraction.sum(used.values());
  if (sum.isZero()) return [];
  return [...used]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, own]) => ({
      value,
      used: own,
      quantities: group.lines.map(({ quantity }) => quantity.times(own).dividedBy(sum)),
    }));
}

type Slice<Value = Instant | string> = { readonly value: Value; readonly period: Period };

function daysOf(stretch: Period, zone: string): Slice[] {
  return datesOf(stretch, zone).map(({ value, period }) => ({ value: formatDate(value), period }));
}

/** The calendar days that a stretch touches, cut at its ends. */
function datesOf({ start, end }: Period, zone: string): Slice<CalendarDate>[] {
  const slices: Slice<CalendarDate>[] = [];
  for (let date = dateAt(start, zone), from = start; from < end; ) {
    const next = daysLater(date, 1);
    const to = Math.min(startOfDate(next, zone), end);
    slices.push({ value: date, period: { start: from, end: to } });
    [date, from] = [next, to];
  }
  return slices;
}

/** The hours of each day, counted from its begin, cut at the stretch's ends. */
function hoursOf(stretch: Period, zone: string): Slice[] {
  return datesOf(stretch, zone).flatMap(({ value, period }) => {
    const slices: Slice[] = [];
    for (let hour = startOfDate(value, zone); hour < period.end; hour += HOUR_MS) {
      const part = { start: Math.max(hour, period.start), end: Math.min(hour + HOUR_MS, period.end) };
      if (part.start < part.end) slices.push({ value: hour, period: part });
    }
    return slices;
  });
}
