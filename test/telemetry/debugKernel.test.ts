/** The debug build of the kernel: each of its kinds of assertions fires, and says what is wrong. */
import { beforeAll, expect, test } from 'vitest';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { useDebugKernel } from '../support/debugKernel.ts';

beforeAll(useDebugKernel);

const WIDTH_MS = 3_600_000;

function withLedger(meters: number): { kernel: Kernel; record: number } {
  const kernel = new Kernel();
  kernel.call.initLedger(meters, false, WIDTH_MS);
  kernel.call.addBucket();
  return { kernel, record: kernel.call.findRecord(0, 0) >>> 0 };
}

test('a block that is given back twice', () => {
  const kernel = new Kernel();
  const block = kernel.newInts(100);
  kernel.release(block);
  expect(() => kernel.release(block)).toThrow(
    /assertion failed: outside of every block \(src\/kernel\/memory.ts:\d+:\d+\)/,
  );
});

test('a block that is given back with another size', () => {
  const kernel = new Kernel();
  const { address, values } = kernel.newInts(100);
  expect(() => kernel.release({ address, values: values.subarray(0, 50) })).toThrow('a block of another size');
});

// Blocks have a multiple of 64 bytes, so this one has room for 64 numbers of 8 bytes.
test('a column that is longer than its block', () => {
  const kernel = new Kernel();
  const out = kernel.allocate(63 * 8);
  const [starts, ends, slow] = [kernel.newInts(65), kernel.newInts(65), kernel.newBytes(65)];
  const decode = (rows: number) =>
    kernel.call.decodeQuantities(starts.address, ends.address, 4, 0, slow.address, rows, 0, true, out);
  expect(decode(64)).toBe(-1);
  expect(() => decode(65)).toThrow('outside of every block');
});

test('a column in a block that was given back', () => {
  const kernel = new Kernel();
  const [numbers, slow] = [kernel.newInts(1), kernel.newBytes(1)];
  kernel.release(slow);
  expect(() => kernel.call.markEmpty(numbers.address, numbers.address, 4, 0, slow.address, 1)).toThrow(
    'outside of every block',
  );
});

test('an address that is no record, and a meter that there is not', () => {
  const { kernel, record } = withLedger(2);
  kernel.call.countOne(record, 2);
  expect(() => kernel.call.countOne(record, 3)).toThrow('no such meter');
  expect(() => kernel.call.countOne(record + 2, 2)).toThrow('no record');
});

test('a bucket that there is not', () => {
  const { kernel } = withLedger(1);
  expect(() => kernel.call.findRecord(1, 0)).toThrow('assertion failed');
});

test('a quantity that a double does not hold exactly', () => {
  const { kernel } = withLedger(1);
  const [at, slow, series, quantities] = [
    kernel.newDoubles(1),
    kernel.newBytes(1),
    kernel.newInts(1),
    kernel.newDoubles(1),
  ];
  kernel.host.locateBucket = () => kernel.call.setCurrentBucket(0, 0, WIDTH_MS);
  kernel.call.findRecords(at.address, slow.address, series.address, 1);
  quantities.values[0] = 2 ** 52 - 1;
  kernel.call.addQuantities(quantities.address, 0, 1);
  quantities.values[0] = 2 ** 52;
  expect(() => kernel.call.addQuantities(quantities.address, 0, 1)).toThrow('assertion failed');
});
