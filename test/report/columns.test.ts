import { expect, test } from 'vitest';
import { plainTable, type Row } from '../../src/report/render/columns.ts';

const row = (i: number): Row => [`customer ${i}`, '日本'.repeat(i % 7), String(10 ** (i % 9))];
const across = (i: number): Row => [{ content: `    explanation ${'x'.repeat(i % 60)}`, colSpan: 3 }];

test.each([99, 100, 101, 350])('in a table of %i rows all amounts end below each other', (count) => {
  const rows = Array.from({ length: count }, (_, i) => (i % 5 === 0 ? across(i) : row(i)));
  const lines = plainTable(rows, ['left', 'left', 'right']).split('\n').slice(0, -1);
  expect(lines).toHaveLength(count);
  const widths = lines.filter((_, i) => i % 5 !== 0).map((line) => line.replaceAll(/[日本]/g, '..').length);
  expect(new Set(widths).size).toBe(1);
});

test('a table of 20 000 rows is a matter of seconds', () => {
  const started = performance.now();
  plainTable(
    Array.from({ length: 20_000 }, (_, i) => row(i)),
    ['left', 'left', 'right'],
  );
  expect(performance.now() - started).toBeLessThan(15_000);
});
