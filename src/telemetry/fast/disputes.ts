/**
 * Rows whose fingerprints meet although they are not the same bytes: the same event in another form, an event about which
 * deliveries disagree, or two events that only chance brings together. Each is read again and understood, and of each event
 * the row is chosen that counts.
 */
import type { PreciseInstant } from '../../core/timestamp.ts';
import type { Wanted } from '../columns.ts';
import { countsBefore, eventContent, eventKey } from '../event.ts';
import { checkRow } from '../row.ts';
import { chunksOf, type Meetings, NOTE_WORDS, offsetOfWindow, sourceOfWindow, WINDOW_BYTES } from './meetings.ts';
import { type Refetcher, understand } from './refetch.ts';
import { HASH_WORDS } from './review.ts';
import type { Tally, TallyRequest } from './tally.ts';

/** Rows of one source, in the order of their offsets. */
export type DisputedRows = {
  readonly source: number;
  readonly offsets: Float64Array;
  /** 1: it is the later row of its pair. */
  readonly isLater: Uint8Array;
  /** True if later rows have been added up to be taken off. */
  readonly isReviewed: boolean;
  /** Its place among all disputed rows. */
  readonly first: number;
};

/**
 * All rows that share a fingerprint with one that is not the same bytes, by source in the order of the run. `differences`
 * are those of the pairs (review.ts), which say nothing of rows of sources that are not reviewed: those are all in dispute.
 */
