/** Forms of a mapping, each with one export and totals that are worked out by hand in a comment. */
import { describe, expect, test } from 'vitest';
import { MEMORY_TIERS, usageOf } from '../../support/mapped.ts';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const AT = '2026-10-02T08:00:00Z';

describe('where: rows that do not count are filtered', () => {
  const CSV = `ts,who,kind,status,n
${AT},a,eyeball,200,1
${AT},a,worker,200,2
${AT},a,eyeball,404,4
${AT},a,,204,8
nonsense,a,worker,-,16
${AT},a,eyeball,abc,32
`;
  const MAP = 'timestamp: ts\ncustomer_id: who\nmeters: { requests: n }\nwhere:\n';
  test.each`
    where                                 | requests | filtered | rejected
    ${'kind: eyeball'}                    | ${37}    | ${3}     | ${0}
    ${'kind: [eyeball, worker]'}          | ${39}    | ${1}     | ${1}
    ${'kind: { not: worker }'}            | ${45}    | ${2}     | ${0}
    ${'kind: { not: [worker, eyeball] }'} | ${8}     | ${5}     | ${0}
    ${'kind: { present: true }'}          | ${39}    | ${1}     | ${1}
    ${'kind: { present: false }'}         | ${8}     | ${5}     | ${0}
    ${'status: 2xx'}                      | ${11}    | ${3}     | ${0}
    ${'status: [2xx, 404]'}               | ${15}    | ${2}     | ${0}
    ${'status: { from: 204, to: 404 }'}   | ${12}    | ${4}     | ${0}
    ${'status: { from: 201 }'}            | ${12}    | ${4}     | ${0}
    ${'status: { to: 203.5 }'}            | ${3}     | ${4}     | ${0}
    ${'status: { not: 2xx }'}             | ${36}    | ${3}     | ${1}
    ${'kind: eyeball, status: 2xx'}       | ${1}     | ${5}     | ${0}
  `('$where: $requests', async ({ where, requests, filtered, rejected }) => {
    const found = await usageOf({ map: `${MAP}  { ${where} }\n`, rows: CSV });
    expect(found.lines).toEqual([`a,2026-10,${requests},,,`]);
    const rated = 6 - filtered - rejected;
    const counts = `${rated} rated + 0 duplicate + 0 out of period + ${filtered} filtered + ${rejected} rejected`;
    expect(found.counts).toBe(`6 rows read = ${counts}`);
  });

  test('JSON: truth values are words, an object is there, and null is nothing', async () => {
    const rows = [
      { ts: AT, who: 'a', ok: true, proxy: { region: 'vie1' }, n: 1 },
      { ts: AT, who: 'a', ok: false, proxy: { region: 'vie1' }, n: 2 },
      { ts: AT, who: 'a', ok: true, proxy: null, n: 4 },
      { ts: AT, who: 'a', n: 8 },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
    const map = `timestamp: ts\ncustomer_id: who\nmeters: { requests: n }\nwhere: { ok: true, proxy: { present: true } }\n`;
    const found = await usageOf({ map, rows });
    expect(found.lines).toEqual(['a,2026-10,1,,,']);
    expect(found.counts).toBe('4 rows read = 1 rated + 0 duplicate + 0 out of period + 3 filtered + 0 rejected');
  });

  test('a condition on a field that no row has is an error, in CSV as in JSON', async () => {
    const map = 'timestamp: ts\ncustomer_id: who\nmeters: { requests: n }\nwhere: { knid: eyeball }\n';
    for (const rows of [CSV, `{"ts":"${AT}","who":"a","n":1}\n`]) {
      const { stderr, exitCode } = await usageOf({ map, rows });
      expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/no (column|row has the key) knid/)]);
    }
  });

  test('nothing is promised of rows that are all filtered', async () => {
    for (const where of ['type: report', 'proxy: { present: true }']) {
      const map = `timestamp: ts\ncustomer_id: who\nmeters: { requests: n }\nwhere: { ${where} }\n`;
      const found = await usageOf({ map, rows: '{"type":"start","id":1}\n{"type":"end","id":1}\n' });
      expect(found.counts).toBe('2 rows read = 0 rated + 0 duplicate + 0 out of period + 2 filtered + 0 rejected');
      expect(found.stderr).toContain('no row meets what the mapping asks for (where)');
    }
  });
});

