/**
 * Notes of a billing run beside its invoices: likely mistakes and missing things that do not keep it from being billed.
 */
import type { CreditGrant } from '../catalog/credit.ts';
import { assignmentsIn } from '../catalog/customer.ts';
import type { Meter } from '../catalog/meter.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { listed } from '../listed.ts';
import { monthAt, type Period } from '../period.ts';
import { groupDigits } from '../quantity.ts';
import type { CounterReport } from '../usage/counters/book.ts';
import { counterWarnings } from '../usage/counters/warnings.ts';
import {
  type FloatColumn,
  inexactWarnings,
  type MissingDimension,
  mappingNotice,
  missingDimensionWarnings,
  type RunWarning,
} from '../usage/exportNotes.ts';
import { type Difference, lookAlikesAmong } from '../usage/lookAlikes.ts';
import type { Mapping } from '../usage/mapping.ts';
import type { Sample } from '../usage/rowTerms.ts';
import { type DayRange, daysWithoutRows } from '../usage/rowTimes.ts';
import { isScaledUp } from '../usage/sample/sampledRows.ts';
import { type BillingRun, defaultTierOf, isExcluded, periodsOf } from './billingRun.ts';
import { spansOf } from './runTimes.ts';

export type RunNotes = {
  /** Days of the billed time without any row, in time order. */
  readonly daysWithoutRows: readonly DayRange[];
  /** Only if there is a customers file. */
  readonly customers?: CustomersBeside | undefined;
  /** Customers with a credit that began before the run and is taken in full, because no balances say what is left of it. */
  readonly creditsInFull?: readonly string[] | undefined;
  readonly warnings: readonly RunWarning[];
  /** Customers with rows who get no invoice, because they are excluded; ascending ids. Absent: nobody is to be. */
  readonly excluded?: readonly string[] | undefined;
  /** The usage is estimated from a sample; absent: all of it was measured. */
  readonly sample?: Sample | undefined;
};

/** Ids in ascending order. */
export type CustomersBeside = {
  /** They have rows, and the customers file does not name them. */
  readonly onDefaultTier: readonly string[];
  /** The customers file names them, and they have no rows. */
  readonly withoutRows: readonly string[];
};

/** Facts that the reader of the exports reports. */
export type ReadNotes = {
  /** Meters for which some row has a value. */
  readonly seenMeters: ReadonlySet<string>;
  /** Kept dimensions in which no row of a source has a value. */
  readonly missingDimensions: readonly MissingDimension[];
  /** Columns of floats that were read; absent: none. */
  readonly inexact?: readonly FloatColumn[];
  readonly mapping: Mapping | undefined;
  readonly hasCustomersFile: boolean;
  /** Absent: there are none. */
  readonly counters?: CounterReport | undefined;
};

export function runNotes(run: BillingRun, read: ReadNotes): RunNotes {
  const billed = billedTime(run);
  return {
    daysWithoutRows: billed ? daysWithoutRows(run.ledger.rowsByBucket, billed, run.rateCard.timezone) : [],
    ...(read.hasCustomersFile && { customers: customersBeside(run) }),
    ...(run.exclude && { excluded: run.ledger.customers.filter((id) => isExcluded(id, run.exclude)) }),
    ...(run.sample && { sample: run.sample }),
    ...(!run.opening && { creditsInFull: creditsInFull(run) }),
    warnings: [
      ...mappingNotice(read.mapping),
      ...inexactWarnings(read.inexact ?? []),
      ...unseenMeters(run, read),
      ...sampledLevels(run),
      ...unseenDimensions(run, read),
      ...rowsOutsideOwnMonths(run),
      ...counterWarnings(read.counters),
      ...lookAlikeWarnings(idsIn(run), run.only),
    ],
  };
}

/** The time in which rows of every customer count: of the chosen period, the part that all anchored customers share. */
function billedTime({ ledger, periods, customers, rateCard }: BillingRun): Period | undefined {
  const { timezone } = rateCard;
  if (periods.kind === 'months') {
    if (!ledger.span) return undefined;
    const last = ledger.span.end - 1;
    return { start: monthAt(ledger.span.start, timezone).start, end: monthAt(last, timezone).end };
  }
  let { start, end } = periods.period;
  for (const { billed } of spansOf(customers, periods, timezone).values()) {
    if (!billed) continue;
    start = Math.max(start, billed.start);
    end = Math.min(end, billed.end);
  }
  return start < end ? { start, end } : undefined;
}

function customersBeside({ ledger, customers, only, exclude }: BillingRun): CustomersBeside {
  const inUsage = new Set(ledger.customers);
  const isAskedFor = (id: string) => (!only || only.has(id)) && !isExcluded(id, exclude);
  return {
    onDefaultTier: ledger.customers.filter((id) => !customers.has(id) && isAskedFor(id)),
    withoutRows: [...customers.keys()].filter((id) => !inUsage.has(id) && isAskedFor(id)).sort(),
  };
}

function creditsInFull(run: BillingRun): string[] {
  const { customers, only } = run;
  const taken: string[] = [];
  for (const [id, customer] of customers) {
    if (customer.grants.length === 0 || (only && !only.has(id))) continue;
    const time = periodsOf(run, customer).find((period) => assignmentsIn(customer, period).length > 0);
    if (time && customer.grants.some((grant) => wasInForceBefore(grant, time))) taken.push(id);
  }
  return taken.sort();
}

/** True if a grant that pays in the period may have paid before it. */
function wasInForceBefore({ start, expires }: CreditGrant, period: Period): boolean {
  return (start === undefined || start < period.start) && (expires === undefined || expires > period.start);
}

