import { expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import type { Period } from '../../src/core/period.ts';
import { bucketEnd, bucketStart, bucketsFor } from '../../src/core/usage/buckets.ts';
import { type LedgerRow, MapLedger } from '../../src/core/usage/mapLedger.ts';
import { check, fc } from '../support/properties.ts';
import { compare, rational, shown, total } from '../support/rationals.ts';

const HOUR = 3_600_000;
const BASE = Date.parse('2026-10-01T00:00:00Z');

const METERS: readonly Meter[] = (['sum', 'count', 'max', 'unique', 'last'] as const).map((aggregation) => ({
  name: aggregation,
  field: aggregation,
  unit: 'unit',
  family: 'count',
  aggregation,
}));

const instant = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map((hours) => BASE + hours * HOUR),
  fc.integer({ min: 0, max: 6 * HOUR - 1 }).map((ms) => BASE + ms),
);
const quantity = fc.option(fc.oneof(fc.constantFrom('0', '1', '2', '10'), fc.stringMatching(/^\d{1,20}\.\d{1,6}$/)), {
  nil: undefined,
});
const row: fc.Arbitrary<LedgerRow> = fc.record({
  customer: fc.constantFrom('acme', 'zeta'),
  at: fc.record({ ms: instant, ns: fc.constantFrom(0, 1, 999_999) }),
  quantities: fc.tuple(quantity, quantity, quantity, quantity, quantity),
  dimensions: fc.tuple(fc.constantFrom('syd', 'fra', '')),
});

function ledgerOf(rows: readonly LedgerRow[], cuts: readonly number[]): MapLedger {
  const ledger = new MapLedger({
    meters: METERS,
    dimensions: ['region'],
    buckets: bucketsFor('UTC', cuts),
    trace: true,
  });
  for (const one of rows) ledger.add(one);
  return ledger;
}

/** What rows amount to by the plain meaning of each aggregation. */
function amountTo(rows: readonly LedgerRow[], index: number): string {
  const values = rows.flatMap(({ quantities, at }) => {
    const text = quantities[index];
    return text === undefined ? [] : [{ text, at: BigInt(at.ms) * 1_000_000n + BigInt(at.ns) }];
  });
  const numbers = values.map(({ text }) => rational(text)).sort(compare);
  switch (METERS[index]!.aggregation) {
    case 'sum':
      return shown(total(numbers), 6);
    case 'count':
      return shown(rational(values.length), 6);
    case 'max':
      return shown(numbers.at(-1) ?? rational(0), 6);
    case 'unique':
      return shown(rational(new Set(values.map(({ text }) => text)).size), 6);
    case 'last': {
      const latest = values
        .map(({ at }) => at)
        .sort((a, b) => (a < b ? -1 : 1))
        .at(-1);
      const last = values.filter(({ at }) => at === latest).map(({ text }) => rational(text));
      return shown(last.sort(compare).at(-1) ?? rational(0), 6);
    }
    default:
      throw new Error(`${METERS[index]!.aggregation} is not among the meters`);
  }
}

test('what a customer used in a period is what its rows in it amount to, in whichever order they came', () => {
  const input = fc.array(row, { maxLength: 25 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      shuffled: fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
      ends: fc.uniqueArray(instant, { minLength: 2, maxLength: 2 }),
    }),
  );
  check(
    fc.property(input, ({ rows, shuffled, ends }) => {
      const [start, end] = ends.sort((a, b) => a - b) as [number, number];
      const period: Period = { start, end };
      const own = rows.filter(({ customer, at }) => customer === 'acme' && at.ms >= start && at.ms < end);
      for (const order of [rows, shuffled]) {
        const ledger = ledgerOf(order, [start, end]);
        const usage = ledger.usageOf('acme', period);
        expect(ledger.hasRows('acme', period)).toBe(own.length > 0);
        for (const [i, meter] of METERS.entries()) {
          const { quantity, by } = usage.get(meter.name)!;
          expect(shown(rational(quantity.toFixed()), 6), meter.name).toBe(amountTo(own, i));
          for (const [region, part] of by.get('region')!) {
            const rowsThere = own.filter(({ dimensions }) => dimensions[0] === region);
            expect(shown(rational(part.quantity.toFixed()), 6), `${meter.name} in ${region}`).toBe(
              amountTo(rowsThere, i),
            );
          }
        }
      }
    }),
    { runs: 200 },
  );
});

test('buckets lie end to end, none crosses a cut, and every instant is in the one that begins last before it', () => {
  const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin');
  check(
    fc.property(zone, fc.array(instant, { maxLength: 5 }), instant, (name, cuts, at) => {
      const buckets = bucketsFor(name, cuts);
      const start = bucketStart(buckets, at);
      const end = bucketEnd(buckets, start);
      expect(start <= at && at < end).toBe(true);
      expect(bucketStart(buckets, end)).toBe(end);
      expect(bucketStart(buckets, end - 1)).toBe(start);
      expect(cuts.filter((cut) => cut > start && cut < end)).toEqual([]);
    }),
    { runs: 500 },
  );
});
