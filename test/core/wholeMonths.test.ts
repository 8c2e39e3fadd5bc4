/** Months that exports cover from their first day to their last. */
import { expect, test } from 'vitest';
import { coveredMonths } from '../../src/core/usage/wholeMonths.ts';

const starts = (months: readonly { readonly start: number }[]) =>
  months.map(({ start }) => new Date(start).toISOString().slice(0, 7));

test.each`
  first                     | last                      | whole              | partial
  ${'2024-01-01T00:00:00Z'} | ${'2024-03-31T23:00:00Z'} | ${'2024-01,02,03'} | ${''}
  ${'2024-01-01T23:59:59Z'} | ${'2024-02-29T00:00:00Z'} | ${'2024-01,02'}    | ${''}
  ${'2024-01-02T00:00:00Z'} | ${'2024-03-30T23:59:59Z'} | ${'2024-02'}       | ${'2024-01,03'}
  ${'2024-01-01T00:00:00Z'} | ${'2024-02-28T23:59:59Z'} | ${'2024-01'}       | ${'2024-02'}
  ${'2024-01-15T00:00:00Z'} | ${'2024-01-20T00:00:00Z'} | ${''}              | ${'2024-01'}
`('rows from $first to $last cover $whole whole, $partial in part', ({ first, last, whole, partial }) => {
  const found = coveredMonths({ start: Date.parse(first), end: Date.parse(last) + 1 }, 'UTC');
  const names = (text: string) =>
    text === '' ? [] : text.split(',').map((name) => (name.length > 2 ? name : `2024-${name}`));
  expect(starts(found.whole)).toEqual(names(whole));
  expect(starts(found.partial)).toEqual(names(partial));
});

test('days are those of the zone', () => {
  // 23:30 on 31 December in UTC is 1 January in Berlin.
  const span = { start: Date.parse('2023-12-31T23:30:00Z'), end: Date.parse('2024-01-31T22:59:59Z') };
  expect(starts(coveredMonths(span, 'Europe/Berlin').partial)).toEqual([]);
});
