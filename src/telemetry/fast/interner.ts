/** Texts to small numbers, by their bytes: found by hash, told apart by comparing every byte. */
import { bytesOf, decodeText, hashBytes, SLACK, TAIL_MASK } from './bytes.ts';

/** What an interner knows, in a form that can be handed to another thread. */
export type InternedTexts = {
  readonly count: number;
  readonly arena: Uint8Array;
  /** Where each text begins in the arena; one more for the end of the last. */
  readonly offsets: Int32Array;
};

/** At least: with two, every fourth text of many is not found at the first attempt. */
const SLOTS_PER_TEXT = 4;

export class Interner {
  private count = 0;
  /** Readable some bytes beyond the last text. */
  private arena = new Uint8Array(1 << 12);
  private arenaView = new DataView(this.arena.buffer);
  private offsets = new Int32Array(1 << 8);
  private hashes = new Int32Array(1 << 8);
  /** Open addressing: number + 1, 0 is free. */
  private slots = new Int32Array(1 << 9);

  /** Writes to `out` the numbers of the texts whose ends are given; `at` is the column's first place in them. */
  internColumn(
    source: { readonly bytes: Uint8Array; readonly view: DataView },
    { starts, ends, at }: { starts: Int32Array; ends: Int32Array; at: number },
    rows: number,
    out: Int32Array,
  ): void {
    const { bytes, view } = source;
    for (let row = 0; row < rows; row++) {
      const start = starts[at + row]!;
      const end = ends[at + row]!;
      // The usual case written out: a text that is known, found at the first attempt.
      const { slots, offsets, arenaView } = this;
      const hash = hashBytes(view, start, end);
      const number = slots[hash & (slots.length - 1)]! - 1;
      if (number >= 0) {
        const known = offsets[number]!;
        const length = end - start;
        if (offsets[number + 1]! - known === length) {
          let i = 0;
          while (i + 4 <= length && arenaView.getInt32(known + i, true) === view.getInt32(start + i, true)) i += 4;
          const differing = arenaView.getInt32(known + i, true) ^ view.getInt32(start + i, true);
          if (i + 4 > length && (differing & TAIL_MASK[length - i]!) === 0) {
            out[row] = number;
            continue;
          }
        }
      }
      out[row] = this.intern(bytes, view, start, end);
    }
  }

  internText(encoded: Uint8Array): number {
    const padded = new Uint8Array(encoded.length + SLACK);
    padded.set(encoded);
    const { bytes, view } = bytesOf(padded);
    return this.intern(bytes, view, 0, encoded.length);
  }

  private intern(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const { slots, hashes, offsets, arenaView } = this;
    const hash = hashBytes(view, start, end);
    const mask = slots.length - 1;
    const length = end - start;
    let slot = hash & mask;
    for (;;) {
      const number = slots[slot]! - 1;
      if (number < 0) return this.add(bytes, start, end, hash, slot);
      if (hashes[number] === hash) {
        const known = offsets[number]!;
        if (offsets[number + 1]! - known === length) {
          let i = 0;
          while (i + 4 <= length && arenaView.getInt32(known + i, true) === view.getInt32(start + i, true)) i += 4;
          const differing = arenaView.getInt32(known + i, true) ^ view.getInt32(start + i, true);
          if (i + 4 > length && (differing & TAIL_MASK[length - i]!) === 0) return number;
        }
      }
      slot = (slot + 1) & mask;
    }
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const number = this.count++;
    const offset = this.offsets[number]!;
    const needed = offset + (end - start) + SLACK;
    if (needed > this.arena.length) {
      const grown = new Uint8Array(Math.max(this.arena.length * 2, needed));
      grown.set(this.arena);
      this.arena = grown;
      this.arenaView = new DataView(grown.buffer);
    }
    if (number + 2 > this.offsets.length) {
      this.offsets = grownTo(this.offsets, this.offsets.length * 2);
      this.hashes = grownTo(this.hashes, this.offsets.length);
    }
    this.arena.set(bytes.subarray(start, end), offset);
    this.offsets[number + 1] = offset + (end - start);
    this.hashes[number] = hash;
    this.slots[slot] = number + 1;
    if (this.count * SLOTS_PER_TEXT > this.slots.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.hashes[number]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }

  get size(): number {
    return this.count;
  }

  textOf(number: number): string {
    return decodeText(this.arena.subarray(this.offsets[number], this.offsets[number + 1]));
  }

  texts(): InternedTexts {
    const { count, arena, offsets } = this;
    return { count, arena, offsets };
  }
}

export function textsOf({ count, arena, offsets }: InternedTexts): string[] {
  return Array.from({ length: count }, (_, i) => decodeText(arena.subarray(offsets[i], offsets[i + 1])));
}

export function grownTo(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(array);
  return grown;
}
