/** The law that makes an event worth notifying: whatever rows come later, what was said of an instant stays. */
import { expect, test } from 'vitest';
import type { TimelineEntry } from '../../../src/core/timeline/entry.ts';
import { timelineCloudEvents } from '../../../src/report/timeline/cloudEvents.ts';
import { checkAsync, fc } from '../../support/properties.ts';
import { type MadeTimeline, type TimelineOrder, timelineFor } from '../../support/timelines.ts';

type Row = {
  customer: string;
  at: bigint;
  region: string;
  requests: number;
  egress: number;
  seats: number | '';
  peak: number;
  user: string;
};

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const START = BigInt(Date.UTC(2026, 9, 1)) * 1_000_000n;

/** Close together, in few hours, with many rows in one second and on edges of hours, days and of the month. */
const instants = fc
  .tuple(
    fc.constantFrom(0n, 1n, 24n, 100n, 101n, 10n * 24n, 10n * 24n + 1n, 30n * 24n + 23n, 31n * 24n, 40n * 24n),
    fc.constantFrom(0n, 0n, 60n, 1800n, 1801n, 3599n),
    fc.constantFrom(0n, 1n, 500_000_000n, 999_999_999n),
  )
  .map(([hour, second, rest]) => START + hour * HOUR + second * SECOND + rest);
const rowsOf: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    customer: fc.constantFrom('a', 'b'),
    at: instants,
    region: fc.constantFrom('eu', 'us'),
    requests: fc.integer({ min: 0, max: 40 }),
    egress: fc.integer({ min: 0, max: 40 }),
    seats: fc.constantFrom<number | ''>('', '', 0, 1, 3, 5),
    peak: fc.integer({ min: 0, max: 40 }),
    user: fc.constantFrom('', 'x', 'y', 'z'),
  }),
  { minLength: 2, maxLength: 25 },
);

const PRICES = {
  unit: '1',
  // Twice as much can cost a tenth: what credits have paid by an instant is then more than what is charged later.
  volume: '{ model: volume, steps: [ { up_to: 60, amount: 1 }, { amount: 0.1 } ] }',
  graduated: '{ model: graduated, steps: [ { up_to: 20, amount: 1 }, { amount: 0.5 } ] }',
};

type Terms = {
  limit: number;
  price: keyof typeof PRICES;
  rate: number;
  grant: number;
  minimum: number;
  day: number;
  packs: boolean;
};
const termsOf: fc.Arbitrary<Terms> = fc.record({
  limit: fc.integer({ min: 1, max: 120 }),
  price: fc.constantFrom('unit' as const, 'volume' as const, 'graduated' as const),
  rate: fc.integer({ min: 1, max: 60 }),
  grant: fc.integer({ min: 1, max: 120 }),
  minimum: fc.integer({ min: 0, max: 90 }),
  day: fc.constantFrom(2, 5, 11, 31),
  packs: fc.constantFrom(true, false, false), // costly: the charges of every day have to be known
});

function orderOf({ limit, price, rate, grant, minimum, day, packs }: Terms): Omit<TimelineOrder, 'exports'> {
  const limits = `limits: { requests: ${limit}, egress: ${limit}, seats: 2, peak: 30, users: 2 }`;
  const change = `2026-10-${String(day).padStart(2, '0')}`;
  const credits = `credits: [ { amount: ${grant} }, { amount: 5, from: 2026-10-05, expires: 2026-10-12 } ]`;
  return {
    tiers: `
notifications: { upgrade_url: "https://x/{customer}/{tier}" }
${packs ? 'credit_packs: { burst: { price: 25, credit: 25, expires_after: 5d, auto_purchase: { max_per_period: 2 } } }' : ''}
meters:
  seats: { field: seats, unit: seat, aggregate: last }
  peak: { field: peak, unit: peak, aggregate: max }
  users: { field: user, unit: user, aggregate: unique }
pricing_tiers:
  free: { cost: 0, ${limits}, overage: null, rate_limit: ${rate}/s }
  small:
    cost: 10
    minimum: ${minimum}
    ${limits}
    rate_limit: ${rate}/s
    overage:
      requests: ${PRICES[price]}
      egress: { by: region, prices: { eu: 1, us: 2 } }
      seats: 3
      peak: 0.1
      users: 7
  large:
    cost: 60
    limits: { requests: 300, egress: 300, seats: 4 }
    overage: { requests: 0.2, egress: { by: region, prices: { eu: 0.3, us: 0.1 } }, seats: 1, peak: 0.05, users: 1 }`,
    customers: `
customers:
  a: { tier: small, ${credits} }
  b: { history: [ { tier: free, to: ${change} }, { tier: small, from: ${change} } ], ${credits} }`,
    thresholds: ['0.5', '0.8', '1.5'],
  };
}

