/** The timeline of rows that are still arriving: each entry as soon as a row proves it. */
import { createHash } from 'node:crypto';
import { dateAt, type Instant, startOfDate } from '../core/calendar.ts';
import { zoneOf } from '../core/catalog/ownZone.ts';
import { Decimal } from '../core/decimal.ts';
import { Fraction } from '../core/fraction.ts';
import { type BillingRun, billings, timeOf } from '../core/invoice/billingRun.ts';
import { issueInvoice } from '../core/invoice/issueInvoice.ts';
import { runProblems } from '../core/invoice/runProblems.ts';
import type { Period } from '../core/period.ts';
import { type EntryEvent, eventKey, type TimelineEntry } from '../core/timeline/entry.ts';
import { askAll, MOST_STEPS } from '../core/timeline/ledgerQuery.ts';
import { Timeline } from '../core/timeline/timeline.ts';
import { type Buckets, bucketEnd, bucketStart } from '../core/usage/buckets.ts';

import type { Arrived, FollowedRows } from '../telemetry/follow/followedRows.ts';
import type { BillingTerms } from './billingTerms.ts';
import { openedLedger } from './openingBalances.ts';
import { Refusal } from './refusal.ts';

/** `corrects`: the id with which the event was told first; absent: it is told for the first time. */
export type ToldEntry = { readonly id: string; readonly corrects?: string; readonly entry: TimelineEntry };

/** An event that was told, by {@link eventKey}. */
type Told = {
  readonly id: string;
  /** Corrections that followed. */
  readonly corrections: number;
  /** Hash of the entry as it was told last. */
  readonly print: string;
  /** Rows from here on change nothing of it, in nanoseconds since 1970. */
  readonly until: string;
};

/** State of a timeline that is told, from which another run goes on. */
export type TimelineState = {
  readonly told: readonly (readonly [key: string, Told])[];
  /** By customer, the instant from which on an entry is certain, in nanoseconds since 1970. */
  readonly held: readonly (readonly [customer: string, certain: string])[];
  readonly rates: readonly (readonly [customer: string, rows: Period])[];
};

type FollowInput = {
  readonly terms: BillingTerms;
  readonly buckets: Buckets;
  readonly thresholds: readonly Decimal[];
  readonly rows: FollowedRows;
  /** Id of an entry. */
  readonly idOf: (entry: TimelineEntry) => string;
};

const NANOSECONDS = 1_000_000n;
const SECOND = 1_000_000_000n;

export class FollowedTimeline {
  private readonly input: FollowInput;
  private readonly told: Map<string, Told>;
  private readonly held: Map<string, bigint>;
  /** Rows of customers whose rate limits have not been looked at, from the first to the last of them. */
  private readonly rates: Map<string, Period>;
  private readonly hasRates: boolean;
  private months: Instant | undefined;

  constructor(input: FollowInput, before: TimelineState = { told: [], held: [], rates: [] }) {
    this.input = input;
    this.told = new Map(before.told);
    this.held = new Map(before.held.map(([customer, certain]) => [customer, BigInt(certain)]));
    this.rates = new Map(before.rates);
    const { rateCard, customers } = input.terms;
    const tiers = [
      ...rateCard.tiers.values(),
      ...[...customers.values()].flatMap(({ history }) => history.map((one) => one.tier)),
    ];
    this.hasRates = tiers.some(({ rateLimit }) => rateLimit !== undefined);
  }

  state(): TimelineState {
    return {
      told: [...this.told],
      held: [...this.held].map(([customer, certain]) => [customer, String(certain)]),
      rates: [...this.rates],
    };
  }