export function disputedRows(
  meetings: readonly Meetings[],
  differences: Int32Array,
  isReviewed: (source: number) => boolean,
): DisputedRows[] {
  const windows = windowsOf(meetings);
  for (const { window, chunks } of windows) {
    if (isReviewed(sourceOfWindow(window))) continue;
    for (const chunk of chunks()) {
      for (let n = 1; n < chunk.length; n += NOTE_WORDS) differences[(chunk[n]! >>> 1) * HASH_WORDS] = 1;
    }
  }
  const isDisputed = disputedPairs(differences);
  if (!isDisputed) return [];
  // First rows of such pairs, by window and place; each is the first row of all pairs with that fingerprint.
  const firsts = new Set<number>();
  forEachNote(windows, (window, place, pair) => {
    if ((pair & 1) === 0 && isDisputed[pair >>> 1] === 1) firsts.add(window * WINDOW_BYTES + place);
  });
  forEachNote(windows, (window, place, pair) => {
    if ((pair & 1) === 0 && firsts.has(window * WINDOW_BYTES + place)) isDisputed[pair >>> 1] = 1;
  });
  const bySource = new Map<number, { offset: number; places: number[] }[]>();
  for (const { window, chunks } of windows) {
    const places = new Set<number>();
    for (const chunk of chunks()) {
      for (let n = 0; n < chunk.length; n += NOTE_WORDS) {
        const pair = chunk[n + 1]!;
        if (isDisputed[pair >>> 1] === 1) places.add(chunk[n]! * 2 + (pair & 1));
      }
    }
    if (places.size === 0) continue;
    const source = sourceOfWindow(window);
    const list = bySource.get(source) ?? [];
    bySource.set(source, list);
    list.push({ offset: offsetOfWindow(window), places: [...places] });
  }
  let first = 0;
  return [...bySource].map(([source, lists]) => {
    const sorted = lists.map(({ offset, places }) => ({ offset, places: Float64Array.from(places).sort() }));
    const rows = sorted.reduce((sum, { places }) => sum + places.length, 0);
    const [offsets, isLater] = [new Float64Array(rows), new Uint8Array(rows)];
    const found = { source, offsets, isLater, isReviewed: isReviewed(source), first };
    let filled = 0;
    for (const { offset, places } of sorted) {
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
function windowsOf(meetings: readonly Meetings[]): AllNotes {
  const lists = new Map<number, (() => Generator<Uint32Array>)[]>();
  for (const part of meetings) {
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

/** Windows are given by their places in the list, so that with a place in them they are a number. */
function forEachNote(windows: AllNotes, take: (window: number, place: number, pair: number) => void): void {
  for (const [i, { chunks }] of windows.entries()) {
    for (const chunk of chunks()) {
      for (let n = 0; n < chunk.length; n += NOTE_WORDS) take(i, chunk[n]!, chunk[n + 1]!);
    }
  }
}

/** What is known of an event: the row that counts, as far as rows have been read, and the numbers of its content and form. */
type Event = {
  row: number;
  at: PreciseInstant;
  raw: string;
  content: number;
  form: number;
  readonly id: string;
};

export type Verdicts = {
  readonly repeated: number;
  readonly conflicts: number;
  /** Of the repeated ones those whose fields are empty where the counting row has a zero, or the other way round. */
  readonly differing: number;
  /** By disputed row: its line, from 1; and the row that counts in its place, itself if it counts. */
  readonly lines: Float64Array;
  readonly countsFor: Int32Array;
  /** 1 for conflicts. */
  readonly isConflict: Uint8Array;
  /** The event id of a disputed row. */
  idOf(row: number): string;
};

export async function judge(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  { wanted, request }: { wanted: Wanted; request: TallyRequest },
): Promise<Verdicts> {
  const count = disputed.reduce((sum, { offsets }) => sum + offsets.length, 0);
  const lines = new Float64Array(count);
  const events = new Map<string, Event>();
  const contents = new Numbers();
  const forms = new Numbers();
  const eventOf: Event[] = new Array(count);
  const contentOf = new Int32Array(count);
  const formOf = new Int32Array(count);
  for (const { source, offsets, first } of disputed) {
    const refetcher = refetchers[source]!;
    await refetcher.visit(offsets, (bytes, i) => {
      const found = understand(bytes, refetcher.shapeAt(offsets[i]!), wanted, 0);
      if ('fault' in found) throw new Error('a row that was counted is rejected when it is read again');
      const { texts, names, raw } = found;
      const checked = checkRow(texts, names, wanted.meters, request);
      if ('code' in checked) throw new Error('a row that was counted is rejected when it is read again');
      const row = first + i;
      const key = eventKey(texts);
      const content = contents.of(eventContent(texts, checked.at, wanted.meters));
      const form = forms.of(formOfQuantities(texts.quantities));
      const { at } = checked;
      let event = events.get(key);
      if (!event) {
        event = { row, at, raw, content, form, id: texts.eventId };
        events.set(key, event);
      } else if (countsBefore({ at, raw }, event)) {
        event.row = row;
        event.at = at;
        event.raw = raw;
        event.content = content;
        event.form = form;
      }
      lines[row] = refetcher.line;
      eventOf[row] = event;
      contentOf[row] = content;
      formOf[row] = form;
    });
  }
  const countsFor = Int32Array.from(eventOf, ({ row }) => row);
  const isConflict = Uint8Array.from(eventOf, ({ content }, row) => Number(content !== contentOf[row]));
  const conflicts = isConflict.reduce((sum, found) => sum + found, 0);
  const differing = eventOf.filter(({ content, form }, row) => content === contentOf[row] && form !== formOf[row]);
  return {
    repeated: count - conflicts - events.size,
    conflicts,
    differing: differing.length,
    lines,
    countsFor,
    isConflict,
    idOf: (row) => eventOf[row]!.id,
  };
}

/** Which quantities are there. */
function formOfQuantities(quantities: readonly string[]): string {
  let form = '';
  for (const quantity of quantities) form += quantity === '' ? '0' : '1';
  return form;
}

/** Puts right what has been added up to be taken off: `given` gets the rows that count after all, `taken` those that do not. */
export async function correct(
  disputed: readonly DisputedRows[],
  refetchers: readonly (Refetcher | undefined)[],
  { countsFor }: Verdicts,
  { wanted, given, taken }: { wanted: Wanted; given: Tally; taken: Tally },
): Promise<void> {
  for (const { source, offsets, isLater, isReviewed, first } of disputed) {
    const refetcher = refetchers[source]!;
    const counts = (i: number) => countsFor[first + i] === first + i;
    const wrong = [...offsets.keys()].filter((i) => counts(i) === (isReviewed && isLater[i] === 1));
    await refetcher.visit(
      Float64Array.from(wrong, (i) => offsets[i]!),
      (bytes, i) => {
        const tally = counts(wrong[i]!) ? given : taken;
        const offset = offsets[wrong[i]!]!;
        tally.takeRow(understand(bytes, refetcher.shapeAt(offset), wanted, 0), { source, base: offset });
      },
    );
  }
}

/** Texts to numbers, the same for the same text. */
class Numbers {
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(text, number);
    }
    return number;
  }
}
