/** Quantities of the rows that a meter's own conditions ask for, several kinds of rows in a record, and counters of labels. */
import { describe, expect, test } from 'vitest';
import { wholeText } from '../../../src/telemetry/jsonPath.ts';
import { parseJson } from '../../../src/telemetry/jsonValue.ts';
import { usageOf } from '../../support/mapped.ts';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const AT = '2026-10-02T08:00:00Z';

describe('a meter’s own where: its quantity in the rows that meet it, nothing in others', () => {
  const KEYS = ['ts', 'who', 'code', 'v'];
  const ROWS = [
    [AT, 'a', 'calls', '1'],
    [AT, 'a', 'bytes', '2'],
    [AT, 'a', 'calls', '4'],
    [AT, 'a', 'seconds', '8'],
    [AT, 'a', '', '16'],
    [AT, 'b', 'seats', '32'],
  ];
  const csv = [KEYS, ...ROWS].map((row) => `${row.join(',')}\n`).join('');
  const ndjson = ROWS.map(
    (row) => `${JSON.stringify(Object.fromEntries(row.map((text, i) => [KEYS[i], text])))}\n`,
  ).join('');
  // requests by code: calls 1 + 4. Where v is the same field, one event may not count for two meters.
  test.each`
    requests                                                  | usage
    ${'{ field: v, where: { code: calls } }'}                 | ${['a,2026-10,5,,2,', 'b,2026-10,,,,']}
    ${'{ field: v, where: { code: [calls, seconds] } }'}      | ${['a,2026-10,13,,2,', 'b,2026-10,,,,']}
    ${'{ field: v, where: { code: { present: false } } }'}    | ${['a,2026-10,16,,2,', 'b,2026-10,,,,']}
    ${'{ field: v, where: { code: calls, v: { from: 2 } } }'} | ${['a,2026-10,4,,2,', 'b,2026-10,,,,']}
    ${'{ first_of: [{ value: 1 }], where: { code: calls } }'} | ${['a,2026-10,2,,2,', 'b,2026-10,,,,']}
  `('$requests', async ({ requests, usage }) => {
    const egress = '{ field: v, unit: B, where: { code: bytes } }';
    const map = `timestamp: ts\ncustomer_id: who\nmeters:\n  requests: ${requests}\n  egress: ${egress}\n`;
    for (const rows of [csv, ndjson]) {
      const found = await usageOf({ map, rows });
      expect(found.lines).toEqual(usage);
      expect(found.counts).toBe('6 rows read = 6 rated + 0 duplicate + 0 out of period + 0 rejected');
    }
  });

  test('a row without the field is rejected with its name, and a condition on a field that no row has is an error', async () => {
    const map = 'timestamp: ts\ncustomer_id: who\nmeters: { requests: { field: v, where: { code: calls } } }\n';
    const found = await usageOf({ map, rows: `${ndjson}{"ts":"${AT}","who":"a","code":"calls"}\n` });
    expect(found.stderr).toMatch(/none of the meters.*\n.*rows:7: v\n/);
    for (const rows of [csv, ndjson]) {
      const { exitCode, stderr } = await usageOf({ map: map.replace('code:', 'kode:'), rows });
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('kode')]);
    }
  });

  test('what is wrong with a condition has its place', async () => {
    const map = 'meters:\n  requests: { field: v, where: { "a[": x } }\neach: [a, "b]"]\n';
    const { exitCode, stderr } = await runMeter(['validate', 'map.yaml'], {
      cwd: temporaryDirectory({ 'map.yaml': map }),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('map.yaml:2:34: error: "a[" is no path');
    expect(stderr).toContain('map.yaml:3:11: error: "b]" is no path');
  });
});

test('each: several paths, whose rows all count, a path without [] for one object', async () => {
  const map = 'each: [one, "many[]"]\ntimestamp: at\ncustomer_id: who\nevent_id: id\nmeters: { requests: n }\n';
  const one = (id: string, n: number) => ({ id, at: AT, who: 'a', n });
  const records = [
    { one: one('x', 1) },
    { many: [one('y', 2), one('x', 1)] },
    { one: one('z', 4), many: [one('w', 8)] },
  ];
  const found = await usageOf({ map, rows: records.map((record) => `${JSON.stringify(record)}\n`).join('') });
  expect(found.lines).toEqual(['a,2026-10,15,,,']);
  expect(found.counts).toBe('5 rows read = 4 rated + 1 duplicate + 0 out of period + 0 rejected');
});

