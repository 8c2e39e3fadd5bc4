/**
 * Exports as people really have them: what is right is worked out by hand beside each. A request costs a dollar, a megabyte
 * a cent, so that the total is what was read.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  payg: { cost: usage, overage: { requests: 1.00/1, egress: 0.01/MB } }\n';

type Files = Readonly<Record<string, string | Uint8Array>>;

async function run(files: Files, flags: readonly string[] = []) {
  const cwd = temporaryDirectory({ ...files, 'tiers.yaml': TIERS });
  const args = ['invoice', ...Object.keys(files).filter((name) => !name.endsWith('.yaml')), '--tiers', 'tiers.yaml'];
  const period = flags.includes('--period') ? [] : ['--period', 'all'];
  const { stdout, stderr, exitCode } = await runMeter(
    [...args, '--tier', 'payg', ...period, '--format', 'json', ...flags],
    { cwd },
  );
  const result = stdout === '' ? undefined : JSON.parse(stdout);
  return { total: result?.totals.total as string | undefined, rows: result?.rows, stderr, exitCode, result };
}

const HEADER = 'timestamp,customer_id,requests\n';
const AT = '2026-10-05T00:00:00Z';

describe('a file is read to its last row, or the run fails', () => {
  const [one, ten] = [gzipSync(`${HEADER}${AT},acme,1\n`), gzipSync(`${AT},acme,10\n`)];
  test.each<[string, Files, string]>([
    // 1 + 10 requests, whatever stands between and behind the members.
    ['gzip members with zeros between', { 'u.gz': Buffer.concat([one, Buffer.alloc(700), ten]) }, '11.00'],
    ['gzip members with zeros behind', { 'u.gz': Buffer.concat([one, ten, Buffer.alloc(512)]) }, '11.00'],
    // A quote is a character of TSV: five rows of one request.
    [
      'TSV with quotes in a text',
      {
        'u.tsv': `timestamp\tcustomer_id\trequests\tagent\n${['"a', 'b"', 'c "d" e', '""', '"'].map((agent) => `${AT}\tacme\t1\t${agent}\n`).join('')}`,
      },
      '5.00',
    ],
    // Three objects on one line: 1 + 2 + 4.
    [
      'JSON objects side by side',
      { 'u.ndjson': [1, 2, 4].map((n) => `{"ts":"${AT}","customer":"acme","requests":${n}}`).join('') },
      '7.00',
    ],
    [
      'a JSON array',
      { 'u.json': JSON.stringify([1, 2, 4].map((requests) => ({ ts: AT, customer: 'acme', requests }))) },
      '7.00',
    ],
    [
      'a JSON array over several lines',
      {
        'u.json': JSON.stringify(
          [1, 2, 4].map((requests) => ({ ts: AT, customer: 'acme', requests, note: '}{"' })),
          null,
          2,
        ),
      },
      '7.00',
    ],
    // The second header has another order and a column more.
    [
      'joined exports with headers of their own',
      { 'u.csv': `${HEADER}${AT},acme,1\nrequests,region,customer_id,timestamp\n10,fra,77,${AT}\n` },
      '11.00',
    ],
    [
      'joined exports with byte order marks',
      { 'u.csv': `\uFEFF"timestamp",customer_id,requests\n${AT},acme,1\n\uFEFF${HEADER}${AT},acme,10\n` },
      '11.00',
    ],
    // PostgreSQL, BigQuery, and a letter case of its own: all are 5 October.
    [
      'offsets of hours alone, UTC and lower case',
      {
        'u.csv': `${HEADER}2026-10-05 05:00:00+05,acme,1\n2026-10-05 00:00:00 UTC,acme,2\n2026-10-05t00:00:00z,acme,4\n`,
      },
      '7.00',
    ],
    // 1.2345678E8 + 1.5e7 + 3.5e-7 + 5 = 138456785.00000035 B = 138.4… MB at 0.01.
    [
      'numbers with exponents',
      {
        'u.ndjson': ['1.2345678E8', '1.5e7', '3.5e-7', '5.0', '-0.0']
          .map((n) => `{"ts":"${AT}","customer":"acme","egress_bytes":${n}}\n`)
          .join(''),
      },
      '1.38',
    ],
  ])('%s', async (_, files, total) => {
    expect(await run(files)).toMatchObject({ total, exitCode: 0 });
  });

  // The first column holds a blank or a word for nothing between blanks, so that the second one tells; without it: a reject.
  test.each(['csv', 'ndjson'])('with --trim-ids, blanks alone are no customer: %s', async (format) => {
    const customers = [
      ['  ', 'acme'],
      [' - ', 'acme'],
      [' acme ', 'other'],
      [' ', ' '],
    ];
    const row = ([id, subject]: string[]) =>
      format === 'csv'
        ? `${AT},${id},${subject},1\n`
        : `${JSON.stringify({ timestamp: AT, customer_id: id, subject, requests: 1 })}\n`;
    const head = format === 'csv' ? 'timestamp,customer_id,subject,requests\n' : '';
    const found = await run({ [`u.${format}`]: head + customers.map(row).join('') }, [
      '--trim-ids',
      '--max-rejects',
      '1',
    ]);
    expect(found).toMatchObject({ total: '3.00', rows: { read: 4, rated: 3, rejected: 1 }, exitCode: 0 });
    expect(found.result.invoices.map(({ customer }: { customer: string }) => customer)).toEqual(['acme']);
  });

  test('a second compression is said', async () => {
    const { stderr, exitCode } = await run({ 'u.csv.gz': gzipSync(one) });
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('compressed twice') });
  });

  test('rows that a stray quote swallows end the run, however far it is to the next one', async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_, i) => `${AT},acme,1,${i === 5 ? '"oops' : i === 99_990 ? 'oops"' : 'x'}\n`,
    );
    const { stderr, exitCode } = await run({ 'u.csv': `timestamp,customer_id,requests,agent\n${rows.join('')}` });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('u.csv:7: error: a quote opens a field that holds lines which look like rows');
  });

  test('fields with line ends are read, and lines that look like rows if somebody says so', async () => {
    const row = (note: string) => `timestamp,customer_id,requests,note\n${AT},acme,1,"${note}"\n`;
    expect(await run({ 'u.csv': row('two\nlines, and\na third') })).toMatchObject({ total: '1.00' });
    const looksLikeRows = row(`a\n${AT},acme,1,b\nc`);
    expect(await run({ 'u.csv': looksLikeRows })).toMatchObject({ exitCode: 3 });
    expect(await run({ 'u.csv': looksLikeRows }, ['--multiline-fields'])).toMatchObject({ total: '1.00' });
  });

  test('a last row without a line end counts and is pointed out; with --strict it ends the run', async () => {
    const files = { 'u.csv': `${HEADER}${AT},acme,1` };
    const counted = await run(files);
    expect(counted).toMatchObject({ total: '1.00' });
    expect(counted.stderr).toContain('the last row of u.csv has no line end');
    expect(await run(files, ['--strict'])).toMatchObject({ exitCode: 3 });
  });
});

describe('nothing is nothing, in every role', () => {
  const json = (row: object) => `${JSON.stringify({ ts: AT, customer: 'acme', requests: 1, ...row })}\n`;

  test('ids that are nothing make no duplicates', async () => {
    const words = ['', '-', 'null', 'NULL', '(null)', '\\N'];
    const csv = words.map((id) => `${AT},${id},acme,1\n`.repeat(2)).join('');
    expect(await run({ 'u.csv': `timestamp,event_id,customer_id,requests\n${csv}` })).toMatchObject({ total: '12.00' });
    // In JSON `null` is nothing, the text "null" is an id: 2 + 2 + 1.
    const lines = [json({ id: '-' }), json({ id: null }), json({ id: 'null' })].map((line) => line.repeat(2)).join('');
    expect(await run({ 'u.ndjson': lines })).toMatchObject({ total: '5.00', rows: { duplicate: 1 } });
  });

  test('of several names the first with a value counts', async () => {
    const lines = json({ event_id: null, id: 'e1' }).repeat(2);
    expect(await run({ 'u.ndjson': lines })).toMatchObject({ total: '1.00', rows: { duplicate: 1 } });
    const csv = `timestamp,event_id,id,customer_id,requests\n${`${AT},-,e1,acme,1\n`.repeat(2)}`;
    expect(await run({ 'u.csv': csv })).toMatchObject({ total: '1.00', rows: { duplicate: 1 } });
  });

  test('a row without a customer is rejected', async () => {
    expect(await run({ 'u.csv': `${HEADER}${AT},-,1\n` })).toMatchObject({ exitCode: 3 });
    expect(await run({ 'u.ndjson': json({ customer: '-' }) })).toMatchObject({ exitCode: 3 });
  });
});

describe('instants', () => {
  test('digits that may be a date or a day of a spreadsheet are no seconds, unless somebody says so', async () => {
    const files = { 'u.csv': `${HEADER}20261031,acme,5\n20261031235959,acme,7\n2026103023,acme,11\n46326.5,acme,13\n` };
    const { stderr, exitCode } = await run(files);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('error: 4 rows: a number that may be'),
    });
    expect(await run({ 'u.csv': `${HEADER}20261031,acme,5\n` }, ['--time-unit', 's'])).toMatchObject({ total: '5.00' });
    expect(
      await run({ 'u.csv': `${HEADER}20261031,acme,5\n`, 'map.yaml': 'time_unit: s\n' }, ['--map', 'map.yaml']),
    ).toMatchObject({ total: '5.00' });
  });

  test('of an hour that a clock change repeats the first is meant, and how many rows are in it is stated', async () => {
    // In Berlin 02:30 of 25 October comes twice: 00:30Z, and 01:30Z.
    const files = { 'u.csv': `${HEADER}2026-10-25 02:30:00,acme,1\n2026-10-25 03:30:00,acme,10\n` };
    const berlin = ['--timezone', 'Europe/Berlin'];
    const first = ['--period', '2026-10-25T00:00:00Z..2026-10-25T01:00:00Z'];
    const second = ['--period', '2026-10-25T01:00:00Z..2026-10-25T02:00:00Z'];
    const { total, stderr } = await run(files, [...berlin, ...first]);
    expect({ total, stderr }).toMatchObject({
      total: '1.00',
      stderr: expect.stringContaining('1 row has a time that a clock change repeats'),
    });
    expect(await run(files, [...berlin, ...second, '--repeated-hour', 'second'])).toMatchObject({ total: '1.00' });
    expect(await run(files, [...berlin, '--repeated-hour', 'reject'])).toMatchObject({ exitCode: 3 });
  });
});

describe('names that are almost right', () => {
  test.each(['eventid', 'Event_ID', 'egressBytes', 'request', 'Region'])(
    '%s is an error, or ignored if somebody says so',
    async (name) => {
      const files = { 'u.csv': `timestamp,customer_id,compute_seconds,${name}\n${AT},acme,1,7\n` };
      const { stderr, exitCode } = await run(files);
      expect({ stderr, exitCode }).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining(`--ignore-column ${name}`),
      });
      expect(await run(files, ['--ignore-column', name])).toMatchObject({ exitCode: 0 });
      const lines = `${JSON.stringify({ ts: AT, customer: 'acme', compute_seconds: 1, [name]: 7 })}\n`;
      expect(await run({ 'u.ndjson': lines })).toMatchObject({ exitCode: 3 });
    },
  );

  test('a key that a mapping names and no row has is an error, as a column is', async () => {
    const map = { 'map.yaml': 'event_id: meta.Id\n' };
    const row = (meta: object) => `${JSON.stringify({ ts: AT, customer: 'acme', requests: 1, meta })}\n`;
    expect(await run({ 'u.ndjson': row({ Id: 'e1' }), ...map }, ['--map', 'map.yaml'])).toMatchObject({
      total: '1.00',
    });
    const { stderr, exitCode } = await run({ 'u.ndjson': row({ ID: 'e1' }), ...map }, ['--map', 'map.yaml']);
    expect({ stderr, exitCode }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no row has the key meta.Id'),
    });
  });
});
