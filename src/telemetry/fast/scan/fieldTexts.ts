/** Looks at the texts of a batch's column where the kernel has no need to. */
import { textIn } from '../../row.ts';
import type { Batch } from '../batch.ts';
import { decodeText } from '../bytes.ts';
import type { Kernel } from '../kernel.ts';

const SPACE = 0x20;

/** Marks rows with white space at an end of a field as slow: the exact way takes it off. */
export function markBlankEnds(batch: Batch, column: number, kernel: Kernel): void {
  const { rows, slow } = batch;
  const { memory, starts, ends, stride, delta } = fieldsOf(batch, column, kernel);
  for (let row = 0; row < rows; row++) {
    const from = (starts[row * stride]! >>> 0) + delta;
    const to = ends[row * stride]! >>> 0;
    if (from === to) continue;
    const [first, last] = [memory[from]!, memory[to - 1]!];
    if (first > SPACE && first < 0x80 && last > SPACE && last < 0x80) continue;
    const text = decodeText(memory.subarray(from, to));
    if (text !== text.trim()) slow.values[row] = 1;
  }
}

/** True if some row that is not slow has delta than a text for nothing in a field: a column, or −1 and one text for all rows. */
export function hasSomething(
  batch: Batch,
  { column, constant = '', isText }: { column: number; constant: string | undefined; isText: boolean },
  kernel: Kernel,
): boolean {
  const { rows, slow } = batch;
  if (column < 0) return constant !== '' && slow.values.subarray(0, rows).includes(0);
  const { memory, starts, ends, stride, delta } = fieldsOf(batch, column, kernel);
  for (let row = 0; row < rows; row++) {
    const from = (starts[row * stride]! >>> 0) + delta;
    const to = ends[row * stride]! >>> 0;
    if (from === to || slow.values[row] !== 0) continue;
    if (textIn(isText ? 'text' : 'json', decodeText(memory.subarray(from, to))) !== '') return true;
  }
  return false;
}

/** Bytes of a field, as Latin-1, by the row of the batch. */
export function latin1Texts(batch: Batch, column: number, kernel: Kernel): (row: number) => string {
  const { starts, ends, stride, delta } = fieldsOf(batch, column, kernel);
  const memory = kernel.bytes(0, kernel.buffer.byteLength);
  return (row) => memory.toString('latin1', (starts[row * stride]! >>> 0) + delta, ends[row * stride]! >>> 0);
}

/** The field of a row is in `memory` from `starts[row × stride] + delta` to `ends[row × stride]`, as unsigned numbers. */
function fieldsOf(batch: Batch, column: number, kernel: Kernel) {
  const stride = batch.stride / 4;
  const length = (batch.rows - 1) * stride + 1;
  return {
    memory: new Uint8Array(kernel.buffer),
    starts: kernel.ints(batch.startsOf(column), length),
    ends: kernel.ints(batch.endsOf(column), length),
    stride,
    delta: batch.delta,
  };
}
