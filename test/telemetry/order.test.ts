/** Which rows count does not depend on the order of rows and files, whatever they disagree about. */
import { expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { type Outcome, outcomesOf } from './differential.ts';
import { Random } from './random.ts';

const meter = (field: string, aggregation: Meter['aggregation']): Meter => ({
  ...{ name: field, field, unit: 'x', family: 'count', aggregation },
});
const HEADER = 'timestamp,event_id,customer_id,region,requests,peak';
const TUNING = { chunkBytes: 200, rangeBytes: 300, kernelBytes: 2 ** 30, leastLogBytes: 0 };

const TIMES = ['2026-10-01T00:00:00Z', '2026-10-01T00:00:00.000Z', '2026-10-01T02:00:00+02:00', '2026-10-02T00:00:00Z'];

/** Few ids, so that nearly every row is repeated or in conflict with others. */
function rowsOf(random: Random): string[] {
  return Array.from({ length: 40 }, () =>
    [
      random.pick(TIMES),
      random.pick(['', 'e1', 'e2', 'e3', 'e4']),
      random.pick(['a', 'b', 'é']),
      random.pick(['fra', 'syd']),
      random.pick(['1', '01', '1.0', '2', '0', '']),
      random.pick(['5', '7', '0', '0.0', '-']),
    ].join(','),
  );
}

async function ledgersOf(
  rows: readonly string[],
  files: number,
  aggregation: Meter['aggregation'],
): Promise<Outcome[]> {
  const each = Math.ceil(rows.length / files);
  const inputs = Array.from({ length: files }, (_, i) => ({
    name: `f${i}`,
    packing: 'file' as const,
    bytes: Buffer.from([HEADER, ...rows.slice(i * each, (i + 1) * each), ''].join('\n')),
  }));
  const request = {
    meters: [meter('requests', 'sum'), meter('peak', aggregation)],
    dimensions: ['region'],
    buckets: bucketsFor('UTC'),
    dedupe: true,
    trace: aggregation === 'sum',
    threads: 1,
  };
  const { fast, reference } = await outcomesOf({ inputs, probes: [], request, tuning: TUNING });
  expect(fast).toEqual(reference);
  return [fast, reference].map(({ rejects: _, bytes: __, usage, ...outcome }) => ({ ...outcome, usage }));
}

test.each(['sum', 'max', 'count', 'last', 'unique'] as const)(
  'any order of rows and files gives the same ledger (%s)',
  async (aggregation) => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = new Random(seed);
      const rows = rowsOf(random);
      const [expected] = await ledgersOf(rows, 1, aggregation);
      for (const files of [1, 2, 4]) {
        for (const ledger of await ledgersOf(random.shuffled(rows), files, aggregation)) {
          expect(ledger, `seed ${seed}, ${files} files`).toEqual(expected);
        }
      }
    }
  },
  120_000,
);

test('of conflicting rows the earliest counts, then the one with the smallest bytes, and the others name it', async () => {
  const row = (time: string, requests: number) => `${time},e1,a,fra,${requests},1`;
  const rows = [row(TIMES[3]!, 1), row(TIMES[0]!, 10), row(TIMES[0]!, 5), row(TIMES[0]!, 7)];
  const inputs = rows.map((text, i) => ({
    name: `f${i}`,
    packing: 'file' as const,
    bytes: Buffer.from(`${HEADER}\n${text}\n`),
  }));
  const request = {
    meters: [meter('requests', 'sum')],
    dimensions: [],
    buckets: bucketsFor('UTC'),
    dedupe: true,
    trace: false,
    threads: 1,
  };
  const { fast, reference } = await outcomesOf({ inputs, probes: [], request, tuning: TUNING });
  expect(fast).toEqual(reference);
  expect(fast.rows).toEqual({ read: 4, rated: 1, duplicate: 0, outOfPeriod: 0, rejected: 3 });
  const rejects = fast.rejects as { file: string; line: number; detail: string }[];
  expect(rejects.map(({ file, line, detail }) => [file, line, detail])).toEqual(
    ['f0', 'f2', 'f3'].map((file) => [file, 2, 'first seen in f1:2']),
  );
});
