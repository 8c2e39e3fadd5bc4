/** Usage of a stretch that is known at an instant within it, from rows up to that instant alone. */
import type { Instant } from '../calendar.ts';
import type { Meter } from '../catalog/meter.ts';
import { Decimal } from '../decimal.ts';
import type { MeteredUsage, MeterUsage, Usage } from '../usage/ledger.ts';
import { canBeProbed, type ProbedMeterUsage, type ProbedStep, type ProbedUsage } from '../usage/probe.ts';
import type { StretchView } from './stretchView.ts';

export type Known = {
  /** Nanoseconds since 1970. Rows up to here are in `usage`. */
  readonly at: bigint;
  /** Usage since the stretch began. Meters whose steps cannot be put together have only the rows before `edge`. */
  readonly usage: Usage;
  /** An edge of the ledger's buckets, not after `at`. */
  readonly edge: Instant;
};

/** Usage that the ledger knows at an edge of its buckets, or at the stretch's end. */
export function knownAtEdge(view: StretchView, edge: Instant): Known {
  return { at: BigInt(edge) * 1_000_000n, usage: view.usageBefore(edge), edge };
}

/** Usage known at an instant: the ledger's up to `edge`, and the usage found between there and `at`. */
export function knownAt(
  view: StretchView,
  { edge, at, found }: { readonly edge: Instant; readonly at: bigint; readonly found: ProbedUsage },
  meters: ReadonlyMap<string, Meter>,
): Known {
  const usage = new Map(
    [...view.usageBefore(edge)].map(([name, before]): [string, MeteredUsage] => {
      const more = found.get(name);
      return [name, more ? metersTogether(meters.get(name)!, before, more) : before];
    }),
  );
  return { at, usage, edge };
}

/** Nanoseconds from the stretch's start to the time up to which a meter's usage is known. */
export function elapsedOf(meter: Meter, { at, edge }: Known, stretchStart: Instant): bigint {
  const until = canBeProbed(meter) ? at : BigInt(edge) * 1_000_000n;
  return until - BigInt(stretchStart) * 1_000_000n;
}

/** Names of the meters whose usage can be found to the instant. `first` comes first, if there is one. */
export function probedMeters(meters: ReadonlyMap<string, Meter>, first?: string): string[] {
  const others = [...meters.values()].filter((meter) => canBeProbed(meter) && meter.name !== first);
  return [...(first === undefined ? [] : [first]), ...others.map(({ name }) => name)];
}

/** Steps that follow one another as one piece of time. */
export function stepsTogether(steps: readonly Pick<ProbedStep, 'usage'>[], meters: ReadonlyMap<string, Meter>) {
  const total = new Map<string, ProbedMeterUsage>();
  for (const { usage } of steps) {
    for (const [name, more] of usage) {
      const before = total.get(name);
      if (!before) total.set(name, more);
      else {
        const { quantity, events, by } = metersTogether(meters.get(name)!, before, more);
        total.set(name, { quantity, events, by, latest: more.latest });
      }
    }
  }
  return total;
}

/** Two pieces of time as one; `more` is the later one, and has rows. */
function metersTogether(meter: Meter, before: MeteredUsage, more: MeteredUsage): MeteredUsage {
  if (before.by.size === 0) return { ...together(meter, before, more), by: before.by };
  const by = new Map(
    [...before.by].map(([dimension, parts]) => {
      const joined = new Map(parts);
      for (const [value, part] of more.by.get(dimension) ?? []) {
        const known = joined.get(value);
        joined.set(value, known ? { ...known, ...together(meter, known, part) } : part);
      }
      return [dimension, joined];
    }),
  );
  return { ...together(meter, before, more), by };
}

function together(meter: Meter, before: MeterUsage, more: MeterUsage): MeterUsage {
  const quantity = quantityTogether(meter, before.quantity, more.quantity);
  return { quantity, events: before.events + more.events };
}

/** Quantities of two pieces of time as one; `more` is of the later one, which has rows. */
export function quantityTogether({ aggregation }: Meter, before: Decimal, more: Decimal): Decimal {
  if (aggregation === 'max') return Decimal.max(before, more);
  return aggregation === 'last' ? more : before.plus(more);
}
