/** Rows that may be the same event: the kernel marks them as the one-by-one way does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { wantedOf } from '../../src/telemetry/columns.ts';
import { rowOfRecord } from '../../src/telemetry/csvRow.ts';
import { type JudgingJob, judgeRows } from '../../src/telemetry/fast/dedupe/judging.ts';
import { ID_AT, MARK_WORDS, newRowMarks, RowMarker } from '../../src/telemetry/fast/dedupe/rowMarks.ts';
import { NO_SEEDS } from '../../src/telemetry/fast/dedupe/seeds.ts';
import { newCounter } from '../../src/telemetry/fast/dedupe/verdicts.ts';
import { Kernel, kernelModule } from '../../src/telemetry/fast/kernel.ts';
import { readRecord } from '../../src/telemetry/fast/scan/csvRecord.ts';
import { readShape } from '../../src/telemetry/fast/scan/shape.ts';
import { unfiltered } from '../../src/telemetry/textRows.ts';
import { Random } from './random.ts';

const meter = (field: string, aggregation: Meter['aggregation']): Meter => ({
  ...{ name: field, field, unit: 'x', family: 'count', aggregation },
});
const HEADER = 'timestamp,event_id,customer_id,source,region,requests,peak,visits,level\n';
const request = {
  meters: [meter('requests', 'sum'), meter('peak', 'max'), meter('visits', 'count'), meter('level', 'last')],
  dimensions: ['region'],
  buckets: bucketsFor('UTC'),
  dedupe: true,
  trace: false,
};

/** One row in `odd` is in a form that the kernel leaves to the exact way: quotes, a time zone, an exponent. */
function rowOf(random: Random, odd: number): string {
  const isOdd = random.chance(odd);
  const time = random.pick([
    '2026-10-01T00:00:00Z',
    '2026-10-01T00:00:00.000Z',
    '2026-10-01T00:00:00.123456789Z',
    ...(isOdd ? ['2026-10-01 02:00:00+02', '2026-10-01t00:00:00 utc'] : []),
  ]);
  const quantity = () =>
    random.pick([
      '',
      '-',
      '0',
      '0.0',
      '1',
      '01',
      '1.0',
      '1.50',
      '007.2500',
      '10',
      '100',
      ...(isOdd ? ['1e1', '-0'] : []),
    ]);
  const fields = [
    time,
    random.pick(['e1', 'é2', 'a-long-event-id-with-many-characters', ...(isOdd ? ['"e,1"', '"e ""1"""'] : [])]),
    random.pick(['a', 'b', 'ü']),
    random.pick(['', '-', 'edge', 'NULL']),
    random.pick(['fra', '', 'syd']),
    quantity(),
    random.pick(['7', '7.0', '07.00']),
    random.pick(['', '-', 'x', '0', '00']),
    quantity(),
  ];
  return `${fields.join(',')}\n`;
}

/** The marks of all rows of a file, as threads set them and as rows get them one by one. */
async function marksOf(rows: readonly string[], chunkBytes: number) {
  const directory = mkdtempSync(join(tmpdir(), 'judging-'));
  try {
    const path = join(directory, 'rows.csv');
    const bytes = Buffer.from(HEADER + rows.join(''));
    writeFileSync(path, bytes);
    const source = { kind: 'file', name: 'rows.csv', path } as const;
    const wanted = wantedOf(request);
    const { shape } = readShape(bytes, { length: bytes.length, atEnd: true }, { source, wanted, forcedFormat: 'csv' })!;
    const key = [0x0123_4567_89ab_cdefn, 0xfedc_ba98_7654_3210n] as const;
    const starts = [HEADER.length];
    for (const row of rows) starts.push(starts.at(-1)! + Buffer.byteLength(row));
    const offsets = Float64Array.from(starts.slice(0, -1));
    const order: JudgingJob = {
      ...{ sources: [source], wanted, forcedFormat: 'csv', chunkBytes, kernel: kernelModule()!, key },
      request: { ...request, constants: wanted.constants, trimsIds: wanted.trimsIds, formColumns: 0 },
      memory: { kernelBytes: 2 ** 30, log: { bytes: 0, spillPath: '', seeds: NO_SEEDS } },
      shared: newCounter(),
      reviewed: [{ shape, path, layout: 0 }],
      marks: newRowMarks(rows.length),
      nextTask: newCounter(),
      tasks: [{ source: 0, first: 0, offsets, stretches: [{ start: HEADER.length, stop: bytes.length, lines: 1 }] }],
    };
    expect(await judgeRows(order, () => undefined)).toEqual([]);

    const oneByOne = newRowMarks(rows.length);
    const marker = new RowMarker(new Kernel(), { wanted, request: order.request, key, marks: oneByOne });
    const header = shape.header!;
    const ids: string[] = [];
    for (const [i, start] of offsets.entries()) {
      const record = readRecord(bytes, { start, limit: bytes.length, atEnd: true, dialect: header.dialect });
      if (typeof record === 'string') throw new Error(record);
      ids.push(Buffer.from(record.fields[1]!, 'latin1').toString());
      marker.mark(i, unfiltered(rowOfRecord(record, header, wanted)), i + 2);
    }
    return { judged: order.marks, oneByOne, ids };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test.each([0, 0.01, 0.5])(
  'rows in batches have the marks of rows one by one, with %d of them in odd forms',
  async (odd) => {
    let byKernel = 0;
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed);
      const rows = Array.from({ length: 2500 }, () => rowOf(random, odd));
      const { judged, oneByOne, ids } = await marksOf(rows, random.pick([500, 1 << 14, 1 << 18]));
      expect(judged.at).toEqual(oneByOne.at);
      expect(judged.nanoseconds).toEqual(oneByOne.nanoseconds);
      expect(judged.lines).toEqual(oneByOne.lines);
      for (const [i, row] of rows.entries()) {
        const from = i * MARK_WORDS;
        const hashes = (words: Int32Array) => [...words.subarray(from, from + ID_AT)];
        expect(hashes(judged.words), `seed ${seed}: ${row}`).toEqual(hashes(oneByOne.words));
        const [idFrom, idLength] = judged.words.subarray(from + ID_AT, from + MARK_WORDS);
        // An id that is escaped stands elsewhere.
        if (idFrom! < 0 || idFrom! + idLength! > Buffer.byteLength(row)) continue;
        byKernel++;
        const id = Buffer.from(row).toString('utf8', idFrom!, idFrom! + idLength!);
        expect(id).toBe(ids[i]);
      }
    }
    // Rows that the kernel leaves out have no place of their id.
    expect(byKernel).toBeGreaterThan(odd < 0.5 ? 6000 : 1000);
  },
);

test('an odd row between others has its own line and marks', async () => {
  const plain = '2026-10-01T00:00:00Z,e1,a,,fra,1,7,x,3\n';
  const odd = '2026-10-01T00:00:00Z,"e1",a,,fra,1e0,7,x,3.0\n';
  const { judged } = await marksOf([plain, odd, plain], 1 << 14);
  expect([...judged.lines]).toEqual([2, 3, 4]);
  const marks = [0, 1, 2].map((i) => [...judged.words.subarray(i * MARK_WORDS, i * MARK_WORDS + ID_AT)]);
  // The same event with the same content: the same hashes.
  expect(marks[1]).toEqual(marks[0]);
  expect(marks[2]).toEqual(marks[0]);
});
