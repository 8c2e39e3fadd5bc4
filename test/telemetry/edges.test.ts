/** Usage between edges within a month, asked again and again for one customer: the fast ledger subtracts totals for it. */
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../src/core/calendar.ts';
import type { Meter } from '../../src/core/catalog/meter.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import type { UsageLedger } from '../../src/core/usage/ledger.ts';
import { SlabLedgerView } from '../../src/telemetry/fast/ledger/slabLedgerView.ts';
import { readUsageTuned } from '../../src/telemetry/fast/readUsage.ts';
import type { ReadRequest } from '../../src/telemetry/reader.ts';
import { readUsage as readPlainly } from '../../src/telemetry/reference/readUsage.ts';
import { Random } from './random.ts';

const START = Date.parse('2026-10-01T00:00:00Z');
const HOURS = 100;
const TUNING = { chunkBytes: 4096, rangeBytes: 1 << 20, kernelBytes: 2 ** 30, leastLogBytes: 0 };

function meter(field: string, aggregation: Meter['aggregation'] = 'sum'): Meter {
  return { name: field, field, unit: 'x', family: 'count', aggregation };
}

/** `largest`: of a quantity. Beyond 2^52 in units of the scale sums are kept as exact numbers. */
function exported(random: Random, largest: number): Buffer {
  const rows = Array.from({ length: 600 }, () =>
    [
      new Date(START + random.below(HOURS * HOUR_MS)).toISOString(),
      random.pick(['a', 'b', 'c']),
      random.pick(['fra', 'syd', '']),
      random.chance(0.2) ? '' : random.below(largest),
      (random.below(1000) / 100).toFixed(random.below(3)),
    ].join(','),
  );
  return Buffer.from(['timestamp,customer_id,region,requests,seconds', ...rows, ''].join('\n'));
}

async function ledgersOf(bytes: Buffer, meters: readonly Meter[]): Promise<[SlabLedgerView, UsageLedger]> {
  const request = (): ReadRequest => ({
    sources: [{ kind: 'stream', name: 'usage', stream: Readable.from([bytes]) }],
    meters,
    dimensions: ['region'],
    buckets: bucketsFor('UTC'),
    dedupe: false,
    trace: false,
    threads: 1,
    onReject: ({ code }) => expect.fail(code),
  });
  const [fast, plain] = [await readUsageTuned(request(), TUNING), await readPlainly(request())];
  return [fast.ledger as SlabLedgerView, plain.ledger];
}

test.each<[string, number, readonly Meter[]]>([
  ['sums', 10_000, [meter('requests'), meter('seconds')]],
  ['sums that outgrow a double', 2 ** 51, [meter('requests'), meter('seconds')]],
  ['a sum beside a maximum', 10_000, [meter('requests'), meter('seconds', 'max')]],
])('%s between any two edges are those of the reference ledger', async (_, largest, meters) => {
  const random = new Random(largest);
  const [fast, plain] = await ledgersOf(exported(random, largest), meters);
  const whole = { start: START, end: START + HOURS * HOUR_MS };
  for (let look = 0; look < 400; look++) {
    const customer = random.chance(0.8) ? 'a' : random.pick(['b', 'c', 'nobody']);
    const [one, other] = [random.below(HOURS + 1), random.below(HOURS + 1)];
    const part = { start: START + Math.min(one, other) * HOUR_MS, end: START + Math.max(one, other) * HOUR_MS };
    const expected = plain.usageOf(customer, part);
    expect(fast.usageOf(customer, part, whole), `look ${look}`).toEqual(expected);
    for (const { name } of meters)
      expect(fast.quantityOf(customer, name, part).eq(expected.get(name)!.quantity), `${name} of look ${look}`).toBe(
        true,
      );
  }
});

test('a shared ledger has the usage of the customers that it is told of', async () => {
  const [fast, plain] = await ledgersOf(exported(new Random(9), 1000), [meter('requests'), meter('seconds')]);
  const { added, retracted, options, ...known } = structuredClone(fast.share());
  const shared = new SlabLedgerView(added, retracted, options, known);
  const whole = { start: START, end: START + HOURS * HOUR_MS };
  for (const ids of [['a'], ['b', 'nobody'], ['c']]) {
    shared.turnTo(
      ids,
      Int32Array.from(ids, (id) => fast.placeOf(id)),
    );
    expect(shared.customers).toEqual(ids);
    for (const id of ids) expect(shared.usageOf(id, whole)).toEqual(plain.usageOf(id, whole));
  }
});