describe('series: an object or a list is one text', () => {
  test.each`
    one                            | other                        | same
    ${'{"a":"1","b":"2"}'}         | ${'{"b":"2","a":"1"}'}       | ${true}
    ${'[{"k":"a"},{"k":"b"}]'}     | ${'[{"k":"b"},{"k":"a"}]'}   | ${true}
    ${'{"l":[1,{"x":1,"y":2}]}'}   | ${'{"l":[{"y":2,"x":1},1]}'} | ${true}
    ${'{"a":"1"}'}                 | ${'{"a":1}'}                 | ${false}
    ${'{"a":"1","b":"2"}'}         | ${'{"a":"1"}'}               | ${false}
    ${'{"a":"1,\\"b\\":\\"2\\""}'} | ${'{"a":"1","b":"2"}'}       | ${false}
    ${'[["a"],["b"]]'}             | ${'[["a","b"]]'}             | ${false}
    ${'{"a":null}'}                | ${'{}'}                      | ${false}
    ${'{"a":9007199254740993}'}    | ${'{"a":9007199254740992}'}  | ${false}
  `('$one, $other: $same', ({ one, other, same }) => {
    expect(wholeText(parseJson(one)) === wholeText(parseJson(other))).toBe(same);
  });

  test('counters with other labels are other counters; the order of labels does not matter', async () => {
    const row = (minute: number, labels: Record<string, string>, n: number) =>
      `${JSON.stringify({ ts: `2026-10-02T08:0${minute}:00Z`, who: 'a', labels, n })}\n`;
    // x: 10 → 17: 7. y: 100 → 101: 1.
    const rows = [
      row(0, { pod: 'x', zone: '1' }, 10),
      row(0, { pod: 'y', zone: '1' }, 100),
      row(1, { zone: '1', pod: 'x' }, 17),
      row(1, { zone: '1', pod: 'y' }, 101),
    ];
    const map = 'timestamp: ts\ncustomer_id: who\ntemporality: cumulative\nseries: [labels]\nmeters: { requests: n }\n';
    expect((await usageOf({ map, rows: rows.join('') })).lines).toEqual(['a,2026-10,8,,,']);
    // What no row has tells nothing apart where it is optional, and is an error where it is promised.
    const optional = map.replace('[labels]', '[labels, { first_of: [scope] }]');
    expect((await usageOf({ map: optional, rows: rows.join('') })).lines).toEqual(['a,2026-10,8,,,']);
    const promised = await usageOf({ map: map.replace('[labels]', '[labels, scope]'), rows: rows.join('') });
    expect([promised.exitCode, promised.stderr]).toEqual([3, expect.stringContaining('no row has the key scope')]);
    const asCustomer = await usageOf({
      map: map.replace('who', 'labels').replace('[labels]', '[who]'),
      rows: rows[0]!,
    });
    expect(asCustomer.stderr).toContain('labels');
    expect(asCustomer.counts).toMatch(/^1 row read = 0 rated .* 1 rejected$/);
  });
});

test('temporality by a field: readings of counters and amounts of intervals in one export', async () => {
  const map = `timestamp: ts
customer_id: who
start: begin
series: [pod]
temporality: { field: kind, cumulative: [2, CUMULATIVE] }
meters: { requests: n }
`;
  const rows = `ts,who,pod,begin,kind,n
2026-10-01T01:00:00Z,a,x,2026-09-01T00:00:00Z,2,100
2026-10-01T02:00:00Z,a,x,2026-09-01T00:00:00Z,CUMULATIVE,103
2026-10-01T01:00:00Z,a,y,2026-10-01T00:00:00Z,1,10
2026-10-01T02:00:00Z,a,y,2026-10-01T01:00:00Z,1,20
2026-10-01T00:00:00Z,b,y,2026-09-30T23:00:00Z,1,40
`;
  // a: 103 − 100 of the counter, 10 + 20 of amounts. b: an amount that ends at midnight belongs to September.
  const found = await usageOf({ map, rows });
  expect(found.lines).toEqual(['b,2026-09,40,,,', 'a,2026-10,33,,,']);
  expect(found.stderr).toContain('1 counter, 0 resets; 1 first reading only a baseline');
});
