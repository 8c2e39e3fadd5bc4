import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkSampleOptions, generateSample, type SampleOptions, sampleOptions } from '../../src/sample/index.ts';
import { bytesOf, linesOf, rowsOf } from './sampleRows.ts';

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What `meter sample` writes without flags. */
const DEFAULT = rowsOf({});

test.each`
  rows      | customers | months
  ${0}      | ${200}    | ${1}
  ${1}      | ${200}    | ${1}
  ${2}      | ${1}      | ${12}
  ${743}    | ${3}      | ${1}
  ${12_345} | ${100}    | ${3}
`(
  '--rows $rows writes exactly $rows rows, for $customers customers and $months months',
  ({ rows, customers, months }) => {
    expect(rowsOf({ rows, customers, months })).toHaveLength(rows);
  },
);

test('without --rows there are 500 rows for each customer and month', () => {
  expect(DEFAULT).toHaveLength(100_000);
  expect(rowsOf({ customers: 7, months: 3 })).toHaveLength(7 * 3 * 500);
});

test('a CSV row takes about 80 bytes', () => {
  const length = bytesOf({}).length;
  expect(length).toBeGreaterThan(75 * DEFAULT.length);
  expect(length).toBeLessThan(90 * DEFAULT.length);
});

// These change only with a change that is meant to change every sample; benchmarks and fixtures depend on it.
test.each`
  format      | ids        | seed | sha256
  ${'csv'}    | ${'short'} | ${7} | ${'35122e3aac4d37a84bb779ef571b5dc50cbdce2a50c91cba6253949134cbe323'}
  ${'csv'}    | ${'uuid'}  | ${7} | ${'02dc7b1e61637306932d05a1e1ba044ec092cc4c4d5afe71e32515d86c5358ec'}
  ${'ndjson'} | ${'short'} | ${7} | ${'4fa0f7308208736dac3fe1342ff93dd6777938388dbc4336d85b83a2c149721b'}
  ${'csv'}    | ${'short'} | ${8} | ${'e166761da8dfaf1607ba0c1f444c168ea210d8c6ab74b866b5f37ff2dcd7d84c'}
`('the same flags give the same bytes: $format, $ids ids, seed $seed', ({ format, ids, seed, sha256 }) => {
  expect(digest(bytesOf({ customers: 20, months: 2, rows: 5000, format, ids, seed }))).toBe(sha256);
});

test('a second run gives the same bytes as the first', () => {
  const flags = { rows: 20_000, customers: 50 };
  expect(digest(bytesOf(flags))).toBe(digest(bytesOf(flags)));
});

test('seeds that differ in one bit, even beyond the 32nd, share no row', () => {
  const first = new Set(linesOf({ rows: 1000, seed: 7 }));
  for (const seed of [6, 7 + 2 ** 32]) {
    const shared = linesOf({ rows: 1000, seed }).filter((line) => first.has(line));
    expect(shared.length, `rows shared with seed ${seed}`).toBe(1); // the header
  }
});

test('event ids are unique', () => {
  expect(new Set(DEFAULT.map((row) => row.event_id)).size).toBe(DEFAULT.length);
});

