import { describe, expect, test } from 'vitest';
import { csv, shortEntries, timelineFor } from '../../support/timelines.ts';

const TIERS = `
pricing_tiers:
  small: { cost: 10, limits: { requests: 100 }, overage: { requests: 1/10 } }
  large: { cost: 50, limits: { requests: 1000 }, overage: { requests: 1/10 } }
`;
const at = (rows: readonly string[], more = {}) => timelineFor({ tiers: TIERS, exports: [csv(rows)], ...more });

describe('a threshold is reached at the first instant at which enough has been used', () => {
  test.each`
    first   | second        | third    | reached
    ${'79'} | ${'1'}        | ${'0'}   | ${['2026-10-05T00:00:00Z 0.8 80']}
    ${'79'} | ${'0.999999'} | ${'0'}   | ${[]}
    ${'79'} | ${'2'}        | ${'0'}   | ${['2026-10-05T00:00:00Z 0.8 81']}
    ${'80'} | ${'1'}        | ${'0'}   | ${['2026-10-03T00:00:00Z 0.8 80']}
    ${'79'} | ${'20'}       | ${'1'}   | ${['2026-10-05T00:00:00Z 0.8 99', '2026-10-07T00:00:00Z 1 100']}
    ${'79'} | ${'20'}       | ${'0.9'} | ${['2026-10-05T00:00:00Z 0.8 99']}
    ${'0'}  | ${'100'}      | ${'0'}   | ${['2026-10-05T00:00:00Z 0.8 100', '2026-10-05T00:00:00Z 1 100']}
  `('$first, then $second, then $third of 100', async ({ first, second, third, reached }) => {
    const rows = [
      `a 2026-10-03T00:00:00Z ${first}`,
      `a 2026-10-05T00:00:00Z ${second}`,
      `a 2026-10-07T00:00:00Z ${third}`,
    ];
    const { objects } = await at(rows);
    expect(objects.map((entry) => `${entry.at} ${entry.threshold} ${entry.used}`)).toEqual(reached);
  });

  test('to the nanosecond', async () => {
    const rows = [
      'a 2026-10-03T10:00:00.123456788Z 79',
      'a 2026-10-03T10:00:00.123456789Z 1',
      'a 2026-10-03T10:00:00.12345679Z 9',
    ];
    expect(shortEntries(await at(rows.toReversed()))).toEqual([
      '2026-10-03T10:00:00.123456789Z threshold a small requests 0.8 80/100',
    ]);
  });

  test('rows at the same instant count together', async () => {
    const rows = ['a 2026-10-03T10:00:00Z 70', 'a 2026-10-03T10:00:00Z 15', 'a 2026-10-03T10:00:00Z 4'];
    expect(shortEntries(await at(rows))).toEqual(['2026-10-03T10:00:00Z threshold a small requests 0.8 89/100']);
  });

  test('the instants of 80% and of the limit may be in one hour, or be one', async () => {
    const rows = ['a 2026-10-03T10:59:59.999Z 1', 'a 2026-10-03T10:30:00Z 98', 'a 2026-10-03T11:00:00Z 1'];
    expect((await at(rows)).objects.map((entry) => entry.at)).toEqual(['2026-10-03T10:30:00Z', '2026-10-03T11:00:00Z']);
  });

  test('thresholds may be beyond the limit, and are asked for in any order', async () => {
    const { objects } = await at(['a 2026-10-03T00:00:00Z 150'], { thresholds: ['1.5', '0.5', '1', '1.51'] });
    expect(objects.map(({ kind, threshold }) => `${kind} ${threshold}`)).toEqual([
      'threshold 0.5',
      'limit 1',
      'threshold 1.5',
    ]);
  });

  test('however many rows an hour has, and however few may be kept', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `a 2026-10-03T10:${String(i % 60).padStart(2, '0')}:00.${i}Z 1`);
    const expected = await at(rows);
    const narrow = await at(rows, { mostSteps: 2, mostOfPass: 3 });
    expect(narrow.objects).toEqual(expected.objects);
    expect([expected.passes, narrow.passes > 3]).toEqual([1, true]);
  });

  test('a limit of 0 is reached by nobody', async () => {
    const tiers = 'pricing_tiers: { only: { cost: 0, limits: { requests: 0 }, overage: { requests: 1/10 } } }';
    expect((await timelineFor({ tiers, exports: [csv(['a 2026-10-03T00:00:00Z 5'])] })).entries).toEqual([]);
  });
});

