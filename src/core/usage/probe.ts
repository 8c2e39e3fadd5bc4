/** Usage in steps finer than a ledger's buckets, for the few parts of time that a timeline has to look into. */
import { type Grouping, groupingsOf, groupOf, type KeptDimensions } from '../catalog/grouping.ts';
import type { Meter } from '../catalog/meter.ts';
import { Decimal, ZERO } from '../decimal.ts';
import type { MeteredUsage, MeterUsage } from './ledger.ts';

/** A stretch of a customer's time, and the steps in which the usage of some meters in it is wanted. */
export type Probe = {
  readonly customer: string;
  /** Names of meters, at least one; all of them can be probed ({@link canBeProbed}). */
  readonly meters: readonly string[];
  /** Keep the values of the ledger's dimensions apart. */
  readonly byDimension: boolean;
  /** Keep the largest row of each step. */
  readonly byRow: boolean;
  /** Nanoseconds since 1970, `to` excluded. They lie within one bucket of the ledger, so within one hour of UTC. */
  readonly from: bigint;
  readonly to: bigint;
  /** Width of a step in nanoseconds. Steps begin at its multiples since 1970; 1: every instant by itself. */
  readonly step: bigint;
  /** Only the steps with more than this of the first of `meters` are wanted. Absent: all. */
  readonly above?: Decimal;
};

/** Usage in one step, from the rows within the probe's time that the meter counts and whose quantity is not 0. */
export type ProbedStep = {
  /** Start of the step, nanoseconds since 1970; may be before `from`, whose rows alone count. */
  readonly at: bigint;
  /** By meter name; meters without such a row are absent. */
  readonly usage: ProbedUsage;
  /** Start of the step before it, wanted or not; absent: there is none with usage within the probe's time. */
  readonly previous?: bigint;
};

export type ProbedUsage = ReadonlyMap<string, ProbedMeterUsage>;
export type ProbedMeterUsage = MeteredUsage & {
  /** Quantity of the largest row; only if the probe asked for it. */
  readonly largest?: Decimal;
  /** Time of the latest row, nanoseconds since 1970. */
  readonly latest: bigint;
};

/** Usage of one meter in one step by rows that agree in all kept dimensions. */
export type ProbedCell = {
  /** Start of the step, nanoseconds since 1970. */
  readonly at: bigint;
  /** Place of the meter in the probe's list. */
  readonly meter: number;
  /** One for each kept dimension; none if they are not kept apart. */
  readonly values: readonly string[];
} & CellUsage;

export type CellUsage = { quantity: Decimal; events: number; latest: bigint; largest?: Decimal };

/** True for meters of which steps can be put together; of distinct values every earlier one would have to be known. */
export function canBeProbed({ aggregation }: Pick<Meter, 'aggregation'>): boolean {
  return aggregation === 'sum' || aggregation === 'count' || aggregation === 'max' || aggregation === 'last';
}

/** Puts rows of the same time together, in any order. */
export function absorb({ aggregation }: Pick<Meter, 'aggregation'>, into: CellUsage, cell: CellUsage): void {
  if (aggregation === 'max') into.quantity = Decimal.max(into.quantity, cell.quantity);
  else if (aggregation !== 'last') into.quantity = into.quantity.plus(cell.quantity);
  else if (cell.latest > into.latest) into.quantity = cell.quantity;
  // Of several values at one instant the largest, so that their order does not matter.
  else if (cell.latest === into.latest) into.quantity = Decimal.max(into.quantity, cell.quantity);
  into.events += cell.events;
  if (into.largest && cell.largest) into.largest = Decimal.max(into.largest, cell.largest);
  if (cell.latest > into.latest) into.latest = cell.latest;
}

