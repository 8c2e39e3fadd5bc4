/**
 * Rows whose fingerprints meet although they are not the same bytes: the same event in another form, an event about which
 * deliveries disagree, or two events that only chance brings together. Each is read again (judging.ts), and of each event
 * the row is chosen that counts (verdicts.ts).
 */
import type { Wanted } from '../../columns.ts';
import { lastNotAfter } from '../lastNotAfter.ts';
import type { Accumulator } from '../scan/accumulator.ts';
import { type CandidatePairs, chunksOf, NOTE_WORDS, offsetOfWindow, sourceOfWindow } from './candidates.ts';
import type { Refetcher } from './refetch.ts';
import { decodeRow } from './refetchedRow.ts';
import { HASH_WORDS } from './review.ts';

/** Rows of one source, in the order of their offsets. */
export type DisputedRows = {
  readonly source: number;
  readonly offsets: Float64Array;
  /** 1: it is the later row of its pair. */
  readonly isLater: Uint8Array;
  /** True if later rows have been added up to be retracted off. */
  readonly isReviewed: boolean;
  /** Its place among all disputed rows. */
  readonly first: number;
};

/**
 * All rows that share a fingerprint with one that is not the same bytes, by source in the order of the run. `differences`
 * are those of the pairs (review.ts), which say nothing of rows of sources that are not reviewed: those are all in dispute.
 */
export function disputedRows(
  candidates: readonly CandidatePairs[],
  differences: Int32Array,
  isReviewed: (source: number) => boolean,
): DisputedRows[] {
  const windows = windowsOf(candidates);
  for (const { window, chunks } of windows) {
    if (isReviewed(sourceOfWindow(window))) continue;
    for (const chunk of chunks()) {
      for (let n = 1; n < chunk.length; n += NOTE_WORDS) differences[(chunk[n]! >>> 1) * HASH_WORDS] = 1;
    }
  }
  const isDisputed = disputedPairs(differences);
  if (!isDisputed) return [];
  // A row is the first of all pairs with its fingerprint: if one of them is in dispute, all are.
  for (const { chunks } of windows) {
    const firsts = placesOf(chunks, (pair) => (pair & 1) === 0 && isDisputed[pair >>> 1] === 1);
    if (firsts.length === 0) continue;
    for (const chunk of chunks()) {
      for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
        const [place, pair] = [chunk[n]!, chunk[n + 1]!];
        if ((pair & 1) === 1 || isDisputed[pair >>> 1] === 1) continue;
        if (firsts[lastNotAfter(firsts, place * 2)] === place * 2) isDisputed[pair >>> 1] = 1;
      }
    }
  }
  const bySource = new Map<number, { offset: number; places: Float64Array }[]>();
  for (const { window, chunks } of windows) {
    const places = placesOf(chunks, (pair) => isDisputed[pair >>> 1] === 1);
    if (places.length === 0) continue;
    const source = sourceOfWindow(window);
    const list = bySource.get(source) ?? [];
    bySource.set(source, list);
    list.push({ offset: offsetOfWindow(window), places });
  }
  let first = 0;
  return [...bySource].map(([source, lists]) => {
    const rows = lists.reduce((sum, { places }) => sum + places.length, 0);
    const [offsets, isLater] = [new Float64Array(rows), new Uint8Array(rows)];
    const found = { source, offsets, isLater, isReviewed: isReviewed(source), first };
    let filled = 0;
    for (const { offset, places } of lists) {
      for (const place of places) {
        offsets[filled] = offset + Math.floor(place / 2);
        isLater[filled++] = place % 2;
      }
    }
    first += rows;
    return found;
  });
}

function disputedPairs(differences: Int32Array): Uint8Array | undefined {
  let pairs: Uint8Array | undefined;
  for (let word = 0; word < differences.length; word += HASH_WORDS) {
    if ((differences[word]! | differences[word + 1]! | differences[word + 2]! | differences[word + 3]!) === 0) continue;
    pairs ??= new Uint8Array(differences.length / HASH_WORDS);
    pairs[word / HASH_WORDS] = 1;
  }
  return pairs;
}

type AllNotes = readonly { readonly window: number; readonly chunks: () => Generator<Uint32Array> }[];

/** Windows of all shares of the search, in the order of the run. */
function windowsOf(candidates: readonly CandidatePairs[]): AllNotes {
  const lists = new Map<number, (() => Generator<Uint32Array>)[]>();
  for (const part of candidates) {
    for (const list of part.windows) {
      lists.set(list.window, [...(lists.get(list.window) ?? []), () => chunksOf(part, list)]);
    }
  }
  return [...lists]
    .sort(([a], [b]) => a - b)
    .map(([window, parts]) => ({
      window,
      *chunks() {
        for (const part of parts) yield* part();
      },
    }));
}

/** Twice the places of a window's notes, plus 1 for later rows, ascending, each once: those whose pairs are wanted. */
function placesOf(chunks: AllNotes[number]['chunks'], isWanted: (pair: number) => boolean): Float64Array {
  let notes = 0;
  for (const chunk of chunks()) notes += chunk.length / NOTE_WORDS;
  const places = new Float64Array(notes);
  let filled = 0;
  for (const chunk of chunks()) {
    for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
      if (isWanted(chunk[n + 1]!)) places[filled++] = chunk[n]! * 2 + (chunk[n + 1]! & 1);
    }
  }
  const sorted = places.subarray(0, filled).sort();
  let kept = 0;
  for (const place of sorted) if (kept === 0 || place !== sorted[kept - 1]) sorted[kept++] = place;
  return sorted.slice(0, kept);
}

/** Puts right what has been added up to be retracted off: `given` gets the rows that count after all, `retracted` those that do not. */
export async function correct(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  { countsFor }: { readonly countsFor: Int32Array },
  { wanted, added, retracted }: { wanted: Wanted; added: Accumulator; retracted: Accumulator },
): Promise<void> {
  for (const { source, offsets, isLater, isReviewed, first } of disputed) {
    const refetcher = refetchers[source]!;
    const counts = (i: number) => countsFor[first + i] === first + i;
    const wrong = [...offsets.keys()].filter((i) => counts(i) === (isReviewed && isLater[i] === 1));
    await refetcher.visit(
      Float64Array.from(wrong, (i) => offsets[i]!),
      (bytes, i) => {
        const accumulator = counts(wrong[i]!) ? added : retracted;
        const offset = offsets[wrong[i]!]!;
        accumulator.takeRow(decodeRow(bytes, refetcher.shapeAt(offset), wanted, refetcher), { source, base: offset });
      },
    );
  }
}