describe('periods and tiers', () => {
  test('each billing period begins anew: what happens exactly at its end is in the next one', async () => {
    const rows = [
      'a 2026-10-31T23:59:59.999999999Z 79',
      'a 2026-11-01T00:00:00Z 79',
      'a 2026-11-30T23:59:59.999999999Z 1',
    ];
    expect(shortEntries(await at(rows))).toEqual([
      '2026-11-30T23:59:59.999999999Z threshold a small requests 0.8 80/100',
    ]);
  });

  test('rows out of the chosen period count for nothing', async () => {
    const rows = ['a 2026-09-30T23:59:59Z 79', 'a 2026-10-01T00:00:00Z 79', 'a 2026-11-01T00:00:00Z 79'];
    expect((await at(rows, { period: '2026-10' })).entries).toEqual([]);
    expect(shortEntries(await at([...rows, 'a 2026-10-31T23:59:59Z 1'], { period: '2026-10' }))).toEqual([
      '2026-10-31T23:59:59Z threshold a small requests 0.8 80/100',
    ]);
  });

  const customers = (change: string) =>
    `customers: { a: { history: [ { tier: small, to: ${change} }, { tier: large, from: ${change} } ] } }`;

  test('a stretch of 10 of 31 days has 10/31 of the limit, and the next tier its own', async () => {
    // 100 × 10/31 is 32.258…, 80% of it 25.806…; 1000 × 21/31 is 677.419…, 80% 541.935…
    const rows = ['a 2026-10-10T23:59:59.999Z 25.9', 'a 2026-10-11T00:00:00Z 541.9', 'a 2026-10-11T00:00:00.001Z 0.1'];
    expect(shortEntries(await at(rows, { customers: customers('2026-10-11') }))).toEqual([
      '2026-10-10T23:59:59.999Z threshold a small requests 0.8 25.9/32.258064516129',
      '2026-10-11T00:00:00.001Z threshold a large requests 0.8 542/677.41935483871',
    ]);
  });

  test('a change of tier inside an hour parts its rows', async () => {
    const change = '2026-10-16T12:34:56.789Z';
    const rows = ['a 2026-10-16T12:34:56.788999999Z 48', 'a 2026-10-16T12:34:56.789Z 48'];
    // 15 of 31 days: 100 × 15/31 = 48.387…
    expect(shortEntries(await at(rows, { customers: customers(change) }))).toEqual([
      '2026-10-16T12:34:56.788999999Z threshold a small requests 0.8 48/48.387096774194',
    ]);
  });

  test('in a zone of half an hour, and in anchored periods', async () => {
    const rows = ['a 2026-10-14T18:29:59Z 79', 'a 2026-10-14T18:30:00Z 80', 'a 2026-10-14T18:29:59.5Z 1'];
    const anchored = {
      tiers: `timezone: Asia/Kolkata\n${TIERS}`,
      customers: 'customers: { a: { tier: small, anchor: 15 } }',
    };
    expect(shortEntries(await at(rows, anchored))).toEqual([
      '2026-10-14T18:29:59.500Z threshold a small requests 0.8 80/100',
      '2026-10-14T18:30:00Z threshold a small requests 0.8 80/100',
    ]);
  });
});

describe('aggregations', () => {
  const tiers = (aggregate: string) => `
meters: { seats: { field: seats, unit: seat, aggregate: ${aggregate} } }
pricing_tiers: { only: { cost: 0, limits: { seats: 3 }, overage: { seats: 1 } } }`;
  const rows = [
    'a 2026-10-03T10:00:00Z 2',
    'a 2026-10-03T10:20:00Z 2',
    'a 2026-10-03T10:40:00Z 3',
    'a 2026-10-03T10:50:00Z 1',
  ];

  test.each`
    aggregate   | reached
    ${'sum'}    | ${'2026-10-03T10:20:00Z limit a only seats 1 4/3'}
    ${'count'}  | ${'2026-10-03T10:40:00Z limit a only seats 1 3/3'}
    ${'max'}    | ${'2026-10-03T10:40:00Z limit a only seats 1 3/3'}
    ${'unique'} | ${'2026-10-03T10:00:00Z limit a only seats 1 3/3 hour'}
    ${'last'}   | ${undefined}
  `('$aggregate', async ({ aggregate, reached }) => {
    const exports = [csv(rows.toReversed(), 'seats')];
    const entries = shortEntries(await timelineFor({ tiers: tiers(aggregate), exports, thresholds: ['1'] }));
    expect(entries).toEqual(reached === undefined ? [] : [reached]);
  });

  test('last values count at the end of each hour', async () => {
    const more = [...rows, 'a 2026-10-03T11:10:00Z 5', 'a 2026-10-03T12:10:00Z 0'];
    const order = { tiers: tiers('last'), exports: [csv(more, 'seats')], thresholds: ['1'] };
    expect(shortEntries(await timelineFor(order))).toEqual(['2026-10-03T11:00:00Z limit a only seats 1 5/3 hour']);
  });
});

test('a second reading without the rows of the first is not taken for an answer', async () => {
  await expect(at(['a 2026-10-03T10:00:00Z 80'], { seesOtherRows: true })).rejects.toThrow(
    `the rows of requests of "a" from ${BigInt(Date.UTC(2026, 9, 3, 10)) * 1_000_000n} on are not those that were read before`,
  );
});