/** `meters` are the probe's, in its order; `groupings`: what the cells are kept apart by. */
function usageOfCells(
  cells: readonly ProbedCell[],
  meters: readonly Meter[],
  groupings: readonly Grouping[],
): ProbedUsage {
  const usage = new Map<string, ProbedMeterUsage>();
  for (const [m, meter] of meters.entries()) {
    const own = cells.length === 1 ? cells : cells.filter((cell) => cell.meter === m);
    if (own[0]?.meter !== m) continue;
    const { quantity, events, latest, largest } = togetherOf(own, meter)!;
    const by = groupings.length === 0 ? NO_PARTS : partsByGrouping(own, groupings, meter);
    usage.set(meter.name, largest ? { quantity, events, latest, largest, by } : { quantity, events, latest, by });
  }
  return usage;
}

const NO_PARTS: ProbedMeterUsage['by'] = new Map();

function partsByGrouping(cells: readonly ProbedCell[], groupings: readonly Grouping[], meter: Meter) {
  return new Map(groupings.map((grouping) => [grouping.name, partsBy(cells, grouping, meter)]));
}

function togetherOf(cells: readonly ProbedCell[], meter: Meter): CellUsage | undefined {
  if (cells.length === 1) return cells[0];
  let total: CellUsage | undefined;
  for (const cell of cells) {
    const { quantity, events, latest, largest } = cell;
    if (total) absorb(meter, total, cell);
    else total = largest ? { quantity, events, latest, largest } : { quantity, events, latest };
  }
  return total;
}

/** By the groups of a grouping, ascending. */
function partsBy(cells: readonly ProbedCell[], { places }: Grouping, meter: Meter): Map<string, MeterUsage> {
  const byGroup = new Map<string, ProbedCell[]>();
  for (const cell of cells) {
    const group = groupOf(places.map((place) => cell.values[place]!));
    const known = byGroup.get(group);
    if (known) known.push(cell);
    else byGroup.set(group, [cell]);
  }
  return new Map(
    [...byGroup.keys()].sort().map((group) => {
      const { quantity, events } = togetherOf(byGroup.get(group)!, meter)!;
      return [group, { quantity, events }];
    }),
  );
}

/** The cells of one probe as its steps, ascending. */
export function stepsOfCells(
  cells: readonly ProbedCell[],
  probe: Probe,
  { meters, ...kept }: { readonly meters: readonly Meter[] } & KeptDimensions,
): ProbedStep[] {
  const own = metersOf(probe, meters).map(({ meter }) => meter);
  const groupings = groupingsOf(probe.byDimension ? kept : { dimensions: [] });
  const steps: ProbedStep[] = [];
  let previous: bigint | undefined;
  for (const [at, together] of cellsByStep(cells)) {
    const usage = usageOfCells(together, own, groupings);
    const isWanted = probe.above === undefined || (usage.get(probe.meters[0]!)?.quantity ?? ZERO).gt(probe.above);
    if (isWanted) steps.push(previous === undefined ? { at, usage } : { at, usage, previous });
    previous = at;
  }
  return steps;
}

/** Cells by their step, ascending. */
function cellsByStep(cells: readonly ProbedCell[]): [bigint, ProbedCell[]][] {
  const found: [bigint, ProbedCell[]][] = [];
  // Rows are mostly in order of time, and the cells of one step next to each other.
  const isAscending = cells.every(({ at }, i) => i === 0 || cells[i - 1]!.at <= at);
  for (const cell of isAscending ? cells : [...cells].sort(byStart)) {
    const last = found.at(-1);
    if (last?.[0] === cell.at) last[1].push(cell);
    else found.push([cell.at, [cell]]);
  }
  return found;
}

function byStart({ at: a }: ProbedCell, { at: b }: ProbedCell): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The meters of a probe, in its order, and their places among all. */
export function metersOf(
  probe: Pick<Probe, 'meters'>,
  meters: readonly Meter[],
): { readonly meter: Meter; readonly place: number }[] {
  return probe.meters.map((name) => {
    const place = meters.findIndex((meter) => meter.name === name);
    return { meter: meters[place]!, place };
  });
}