describe('comments and headers', () => {
  test('a marked header may come again with other columns; comments and it are no rows, and lines are counted', async () => {
    const rows = `#Version: 1.0
#Fields: date time who bytes
2026-10-02\t08:00:01\ta\t5
# a remark
#Fields: bytes\ttime\tdate\twho\textra
7\t08:00:02\t2026-10-02\ta\t-
7\t08:00:02\t2026-13-02\ta\t-
`;
    const map = `comments: '#'\nheader: '#Fields:'\ninput_format: tsv\ntimestamp: [date, time]\ntimezone: UTC\ncustomer_id: who\nmeters: { requests: 1, egress: bytes }\n`;
    const found = await usageOf({ map, rows });
    expect(found.lines).toEqual(['a,2026-10,2,,12,']);
    expect(found.counts).toBe('3 rows read = 2 rated + 0 duplicate + 0 out of period + 1 rejected');
    expect(found.stderr).toContain('rows:7: date + time "2026-13-02 08:00:02"');
  });

  test('rows above the first header are an error with their line', async () => {
    const map = `comments: '#'\nheader: '#Fields:'\ntimestamp: ts\ncustomer_id: who\nmeters: { requests: 1 }\n`;
    const { stderr, exitCode } = await usageOf({ map, rows: `# x\n${AT},a\n#Fields: ts who\n` });
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('rows:2: error: no line above this row begins with #Fields:'),
    ]);
  });

  test('names that are in no line of the file, and a header that is there all the same', async () => {
    const map = 'header: [ts, who, n]\ntimestamp: ts\ncustomer_id: who\nmeters: { requests: n }\n';
    for (const head of ['', 'ts,who,n\n']) {
      const found = await usageOf({ map, rows: `${head}${AT},"a, b",3\n${AT},"a, b",4\n` });
      expect(found.counts).toBe('2 rows read = 2 rated + 0 duplicate + 0 out of period + 0 rejected');
    }
  });
});

describe('instants', () => {
  test('joined columns need a zone, from the mapping or from --timezone, which wins', async () => {
    const base = 'timestamp: [date, time]\ncustomer_id: who\nmeters: { requests: 1 }\n';
    const rows = 'date,time,who\n2026-10-01,00:30:00,a\n';
    expect((await usageOf({ map: base, rows })).stderr).toContain('[row/no-timezone]');
    // 00:30 in Vienna is 22:30 UTC of the day before: September.
    expect((await usageOf({ map: `${base}timezone: Europe/Vienna\n`, rows })).lines).toEqual(['a,2026-09,1,,,']);
    const asked = await usageOf({ map: `${base}timezone: Europe/Vienna\n`, rows, flags: '--timezone UTC' });
    expect(asked.lines).toEqual(['a,2026-10,1,,,']);
  });

  test('a quote that swallows rows is found where the instant is joined, too', async () => {
    const map = 'timestamp: [date, time]\ntimezone: UTC\ncustomer_id: who\nmeters: { requests: 1 }\n';
    const row = (who: string) => `2026-10-01,00:30:00,${who}\n`;
    const { exitCode, stderr } = await usageOf({ map, rows: `date,time,who\n${row('"a')}${row('b')}${row('c"')}` });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('[input/swallowed-rows]')]);
  });

  test('a format of its own; the first of several forms that has a value', async () => {
    const map = `timestamp:
  first_of:
    - ms
    - { fields: [day, time], format: '%d.%m.%Y %H:%M:%S' }
timezone: UTC
customer_id: who
meters: { requests: n }
`;
    // 1790928001123 ms is 2026-10-02T08:00:01.123Z; the last row is 30 February.
    const rows = `ms,day,time,who,n\n1790928001123,,,a,1\n-,30.09.2026,23:59:59,a,2\n-,30.02.2026,10:00:00,a,4\n-,,,a,8\n-,x,y,a,16\n`;
    const found = await usageOf({ map, rows });
    expect(found.lines).toEqual(['a,2026-09,2,,,', 'a,2026-10,1,,,']);
    expect(found.stderr).toMatch(
      /\[row\/no-such-time\][^[]*\[row\/missing-timestamp\][^[]*\[row\/not-a-timestamp\]\n {2}rows:6: ms or day \+ time "x y"/,
    );
  });
});

describe('quantities', () => {
  test('nanoseconds, products with a unit of their own, and texts that mean nothing', async () => {
    const map = `timestamp: ts
customer_id: who
meters:
  requests: 1
  compute: { field: took, unit: ns, nothing: ['-1', none] }
  memory: { product: [billed, size], unit: ms·MiB }
`;
    // compute: 4 321 000 ns = 0.004321 s. memory: 538 ms × 256 MiB = 0.538 s × 0.268435456 GB = 0.144418275328 GB·s.
    const rows = `ts,who,took,billed,size\n${AT},a,4321000,538,256\n${AT},a,-1,,256\n${AT},a,none,-,-\n${AT},a,1,many,256\n`;
    const found = await usageOf({ map, rows, flags: '--tiers tiers.yaml' });
    expect(found.lines).toEqual(['a,2026-10,3,0.004321,,0.144418275328']);
    expect(found.stderr).toContain('rows:5: billed × size "many"');
  });

  test.each`
    unit          | fits
    ${'ms·MB'}    | ${true}
    ${'MB*s'}     | ${true}
    ${'s·GiB'}    | ${true}
    ${'h·GB'}     | ${true}
    ${'ms'}       | ${false}
    ${'ms·ms'}    | ${false}
    ${'ms·MB·GB'} | ${false}
  `('$unit in a meter in GB·s: $fits', async ({ unit, fits }) => {
    const map = `timestamp: ts\nmeters: { memory: { product: [a, b], unit: '${unit}' } }\n`;
    const cwd = temporaryDirectory({ 'map.yaml': map, 'tiers.yaml': MEMORY_TIERS });
    const { stderr } = await runMeter(['validate', 'map.yaml', '--tiers', 'tiers.yaml'], { cwd });
    expect(stderr.includes('wrong-unit')).toBe(!fits);
  });
});

