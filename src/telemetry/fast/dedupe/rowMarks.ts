/**
 * Marks of rows that may be the same event as another: hashes of the key and of the content, and the instant. Equal hashes mean equal texts: nobody can have made rows for a key that is drawn when the run begins.
 */
import type { PreciseInstant } from '../../../core/timestamp.ts';
import { CONTENT_HASH_AT, ID_OFFSET_AT, JUDGED_BYTES, KEY_HASH_AT } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import { sameQuantity } from '../../event.ts';
import { checkRow, type RowTexts } from '../../row.ts';
import type { RowContent } from '../../textRows.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import type { CountingRequest } from '../scan/accumulator.ts';
import { HASH_WORDS, type HashKey } from './review.ts';

/** Marks of all disputed rows, in memory that threads share. */
export type RowMarks = {
  /** Milliseconds since 1970, and nanoseconds after that. */
  readonly at: Float64Array;
  readonly nanoseconds: Int32Array;
  /** The line of the row, from 1. */
  readonly lines: Float64Array;
  /** {@link MARK_WORDS} a row. */
  readonly words: Int32Array;
};

/** Indices of 32-bit words: two hashes, then from the row's begin to its id, and the id's length. */
export const KEY_AT: number = KEY_HASH_AT / 4;
export const CONTENT_AT: number = CONTENT_HASH_AT / 4;
export const ID_AT: number = ID_OFFSET_AT / 4;
export const MARK_WORDS: number = JUDGED_BYTES / 4;

/** It is not known where the id stands in the row. */
const NO_PLACE = -1;

export function newRowMarks(rows: number): RowMarks {
  const doubles = () => new Float64Array(new SharedArrayBuffer(rows * 8));
  const ints = (words: number) => new Int32Array(new SharedArrayBuffer(rows * words * 4));
  return { at: doubles(), nanoseconds: ints(1), lines: doubles(), words: ints(MARK_WORDS) };
}

/** The key under which rows are marked, and the memory for the marks. */
export type MarkingJob = {
  readonly wanted: Wanted;
  readonly request: CountingRequest;
  readonly key: HashKey;
  readonly marks: RowMarks;
};

export const REJECTED_NOW = 'a row that was counted is rejected when it is read again';

/** Marks rows one by one, with the same marks as the kernel gives. */
export class RowMarker {
  private readonly kernel: Kernel;
  private readonly job: MarkingJob;
  private readonly hash: KernelArray<Int32Array>;

  constructor(kernel: Kernel, job: MarkingJob) {
    this.kernel = kernel;
    this.job = job;
    this.hash = kernel.newInts(HASH_WORDS);
  }

  mark(index: number, found: RowContent, line: number): void {
    const { wanted, request, marks } = this.job;
    const { at: ms, nanoseconds, lines, words } = marks;
    if ('fault' in found) throw new Error(REJECTED_NOW);
    const { texts, names } = found;
    const checked = checkRow(texts, names, wanted.meters, request);
    if ('code' in checked) throw new Error(REJECTED_NOW);
    ms[index] = checked.at.ms;
    nanoseconds[index] = checked.at.ns;
    lines[index] = line;
    const to = index * MARK_WORDS;
    // What is the same for all rows is left out, as the kernel has no column of it.
    const quantities = texts.quantities.map((text, m) => (wanted.constants[m] === undefined ? text : ''));
    words.set(this.hashOf(textsToBytes([texts.source, texts.eventId])), to + KEY_AT);
    words.set(this.hashOf(this.contentOf(texts, quantities, checked.at)), to + CONTENT_AT);
    words[to + ID_AT] = NO_PLACE;
  }

  private contentOf(texts: RowTexts, quantities: readonly string[], at: PreciseInstant): Uint8Array {
    const { meters, customer } = this.job.wanted;
    const instant = Buffer.alloc(12);
    instant.writeDoubleLE(at.ms);
    instant.writeInt32LE(at.ns, 8);
    const whose = customer === undefined ? texts.customer : '';
    const same = quantities.map((text, m) => sameQuantity(text, meters[m]!));
    return Buffer.concat([instant, textsToBytes([whose, ...same, ...texts.dimensions])]);
  }

  private hashOf(bytes: Uint8Array): Int32Array {
    const { kernel, hash, job } = this;
    kernel.call.hashText(kernel.write(bytes), bytes.length, ...job.key, hash.address);
    return hash.values;
  }
}

/** Each with its length before it, which keeps them apart. */
function textsToBytes(texts: readonly string[]): Uint8Array {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = encodeText(text);
      const length = Buffer.alloc(4);
      length.writeInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
