/** Every entry is confirmed by the slow way: rows sorted by time, and a running sum. */
import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../../src/core/timeline/entry.ts';
import { fc } from '../../support/properties.ts';
import { type TimelineOrder, timelineFor } from '../../support/timelines.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 20261002);

type Row = { customer: string; at: bigint; requests: bigint; egress: bigint };
type Input = { rows: Row[]; small: number; large: number; change: number; rate: number };

const HOUR = 3_600_000_000_000n;
const START = BigInt(Date.UTC(2026, 9, 1)) * 1_000_000n;
const DAYS = 31n;

/** Instants that like to be close together, on edges of hours and days, and equal. */
const instants = fc
  .tuple(
    fc.constantFrom(0n, 24n, 9n * 24n, 10n * 24n, 10n * 24n + 5n, 30n * 24n + 23n),
    fc.constantFrom(-1n, 0n, 1n),
    fc.constantFrom(0n, 0n, 1n, 999_999_999n, 1_000_000_000n, 1_000_000_001n, HOUR - 1n, 1_234_567_890_123n),
  )
  .map(([hour, shift, rest]) => {
    const at = START + (hour + shift) * HOUR + rest;
    return at < START || at >= START + DAYS * 24n * HOUR ? START + rest : at;
  });
const rowsOf = fc.array(
  fc.record({
    customer: fc.constantFrom('a', 'b'),
    at: instants,
    requests: fc.bigInt({ min: 0n, max: 40n }),
    egress: fc.bigInt({ min: 0n, max: 40n }),
  }),
  { minLength: 1, maxLength: 30 },
);
const inputs: fc.Arbitrary<Input> = fc.record({
  rows: rowsOf,
  small: fc.integer({ min: 1, max: 200 }),
  large: fc.integer({ min: 1, max: 400 }),
  change: fc.constantFrom(1, 2, 10, 11, 31),
  rate: fc.integer({ min: 1, max: 80 }),
});

const THRESHOLDS = ['0.5', '0.8', '1', '1.1'];

function orderOf({ rows, small, large, change, rate }: Input): TimelineOrder & { exports: string[] } {
  const day = `2026-10-${String(change).padStart(2, '0')}`;
  const history =
    change === 1 ? '{ tier: large }' : `{ history: [ { tier: small, to: ${day} }, { tier: large, from: ${day} } ] }`;
  return {
    tiers: `
pricing_tiers:
  small: { cost: 0, limits: { requests: ${small}, egress: ${small} }, overage: { requests: 1, egress: null }, rate_limit: ${rate}/s }
  large: { cost: 9, limits: { requests: ${large} }, overage: { requests: 1 } }`,
    customers: `customers: { a: { tier: small }, b: ${history} }`,
    period: '2026-10',
    thresholds: THRESHOLDS,
    exports: [textOf(rows)],
  };
}

function textOf(rows: readonly Row[]): string {
  const lines = rows.map(({ customer, at, requests, egress }) => {
    const ms = at / 1_000_000n;
    const seconds = new Date(Number(ms)).toISOString().slice(0, 19);
    const fraction = String(at % 1_000_000_000n).padStart(9, '0');
    // In tenths, so that sums have to be exact; egress in whole bytes.
    return `${seconds}.${fraction}Z,${customer},${requests / 10n}.${requests % 10n},${egress}`;
  });
  return `timestamp,customer_id,requests,egress_bytes\n${lines.join('\n')}\n`;
}

type Expected = { at: bigint; customer: string; tier: string; meter: string; threshold: string; used: bigint };

