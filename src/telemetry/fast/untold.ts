/** Tells the rejects of a source that could not be told at once, because conflicts or earlier lines were not known yet. */
import type { Wanted } from '../columns.ts';
import { conflict } from '../event.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import type { Fault } from '../row.ts';
import type { TaskResult } from './crewMember.ts';
import type { Conflict } from './deliveries.ts';
import { faultOf, type Refetcher, rawOf, understand } from './refetch.ts';

type Untold = { readonly offset: number; readonly line: number; readonly fault: Fault | undefined };

/** `conflicts` are those of the source. Calls `onReject` in the order of the rows. */
export async function tellUntold(
  refetcher: Refetcher,
  results: readonly TaskResult[],
  conflicts: readonly Conflict[],
  { request, wanted }: { request: ReadRequest; wanted: Wanted },
): Promise<void> {
  const { name: file } = refetcher.source;
  const untold: Untold[] = [];
  for (const { untold: places, faults } of results) {
    for (const [i, fault] of faults.entries()) {
      untold.push({ offset: places[2 * i]!, line: places[2 * i + 1]!, fault });
    }
  }
  for (const { offset, line, id, counted } of conflicts) {
    const place = { file: request.sources[counted.source]!.name, line: counted.line };
    untold.push({ offset, line, fault: conflict(id, file, place) });
  }
  if (conflicts.length > 0) untold.sort((a, b) => a.offset - b.offset);
  await refetcher.visit(
    Float64Array.from(untold, ({ offset }) => offset),
    (bytes, i) => {
      const { offset, line, fault: known } = untold[i]!;
      const shape = refetcher.shapeAt(offset);
      const fault = known ?? faultOf(understand(bytes, shape, wanted, line), wanted, request)!;
      request.onReject(rejectOf(fault, { file, line, raw: rawOf(bytes, shape, wanted) }));
    },
  );
}

/** Each property by its name: copying objects takes longer than all else about a reject. */
function rejectOf({ code, column, text, detail }: Fault, { file, line, raw }: Omit<Reject, keyof Fault>): Reject {
  return { code, column, text, detail, file, line, raw } as Reject;
}