test('UUIDs are unique and of version 4, and everything else is as with short ids', () => {
  const short = linesOf({ rows: 20_000 });
  const uuid = linesOf({ rows: 20_000, ids: 'uuid' });
  const ids = uuid.slice(1).map((line) => line.split(',')[1]!);
  const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(ids.filter((id) => !version4.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(20_000);
  const withoutId = (line: string) => line.replace(/,[^,]+/, '');
  expect(uuid.map(withoutId)).toEqual(short.map(withoutId));
});

test('NDJSON holds the same rows as CSV, with numbers as JSON numbers', () => {
  const flags = { rows: 5000, months: 2 };
  const objects = linesOf({ ...flags, format: 'ndjson' }).map((line) => JSON.parse(line) as Record<string, unknown>);
  const rows = rowsOf(flags).map((row) => ({
    ...row,
    requests: Number(row.requests),
    compute_seconds: Number(row.compute_seconds),
    egress_bytes: Number(row.egress_bytes),
  }));
  expect(objects).toEqual(rows);
});

test('a number is written with the same digits in NDJSON as in CSV', () => {
  const [line] = linesOf({ rows: 1, format: 'ndjson' });
  const [row] = rowsOf({ rows: 1 });
  expect(line).toContain(`"requests":${row!.requests},"compute_seconds":${row!.compute_seconds},`);
});

test.each`
  start        | months | end
  ${'2026-10'} | ${1}   | ${'2026-11'}
  ${'2026-01'} | ${3}   | ${'2026-04'}
  ${'2026-02'} | ${1}   | ${'2026-03'}
`('$months months from $start are all used, from their first hours on, and nothing outside them', (given) => {
  const { start, months, end } = given as { start: string; months: number; end: string };
  const times = rowsOf({ start, months, rows: 20_000 }).map((row) => row.timestamp);
  expect(times.filter((time) => time < start || time >= end)).toEqual([]);
  expect(new Set(times.map((time) => time.slice(0, 7))).size).toBe(months);
  expect(new Set(times.map((time) => time.slice(0, 13))).size).toBe(
    (Date.parse(`${end}-01`) - Date.parse(`${start}-01`)) / 3_600_000,
  );
});

test('a leap day and a change of year are part of the months', () => {
  const days = (start: string) =>
    new Set(
      linesOf({ start, months: 3, rows: 5000 })
        .slice(1)
        .map((line) => line.slice(0, 10)),
    );
  const days2027 = days('2027-12');
  expect(days2027).toContain('2027-12-31');
  expect(days2027).toContain('2028-02-29');
  expect(days2027.size).toBe(31 + 31 + 29);
});

test('rows are nearly in time order: most within seconds, few late by minutes', () => {
  let latest = 0;
  let mostLate = 0;
  let inSeconds = 0;
  for (const row of DEFAULT) {
    const time = Date.parse(row.timestamp);
    latest = Math.max(latest, time);
    mostLate = Math.max(mostLate, latest - time);
    if (latest - time < 5000) inSeconds++;
  }
  expect(mostLate).toBeLessThan(20 * 60_000);
  expect(inSeconds).toBeGreaterThan(0.99 * DEFAULT.length);
  expect(inSeconds).toBeLessThan(DEFAULT.length);
});

test('chunks hold whole lines, and stay as they are while the next ones are made', () => {
  const chunks: Uint8Array[] = [];
  const asReceived: string[] = [];
  for (const chunk of generateSample(sampleOptions({ rows: 20_000 }))) {
    chunks.push(chunk);
    asReceived.push(digest(Buffer.from(chunk)));
    expect(chunk.at(-1)).toBe(10);
    expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
  }
  expect(chunks.length).toBeGreaterThan(5);
  expect(chunks.map((chunk) => digest(Buffer.from(chunk)))).toEqual(asReceived);
});

test('a row of the most requests is written in full', () => {
  const [row] = rowsOf({ customers: 10_000, rows: 1 });
  expect(row!.requests).toBe('100000000');
  expect(row!.compute_seconds).toMatch(/^\d{4,7}\.\d{3}$/);
  expect(row!.egress_bytes).toMatch(/^\d{10,15}$/);
});

test.each`
  flag           | value           | message
  ${'customers'} | ${0}            | ${'--customers 0 is out of range'}
  ${'customers'} | ${1.5}          | ${'--customers 1.5 is out of range'}
  ${'customers'} | ${10_000_001}   | ${'--customers 10000001 is out of range'}
  ${'months'}    | ${0}            | ${'--months 0 is out of range'}
  ${'months'}    | ${121}          | ${'--months 121 is out of range'}
  ${'rows'}      | ${-1}           | ${'--rows -1 is out of range'}
  ${'rows'}      | ${Number.NaN}   | ${'--rows NaN is out of range'}
  ${'seed'}      | ${2 ** 53}      | ${'--seed 9007199254740992 is out of range'}
  ${'format'}    | ${'tsv'}        | ${'--format "tsv" is not known'}
  ${'ids'}       | ${'ulid'}       | ${'--ids "ulid" is not known'}
  ${'start'}     | ${'2026-13'}    | ${'--start "2026-13" is not a month from 1970 on'}
  ${'start'}     | ${'1969-12'}    | ${'--start "1969-12" is not a month from 1970 on'}
  ${'start'}     | ${'2026-10-01'} | ${'--start "2026-10-01" is not a month from 1970 on'}
`('--$flag $value is refused', ({ flag, value, message }) => {
  const options = { ...sampleOptions({}), [flag]: value } as SampleOptions;
  expect(checkSampleOptions(options)).toMatchObject([{ severity: 'error', code: `sample/${flag}`, message }]);
  expect(() => generateSample(options).next()).toThrow(message);
});

test('the last month may be December 9999, but not later', () => {
  expect(checkSampleOptions(sampleOptions({ start: '9999-12' }))).toEqual([]);
  expect(checkSampleOptions(sampleOptions({ start: '9999-12', months: 2 }))).toMatchObject([{ code: 'sample/start' }]);
  expect(linesOf({ start: '9999-12', rows: 3 })[3]).toMatch(/^9999-12-/);
});