/** Quantities in tenths × 31, so that shares of 31 days and thresholds in tenths are whole numbers. */
function crossingsBySorting({ rows, small, large, change }: Input): Expected[] {
  const end = START + DAYS * 24n * HOUR;
  const changed = START + BigInt(change - 1) * 24n * HOUR;
  const stretches = [
    { customer: 'a', tier: 'small', from: START, to: end, days: 31n },
    ...(change === 1 ? [] : [{ customer: 'b', tier: 'small', from: START, to: changed, days: BigInt(change - 1) }]),
    { customer: 'b', tier: 'large', from: changed, to: end, days: BigInt(32 - change) },
  ];
  const found: Expected[] = [];
  for (const { customer, tier, from, to, days } of stretches) {
    for (const meter of ['requests', 'egress'] as const) {
      if (tier === 'large' && meter === 'egress') continue;
      // Egress has no price: a hard cap, of which a stretch from the month's start on has all.
      const share = meter === 'egress' && from === START ? 31n : days;
      const limit = BigInt(tier === 'small' ? small : large) * (meter === 'requests' ? 10n : 1n);
      const own = rows
        .filter((row) => row.customer === customer && row.at >= from && row.at < to)
        .sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : 0));
      for (const threshold of THRESHOLDS) {
        const tenths = BigInt(Math.round(Number(threshold) * 10));
        const used = (at: bigint) => own.filter((row) => row.at <= at).reduce((sum, row) => sum + row[meter], 0n);
        const first = own.find(({ at }) => used(at) * 310n >= limit * share * tenths);
        if (first) found.push({ at: first.at, customer, tier, meter, threshold, used: used(first.at) });
      }
    }
  }
  return found;
}

const KEY = (entry: Expected) =>
  `${entry.at} ${entry.customer} ${entry.tier} ${entry.meter} ${entry.threshold} ${entry.used}`;

async function law(property: fc.IAsyncProperty<unknown>, runs: number): Promise<void> {
  const details = await fc.check(property as fc.IAsyncProperty<[Input]>, {
    seed: SEED,
    numRuns: runs * Number(process.env.PROPERTY_RUNS ?? 1),
  });
  if (!details.failed) return;
  const { counterexample, counterexamplePath, errorInstance } = details;
  throw new Error(`seed ${SEED}, path ${counterexamplePath}: ${fc.stringify(counterexample)}\n${errorInstance}`, {
    cause: errorInstance,
  });
}

