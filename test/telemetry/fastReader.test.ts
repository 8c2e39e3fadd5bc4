/** Places where a fast reader could go wrong, each with what the reference reader makes of it. */
import { describe, expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import type { Tuning } from '../../src/telemetry/fast/readUsage.ts';
import { outcomesOf, type Run, TWIN_SEEDS, TWINS } from './differential.ts';

const meter = (field: string): Meter => ({ name: field, field, unit: 'x', family: 'count', aggregation: 'sum' });

const REQUEST: Run['request'] = {
  meters: [meter('requests'), meter('seconds')],
  dimensions: ['region'],
  buckets: bucketsFor('UTC'),
  dedupe: true,
  trace: false,
  threads: 1,
};
const TUNING: Tuning = { chunkBytes: 1 << 16, rangeBytes: 1 << 20, kernelBytes: 2 ** 30, leastLogBytes: 0 };

async function expectSame(
  content: string | Uint8Array,
  tuning: Partial<Tuning> = {},
  request: Partial<Run['request']> = {},
) {
  const bytes = Buffer.from(content as string);
  const { fast, reference } = await outcomesOf({
    inputs: [{ name: 'usage', bytes, packing: 'file' }],
    probes: [],
    request: { ...REQUEST, ...request },
    tuning: { ...TUNING, ...tuning },
  });
  expect(fast).toEqual(reference);
  return fast;
}

const CSV = [
  '\ufefftimestamp,event_id,customer_id,region,requests,seconds',
  '2026-10-01T00:00:00Z,e1,a,fra,1,0.5',
  '2026-10-01T00:59:59.999Z,e2,"b, ""the"" one",syd,2,',
  '"2026-10-01T01:00:00Z","e3","two\r\nlines","",3,1.25\r',
  '',
  'yesterday,e4,a,fra,1,1',
  '2026-10-01T00:00:00Z,e1,a,fra,1,0.50',
  '2026-10-01T00:00:00Z,e2,a,é,7,1',
  '1790812800123,e5,Łódź,😀,123456789012345678,0.1234567890123',
].join('\n');

const NDJSON = [
  '{"timestamp":"2026-10-01T00:00:00Z","event_id":"e1","customer_id":"a","region":"fra","requests":1,"seconds":0.5}',
  '{"timestamp":"2026-10-01T00:00:01Z","event_id":"e2","customer_id":"b","region":"fra","requests":2,"seconds":0.25}',
  '{"timestamp":"2026-10-01T00:00:01Z","event_id":"e2","customer_id":"b","region":"fra","requests":2,"seconds":0.25}',
  '{"timestamp":"2026-10-01T00:00:02Z","event_id":"e3","customer_id":"\\u00e9\\n","region":null,"requests":"3","seconds":1e3}',
  '',
  '{"timestamp":1790812800,"customer_id":5,"nested":{"a":[1,2,{"b":null}]},"requests":12}',
  '{"timestamp":1790812801,"customer_id":6,"nested":{"a":[1,3,{"b":"x"}]},"requests":01}\r',
].join('\n');

describe.each([
  ['CSV', CSV],
  ['NDJSON', NDJSON],
])('%s', (_, text) => {
  const bytes = Buffer.from(text);

  test('may be cut off at any byte', async () => {
    for (let length = 1; length <= bytes.length; length++) await expectSame(bytes.subarray(0, length));
  }, 60_000);

  test('may be cut into chunks and ranges of any size', async () => {
    for (let size = 1; size <= 200; size += size < 40 ? 1 : 13) {
      await expectSame(bytes, { chunkBytes: size, rangeBytes: size, cutsAlways: true });
    }
  }, 60_000);

  test('may have any byte in the place of any other', async () => {
    for (const byte of [0x00, 0x0a, 0x0d, 0x22, 0x2c, 0x5c, 0xff]) {
      for (let at = 0; at < bytes.length; at += 19) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        await expectSame(changed);
      }
    }
  }, 60_000);
});