function exportOf(rows: readonly Row[]): string {
  const lines = rows.map(({ customer, at, region, requests, egress, seats, peak, user }) => {
    const second = new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19);
    const time = `${second}.${String(at % SECOND).padStart(9, '0')}Z`;
    return [time, customer, region, requests, egress, seats, peak, user].join(',');
  });
  return `timestamp,customer_id,region,requests,egress_bytes,seats,peak,user\n${lines.join('\n')}\n`;
}

/** The last instant whose rows an entry may depend on. */
function lastInstantOf({ at, resolution }: TimelineEntry): bigint {
  if (resolution === 'exact') return at;
  return resolution === 'second' ? at + SECOND - 1n : at + HOUR - 1n;
}

/** The CloudEvents of entries that are about instants up to `cut`. */
function eventsUntil(cut: bigint, { entries, report }: MadeTimeline): string[] {
  const own = entries.filter((entry) => lastInstantOf(entry) <= cut);
  return [...timelineCloudEvents({ ...report, entries: own }, undefined as never)];
}

/** In some order, over some files. */
function spread(rows: readonly Row[], order: readonly number[], files: number): string[] {
  const shuffled = rows.map((row, i) => ({ row, place: order[i % order.length]! * (i + 1) }));
  shuffled.sort((x, y) => (x.place % 97) - (y.place % 97));
  const parts = Array.from({ length: files }, (_, part) => shuffled.filter((__, i) => i % files === part));
  return parts.filter((part) => part.length > 0).map((part) => exportOf(part.map(({ row }) => row)));
}

/** Each makes several timelines; PROPERTY_RUNS=20 makes hundreds. */
const RUNS = { runs: 15 };
const orders = fc.array(fc.nat(1000), { minLength: 1, maxLength: 9 });

test('an entry depends on rows up to its instant only, in any order, over any files', {
  timeout: 600_000,
}, async () => {
  let compared = 0;
  await checkAsync(
    fc.asyncProperty(
      rowsOf,
      termsOf,
      orders,
      fc.constantFrom('2026-10', 'all'),
      fc.constantFrom(2, 1000),
      async (rows, terms, order, period, mostSteps) => {
        const limited = { ...orderOf(terms), period, mostSteps };
        const whole = await timelineFor({ ...limited, exports: [exportOf(rows)] });
        const ends = [...new Set([...whole.entries.map(lastInstantOf), ...rows.map(({ at }) => at)])];
        // A few of the cuts, others in other runs.
        for (const end of ends.filter((_, i) => i % 5 === order[0]! % 5)) {
          const kept = rows.filter(({ at }) => at <= end);
          if (kept.length === 0) continue;
          const cut = await timelineFor({ ...limited, exports: spread(kept, order, (order.length % 3) + 1) });
          // A month is billed from its first row on; before that it has no entries, whatever stays from the month before.
          const { end: billed } = cut.run.ledger.span!;
          const told = whole.entries.filter((entry) => entry.period.start < billed);
          const expected = eventsUntil(end, { ...whole, entries: told });
          expect(eventsUntil(end, cut)).toEqual(expected);
          compared += expected.length;
        }
      },
    ),
    RUNS,
  );
  expect(compared).toBeGreaterThan(RUNS.runs);
});
