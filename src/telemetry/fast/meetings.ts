/** Finds logged rows whose fingerprints meet: repeated deliveries, nearly always. */
import { type EventLogPart, entriesOf, PARTITIONS, PLACE_HIGH } from './eventLog.ts';

/** Numbers a row in a list of meetings: group, source, offset. Rows of a group have one fingerprint. */
export const MEETING_FIELDS = 3;

/** Searches every `of`th partition of all threads' logs, in no particular order. */
export function findMeetings(logs: readonly EventLogPart[], share: { number: number; of: number }): Float64Array {
  const meetings: number[] = [];
  let groups = 0;
  let slots = new Int32Array(0);
  for (let partition = share.number; partition < PARTITIONS; partition += share.of) {
    const entries = entriesOf(logs, partition);
    const count = entries.length / 4;
    if (count < 2) continue;
    const size = 1 << (33 - Math.clz32(count));
    if (slots.length < size) slots = new Int32Array(size);
    else slots.fill(0);
    const mask = slots.length - 1;
    /** Groups of the entries that have met others. */
    const groupOf = new Map<number, number>();
    for (let entry = 0; entry < count; entry++) {
      const high = entries[entry * 4]!;
      const low = entries[entry * 4 + 1]!;
      let slot = (low ^ (high >>> 3)) & mask;
      for (;;) {
        const known = slots[slot]! - 1;
        if (known < 0) {
          slots[slot] = entry + 1;
          break;
        }
        if (entries[known * 4] === high && entries[known * 4 + 1] === low) {
          let group = groupOf.get(known);
          if (group === undefined) {
            group = groups++ * share.of + share.number;
            groupOf.set(known, group);
            push(group, known);
          }
          push(group, entry);
          break;
        }
        slot = (slot + 1) & mask;
      }
    }

    function push(group: number, entry: number): void {
      const high = entries[entry * 4 + 2]! >>> 0;
      const offset = (high % PLACE_HIGH) * 0x1_0000_0000 + (entries[entry * 4 + 3]! >>> 0);
      meetings.push(group, Math.floor(high / PLACE_HIGH), offset);
    }
  }
  return Float64Array.from(meetings);
}