test('a quoted line end at the beginning of a range does not begin a row', async () => {
  const row = (i: number) => `2026-10-01T00:00:00Z,e${i},"a\n2026-10-01T00:00:00Z,x,b,fra,1,1\n",fra,1,1\n`;
  const text = `timestamp,event_id,customer_id,region,requests,seconds\n${Array.from({ length: 50 }, (_, i) => row(i)).join('')}`;
  for (const rangeBytes of [60, 100, 333]) await expectSame(text, { chunkBytes: 64, rangeBytes, cutsAlways: true });
});

test('more events than fit into the memory for deduplication are moved to disk and found again', async () => {
  const rows = Array.from(
    { length: 3000 },
    (_, i) => `2026-10-01T00:00:00Z,e${i % 2900},a,fra,${i === 2950 ? 2 : 1},1`,
  );
  const text = `timestamp,event_id,customer_id,region,requests,seconds\n${rows.join('\n')}\n`;
  const { rows: counted } = await expectSame(text, {}, { dedupeMemory: 0 });
  expect(counted).toMatchObject({ duplicate: 99, rejected: 1 });
});

test('objects side by side on a line are compared with each other like rows of their own', async () => {
  const event = (id: string, requests: number | string) =>
    `{"timestamp":"2026-10-01T00:00:00Z","event_id":"${id}","customer_id":"a","requests":${requests},"seconds":1}`;
  const lines = [
    event('e0', 1),
    event('e1', 2) + event('e1', 2),
    `${event('e2', 3)} ${event('e2', 4)}`,
    event('e0', 1) + event('e4', '"many"') + event('e1', 2),
  ];
  const { rows, rejects } = await expectSame(`${lines.join('\n')}\n`);
  // Eight objects: e0, e1 and e2 count; e0 once more and e1 twice more are repeated; an e2 is in conflict, e4 is no number.
  expect(rows).toMatchObject({ read: 8, rated: 3, duplicate: 3, rejected: 2 });
  expect(rejects).toMatchObject([
    { code: 'conflict', line: 3, raw: event('e2', 4) },
    { code: 'not-a-number', line: 4, raw: event('e4', '"many"') },
  ]);
});

test('rejects are told with their texts, those that are kept until then and those that are too long for it', async () => {
  const texts = ['many', 'many', `"${'x'.repeat(190)}\n"`, `"${'y'.repeat(300)}"`, '"a ""b"""', 'é'];
  const rows = texts.map((text, i) => `2026-10-01T00:00:00Z,e${i},a,fra,${text},1`);
  const header = 'timestamp,event_id,customer_id,region,requests,seconds';
  const { rejects } = await expectSame(`${header}\n${rows.join('\r\n')}\n`, { chunkBytes: 100 });
  expect(rejects).toHaveLength(6);
});

test('a file of more columns than a batch has places for on its list is read like any other', async () => {
  const fields = (i: number, note: string) => ['2026-10-01T00:00:00Z', `e${i}`, `c${i % 5}`, ...Array(1500).fill(note)];
  const lines = [
    ['timestamp', 'event_id', 'customer_id', ...Array.from({ length: 1500 }, (_, i) => `x${i}`), 'requests'].join(','),
    ...Array.from({ length: 800 }, (_, i) => [...fields(i, i === 500 ? '"a"' : ''), i].join(',')),
  ];
  const { rows } = await expectSame(`${lines.join('\n')}\n`, { chunkBytes: 1 << 21 });
  expect(rows).toMatchObject({ read: 800, rated: 800 });
}, 60_000);

test('events whose ids share a fingerprint are told apart', async () => {
  const row = (id: string, requests: number) => `2026-10-01T00:00:00Z,${id},a,fra,${requests},1\n`;
  const [one, other] = TWINS;
  const lines = [row(one, 1), row(other, 2), row(other, 2), row(one, 1), row(other, 3)];
  const { rows } = await expectSame(`timestamp,event_id,customer_id,region,requests,seconds\n${lines.join('')}`, {
    seeds: TWIN_SEEDS,
  });
  expect(rows).toMatchObject({ read: 5, rated: 2, duplicate: 2, rejected: 1 });
});

test('sums are exact beyond 2^53 and across more fraction digits than any row before had', async () => {
  const values = [
    '9007199254740993',
    '0.1',
    '4503599627370495',
    '4503599627370495.25',
    '0.000000001',
    '0.0000000000001',
  ];
  const rows = values.map((value, i) => `2026-10-01T00:0${i}:00Z,,a,fra,${value},${value}`);
  await expectSame(`timestamp,event_id,customer_id,region,requests,seconds\n${rows.join('\n')}\n`);
});