describe('a timeline', () => {
  test('has the crossings that sorting and adding up finds, and no others', async () => {
    await law(
      fc.asyncProperty(inputs, fc.constantFrom(1, 3, 1000), async (input, mostSteps) => {
        const { entries } = await timelineFor({ ...orderOf(input), mostSteps, mostOfPass: mostSteps });
        const crossings = entries.filter(({ threshold }) => threshold !== undefined);
        expect(crossings.every(({ resolution }) => resolution === 'exact')).toBe(true);
        const found = crossings.map(({ at, customer, tier, meter, threshold, used }) =>
          KEY({
            at,
            customer,
            tier,
            meter: meter!,
            threshold: threshold!.toFixed(),
            used: BigInt((meter === 'requests' ? used.times(10) : used).toFixed()),
          }),
        );
        expect(found.toSorted()).toEqual(crossingsBySorting(input).map(KEY).toSorted());
      }),
      80,
    );
  });

  test('has the seconds above the rate limit that counting each second finds', async () => {
    await law(
      fc.asyncProperty(inputs, fc.constantFrom(1, 1000), async (input, mostOfPass) => {
        const { entries } = await timelineFor({ ...orderOf({ ...input, change: 31 }), mostOfPass });
        const seconds = new Map<string, Map<bigint, bigint>>();
        const lastDay = START + 30n * 24n * HOUR; // b is then on a tier without a rate limit
        for (const { customer, at, requests } of input.rows) {
          if (customer === 'b' && at >= lastDay) continue;
          const key = `${customer} ${new Date(Number(at / 1_000_000n)).toISOString().slice(0, 10)}`;
          const counts = seconds.get(key) ?? new Map<bigint, bigint>();
          seconds.set(key, counts);
          const second = at / 1_000_000_000n;
          counts.set(second, (counts.get(second) ?? 0n) + requests);
        }
        const limit = BigInt(input.rate) * 10n;
        const expected = [...seconds].flatMap(([key, counts]) => {
          const above = [...counts].filter(([, count]) => count > limit).sort(([x], [y]) => (x < y ? -1 : 1));
          if (above.length === 0) return [];
          const sum = above.reduce((total, [, count]) => total + count - limit, 0n);
          return [`${key} ${above[0]![0] * 1_000_000_000n} ${above.length} ${sum}`];
        });
        const found = entries
          .filter(({ kind }) => kind === 'rate_limit')
          .map(({ customer, at, day }) => {
            const isOwn = (entry: TimelineEntry) => entry.customer === customer && entry.day === day && entry.rate;
            const { rate } = entries.find(isOwn)!;
            return `${customer} ${day} ${at} ${rate!.seconds} ${rate!.above.times(10)}`;
          });
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      40,
    );
  });

  test('does not depend on the order of rows or files, nor on how rows are split over files', async () => {
    await law(
      fc.asyncProperty(
        inputs,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 4 }),
        async (input, draws, parts) => {
          const order = orderOf(input);
          const shuffled = input.rows.map((row) => ({ row, place: draws.next().value as number }));
          shuffled.sort((x, y) => x.place - y.place);
          const files = Array.from({ length: parts }, (_, part) => shuffled.filter((_, i) => i % parts === part));
          const exports = files.filter((file) => file.length > 0).map((file) => textOf(file.map(({ row }) => row)));
          expect((await timelineFor({ ...order, exports })).objects).toEqual((await timelineFor(order)).objects);
        },
      ),
      40,
    );
  });

  test('has the credit of a month begin and end where adding up dollars does, the minimum at the end', async () => {
    await law(
      fc.asyncProperty(rowsOf, ...amounts(40, 90, 60), async (rows, limit, minimum, grant) => {
        const { entries } = await timelineFor({
          tiers: `pricing_tiers: { p: { cost: 0, minimum: ${minimum}, limits: { egress: ${limit} }, overage: { egress: 1 } } }`,
          customers: `customers: { a: { tier: p, credits: [ { amount: ${grant} } ] }, b: { tier: p, credits: [ { amount: ${grant} } ] } }`,
          period: '2026-10',
          exports: [textOf(rows)],
        });
        const expected = ['a', 'b'].flatMap((customer) => {
          const own = rows.filter((row) => row.customer === customer);
          /** A dollar for each byte beyond the limit, up to the end of an hour. */
          const chargeAt = (hour: bigint) => {
            const used = own.filter(({ at }) => at / HOUR <= hour).reduce((sum, { egress }) => sum + egress, 0n);
            return used > BigInt(limit) ? used - BigInt(limit) : 0n;
          };
          const hours = [...new Set(own.map(({ at }) => at / HOUR))].sort((x, y) => (x < y ? -1 : 1));
          const billed = [chargeAt(1n << 62n), BigInt(minimum)].sort((x, y) => (x < y ? -1 : 1))[1]!;
          const eventOf = (kind: string, enough: bigint) => {
            const hour = hours.find((candidate) => chargeAt(candidate) >= enough);
            const drawn = hour === undefined ? billed : chargeAt(hour);
            if (drawn < enough) return [];
            const at = hour === undefined ? START + DAYS * 24n * HOUR : hour * HOUR;
            return [`${at} ${customer} ${kind} ${drawn < BigInt(grant) ? drawn : grant}`];
          };
          return [...eventOf('credit_pack_started', 1n), ...eventOf('credit_exhausted', BigInt(grant))];
        });
        const found = entries
          .filter(({ credit }) => credit)
          .map(({ at, customer, kind, used }) => `${at} ${customer} ${kind} ${used}`);
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      80,
    );
  });
});

function amounts(...most: number[]) {
  return most.map((max) => fc.integer({ min: 1, max })) as [
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
  ];
}
