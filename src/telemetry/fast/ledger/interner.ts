/** Small numbers for texts: a text is found by its hash, and every byte of it is compared. */
import { constants, isAscii } from 'node:buffer';
import type { Batch } from '../batch.ts';
import { decodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';

/** The texts of an interner, in a form that can be handed to another thread. */
export type InternedTexts = {
  readonly count: number;
  readonly arena: Uint8Array;
  /** Offsets of the texts in the arena; one more for the end of the last text. */
  readonly offsets: Int32Array;
};

export class Interner {
  private readonly kernel: Kernel;
  private readonly interner: number;
  /** Start, end and number of a single text. */
  private readonly single: KernelArray<Int32Array>;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.interner = kernel.call.newInterner();
    this.single = kernel.newInts(3);
  }

  /** Writes to `out`, the address of an array, the numbers of a column's texts. */
  internColumn(batch: Batch, column: number, out: number): void {
    const [starts, ends] = [batch.startsOf(column), batch.endsOf(column)];
    this.kernel.call.internColumn(this.interner, starts, ends, batch.stride, batch.delta, batch.rows, out);
  }

  /** {@link internColumn} for some rows of a column of starts and ends. */
  internRows(starts: number, ends: number, rows: number, out: number): void {
    this.kernel.call.internColumn(this.interner, starts, ends, 4, 0, rows, out);
  }

  internText(encoded: Uint8Array): number {
    const { address, values } = this.single;
    values[0] = this.kernel.write(encoded);
    values[1] = values[0]! + encoded.length;
    this.kernel.call.internColumn(this.interner, address, address + 4, 4, 0, 1, address + 8);
    return values[2]!;
  }

  /** Forgets all texts. */
  clear(): void {
    this.kernel.call.clearInterner(this.interner);
  }

  get size(): number {
    return this.kernel.call.textCount(this.interner);
  }

  textOf(number: number): string {
    const { arena, offsets } = this.texts();
    return decodeText(arena.subarray(offsets[number], offsets[number + 1]));
  }

  /** The hash by which each text is found. */
  hashes(): Int32Array {
    return this.kernel.ints(this.kernel.call.textHashes(this.interner) >>> 0, this.size);
  }

  texts(): InternedTexts {
    const { kernel, size } = this;
    const offsets = kernel.ints(kernel.call.textOffsets(this.interner) >>> 0, size + 1);
    return { count: size, arena: kernel.bytes(kernel.call.textArena(this.interner) >>> 0, offsets[size]!), offsets };
  }
}

export function textsOf({ count, arena, offsets }: InternedTexts): string[] {
  const isOneString = arena.length <= constants.MAX_STRING_LENGTH && isAscii(arena);
  const all = isOneString ? Buffer.from(arena.buffer, arena.byteOffset, arena.length).toString('latin1') : undefined;
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [offsets[i], offsets[i + 1]];
    return all === undefined ? decodeText(arena.subarray(from, to)) : all.slice(from, to);
  });
}