test.each([16, 32, 64])(
  'an hour in which %i customers have filled its table takes more of them later',
  async (customers) => {
    const row = (hour: number, customer: number) => `2026-10-01T0${hour}:00:00Z,,c${customer},fra,1,1`;
    const hour = Array.from({ length: customers }, (_, i) => row(0, i));
    const rows = [...hour, row(1, customers), row(0, customers), row(0, customers + 1), ...hour, row(0, customers)];
    await expectSame(`timestamp,event_id,customer_id,region,requests,seconds\n${rows.join('\n')}\n`);
  },
);

test('more than 65 535 rows of one customer and hour are counted', async () => {
  const text = `timestamp,customer_id,requests,seconds\n${'2026-10-01T00:00:00Z,a,1,0\n'.repeat(70_000)}`;
  const { rows } = await expectSame(text);
  expect(rows).toMatchObject({ rated: 70_000 });
}, 60_000);

test('rows of any length and line end are told apart, whichever column is last', async () => {
  const row = (i: number, note: string) => [
    `2026-10-01T00:${10 + (i % 50)}:00Z`,
    `e${i}`,
    `c${i % 5}`,
    note,
    `${i}`,
    'fra',
  ];
  const notes = (i: number) => (i % 700 === 3 ? 'x'.repeat(5000) : i % 900 === 7 ? 'x'.repeat(70_000) : 'n');
  for (const lineEnd of ['\n', '\r\n']) {
    for (const last of ['requests', 'region', 'note']) {
      const header = ['timestamp', 'event_id', 'customer_id', 'note', 'requests', 'region'];
      const order = [...header.keys()].sort((a, b) => Number(header[a] === last) - Number(header[b] === last));
      const lines = [header, ...Array.from({ length: 2100 }, (_, i) => row(i, notes(i)))];
      const text = lines.map(
        (cells, i) => order.map((at) => cells[at]).join(',') + (i % 1500 === 1499 ? '\n' : lineEnd),
      );
      await expectSame(text.join(''), { chunkBytes: 1 << 18 });
    }
  }
}, 60_000);

test('files with columns in different orders go together', async () => {
  const input = (name: string, header: readonly string[], from: number) => ({
    name,
    packing: 'file' as const,
    bytes: Buffer.from(
      [header, ...Array.from({ length: 1500 }, (_, i) => header.map((column) => cell(column, from + i)))]
        .map((cells) => `${cells.join(',')}\n`)
        .join(''),
    ),
  });
  const cell = (column: string, i: number) =>
    ({
      timestamp: '2026-10-01T00:00:00Z',
      event_id: `e${i}`,
      customer_id: `c${i % 3}`,
      requests: String(i),
      seconds: '0.25',
      more: 'x',
    })[column]!;
  const inputs = [
    input('a.csv', ['timestamp', 'event_id', 'customer_id', 'requests', 'seconds'], 0),
    input('b.csv', ['more', 'seconds', 'requests', 'customer_id', 'more2', 'event_id', 'timestamp'], 1000),
    input('c.csv', ['timestamp', 'event_id', 'customer_id', 'requests', 'seconds'], 2000),
  ].map(({ bytes, ...rest }) => ({ ...rest, bytes: Buffer.from(String(bytes).replaceAll('undefined', '')) }));
  const { fast, reference } = await outcomesOf({ inputs, probes: [], request: REQUEST, tuning: TUNING });
  expect(fast).toEqual(reference);
  expect(fast.rows).toMatchObject({ read: 4500, duplicate: 1000 });
}, 60_000);

test('several threads give what one does', async () => {
  const rows = Array.from(
    { length: 2000 },
    (_, i) => `2026-10-0${1 + (i % 9)}T00:00:00Z,e${i % 1900},c${i % 7},fra,${i % 13},0.5`,
  );
  const text = `timestamp,event_id,customer_id,region,requests,seconds\n${rows.join('\n')}\n`;
  await expectSame(text, { chunkBytes: 1000, rangeBytes: 5000 }, { threads: 3 });
}, 60_000);
