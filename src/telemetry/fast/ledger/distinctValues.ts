/**
 * The distinct values of one meter, by record: the kernel keeps pairs of a record and a value (src/kernel/distinct.ts), each once.
 * Memory: 20 to 28 bytes for each pair, so for each value that a customer has in an hour, and each text once.
 */
import { BATCH_ROWS, PAIR_WORDS } from '../../../kernel/contract.ts';
import type { Batch } from '../batch.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { Interner } from './interner.ts';
import type { HashedTexts } from './valueNumbers.ts';

/** In a form that can be handed to another thread. */
export type DistinctShard = {
  /** Three numbers for each pair: its record, its value, and 1 + the place of the record's pair before it, 0 for none. */
  readonly pairs: Int32Array;
  readonly texts: HashedTexts;
};

export class DistinctValues {
  /** Values of a batch's rows, to be filled before they are added. */
  readonly rows: KernelArray<Int32Array>;
  private readonly kernel: Kernel;
  private readonly texts: Interner;
  private readonly distinct: number;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.rows = kernel.newInts(BATCH_ROWS);
    this.texts = new Interner(kernel);
    this.distinct = kernel.call.newDistinct();
  }

  numberColumn(batch: Batch, column: number): void {
    this.texts.internColumn(batch, column, this.rows.address);
  }

  numberOf(encoded: Uint8Array): number {
    return this.texts.internText(encoded);
  }

  /** Adds the rows that were placed last. `present`: not 0 for those that have a value. */
  addRows(present: number, meter: number, rows: number): void {
    this.kernel.call.addDistinct(this.distinct, present, this.rows.address, meter, rows);
  }

  addOne(record: number, value: number, meter: number): void {
    this.kernel.call.addDistinctOne(this.distinct, record, value, meter);
  }

  /** All pairs, in the kernel's memory. */
  part(): DistinctShard {
    const { call } = this.kernel;
    const count = call.distinctCount(this.distinct) >>> 0;
    return {
      pairs: this.kernel.ints(call.distinctPairs(this.distinct) >>> 0, count * PAIR_WORDS),
      texts: { ...this.texts.texts(), hashes: this.texts.hashes() },
    };
  }

  /** Hands out a copy of all pairs, and forgets them. */
  moveAway(): DistinctShard {
    const { pairs, texts } = this.part();
    const part = {
      pairs: sharedInts(pairs),
      texts: {
        count: texts.count,
        arena: sharedBytes(texts.arena),
        offsets: sharedInts(texts.offsets),
        hashes: sharedInts(texts.hashes),
      },
    };
    this.kernel.call.clearDistinct(this.distinct);
    this.texts.clear();
    return part;
  }
}

function sharedInts(ints: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(ints.byteLength));
  copy.set(ints);
  return copy;
}

function sharedBytes(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}
