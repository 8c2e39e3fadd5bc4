/** What the kernel and the code around it must agree about, and what happens where it cannot run. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import * as contract from '../../src/kernel/contract.ts';
import {
  chunksOf,
  findCandidates,
  offsetOfWindow,
  sourceOfWindow,
} from '../../src/telemetry/fast/dedupe/candidates.ts';
import { Kernel, kernelModule } from '../../src/telemetry/fast/kernel.ts';
import { EventLog } from '../../src/telemetry/fast/ledger/eventLog.ts';
import { RecordLayout } from '../../src/telemetry/fast/ledger/recordLayout.ts';
import type { ReadRequest } from '../../src/telemetry/reader.ts';
import { debugDeclarations } from '../support/debugKernel.ts';
import { kernelExportsFrom } from '../support/kernelSignatures.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Path and text of the sources in some folders of src. */
function sourcesIn(folders: readonly string[]): [path: string, text: string][] {
  return folders.flatMap((folder) =>
    readdirSync(`${SRC}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => [`${folder}/${name}`, readFileSync(`${SRC}${folder}/${name}`, 'utf8')]),
  );
}

const DECLARATIONS = `declare namespace __AdaptedExports {
  /** Exported memory */
  export const memory: WebAssembly.Memory;
  /**
   * src/kernel/texts/find
   * @param interner \`src/kernel/texts/Interner\`
   * @param length \`u32\`
   * @param key \`u64\`
   * @param isText \`bool\`
   * @returns \`bool\`
   */
  export function find(interner: __Record1<undefined>, length: number, key: bigint, isText: boolean): boolean;
  /**
   * src/kernel/ledger/clear
   */
  export function clear(): void;
}`;
const EXPORTS = [
  '  readonly find: (interner: usize, length: u32, key: u64, isText: bool) => i32;',
  '  readonly clear: () => void;',
];

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

test('every function of the kernel is called, and every function that is called is there', () => {
  const called = sourcesIn(['telemetry/fast']).flatMap(([, code]) =>
    [...code.matchAll(/\bcall\.(\w+)\(/g)].map((match) => match[1]!),
  );
  const { call } = new Kernel();
  const functions = Object.entries(call).filter(([, value]) => typeof value === 'function');
  expect([...new Set(called)].sort()).toEqual(functions.map(([name]) => name).sort());
});

test('the types of its functions are those of the compiled kernel, argument by argument', async () => {
  const declared = kernelExportsFrom(debugDeclarations());
  await expect(declared).toMatchFileSnapshot(`${SRC}telemetry/fast/kernelExports.ts`);
});

test.each([
  ['a value of each kind', DECLARATIONS, EXPORTS],
  ['no function', 'declare namespace __AdaptedExports {}', []],
])('types are made from declarations with %s', (_, declarations, members) => {
  const lines = kernelExportsFrom(declarations).split('\n');
  expect(lines.slice(lines.indexOf('export type KernelExports = {') + 1, -2)).toEqual(members);
});

test('constants and layouts are in the contract alone', () => {
  const names = Object.keys(contract);
  const again = sourcesIn(['kernel', 'telemetry/fast'])
    .filter(([path]) => path !== 'kernel/contract.ts')
    .flatMap(([path, code]) =>
      names
        .filter((name) => new RegExp(`\\b(?:const|function) ${name}\\b`).test(code))
        .map((name) => `${path} ${name}`),
    );
  expect(names).toContain('WINDOW_BITS');
  expect(again).toEqual([]);
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
    kernel.call.initLedger(meters, trace, 3_600_000);
    if (wide) kernel.call.widenRecords();
    kernel.call.addBucket();
    const [first, second] = [kernel.call.findRecord(0, 0), kernel.call.findRecord(0, 1)];
    const { words } = new RecordLayout({ aggregations: new Array(meters).fill('sum'), trace, wide });
    expect(second - first).toBe(words * 8);
  }
});

// Two meters, wide, with instants: quantities 2 × 8, high parts 2 × 8, instants 2 × 32, series and bucket 2 × 4, counts
// 3 × 2, up to a multiple of 8: 16, 32, 96, 104, 110 → 112. One narrow meter without: 8, series 8 to 16, counts to 20 → 24.
test.each([
  [2, true, true, { highs: 16, instants: 32, series: 96, bytes: 112 }],
  [1, false, false, { highs: 8, instants: 8, series: 8, bytes: 24 }],
])('a record of %i meters, wide: %s, with instants: %s, lies as the contract says', (meters, wide, instants, at) => {
  const { highsAt, instantsAt, seriesAt, bytesOfRecord } = contract;
  expect({
    highs: highsAt(meters),
    instants: instantsAt(meters, wide),
    series: seriesAt(meters, wide, instants),
    bytes: bytesOfRecord(meters, wide, instants),
  }).toEqual(at);
});

test('a record has its series, its bucket and its counts where the reader looks for them', () => {
  const kernel = new Kernel();
  kernel.call.initLedger(2, false, 3_600_000);
  for (let bucket = 0; bucket < 4; bucket++) kernel.call.addBucket();
  const record = kernel.call.findRecord(3, 77) >>> 0;
  kernel.call.countOne(record, 0);
  kernel.call.countOne(record, 2);
  kernel.call.countOne(record, 2);
  const layout = new RecordLayout({ aggregations: ['sum', 'sum'], trace: false, wide: false });
  expect([...kernel.ints(record + layout.seriesAt * 4, 2)]).toEqual([77, 3]);
  expect([...new Uint16Array(kernel.buffer, record + layout.rowsAt * 2, 3)]).toEqual([1, 0, 2]);
});

// A field of 9 fraction digits asks for a column of that scale; one digit more does not fit into a double of any column.
test.each([
  ['1.123456789', contract.MOST_SCALE],
  ['1.1234567891', contract.WIDE_SCALE],
  // Below 2^52 whole units, and 2^52 itself.
  ['4503599627370495', -1],
  ['4503599627370496', contract.WIDE_SCALE],
])('a quantity of %s is decoded at scale %i', (text, scale) => {
  const kernel = new Kernel();
  const start = kernel.write(Buffer.from(text));
  const places = kernel.newInts(2);
  places.values.set([start, start + text.length]);
  const [odd, out] = [kernel.newBytes(1), kernel.newDoubles(1)];
  const { address } = places;
  const found = kernel.call.decodeQuantities(address, address + 4, 4, 0, odd.address, 1, 0, true, out.address);
  expect(found).toBe(scale);
});

test('rows of two windows are noted under each, with their places in it', async () => {
  const kernel = new Kernel();
  const log = new EventLog(kernel, { bytes: 1 << 20, spillPath: '', seeds: [1n, 2n] });
  // Source 3: the first window, and the second from 2^27 on.
  log.add(Buffer.from('an event id'), Buffer.alloc(0), 3, 5);
  log.add(Buffer.from('an event id'), Buffer.alloc(0), 3, 2 ** 27 + 7);
  const candidates = await findCandidates([log.finish()], { number: 0, of: 1 }, () => undefined);
  const noted = candidates.windows.map((notes) => ({
    source: sourceOfWindow(notes.window),
    offset: offsetOfWindow(notes.window),
    notes: [...chunksOf(candidates, notes)].map((chunk) => [...chunk]),
  }));
  // A note: the place, and twice the number of the pair, 1 more for its later row.
  expect(noted).toEqual([
    { source: 3, offset: 0, notes: [[5, 0]] },
    { source: 3, offset: 2 ** 27, notes: [[7, 1]] },
  ]);
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