  /** What the rows that arrived prove. `isOver`: no others will come, so that all is certain. Throws a Refusal. */
  async look({ customers: arrived }: Arrived, isOver: boolean): Promise<ToldEntry[]> {
    const { terms, buckets, thresholds, rows } = this.input;
    const latest = rows.latest;
    if (latest === undefined) return [];
    const rated = this.ratesDue(arrived, latest, isOver);
    const certain = BigInt(latest) * NANOSECONDS;
    const released = [...this.held].filter(([, from]) => isOver || from <= certain).map(([customer]) => customer);
    const asked = new Set([...arrived.keys(), ...released, ...rated.keys(), ...this.withNewMonths(isOver)]);
    if (asked.size === 0) return [];
    const run: BillingRun = {
      ...terms,
      customers: new Map([...terms.customers].filter(([id]) => asked.has(id))),
      ledger: openedLedger(rows.ledgerOf(asked), terms),
    };
    const problems = runProblems(run);
    if (problems.length > 0) throw new Refusal('usage', problems);
    const timeline = new Timeline({
      ...{ run, buckets, thresholds },
      billings: billings(run, issueInvoice),
      mostSteps: MOST_STEPS / 16,
      known: {
        isSettled: (event) => this.isSettled(event, arrived),
        ratesWithin: (customer) => rated.get(customer),
      },
    });
    const ask = async (probes: Parameters<FollowedRows['probed']>[0]) => rows.probed(probes);
    await askAll(timeline.queries(), ask);
    await askAll(timeline.furtherQueries(), ask);
    for (const customer of asked) this.held.delete(customer);
    return timeline.entries().flatMap((entry) => this.tell(entry, isOver ? undefined : certain) ?? []);
  }

  private isSettled(event: EntryEvent, arrived: Arrived['customers']): boolean {
    const told = this.told.get(eventKey(event));
    if (!told) return false;
    const first = arrived.get(event.customer);
    return first === undefined || BigInt(told.until) <= first;
  }

  /** The entry, if it is certain at an instant (absent: whatever comes) and not told as it is. */
  private tell(entry: TimelineEntry, certain: bigint | undefined): ToldEntry | undefined {
    const until = endOf(entry, this.input.buckets);
    const from = entry.resolution === 'exact' ? entry.at : until;
    if (certain !== undefined && from > certain) {
      const held = this.held.get(entry.customer);
      if (held === undefined || from < held) this.held.set(entry.customer, from);
      return undefined;
    }
    const key = eventKey(entry);
    const print = printOf(entry);
    const before = this.told.get(key);
    if (before?.print === print) return undefined;
    const id = before?.id ?? this.input.idOf(entry);
    const corrections = before ? before.corrections + 1 : 0;
    this.told.set(key, { id, corrections, print, until: String(until) });
    return before ? { id: `${id}/corrected/${corrections}`, corrects: id, entry } : { id, entry };
  }

  /** Customers of the customers file, when a month has begun: they may owe a minimum for the one before. */
  private withNewMonths(isOver: boolean): readonly string[] {
    const { terms, rows } = this.input;
    const end = timeOf({ ...terms, ledger: rows.ledger })?.end;
    if (end === this.months && !isOver) return [];
    this.months = end;
    return [...terms.customers.keys()];
  }

  /** By customer, the days in which rate limits are to be looked at: up to the end of the last hour that is over. */
  private ratesDue(arrived: Arrived['customers'], latest: Instant, isOver: boolean): Map<string, Period> {
    const due = new Map<string, Period>();
    if (!this.hasRates) return due;
    for (const [customer, first] of arrived) {
      const start = Number(first / NANOSECONDS);
      const before = this.rates.get(customer);
      this.rates.set(customer, { start: Math.min(start, before?.start ?? start), end: latest });
    }
    const { terms, buckets } = this.input;
    const end = isOver ? Number.POSITIVE_INFINITY : bucketStart(buckets, latest);
    for (const [customer, rows] of this.rates) {
      if (rows.start >= end) continue;
      const zone = zoneOf(terms.customers.get(customer) ?? {}, terms.rateCard.timezone);
      due.set(customer, { start: startOfDate(dateAt(rows.start, zone), zone), end });
      if (rows.end < end) this.rates.delete(customer);
      else this.rates.set(customer, { start: end, end: rows.end });
    }
    return due;
  }
}

/** The first instant whose rows are no part of an entry. */
function endOf({ at, resolution }: TimelineEntry, buckets: Buckets): bigint {
  if (resolution === 'exact') return at + 1n;
  if (resolution === 'second') return at + SECOND;
  return BigInt(bucketEnd(buckets, Number(at / NANOSECONDS))) * NANOSECONDS;
}

function printOf(entry: TimelineEntry): string {
  const text = JSON.stringify(entry, (_key, value: unknown) =>
    typeof value === 'bigint' || value instanceof Decimal || value instanceof Fraction ? String(value) : value,
  );
  return createHash('sha256').update(text).digest('base64url');
}
