/** Event ids of a run that may go on for months: 24 bytes each, kept as SHA-256 of key and content. */
import { createHash } from 'node:crypto';
import type { EventIds, Verdict } from '../reference/eventIds.ts';

/** Words of 64 bits: two of the key's hash, of which none is 0, and one of the content's. */
const WORDS = 3;
const FIRST_SLOTS = 1 << 10;

/**
 * A table with open addressing, at most two thirds full. Two of 2^40 different keys have the same 128 bits with a chance of 1 in 2^49.
 */
export class SeenEvents implements EventIds {
  size = 0;
  /** The last event that was judged to be the first of its id, as {@link restore} takes it. */
  last: string | undefined;
  private table = new BigUint64Array(FIRST_SLOTS * WORDS);

  judge(key: string, content: string): Verdict {
    const hash = createHash('sha256').update(key).digest();
    const [high, low] = [hash.readBigUInt64LE(0) | 1n, hash.readBigUInt64LE(8)];
    const own = createHash('sha256').update(content).digest().readBigUInt64LE(0);
    const verdict = this.put(high, low, own);
    if (verdict === 'first') this.last = [high, low, own].map((word) => word.toString(36)).join(' ');
    return verdict;
  }

  /** Takes note of an event, as {@link last} had it in the run before. */
  restore(event: string): void {
    const [high, low, own] = event.split(' ').map(wordOf) as [bigint, bigint, bigint];
    this.put(high, low, own);
  }

  private put(high: bigint, low: bigint, own: bigint): Verdict {
    const at = placeIn(this.table, high, low);
    if (this.table[at] !== 0n) return this.table[at + 2] === own ? 'repeated' : 'other';
    this.table.set([high, low, own], at);
    this.size++;
    if (this.size * WORDS * 3 > this.table.length * 2) this.grow();
    return 'first';
  }

  private grow(): void {
    const { table } = this;
    this.table = new BigUint64Array(table.length * 2);
    for (let at = 0; at < table.length; at += WORDS) {
      if (table[at] === 0n) continue;
      this.table.set(table.subarray(at, at + WORDS), placeIn(this.table, table[at]!, table[at + 1]!));
    }
  }
}

/** Place of a key, or of the empty slot where it would be. */
function placeIn(table: BigUint64Array, high: bigint, low: bigint): number {
  const slots = table.length / WORDS;
  for (let slot = Number(low % BigInt(slots)); ; slot = (slot + 1) % slots) {
    const at = slot * WORDS;
    if (table[at] === 0n || (table[at] === high && table[at + 1] === low)) return at;
  }
}

/** A number of base 36. */
function wordOf(text: string): bigint {
  let word = 0n;
  for (const digit of text) word = word * 36n + BigInt(Number.parseInt(digit, 36));
  return word;
}
