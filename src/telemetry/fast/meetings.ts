/** Finds logged rows whose fingerprints meet: repeated deliveries, nearly always. */
import { copyPartition, ENTRY_BYTES, type EventLogPart, PARTITIONS, partitionBytes } from './eventLog.ts';
import { Kernel, type KernelArray } from './kernel.ts';
import { lastNotAfter } from './lastNotAfter.ts';

/** Numbers a row in a list of meetings: group, source, offset. Rows of a group have one fingerprint. */
export const MEETING_FIELDS = 3;

/** A window of places, and how many of them a source has (src/kernel/events.ts). */
const WINDOW_BYTES = 2 ** 27;
const SOURCE_WINDOWS = 2 ** 17;

/** Of what the kernel tells: the first entry with a fingerprint, and a later one. */
const PAIR_BYTES = 8;

/** Searches every `of`th partition of all threads' logs, in no particular order; `breathe` is called between them. */
export async function findMeetings(
  logs: readonly EventLogPart[],
  share: { number: number; of: number },
  breathe: () => Promise<void> | undefined,
): Promise<Float64Array> {
  const meetings: number[] = [];
  const partitions = Array.from({ length: PARTITIONS }, (_, p) => p).filter((p) => p % share.of === share.number);
  const sizes = partitions.map((partition) => partitionBytes(logs, partition));
  const most = Math.max(...sizes);
  if (most === 0) return new Float64Array(0);
  const kernel = new Kernel();
  const entries = kernel.allocate(most);
  const pairs = kernel.newInts((most / ENTRY_BYTES) * (PAIR_BYTES / 4));
  const words = kernel.ints(entries, most / 4);
  let marks: KernelArray<Int32Array> | undefined;
  let groups = 0;
  for (const [i, partition] of partitions.entries()) {
    const bytes = sizes[i]!;
    if (bytes === 0) continue;
    await breathe();
    const count = bytes / ENTRY_BYTES;
    copyPartition(logs, partition, kernel.bytes(entries, bytes));
    const found = kernel.call.findMeetings(entries, count, pairs.address);
    if (found === 0) continue;
    marks ??= kernel.newInts(most / ENTRY_BYTES);
    const marked = marks.values.subarray(0, kernel.call.listMarks(entries, count, marks.address));
    const groupOf = new Map<number, number>();
    for (let pair = 0; pair < found; pair++) {
      const first = pairs.values[pair * 2]!;
      let group = groupOf.get(first);
      if (group === undefined) {
        group = groups++ * share.of + share.number;
        groupOf.set(first, group);
        push(group, first, marked);
      }
      push(group, pairs.values[pair * 2 + 1]!, marked);
    }
  }
  return Float64Array.from(meetings);

  function push(group: number, entry: number, marked: Int32Array): void {
    const mark = marked[lastNotAfter(marked, entry)]!;
    const window = (words[mark * 2 + 1]! & 0x7fff_ffff) * 0x1_0000_0000 + (words[mark * 2]! >>> 0);
    const source = Math.floor(window / SOURCE_WINDOWS);
    const offset = (window % SOURCE_WINDOWS) * WINDOW_BYTES + (words[entry * 2]! & (WINDOW_BYTES - 1));
    meetings.push(group, source, offset);
  }
}
