/** Finds logged rows whose fingerprints meet: repeated deliveries, nearly always. */
import { copyPartition, ENTRY_BYTES, type EventLogPart, PARTITIONS, PLACE_HIGH, partitionBytes } from './eventLog.ts';
import { Kernel } from './kernel.ts';

/** Numbers a row in a list of meetings: group, source, offset. Rows of a group have one fingerprint. */
export const MEETING_FIELDS = 3;

/** Of what the kernel tells: the first entry with a fingerprint, and a later one. */
const PAIR_BYTES = 8;

/** Searches every `of`th partition of all threads' logs, in no particular order. */
export function findMeetings(logs: readonly EventLogPart[], share: { number: number; of: number }): Float64Array {
  const meetings: number[] = [];
  const partitions = Array.from({ length: PARTITIONS }, (_, p) => p).filter((p) => p % share.of === share.number);
  const most = Math.max(...partitions.map((partition) => partitionBytes(logs, partition)));
  if (most === 0) return new Float64Array(0);
  const kernel = new Kernel();
  const entries = kernel.allocate(most);
  const pairs = kernel.newInts((most / ENTRY_BYTES) * (PAIR_BYTES / 4));
  const words = kernel.ints(entries, most / 4);
  let groups = 0;
  for (const partition of partitions) {
    const bytes = partitionBytes(logs, partition);
    if (bytes <= ENTRY_BYTES) continue;
    copyPartition(logs, partition, kernel.bytes(entries, bytes));
    const found = kernel.call.findMeetings(entries, bytes / ENTRY_BYTES, pairs.address);
    const groupOf = new Map<number, number>();
    for (let i = 0; i < found; i++) {
      const first = pairs.values[i * 2]!;
      let group = groupOf.get(first);
      if (group === undefined) {
        group = groups++ * share.of + share.number;
        groupOf.set(first, group);
        push(group, first);
      }
      push(group, pairs.values[i * 2 + 1]!);
    }
  }
  return Float64Array.from(meetings);

  function push(group: number, entry: number): void {
    const low = words[entry * 4 + 2]! >>> 0;
    const high = words[entry * 4 + 3]! >>> 0;
    meetings.push(group, Math.floor(high / PLACE_HIGH), (high % PLACE_HIGH) * 0x1_0000_0000 + low);
  }
}
