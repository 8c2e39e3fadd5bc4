/** The lines of an invoice that share their usage, and where in it each of them begins. */
import { groupOf } from '../catalog/grouping.ts';
import { carriesOver, type Meter, needsEveryRow } from '../catalog/meter.ts';
import type { DimensionCharge } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import type { Billing } from '../invoice/billingRun.ts';
import { lineKey } from '../invoice/lineKey.ts';
import type { Period } from '../period.ts';
import { limitWithin, type MeterLimit } from '../rating/limits.ts';
import type { UsageLine } from '../rating/line.ts';
import { pricedGroup, pricedGroups } from '../rating/pricedGroups.ts';
import type { Stretch } from '../rating/rateStretch.ts';
import { exactQuantity, type MeterUsage, type Usage } from '../usage/ledger.ts';

/** Usage of one meter in one stretch, or of one combination of dimension values where the price is by dimension. */
export type LineGroup = {
  /** Key of its lines without their step: `usage:egress`, `usage:egress/2@syd`. */
  readonly key: string;
  readonly meter: string;
  /** Position in the invoice's stretches. */
  readonly stretch: number;
  readonly period: Period;
  /** The price and the group in its table; absent: the price is by no dimension. */
  readonly priced?: { readonly charge: DimensionCharge; readonly group: string };
  readonly used: Fraction;
  readonly events: number;
  /** At most so much is covered by the fee; Infinity: the tier includes all of it. */
  readonly included: Fraction | typeof Number.POSITIVE_INFINITY;
  /** Days or weeks that have a limit each. */
  readonly windows?: MeterLimit['windows'];
  /** By step, ascending. Empty: the meter has no price, and what is beyond `included` is blocked. */
  readonly lines: readonly UsageLine[];
};

/** The groups of an invoice: those of its usage lines, then meters that were used and have no line. */
export function lineGroups({ input, invoice }: Billing): LineGroup[] {
  const groups = new Map<string, LineGroup & { readonly lines: UsageLine[] }>();
  for (const line of invoice.lines) {
    if (line.kind !== 'usage') continue;
    const key = groupKey(line);
    const known = groups.get(key);
    if (known) known.lines.push(line);
    else groups.set(key, { key, ...pricedPlace(line, input), lines: [line] });
  }
  const unpriced = input.stretches.flatMap((stretch, position) =>
    [...stretch.usage].flatMap(([meter, used]): LineGroup[] => {
      if (stretch.tier.charges.has(meter) || (used.events === 0 && used.quantity.isZero())) return [];
      const limit = limitOf(stretch, meter, input);
      return [
        {
          key: groupKey({ kind: 'usage', meter, stretch: position }),
          ...{ meter, stretch: position, period: stretch.period, lines: [] },
          ...{ used: exactQuantity(used), events: used.events, included: limit?.included ?? Number.POSITIVE_INFINITY },
          ...(limit?.windows && { windows: limit.windows }),
        },
      ];
    }),
  );
  return [...groups.values(), ...unpriced];
}

/** The key of a usage line without its step. */
export function groupKey(line: Pick<UsageLine, 'kind' | 'meter' | 'stretch' | 'dimensions'>): string {
  const { kind, meter, stretch, dimensions } = line;
  return lineKey({ kind, meter, stretch, ...(dimensions && { dimensions }) } as UsageLine);
}

function pricedPlace(line: UsageLine, input: Billing['input']): Omit<LineGroup, 'key' | 'lines'> {
  const stretch = input.stretches[line.stretch]!;
  const charge = stretch.tier.charges.get(line.meter)!;
  const place = { meter: line.meter, stretch: line.stretch, period: stretch.period, included: line.included };
  const usage = { used: line.usedExact ?? Fraction.of(line.used), events: line.rows.events };
  if (charge.kind === 'byDimension') {
    const group = groupOf(line.dimensions!.map(({ value }) => value));
    return { ...place, ...usage, priced: { charge, group } };
  }
  const windows = limitOf(stretch, line.meter, input)?.windows;
  return { ...place, ...usage, ...(windows && { windows }) };
}

function limitOf(stretch: Stretch, meter: string, { period, rateCard }: Billing['input']): MeterLimit | undefined {
  const isLevel = stretch.levels?.has(meter) === true;
  return limitWithin(
    { tier: stretch.tier, stretch: stretch.period, period, timezone: rateCard.timezone, isLevel },
    meter,
  );
}

/** The group's part of a usage; undefined if nothing was used. */
export function usageOfGroup({ meter, priced }: LineGroup, usage: Usage): MeterUsage | undefined {
  const used = usage.get(meter);
  if (!used || !priced) return used;
  return pricedGroups(priced.charge, used).find(([group]) => group === priced.group)?.[1];
}

/** True for rows whose values are those of the group; `values` are in the order of `dimensions`. */
export function groupTest(
  { priced }: LineGroup,
  dimensions: readonly string[],
): (values: readonly string[]) => boolean {
  if (!priced) return () => true;
  const places = priced.charge.dimensions.map((name) => dimensions.indexOf(name));
  return (values) => pricedGroup(priced.charge, groupOf(places.map((place) => values[place]!))) === priced.group;
}

/** True if rows move a running quantity, which ends as the quantity of the line. */
export function isRunning(meter: Pick<Meter, 'aggregation'>): boolean {
  return !carriesOver(meter) && !needsEveryRow(meter);
}
