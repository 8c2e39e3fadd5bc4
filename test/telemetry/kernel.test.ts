/** What the kernel and the code around it must agree about, and what happens where it cannot run. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { BATCH_ROWS } from '../../src/telemetry/fast/batch.ts';
import { ENTRY_BYTES, HEADER_BYTES, PARTITIONS } from '../../src/telemetry/fast/eventLog.ts';
import { Kernel, kernelModule, SLACK } from '../../src/telemetry/fast/kernel.ts';
import { HIGH_UNIT, LIMB, WIDE_SCALE } from '../../src/telemetry/fast/quantities.ts';
import { RecordLayout, SLAB_SHIFT } from '../../src/telemetry/fast/recordLayout.ts';
import type { ReadRequest } from '../../src/telemetry/reader.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const text = (path: string) => readFileSync(`${SRC}${path}`, 'utf8');

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

test('every function of the kernel is called, and every function that is called is there', () => {
  const callers = readdirSync(`${SRC}telemetry/fast`).map((name) => text(`telemetry/fast/${name}`));
  const called = callers.flatMap((code) => [...code.matchAll(/\bcall\.(\w+)\(/g)].map((match) => match[1]!));
  const { call } = new Kernel();
  const functions = Object.entries(call).filter(([, value]) => typeof value === 'function');
  expect([...new Set(called)].sort()).toEqual(functions.map(([name]) => name).sort());
});

test('functions take as many numbers as their types say', () => {
  const types = text('telemetry/fast/kernel.ts');
  const { call } = new Kernel();
  for (const [name, value] of Object.entries(call) as [string, unknown][]) {
    if (typeof value !== 'function') continue;
    const declared = new RegExp(`readonly ${name}: \\(([^)]*)\\) =>`).exec(types)?.[1];
    expect(declared, name).toBeDefined();
    const parameters = declared!.split(',').filter((parameter) => parameter.trim() !== '');
    expect([name, parameters.length]).toEqual([name, value.length]);
  }
});

test.each([
  ['rows.ts', 'BATCH_ROWS', BATCH_ROWS],
  ['memory.ts', 'SLACK', SLACK],
  ['quantities.ts', 'LIMB', LIMB],
  ['quantities.ts', 'HIGH_UNIT', HIGH_UNIT],
  ['quantities.ts', 'WIDE_SCALE', WIDE_SCALE],
  ['events.ts', 'PARTITIONS', PARTITIONS],
  ['events.ts', 'ENTRY_BYTES', ENTRY_BYTES],
  ['events.ts', 'HEADER_BYTES', HEADER_BYTES],
  ['ledger.ts', 'SLAB_RECORDS', 1 << SLAB_SHIFT],
])('%s: %s is %i on both sides', (file, name, value) => {
  const found = new RegExp(`const ${name}: \\w+ = ([\\d_]+)(?: << (\\d+))?;`).exec(text(`kernel/${file}`));
  const base = Number(found?.[1]?.replaceAll('_', ''));
  expect(base * 2 ** Number(found?.[2] ?? 0)).toBe(value);
});

test.each([1, 1000, 1008, 65_552])('a block of %i words that is given back is used again, as zeros', (words) => {
  const kernel = new Kernel();
  const first = kernel.newInts(words);
  first.values.fill(7);
  const inUse = kernel.call.bytesInUse();
  kernel.release(first);
  const second = kernel.newInts(words);
  expect(second.address).toBe(first.address);
  expect([...second.values].every((value) => value === 0)).toBe(true);
  expect(kernel.call.bytesInUse()).toBe(inUse);
});

test.each([1, 3, 4, 7, 20])('a record of %i meters is as large on both sides', (meters) => {
  for (const [trace, wide] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const kernel = new Kernel();
    kernel.host.locateBucket = () => undefined;
    kernel.call.initLedger(meters, Number(trace), 3_600_000);
    if (wide) kernel.call.widenRecords();
    kernel.call.addBucket();
    const [first, second] = [kernel.call.findRecord(0, 0), kernel.call.findRecord(0, 1)];
    const { words } = new RecordLayout({ aggregations: new Array(meters).fill('sum'), trace, wide });
    expect(second - first).toBe(words * 8);
  }
});

test('a processor that cannot run it reads all the same', async () => {
  expect(kernelModule()).toBeDefined();
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const { readUsage } = await import('../../src/telemetry/readUsage.ts');
  const path = fileURLToPath(new URL('../../fixtures/first-month/usage.csv', import.meta.url));
  const request: ReadRequest = {
    sources: [{ kind: 'file', name: 'usage.csv', path }],
    meters: [{ name: 'requests', field: 'requests', unit: 'request', family: 'count', aggregation: 'sum' }],
    dimensions: [],
    buckets: bucketsFor('UTC'),
    dedupe: true,
    trace: false,
    onReject: () => undefined,
  };
  const { rows, slow } = await readUsage(request);
  expect(slow).toBe('no-simd');
  expect(rows).toEqual({ read: 188, rated: 186, duplicate: 2, outOfPeriod: 0, rejected: 0 });
});
