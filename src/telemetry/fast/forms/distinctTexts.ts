/**
 * Values that are worked out here and not in the kernel, once for each distinct text: of a column with many texts that takes
 * longer than all else about a row, but it works for every form.
 */
import { BATCH_ROWS, SLACK } from '../../../kernel/contract.ts';
import { textIn } from '../../row.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { Interner } from '../ledger/interner.ts';
import type { FormColumns } from './formColumns.ts';

/** Distinct texts that are remembered; with more all are forgotten. */
const MOST_TEXTS = 1 << 16;
const ARENA_BYTES = 1 << 16;

/** In place of a value: only the exact way knows what is wrong with the row. */
export const ONLY_EXACTLY: unique symbol = Symbol('only exactly');

export type TextRule = (text: string) => string | typeof ONLY_EXACTLY;

export class DistinctTexts {
  private readonly kernel: Kernel;
  private readonly rule: TextRule;
  private readonly interner: Interner;
  private readonly numbers: KernelArray<Int32Array>;
  /** For each text address and end of its value; an end before it: the row is for the exact way. */
  private readonly values: number[] = [];
  private readonly arenas: { address: number; bytes: number }[] = [];
  private next = 0;
  private arenaEnd = 0;

  constructor(kernel: Kernel, rule: TextRule) {
    this.kernel = kernel;
    this.rule = rule;
    this.interner = new Interner(kernel);
    this.numbers = kernel.newInts(BATCH_ROWS);
  }

  /** Works out a column of another one, for `rows` rows from `first` on. */
  run(columns: FormColumns, column: number, out: number, { first, rows, slow }: RowRange): void {
    if (this.interner.size > MOST_TEXTS) this.forget();
    const { kernel, values } = this;
    const { address, values: numbers } = this.numbers;
    this.interner.internRows(columns.startsOf(column, first), columns.endsOf(column, first), rows, address);
    const { size } = this.interner;
    for (let number = values.length / 2; number < size; number++) this.add(this.interner.textOf(number));
    const starts = kernel.ints(columns.startsOf(out, first), rows);
    const ends = kernel.ints(columns.endsOf(out, first), rows);
    for (let row = 0; row < rows; row++) {
      const value = numbers[row]! * 2;
      starts[row] = values[value]!;
      ends[row] = values[value + 1]!;
      if (values[value + 1]! >= values[value]!) continue;
      ends[row] = starts[row]!;
      slow[first + row] = 1;
    }
  }

  private add(text: string): void {
    const value = text === '' ? '' : this.rule(text);
    // A value that looks like nothing, and is something, would be taken for nothing.
    if (value === ONLY_EXACTLY || (value !== '' && textIn('text', value) === '')) {
      this.values.push(1, 0);
      return;
    }
    const encoded = encodeText(value);
    const address = this.room(encoded.length);
    this.kernel.bytes(address, encoded.length).set(encoded);
    this.next = address + encoded.length;
    this.values.push(address, this.next);
  }

  /** An address with room for so many bytes. */
  private room(bytes: number): number {
    if (this.arenaEnd > 0 && this.next + bytes <= this.arenaEnd) return this.next;
    const size = Math.max(ARENA_BYTES, bytes + SLACK);
    const address = this.kernel.allocate(size);
    this.arenas.push({ address, bytes: size });
    this.arenaEnd = address + size - SLACK;
    return address;
  }

  private forget(): void {
    for (const { address, bytes } of this.arenas) this.kernel.call.release(address, bytes);
    this.arenas.length = 0;
    this.next = 0;
    this.arenaEnd = 0;
    this.values.length = 0;
    this.interner.clear();
  }

  release(): void {
    this.forget();
    this.kernel.release(this.numbers);
  }
}

/** Rows of a batch, and the marks of all its rows. */
export type RowRange = { readonly first: number; readonly rows: number; readonly slow: Uint8Array };
