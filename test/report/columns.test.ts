import { expect, test } from 'vitest';
import { plainTable, type Row, tablePieces } from '../../src/report/render/columns.ts';

const row = (i: number): Row => [`customer ${i}`, '日本'.repeat(i % 7), String(10 ** (i % 9))];
const across = (i: number): Row => [{ content: `    explanation ${'x'.repeat(i % 60)}`, colSpan: 3 }];

test.each([99, 100, 101, 350])('in a table of %i rows all amounts end below each other', (count) => {
  const rows = Array.from({ length: count }, (_, i) => (i % 5 === 0 ? across(i) : row(i)));
  const lines = plainTable(rows, ['left', 'left', 'right']).split('\n').slice(0, -1);
  expect(lines).toHaveLength(count);
  const widths = lines.filter((_, i) => i % 5 !== 0).map((line) => line.replaceAll(/[日本]/g, '..').length);
  expect(new Set(widths).size).toBe(1);
});

test('a long table comes in pieces of a hundred rows: more at once would take time that grows with their square', () => {
  const rows = Array.from({ length: 1050 }, (_, i) => row(i));
  const pieces = [...tablePieces(rows, ['left', 'left', 'right'])].filter((piece) => piece !== '');
  expect(pieces.map((piece) => piece.split('\n').length - 1)).toEqual([...new Array(10).fill(100), 50]);
  expect(pieces.join('')).toBe(plainTable(rows, ['left', 'left', 'right']));
});