describe('parts of texts', () => {
  test.each`
    form                                        | text                                       | part
    ${"before: '?'"}                            | ${'/v1/items?x=1'}                         | ${'/v1/items'}
    ${"before: '?'"}                            | ${'/v1/items'}                             | ${'/v1/items'}
    ${"after: 'Root='"}                         | ${'Self=1;Root=2'}                         | ${'2'}
    ${"after: 'Root='"}                         | ${'Self=1'}                                | ${''}
    ${'label: 1'}                               | ${'acme.api.example'}                      | ${'acme'}
    ${'label: -2'}                              | ${'acme.api.example.'}                     | ${'api'}
    ${'label: 4'}                               | ${'acme.api.example'}                      | ${''}
    ${"pattern: '^/t/([^/]+)/'"}                | ${'/t/acme/v1'}                            | ${'acme'}
    ${"pattern: '^/t/([^/]+)/'"}                | ${'/v1'}                                   | ${''}
    ${"pattern: '[A-Z]{3}'"}                    | ${'VIE50-P1'}                              | ${'VIE'}
    ${'query: tenant'}                          | ${'/v1?a=1&tenant=ac%20me&tenant=x#f'}     | ${'ac me'}
    ${'query: tenant'}                          | ${'tenant=a+b=c'}                          | ${'a b=c'}
    ${'query: tenant'}                          | ${'/v1?tenants=1'}                         | ${''}
    ${'url: path'}                              | ${'https://u:p@API.acme.example:443/v1?x'} | ${'/v1'}
    ${'url: host'}                              | ${'https://u:p@API.acme.example:443/v1?x'} | ${'api.acme.example'}
    ${'url: host'}                              | ${'API.acme.example:443'}                  | ${'api.acme.example'}
    ${'url: host'}                              | ${'http://[2001:db8::1]:80/'}              | ${'[2001:db8::1]'}
    ${'url: path'}                              | ${'/v1/items?x=1'}                         | ${'/v1/items'}
    ${'url: query'}                             | ${'/v1/items?x=1?2#3'}                     | ${'x=1?2'}
    ${'decode: percent'}                        | ${'/a%20b%2Fc%C3%A4'}                      | ${'/a b/cä'}
    ${'decode: percent'}                        | ${'/a%ff%zz%2'}                            | ${'/a%ff%zz%2'}
    ${"url: host, label: 1, pattern: '^[^-]+'"} | ${'https://acme-eu.api.example/'}          | ${'acme'}
  `('$form of $text is "$part"', async ({ form, text, part }) => {
    const map = `timestamp: ts\ncustomer_id: { field: x, ${form} }\nmeters: { requests: 1 }\n`;
    const rows = `${JSON.stringify({ ts: AT, x: text })}\n`;
    const { lines, stderr } = await usageOf({ map, rows });
    if (part === '') expect(stderr).toContain('[row/missing-customer]');
    else expect(lines).toEqual([`${part},2026-10,1,,,`]);
  });

  test('a lookup beside the mapping file; what it lacks is rejected and named, an empty text is no customer', async () => {
    const map = 'timestamp: ts\ncustomer_id: { field: key, lookup: keys.csv }\nmeters: { requests: 1 }\n';
    const rows = `ts,key\n${AT},k1\n${AT},k2\n${AT},k9\n${AT},\n`;
    const found = await usageOf({ map, rows, more: { 'keys.csv': 'value,customer\nk1,acme\nk2,acme\n' } });
    expect(found.lines).toEqual(['acme,2026-10,2,,,']);
    expect(found.stderr).toMatch(/\[row\/not-in-lookup\]\n {2}rows:4: key \(in keys\.csv\) "k9"/);
    expect(found.stderr).toContain('[row/missing-customer]');
  });

  test('a lookup file that contradicts itself is an error', async () => {
    const map = 'customer_id: { field: key, lookup: keys.csv }\n';
    const { stderr, exitCode } = await usageOf({
      map,
      rows: 'x',
      more: { 'keys.csv': 'value,customer\nk1,a\nk1,b\n' },
    });
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('keys.csv:3: error: "k1" stands for a and for b [lookup/value-twice]'),
    ]);
  });
});
