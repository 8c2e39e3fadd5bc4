import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRecord, RecordSplitter } from '../../src/records/splitRecords.ts';

/** Records of a text that comes in pieces, cut at `cuts`. */
function recordsOf(text: string, ...cuts: number[]): CsvRecord[] {
  const splitter = new RecordSplitter();
  const ends = [...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
  const pieces = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

const field = fc.string({ unit: fc.constantFrom('a', 'é', '7', ' ', ',', '"', '\n', '\r\n'), maxLength: 6 });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('records of a small CSV file', () => {
  test('are those of csv-parse for whatever is quoted as it should be, wherever the pieces end', () => {
    const row = fc.array(fc.tuple(field, fc.boolean()), { minLength: 2, maxLength: 3 }).map((fields) =>
      // A lone word needs no quotes; anything else does.
      fields.map(([text, isQuoted]) => (isQuoted || /[,"\n\r]/.test(text) ? quoted(text) : text)).join(','),
    );
    const file = fc.tuple(fc.array(row, { minLength: 1, maxLength: 6 }), fc.constantFrom('\n', '\r\n'), fc.boolean());
    fc.assert(
      fc.property(file, fc.array(fc.nat(80), { maxLength: 4 }), ([rows, end, isEnded], cuts) => {
        // A header of nine columns, so that no line within a quoted field looks like a row.
        const text = `a,b,c,d,e,f,g,h,i${end}${rows.join(end)}${isEnded ? end : ''}`;
        const expected = parse(text, { relax_column_count: true, skip_empty_lines: true }) as string[][];
        expect(recordsOf(text, ...cuts).map(({ fields }) => fields)).toEqual(expected);
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 500) },
    );
  });

  test('have the line on which they begin and their text', () => {
    expect(recordsOf('id,note\r\n\r\n1,"two\r\nlines"\r\n2,x')).toEqual([
      { line: 1, text: 'id,note', fields: ['id', 'note'] },
      { line: 3, text: '1,"two\r\nlines"', fields: ['1', 'two\r\nlines'] },
      { line: 5, text: '2,x', fields: ['2', 'x'] },
    ]);
  });

  test('a quote that is not closed costs its own row alone', () => {
    expect(recordsOf('id,month\n"1,2026-01\n2,2026-01\n3,2026-01\n')).toEqual([
      { line: 1, text: 'id,month', fields: ['id', 'month'] },
      { line: 2, text: '"1,2026-01', fields: 'unclosed-quote' },
      { line: 3, text: '2,2026-01', fields: ['2', '2026-01'] },
      { line: 4, text: '3,2026-01', fields: ['3', '2026-01'] },
    ]);
    // The line between does not look like a row; the file's end tells.
    expect(recordsOf('id,month\n"1\nx\n')).toMatchObject([
      { line: 1 },
      { line: 2, text: '"1', fields: 'unclosed-quote' },
      { line: 3, fields: ['x'] },
    ]);
  });

  test('a quote in the midst of a field is not one that opens', () => {
    expect(recordsOf('id,size\n5" pipe,1\n6,2\n')).toMatchObject([
      { line: 1 },
      { line: 2, fields: 'misplaced-quote' },
      { line: 3, fields: ['6', '2'] },
    ]);
  });

  test('lines that stay open either way are read twice at most', () => {
    // Behind an open quote `q","z` closes it and opens another; without one only the second quote opens anything.
    const text = `a,b\n"q\n${'q","z\n'.repeat(20_000)}`;
    const records = recordsOf(text);
    expect(records.length).toBe(20_002);
    expect(records.slice(1).every(({ fields }) => fields === 'unclosed-quote')).toBe(true);
  });
});