function idsIn({ ledger, customers }: BillingRun): readonly string[] {
  return customers.size === 0 ? ledger.customers : [...new Set([...ledger.customers, ...customers.keys()])];
}

/** `only`: leaves out groups without any of these customers. */
export function lookAlikeWarnings(ids: readonly string[], only?: ReadonlySet<string>): RunWarning[] {
  return lookAlikesAmong(ids)
    .filter((group) => !only || group.ids.some((id) => only.has(id)))
    .map(({ ids: customers, differences }) => ({
      severity: 'warning',
      code: 'usage/look-alike-customers',
      message: `${customers.length} customers differ only by ${listed(differences.map((one) => WORDS[one]))}: ${customers.map((id) => `"${id}"`).join(', ')}`,
      hint:
        differences.length === 1 && differences[0] === 'blanks'
          ? 'if they are one customer, --trim-ids joins them'
          : 'if they are one customer, give it one id in the exports and the customers file',
      customers,
    }));
}

const WORDS: Record<Difference, string> = {
  blanks: 'blanks at the ends',
  normalisation: 'Unicode normalisation',
  case: 'letter case',
};

/** Meters that a tier of the run prices, and for which no row has a value: their usage is 0 on every invoice. */
function unseenMeters(run: BillingRun, { seenMeters, mapping }: ReadNotes): RunWarning[] {
  if (!run.ledger.span) return [];
  const held = new Set([...(run.opening?.customers.values() ?? [])].flatMap(({ values }) => [...values.keys()]));
  const tiersByMeter = new Map<string, Set<string>>();
  for (const { name, charges } of tiersOf(run)) {
    for (const meter of charges.keys()) {
      if (seenMeters.has(meter) || held.has(meter)) continue;
      const tiers = tiersByMeter.get(meter) ?? new Set();
      tiersByMeter.set(meter, tiers.add(name));
    }
  }
  return [...tiersByMeter].map(([meter, tiers]) => {
    const field = mapping?.meters ? fieldOf(mapping, meter) : run.rateCard.meters.get(meter)!.field;
    const why = field === undefined ? 'which the mapping does not mention' : `which is read from ${field}`;
    return {
      severity: 'warning',
      code: 'usage/unseen-meter',
      message: `no row has a value for ${meter}, ${why}; ${listed([...tiers])} ${tiers.size === 1 ? 'prices' : 'price'} it`,
      hint: 'if the exports hold it under another name, map it with --map',
      meter,
    };
  });
}

/** Rows that lie in another month of their customer's own zone than any that is billed. */
function rowsOutsideOwnMonths(run: BillingRun): RunWarning[] {
  const { ledger, customers, periods } = run;
  const { span } = ledger;
  if (periods.kind === 'one' || !span) return [];
  return [...customers.values()].flatMap((customer): RunWarning[] => {
    const { id, timezone } = customer;
    if (timezone === undefined || isExcluded(id, run.exclude)) return [];
    const billed = periodsOf(run, customer).reduce((sum, period) => sum + ledger.rowsOf(id, period), 0);
    const outside = ledger.rowsOf(id, span) - billed;
    if (outside === 0) return [];
    return [
      {
        severity: 'warning',
        code: 'usage/outside-own-months',
        message: `${groupDigits(String(outside))} ${outside === 1 ? 'row' : 'rows'} of customer "${id}" ${outside === 1 ? 'lies' : 'lie'} in a month of ${timezone} that is not billed`,
        hint: 'give the exports of the month before and after, too, and the month with --period',
        customers: [id],
      },
    ];
  });
}

/** Warnings about dimensions, for meters that a tier of the run prices or limits. */
function unseenDimensions(run: BillingRun, { missingDimensions }: ReadNotes): RunWarning[] {
  if (!run.ledger.span) return [];
  return missingDimensionWarnings(missingDimensions, usedMeters(run));
}

/** The meters that a tier of the run prices or limits. */
function usedMeters(run: BillingRun): Meter[] {
  const tiers = [...tiersOf(run)];
  const isUsed = ({ name }: Meter) => tiers.some(({ limits, charges }) => limits.has(name) || charges.has(name));
  return [...run.rateCard.meters.values()].filter(isUsed);
}

/** Meters of which a sample says nothing but a bound: what is not in it may be more. */
function sampledLevels(run: BillingRun): RunWarning[] {
  if (!run.sample || !run.ledger.span) return [];
  return usedMeters(run)
    .filter((meter) => !isScaledUp(meter))
    .map(({ name, aggregation }) => ({
      severity: 'warning',
      code: 'usage/sampled-level',
      message: `${name} (${aggregation}) is as the rows in the sample have it: there is no estimate for the others`,
      hint: 'measure it with an export that has all rows',
      meter: name,
    }));
}

function fieldOf({ meters }: Mapping, meter: string): string | undefined {
  const source = meters?.get(meter);
  return source && 'field' in source ? source.field : undefined;
}

/** The tiers on which customers of the run are in its time. */
function tiersOf(run: BillingRun): Set<ListedTier> {
  const { ledger, periods, customers, only } = run;
  const time = periods.kind === 'one' ? periods.period : ledger.span!;
  const tiers = new Set<ListedTier>();
  for (const [id, customer] of customers) {
    if (only && !only.has(id)) continue;
    for (const { tier } of assignmentsIn(customer, time)) tiers.add(tier);
  }
  const tier = defaultTierOf(run);
  if (tier?.kind === 'listed' && ledger.customers.some((id) => !customers.has(id) && (!only || only.has(id))))
    tiers.add(tier);
  return tiers;
}
