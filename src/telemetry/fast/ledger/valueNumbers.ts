/** Numbers for the distinct values of one meter that hold for several parts: each thread has numbered its texts by itself. */
import type { InternedTexts } from './interner.ts';

/** Texts and, for each, the hash that its interner found it by. */
export type HashedTexts = InternedTexts & { readonly hashes: Int32Array };

/** For each part, by its own number of a text, the number that the same text has in all parts. */
export function valueNumbers(parts: readonly HashedTexts[]): readonly Int32Array[] {
  const most = parts.reduce((sum, { count }) => sum + count, 0);
  /** Open addressing: 1 + number, 0 is free. */
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(most * 2 + 2)));
  const mask = slots.length - 1;
  // Only the highest bits of a hash depend on all bytes of its text.
  const unused = Math.clz32(mask);
  /** Shard and index at which each text was found first. */
  const [origins, places] = [new Int32Array(most), new Int32Array(most)];
  let count = 0;
  return parts.map((part, p) => {
    const numbers = new Int32Array(part.count);
    for (let i = 0; i < part.count; i++) {
      let slot = part.hashes[i]! >>> unused;
      let known = slots[slot]! - 1;
      while (known >= 0 && !isSame(parts[origins[known]!]!, places[known]!, part, i)) {
        slot = (slot + 1) & mask;
        known = slots[slot]! - 1;
      }
      if (known < 0) {
        known = count++;
        slots[slot] = count;
        origins[known] = p;
        places[known] = i;
      }
      numbers[i] = known;
    }
    return numbers;
  });
}

function isSame(a: HashedTexts, i: number, b: HashedTexts, j: number): boolean {
  if (a.hashes[i] !== b.hashes[j]) return false;
  const [from, to] = [a.offsets[i]!, a.offsets[i + 1]!];
  const start = b.offsets[j]!;
  if (to - from !== b.offsets[j + 1]! - start) return false;
  for (let at = from; at < to; at++) if (a.arena[at] !== b.arena[start + at - from]) return false;
  return true;
}
