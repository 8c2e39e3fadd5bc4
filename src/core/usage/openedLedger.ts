/**
 * A ledger that begins with values of the run before it. A meter whose value stays has that value until its first row;
 * rows before the billed time were not read.
 */
import type { Instant } from '../calendar.ts';
import { carriesOver, type Meter } from '../catalog/meter.ts';
import { type Decimal, ONE } from '../decimal.ts';
import type { Period } from '../period.ts';
import { exactQuantity, type MeteredUsage, type Usage, type UsageLedger } from './ledger.ts';
import { LedgerOver } from './ledgerOver.ts';
import { shown } from './scaledUsage.ts';
import { ValuesInForce } from './timed.ts';

/** `value` in the meter's own unit; `at`: time of its row, nanoseconds since 1970, if it is known. */
export type OpeningValue = { readonly value: Decimal; readonly at?: bigint };

export type OpeningValues = {
  readonly meters: readonly Meter[];
  /** By customer, then meter. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, OpeningValue>>;
  /** Day of the month on which months begin, of customers for whom that is not the first; by id. */
  readonly anchors: ReadonlyMap<string, number>;
};

type Time = { readonly period: Period; readonly anchor: number };

export class OpenedLedger extends LedgerOver {
  private readonly opening: OpeningValues;
  private readonly carried: readonly Meter[];

  /** `ledger` keeps the first instant behind each quantity of meters that are weighted by time. */
  constructor(ledger: UsageLedger, opening: OpeningValues) {
    super(ledger);
    this.opening = opening;
    this.carried = opening.meters.filter(carriesOver);
  }

  usageOf(customer: string, period: Period, whole?: Period): Usage {
    const own = this.ledger.usageOf(customer, period, whole);
    const values = this.opening.values.get(customer);
    if (!values) return own;
    const anchor = this.opening.anchors.get(customer) ?? 1;
    const before = this.usageBefore(customer, period.start);
    const usage = new Map(own);
    for (const meter of this.carried) {
      const value = values.get(meter.name);
      if (!value || (before && before.get(meter.name)!.events > 0)) continue;
      usage.set(meter.name, withOpening(own.get(meter.name)!, value, meter, { period, anchor }));
    }
    return usage;
  }

  /** Undefined if the ledger has no row before. */
  private usageBefore(customer: string, start: Instant): Usage | undefined {
    const first = this.ledger.span?.start;
    return first === undefined || first >= start
      ? undefined
      : this.ledger.usageOf(customer, { start: first, end: start });
  }
}

/** Usage in a time before which the ledger knows no value, with the value from before. */
function withOpening(own: MeteredUsage, { value, at }: OpeningValue, meter: Meter, time: Time): MeteredUsage {
  if (!meter.weighting) {
    if (own.events > 0) return own;
    return {
      quantity: value,
      events: 0,
      isCarried: true,
      by: own.by,
      ...(at !== undefined && { first: at, last: at }),
    };
  }
  const held = new ValuesInForce();
  if (own.first !== undefined) held.add('0', own.first);
  const exact = exactQuantity(own).plus(held.weighted(time.period, value, meter.weighting, time.anchor));
  const { exact: _, ...others } = own;
  return {
    ...others,
    quantity: shown(exact),
    ...(!exact.terminates && { exact }),
    ...(own.events === 0 && !exact.isZero() && { isCarried: true }),
  };
}

/** The value that is in force in a time without rows, whose usage is given; undefined if there is none. */
export function valueInForce(
  usage: MeteredUsage,
  { weighting }: Meter,
  { period, anchor }: Time,
): OpeningValue | undefined {
  if (!usage.isCarried) return undefined;
  if (!weighting) return { value: usage.quantity, ...(usage.last !== undefined && { at: usage.last }) };
  const weight = new ValuesInForce().weighted(period, ONE, weighting, anchor);
  const value = exactQuantity(usage).dividedBy(weight);
  return value.isZero() ? undefined : { value: value.numerator };
}
