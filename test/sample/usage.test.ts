import { expect, test } from 'vitest';
import { type Row, rowsOf, sumBy } from './sampleRows.ts';

/** What `meter sample` writes without flags. */
const DEFAULT = rowsOf({});

const requestsOf = (row: Row) => Number(row.requests);

test('nights are quieter than days, and weekends than weekdays', () => {
  const byHour = sumBy(DEFAULT, (row) => row.timestamp.slice(11, 13), requestsOf);
  for (const night of ['01', '02', '03', '04'])
    for (const day of ['13', '14', '15', '16']) expect(byHour.get(night)! * 2).toBeLessThan(byHour.get(day)!);

  const rowsByDate = sumBy(
    DEFAULT,
    (row) => row.timestamp.slice(0, 10),
    () => 1,
  );
  const onWeekday = (weekdays: readonly number[]) =>
    [...rowsByDate].filter(([date]) => weekdays.includes(new Date(date).getUTCDay())).map(([, rows]) => rows);
  expect(Math.max(...onWeekday([0, 6]))).toBeLessThan(Math.min(...onWeekday([1, 2, 3, 4, 5])));
});

test.each([1, 7, 2 ** 40])(
  'with seed %i the top tenth of customers has between 40 and 90 percent of the requests',
  (seed) => {
    const rows = rowsOf({ seed, rows: 20_000 });
    const sizes = [...sumBy(rows, (row) => row.customer_id, requestsOf).values()].sort((a, b) => b - a);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const top = sizes.slice(0, sizes.length / 10).reduce((sum, size) => sum + size, 0);
    expect(top / total).toBeGreaterThan(0.4);
    expect(top / total).toBeLessThan(0.9);
  },
);

test('the largest customer has many times the rows of the median one, and fuller rows', () => {
  const rowCounts = sumBy(
    DEFAULT,
    (row) => row.customer_id,
    () => 1,
  );
  const requests = sumBy(DEFAULT, (row) => row.customer_id, requestsOf);
  const ranked = [...requests.keys()].sort((a, b) => requests.get(b)! - requests.get(a)!);
  const [largest, median] = [ranked[0]!, ranked[100]!];
  expect(rowCounts.get(largest)!).toBeGreaterThan(5 * rowCounts.get(median)!);
  expect(requests.get(largest)! / rowCounts.get(largest)!).toBeGreaterThan(
    5 * (requests.get(median)! / rowCounts.get(median)!),
  );
});

test.each([1, 7, 100])('with seed %i the 200 customers spread over limits of 50k, 200k and 2M requests', (seed) => {
  const sizes = [...sumBy(rowsOf({ seed, rows: 20_000 }), (row) => row.customer_id, requestsOf).values()];
  expect(sizes).toHaveLength(200);
  const between = (least: number, end: number) => sizes.filter((size) => size >= least && size < end).length;
  expect(between(0, 50_000)).toBeGreaterThan(50);
  expect(between(50_000, 200_000)).toBeGreaterThan(40);
  expect(between(200_000, 2_000_000)).toBeGreaterThan(50);
  expect(between(2_000_000, Number.POSITIVE_INFINITY)).toBeGreaterThan(6);
});

test('more rows tell the same usage more finely', () => {
  const totalOf = (rows: Row[]) => rows.reduce((sum, row) => sum + requestsOf(row), 0);
  const few = totalOf(rowsOf({ rows: 10_000 }));
  const many = totalOf(DEFAULT);
  expect(few / many).toBeGreaterThan(0.9);
  expect(few / many).toBeLessThan(1.1);
});

test('each customer has a favourite route and region of its own, and all of them are used', () => {
  for (const place of ['region', 'route'] as const) {
    const rows = sumBy(
      DEFAULT,
      (row) => `${row.customer_id} ${row[place]}`,
      () => 1,
    );
    const favourites = new Map<string, string>();
    for (const [key] of [...rows].sort(([, a], [, b]) => a - b)) {
      const [customer, name] = key.split(' ') as [string, string];
      favourites.set(customer, name);
    }
    expect(new Set(favourites.values()).size).toBeGreaterThan(5);
    expect(new Set(DEFAULT.map((row) => row[place])).size).toBe(10);
  }
});

test('the large customers are the same ones with another number of rows and in another month', () => {
  const largestOf = (rows: Row[]) =>
    [...sumBy(rows, (row) => row.customer_id, requestsOf)]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 3)
      .map(([customer]) => customer);
  expect(largestOf(rowsOf({ rows: 20_000 }))).toEqual(largestOf(DEFAULT));
  expect(largestOf(rowsOf({ rows: 20_000, start: '2024-02' }))).toEqual(largestOf(DEFAULT));
});
