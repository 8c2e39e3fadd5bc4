/** CSV for spreadsheets of other countries. */
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { inDialect } from '../../src/report/csvDialect.ts';
import { check, fc } from '../support/properties.ts';

const CSV =
  'customer,amount,description,customer_note\n1.5,-19.50,"a; b, ""c""\n1.5",=x\n"x;y",1200,0.40/10k,2.0.1\n\ncustomer,share\n2.5,0.25\n';

test('amounts have a decimal comma, names and texts that look like numbers stay, and a cell with the separator is quoted', () => {
  const dialect = { separator: ';', decimal: ',', bom: true } as const;
  expect([...inDialect([CSV], dialect)].join('')).toBe(
    '\ufeffcustomer;amount;description;customer_note\n1.5;-19,50;"a; b, ""c""\n1.5";=x\n"x;y";1200;0.40/10k;2.0.1\n\ncustomer;share\n2.5;0,25\n',
  );
});

test('wherever the text is cut, every cell comes back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ';', ',', '"', '\n', '\t', '1', '.'), maxLength: 5 });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  check(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 }), fc.array(fc.nat(60)), (rows, cuts) => {
      const text = rows
        .map((row) => `${row.map((one) => (/^[a;\t1.]+$/.test(one) ? one : quoted(one))).join(',')}\n`)
        .join('');
      const places = [0, ...cuts.map((at) => Math.min(at, text.length)).sort((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
      for (const separator of [';', '\t'] as const) {
        const spelt = [...inDialect(pieces, { separator, decimal: '.', bom: false })].join('');
        expect(parse(spelt, { delimiter: separator })).toEqual(rows);
      }
    }),
  );
});
