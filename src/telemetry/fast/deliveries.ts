/**
 * Tells repeated deliveries from new events: rows whose fingerprints meet are read again in the order of the run and
 * compared. The first row with a key stays; a later one with the same content is a repetition, one with another content
 * is in conflict. Neither counts, so both are added to a tally of what has to be taken off.
 */
import type { Wanted } from '../columns.ts';
import { eventContent, eventKey } from '../event.ts';
import { checkRow } from '../row.ts';
import { SLACK } from './kernel.ts';
import { lastNotAfter } from './lastNotAfter.ts';
import { MEETING_FIELDS } from './meetings.ts';
import { type Refetcher, understand } from './refetch.ts';
import { Scan, type ScanOptions } from './scan.ts';
import type { Shape } from './shape.ts';
import { Tally, type TallyMemory, type TallyPart, type TallyRequest } from './tally.ts';

export type Conflict = {
  readonly source: number;
  readonly offset: number;
  /** The row that came first. */
  readonly first: { readonly source: number; readonly offset: number };
};

export type Deliveries = {
  readonly repeated: number;
  /** Those of them that have a value where the row that they repeat has nothing, or the other way round. */
  readonly differing: number;
  readonly conflicts: readonly Conflict[];
  /** Rows to take off: what they amount to, and where they stand, by source. */
  readonly taken: TallyPart;
  readonly places: ReadonlyMap<number, readonly number[]>;
};

/** A row that was the first with its key. */
type Event = { readonly source: number; readonly offset: number; readonly bytes: Buffer; meaning?: Meaning };
type Meaning = { readonly key: string; readonly content: string; readonly present: string };

const TAKEN_BYTES = 1 << 17;

export async function compareDeliveries(
  meetings: Float64Array,
  refetchers: readonly (Refetcher | undefined)[],
  {
    wanted,
    request,
    memory,
    scanOptions,
  }: {
    wanted: Wanted;
    request: TallyRequest;
    memory: TallyMemory;
    scanOptions: (source: number) => ScanOptions;
  },
): Promise<Deliveries> {
  const tally = new Tally({ ...request, dedupe: false }, memory);
  const address = tally.kernel.allocate(TAKEN_BYTES + SLACK);
  const buffer = tally.kernel.bytes(address, TAKEN_BYTES);
  const conflicts: Conflict[] = [];
  const places = new Map<number, number[]>();
  let repeated = 0;
  let differing = 0;
  const known = new Map<number, Event[]>();
  const bySource = rowsBySource(meetings);
  const left = groupSizes(meetings);

  for (const [source, { offsets, groups }] of bySource) {
    const refetcher = refetchers[source]!;
    const shape = refetcher.shapeAt(0);
    const scan = new Scan(
      { ...scanOptions(source), kept: { dimensions: request.dimensions.length, ids: false } },
      tally,
      shape,
    );
    let length = 0;

    const meaningOf = (bytes: Buffer, shapeOfRow: Shape): Meaning => {
      const found = understand(bytes, shapeOfRow, wanted, 0);
      if ('fault' in found) throw new Error('a row that was counted is rejected when it is read again');
      const checked = checkRow(found.texts, found.names, wanted.meters, request);
      if ('code' in checked) throw new Error('a row that was counted is rejected when it is read again');
      const present = checked.quantities.map((text) => Number(text !== '')).join('');
      return { key: eventKey(found.texts), content: eventContent(found.texts, checked.at, wanted.meters), present };
    };
    const placesHere: number[] = [];
    places.set(source, placesHere);
    const takeOff = (bytes: Buffer, offset: number) => {
      placesHere.push(offset);
      const isWholeLine = bytes[bytes.length - 1] === 0x0a;
      if (!isWholeLine || bytes.length > TAKEN_BYTES || !refetcher.isUniform) {
        tally.takeRow(understand(bytes, refetcher.shapeAt(offset), wanted, 0), { source, base: 0 });
        return;
      }
      if (length + bytes.length > TAKEN_BYTES) flush();
      bytes.copy(buffer, length);
      length += bytes.length;
    };
    const flush = () => {
      if (length > 0) scan.take({ buffer, address, length, base: 0, stop: length, atEnd: true });
      length = 0;
    };

    await refetcher.visit(offsets, (bytes, i) => {
      const group = groups[i]!;
      const events = known.get(group);
      if (!events) {
        known.set(group, [{ source, offset: offsets[i]!, bytes: Buffer.from(bytes) }]);
        left[group]!--;
        return;
      }
      let isRepeated =
        refetcher.isUniform && events.some((event) => event.source === source && event.bytes.equals(bytes));
      if (!isRepeated) {
        const meaning = meaningOf(bytes, refetcher.shapeAt(offsets[i]!));
        const earlier = events.find((event) => {
          event.meaning ??= meaningOf(event.bytes, refetchers[event.source]!.shapeAt(event.offset));
          return event.meaning.key === meaning.key;
        });
        if (!earlier) events.push({ source, offset: offsets[i]!, bytes: Buffer.from(bytes), meaning });
        else if (earlier.meaning!.content === meaning.content) {
          isRepeated = true;
          if (earlier.meaning!.present !== meaning.present) differing++;
        } else {
          conflicts.push({ source, offset: offsets[i]!, first: earlier });
          takeOff(bytes, offsets[i]!);
        }
      }
      if (isRepeated) {
        repeated++;
        takeOff(bytes, offsets[i]!);
      }
      if (--left[group]! === 0) known.delete(group);
    });
    flush();
  }
  return { repeated, differing, conflicts, taken: tally.finish(), places };
}

/** Rows to read again, by source in the order of the run, by offset within each. */
function rowsBySource(meetings: Float64Array): [number, { offsets: Float64Array; groups: Int32Array }][] {
  const counts = new Map<number, number>();
  for (let i = 0; i < meetings.length; i += MEETING_FIELDS) {
    counts.set(meetings[i + 1]!, (counts.get(meetings[i + 1]!) ?? 0) + 1);
  }
  const sources = [...counts.keys()].sort((a, b) => a - b);
  return sources.map((source) => {
    const offsets = new Float64Array(counts.get(source)!);
    let filled = 0;
    for (let i = 0; i < meetings.length; i += MEETING_FIELDS) {
      if (meetings[i + 1] === source) offsets[filled++] = meetings[i + 2]!;
    }
    offsets.sort();
    const groups = new Int32Array(offsets.length);
    for (let i = 0; i < meetings.length; i += MEETING_FIELDS) {
      if (meetings[i + 1] === source) groups[lastNotAfter(offsets, meetings[i + 2]!)] = meetings[i]!;
    }
    return [source, { offsets, groups }];
  });
}

function groupSizes(meetings: Float64Array): Int32Array {
  let largest = -1;
  for (let i = 0; i < meetings.length; i += MEETING_FIELDS) largest = Math.max(largest, meetings[i]!);
  const sizes = new Int32Array(largest + 1);
  for (let i = 0; i < meetings.length; i += MEETING_FIELDS) sizes[meetings[i]!]!++;
  return sizes;
}
