/** Paths into JSON, and several rows in one record. */
import { describe, expect, test } from 'vitest';
import { pathOf } from '../../../src/core/usage/recordForm.ts';
import { usageOf } from '../../support/mapped.ts';
import { checkAsync, fc } from '../../support/properties.ts';

const PROMETHEUS = `each: data.result[].values[]
timestamp: '[0]'
time_unit: s
customer_id: metric.customer
region: metric.region
meters: { requests: { field: '[1]' } }
`;
const RESPONSE = {
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { customer: 'acme', region: 'fra' },
        values: [
          [1790928000, '10'],
          [1790928060.5, '7'],
          [1790928120, 'NaN'],
        ],
      },
      { metric: { customer: 'nimbus' }, values: [[1790928000, '4']] },
      { metric: { customer: 'idle' }, values: [] },
    ],
  },
};

describe('each: several rows in a record', () => {
  test.each`
    layout             | text
    ${'a line'}        | ${`${JSON.stringify(RESPONSE)}\n`}
    ${'several lines'} | ${`${JSON.stringify(RESPONSE, null, 2)}\n`}
    ${'no line end'}   | ${JSON.stringify(RESPONSE)}
    ${'an array'}      | ${JSON.stringify([RESPONSE])}
  `('pairs of instant and text, with fields of the object around them: $layout', async ({ text }) => {
    const found = await usageOf({ map: PROMETHEUS, rows: text });
    // acme: 10 + 7; NaN is rejected. nimbus: 4. idle has no row.
    expect(found.lines).toEqual(['acme,2026-10,17,,,', 'nimbus,2026-10,4,,,']);
    expect(found.counts).toBe('4 rows read = 3 rated + 0 duplicate + 0 out of period + 1 rejected');
    expect(found.stderr).toContain('[1] "NaN"');
  });

  test.each`
    layout                   | join
    ${'lines'}               | ${(records: string[]) => `${records.join('\n')}\n`}
    ${'an array'}            | ${(records: string[]) => `[${records.join(',\n')}]`}
    ${'one after the other'} | ${(records: string[]) => records.join('')}
  `('several records: $layout', async ({ join }) => {
    const records = [1, 2, 4].map((n) =>
      JSON.stringify({ at: '2026-10-02T08:00:00Z', who: 'a', items: [{ n }, { n: 8 * n }] }),
    );
    const map = 'each: items[]\ntimestamp: at\ncustomer_id: who\nmeters: { requests: n }\n';
    const found = await usageOf({ map, rows: join(records) });
    expect(found.lines).toEqual(['a,2026-10,63,,,']);
    expect(found.counts).toMatch(/^6 rows read = 6 rated/);
  });

  test('rows of one line are rejected, repeated and counted one by one, without the slow reader', async () => {
    const line = (...items: object[]) => JSON.stringify({ items, at: '2026-10-02T08:00:00Z', who: 'a' });
    const map = 'each: items[]\ntimestamp: at\ncustomer_id: who\nevent_id: id\nmeters: { requests: n }\n';
    const rows = [
      line({ id: 'e1', n: 1 }, { id: 'e2', n: 'x' }, { id: 'e3', n: 2 }),
      line({ id: 'e1', n: 1 }, { id: 'e3', n: 5 }, { id: 'e4', n: 4 }),
    ];
    const found = await usageOf({ map, rows: `${rows.join('\n')}\n`, flags: '--rejects bad.txt' });
    // e1 comes twice, e2 has no quantity, e3 has two contents of which the first by bytes, "2", counts: 1 + 2 + 4.
    expect(found.lines).toEqual(['a,2026-10,7,,,']);
    expect(found.counts).toBe('6 rows read = 3 rated + 1 duplicate + 0 out of period + 2 rejected');
    expect(found.stderr).toContain('rows:1: n "x"');
    expect(found.stderr).toContain('rows:2: "e3" first seen in line 1');
    expect(found.stderr).not.toContain('slow reader');
  });

  test('the innermost object that has a name wins, and its ids are its own', async () => {
    const record = {
      id: 'x',
      at: '2026-10-02T08:00:00Z',
      who: 'outer',
      items: [
        { id: 'i1', n: 1 },
        { id: 'i1', n: 1 },
        { id: 'i2', who: 'inner', n: 2 },
      ],
    };
    const map = 'each: items[]\ntimestamp: at\ncustomer_id: who\nevent_id: id\nmeters: { requests: n }\n';
    const found = await usageOf({ map, rows: `${JSON.stringify(record)}\n` });
    expect(found.lines).toEqual(['inner,2026-10,2,,,', 'outer,2026-10,1,,,']);
    expect(found.counts).toMatch(/^3 rows read = 2 rated \+ 1 duplicate/);
  });

  test('entries of lists are found by one of their keys', async () => {
    const point = (customer: string, asInt: string) => ({
      attributes: [
        { key: 'route', value: { stringValue: '/' } },
        { key: 'customer', value: { stringValue: customer } },
      ],
      timeUnixNano: '1790928000000000000',
      asInt,
    });
    const rows = {
      metrics: [
        { name: 'requests', sum: { dataPoints: [point('acme', '17'), point('acme', '3')] } },
        { name: 'other', sum: { dataPoints: [point('acme', '99')] } },
      ],
    };
    const map = `each: metrics[].sum.dataPoints[]
timestamp: timeUnixNano
customer_id: attributes[key=customer].value.stringValue
meters: { requests: asInt }
where: { name: requests }
`;
    const found = await usageOf({ map, rows: JSON.stringify(rows) });
    expect(found.lines).toEqual(['acme,2026-10,20,,,']);
    expect(found.counts).toBe('3 rows read = 2 rated + 0 duplicate + 0 out of period + 1 filtered + 0 rejected');
  });

  test('a record that is no JSON is a reject of its own, and one without the path has no rows', async () => {
    const rows = '{"items":[{"n":1,"at":"2026-10-02T08:00:00Z","who":"a"}]}\n{"items":{}}\n{"other":1}\n{"items":[{\n';
    const map = 'each: items[]\ntimestamp: at\ncustomer_id: who\nmeters: { requests: n }\n';
    const found = await usageOf({ map, rows });
    expect(found.counts).toBe('2 rows read = 1 rated + 0 duplicate + 0 out of period + 1 rejected');
    expect(found.stderr).toContain('[row/not-json]');
  });

  test('a key from which a path goes on is no misspelt name', async () => {
    const rows = '{"at":"2026-10-02T08:00:00Z","tags":["a"],"n":2}\n';
    const found = await usageOf({ map: 'timestamp: at\ncustomer_id: tags[0]\nmeters: { requests: n }\n', rows });
    expect(found.lines).toEqual(['a,2026-10,2,,,']);
  });

  test('what stands before the JSON of a line is passed over where the pattern fits', async () => {
    const row = (n: number) => `{"at":"2026-10-02T08:00:00Z","who":"a b","n":${n}}`;
    const map = `prefix: '^\\S+ (?=\\{)'\ninput_format: ndjson\ntimestamp: at\ncustomer_id: who\nmeters: { requests: n }\n`;
    // 1 with a prefix, 2 without one, 4 and 8 side by side behind one; the last line is no JSON behind its prefix.
    const found = await usageOf({ map, rows: `x ${row(1)}\n${row(2)}\nx ${row(4)}${row(8)}\nx y ${row(16)}\n` });
    expect(found.lines).toEqual(['a b,2026-10,15,,,']);
    expect(found.counts).toBe('5 rows read = 4 rated + 0 duplicate + 0 out of period + 1 rejected');
    expect(found.stderr).toContain('rows:4: "x y {');
  });

  test.each`
    lines                                  | code
    ${"prefix: '^\\S+ '"}                  | ${'mapping/bad-form'}
    ${"prefix: '('\ninput_format: ndjson"} | ${'mapping/bad-pattern'}
  `('$lines: $code', async ({ lines, code }) => {
    const { exitCode, stderr } = await usageOf({
      map: `${lines}\ntimestamp: at\nmeters: { requests: 1 }\n`,
      rows: 'x',
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
  });

  test('a key that the mapping names and no row has is an error', async () => {
    const map = 'each: items[]\ntimestamp: at\ncustomer_id: tags[key=whom].value\nmeters: { requests: n }\n';
    const { exitCode, stderr } = await usageOf({ map, rows: '{"items":[{"n":1,"at":"2026-10-02T08:00:00Z"}]}\n' });
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringMatching(/no row has the key tags\[key=whom\]\.value.*\n.*--customer-field FIELD/),
    ]);
  });
});

