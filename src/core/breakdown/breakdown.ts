/**
 * An invoice's lines by day, hour, or the values of a dimension. Quantities and amounts of the parts add up to the line.
 *
 * By time, a line's quantity is what was used of it in that time: usage fills the included quantity and the steps in time
 * order, as everywhere. By a dimension, each value has a part of every line in proportion to its usage, as with included
 * quantities. Amounts are shared in proportion to the parts' quantities in the line, see shareOut.ts.
 */
import { assert } from '../assert.ts';
import { type CalendarDate, dateAt, daysLater, formatDate, HOUR_MS, type Instant, startOfDate } from '../calendar.ts';

import { groupingName, type KeptDimensions, valuesIn } from '../catalog/grouping.ts';
import type { Meter } from '../catalog/meter.ts';
import { type Decimal, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import type { Billing } from '../invoice/billingRun.ts';
import type { InvoiceLine } from '../invoice/invoice.ts';
import type { Currency } from '../money.ts';
import type { Period } from '../period.ts';
import type { UsageLine } from '../rating/line.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { exactQuantity } from '../usage/ledger.ts';
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
  /** Part of the line's quantity. */
  readonly quantity: Fraction;
  /** Part of the line's amount. */
  readonly amount: Decimal;
};

/** `parts`: undefined for lines that are not about usage, and where usage cannot be told apart. */
export type BrokenLine = { readonly line: InvoiceLine; readonly parts?: readonly Part[] };

/** The lines of an invoice in its order. `meters`: of the rate card. By a dimension: its ledger keeps {@link keptFor}. */
export function breakdownOf(billing: Billing, by: By, meters: Meters): BrokenLine[] {
  const groups = new Map(lineGroups(billing).map((group) => [group.key, group]));
  const known = new Map<LineGroup, readonly GroupPart[]>();
  const { currency } = billing.invoice;
  return billing.invoice.lines.map((line) => {
    if (line.kind !== 'usage') return { line };
    const group = groups.get(groupKey(line))!;
    const parts = known.get(group) ?? partsOf(group, billing, by, meters);
    known.set(group, parts);
    return brokenLine(line, group.lines.indexOf(line), parts, currency);
  });
}

type Meters = ReadonlyMap<string, Pick<Meter, 'aggregation'>>;

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

function partsOf(group: LineGroup, { input }: Billing, by: By, meters: Meters): GroupPart[] {
  const dimension = dimensionOf(by);
  const stretch = input.stretches[group.stretch]!;
  if (dimension !== undefined) return partsByValue(group, dimension, stretch);
  const { timezone } = input.rateCard;
  const slices = by === 'day' ? daysOf(group.period, timezone) : hoursOf(group.period, timezone);
  return partsByTime(group, slices, stretch, meters);
}

function partsByTime(group: LineGroup, slices: readonly Slice[], stretch: Stretch, meters: Meters): GroupPart[] {
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

function partsByValue(group: LineGroup, dimension: string, { usage }: Stretch): GroupPart[] {
  const names = withDimension(group.priced?.charge.dimensions ?? [], dimension);
  const isOwn = groupTest(group, names);
  const used = new Map<string, Fraction>();
  for (const [combination, own] of usage.get(group.meter)!.by.get(groupingName(names)) ?? []) {
    const values = valuesIn(combination, names);
    if (own.quantity.isZero() || !isOwn(values)) continue;
    const value = values[names.indexOf(dimension)]!;
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

/** Dimensions that a ledger has to keep for breakdowns by one, besides those that prices and meters need. */
export function keptFor<R extends KeptDimensions>(kept: R, dimension: string): R {
  const { dimensions, groupings = [] } = kept;
  const together = [...dimensions.map((name) => [name]), ...groupings]
    .map((names) => withDimension(names, dimension))
    .filter((names) => names.length > 1);
  const known = new Map([...groupings, ...together].map((names) => [groupingName(names), names]));
  return { ...kept, dimensions: withDimension(dimensions, dimension).toSorted(), groupings: [...known.values()] };
}

function withDimension(names: readonly string[], dimension: string): readonly string[] {
  return names.includes(dimension) ? names : [...names, dimension];
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
