/** Readings of counters against the events that were counted, one by one. */
import { expect, test } from 'vitest';
import { checkAsync, fc } from '../support/properties.ts';
import { compare, plus, type Rational, rational, shown, ZERO } from '../support/rationals.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Begins of September to December 2026 in UTC. */
const EDGES = [8, 9, 10, 11].map((month) => Date.UTC(2026, month, 1));
const [BEGIN, END] = [EDGES[0]!, EDGES.at(-1)!];

/** Instants with odd milliseconds, so that none is the edge of a month. */
const instant = fc.integer({ min: 0, max: (END - BEGIN) / 1000 - 1 }).map((second) => BEGIN + second * 1000 + 501);

const instance = fc.record({
  customer: fc.constantFrom('a', 'b'),
  /** Amounts that were used, in tenths. */
  events: fc.array(fc.tuple(instant, fc.integer({ min: 0, max: 99 })), { maxLength: 12 }),
  resets: fc.array(instant, { maxLength: 3 }),
  looks: fc.array(instant, { maxLength: 12 }),
});

const input = fc.record({
  instances: fc.array(instance, { minLength: 1, maxLength: 4 }),
  /** The export says when each counter began. */
  hasStart: fc.boolean(),
  shuffle: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
  files: fc.integer({ min: 1, max: 3 }),
});
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never;

/** The reading at an instant: what was used since the last reset, event by event. */
function readingAt({ events, resets }: Input['instances'][number], at: number): { value: Rational; start: number } {
  const start = Math.max(BEGIN, ...resets.filter((reset) => reset <= at));
  const since = events.filter(([when]) => when <= at && (when > start || start === BEGIN));
  return { value: since.map(([, tenths]) => rational(`${tenths}/10`)).reduce(plus, ZERO), start };
}

/** Whoever looks at the edges of months, and just before and at each reset, sees every reset. */
function rowsOf(instances: Input['instances'], hasStart: boolean): string[] {
  return instances.flatMap((one, i) => {
    const looks = new Set([...EDGES, ...one.looks, ...one.resets.flatMap((reset) => [reset - 1, reset])]);
    return [...looks].map((at) => {
      const { value, start } = readingAt(one, at);
      const begin = hasStart ? `,${new Date(start).toISOString()}` : '';
      return `${new Date(at).toISOString()},${one.customer},i${i},${shown(value, 1)}${begin}`;
    });
  });
}

/** Customer and month to what was used, from the events alone. */
function used(instances: Input['instances']): string[] {
  const totals = new Map<string, Rational>();
  for (const { customer, events } of instances)
    for (const [at, tenths] of events) {
      const key = `${customer} ${new Date(at).toISOString().slice(0, 7)}`;
      totals.set(key, plus(totals.get(key) ?? ZERO, rational(`${tenths}/10`)));
    }
  return [...totals]
    .filter(([, total]) => compare(total, ZERO) > 0)
    .map(([key, total]) => `${key} ${shown(total, 1).replace(/\.0$/, '')}`)
    .sort();
}

test('any readings that see every reset amount to the events, month by month, in any order and cut anyhow', async () => {
  await checkAsync(
    fc.asyncProperty(input, async ({ instances, hasStart, shuffle, files }) => {
      const rows = rowsOf(instances, hasStart)
        .map((row, i) => ({ row, rank: shuffle[i % shuffle.length]! * 31 + ((i * 7919) % 1000) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ row }) => row);
      const header = `timestamp,customer_id,instance,total${hasStart ? ',began' : ''}`;
      const exports = Array.from({ length: files }, (_, f) => [
        `f${f}.csv`,
        `${[header, ...rows.filter((_, i) => i % files === f)].join('\n')}\n`,
      ]).filter(([, content]) => content!.split('\n').length > 2);
      const map = `temporality: cumulative\nseries: [instance]\nmeters: { requests: total }\n${hasStart ? 'start: began\n' : ''}`;
      const cwd = temporaryDirectory({ ...Object.fromEntries(exports), 'map.yaml': map });
      const args = ['usage', ...exports.map(([name]) => name!), '--map', 'map.yaml', '--quiet'];
      const { stdout } = await runMeter(args, { cwd });
      const found = stdout
        .split('\n')
        .slice(1)
        .flatMap((line) => {
          const [customer, month, requests] = line.split(',');
          return requests && requests !== '0' ? [`${customer} ${month} ${requests}`] : [];
        });
      expect(found.sort()).toEqual(used(instances));
    }),
    { runs: 60 },
  );
});