test.each`
  text              | steps
  ${'a.b'}          | ${[{ key: 'a' }, { key: 'b' }]}
  ${'[0]'}          | ${[{ index: 0 }]}
  ${'a[2][].b'}     | ${[{ key: 'a' }, { index: 2 }, { every: true }, { key: 'b' }]}
  ${'a[k.x=v.w].b'} | ${[{ key: 'a' }, { where: { key: 'k.x', text: 'v.w' } }, { key: 'b' }]}
  ${'a[k=]'}        | ${[{ key: 'a' }, { where: { key: 'k', text: '' } }]}
  ${'a..b'}         | ${undefined}
  ${'a[b]'}         | ${undefined}
  ${'a[0]b'}        | ${undefined}
  ${'a]0['}         | ${undefined}
  ${''}             | ${undefined}
`('path $text', ({ text, steps }) => {
  expect(pathOf(text)).toEqual(steps);
});

test('property: records with rows inside give the same usage as a line for each row', async () => {
  // What a row has follows from its id, so that rows with one id differ in their day alone, and the earliest one counts.
  const row = fc.integer({ min: 0, max: 30 }).map((id) => ({ id, who: 'abc'[id % 3], n: id * 7 }));
  const group = fc.record({ rows: fc.array(row, { maxLength: 4 }) });
  const record = fc.record({ day: fc.integer({ min: 1, max: 9 }), groups: fc.array(group, { maxLength: 3 }) });
  await checkAsync(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), async (written) => {
      const records = written.map(({ day, groups }) => ({ at: `2026-10-0${day}T08:00:00Z`, groups }));
      const flat = records.flatMap(({ at, groups }) =>
        groups.flatMap(({ rows }) => rows.map((one) => ({ at, ...one }))),
      );
      fc.pre(flat.length > 0);
      const map = 'timestamp: at\ncustomer_id: who\nevent_id: id\nmeters: { requests: n }\n';
      const lines = (list: readonly object[]) => list.map((one) => `${JSON.stringify(one)}\n`).join('');
      const nested = await usageOf({ map: `each: groups[].rows[]\n${map}`, rows: lines(records) });
      const plain = await usageOf({ map, rows: lines(flat) });
      expect([nested.lines, nested.counts]).toEqual([plain.lines, plain.counts]);
    }),
    { runs: 12 },
  );
});
