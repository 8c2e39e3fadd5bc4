/** Tells the rejects of a source that could not be told at once, because conflicts or earlier lines were not known yet. */
import type { Wanted } from '../columns.ts';
import { conflict } from '../event.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import type { Fault } from '../row.ts';
import { decodeLoosely } from '../textRows.ts';
import type { TaskResult } from './crewMember.ts';
import type { Conflict } from './deliveries.ts';
import { faultOf, type Refetcher, rawOf, understand } from './refetch.ts';

type Untold = {
  readonly offset: number;
  readonly line: number;
  readonly fault: Fault | undefined;
  /** The row as Latin-1. */
  readonly raw: string | undefined;
};

/** Rejects after which others on the thread may get their turn. */
const REJECTS_A_BREATH = 1 << 10;

/** `conflicts` are those of the source. Calls `onReject` in the order of the rows. */
export async function tellUntold(
  refetcher: Refetcher,
  results: readonly TaskResult[],
  conflicts: readonly Conflict[],
  { request, wanted, breathe }: { request: ReadRequest; wanted: Wanted; breathe: () => Promise<void> | undefined },
): Promise<void> {
  const { name: file } = refetcher.source;
  const untold: Untold[] = [];
  for (const { untold: places, faults, raws } of results) {
    for (const [i, fault] of faults.entries()) {
      untold.push({ offset: places[2 * i]!, line: places[2 * i + 1]!, fault, raw: raws[i] });
    }
  }
  for (const { offset, line, id, counted } of conflicts) {
    const place = { file: request.sources[counted.source]!.name, line: counted.line };
    untold.push({ offset, line, fault: conflict(id, file, place), raw: undefined });
  }
  if (conflicts.length > 0) untold.sort((a, b) => a.offset - b.offset);
  let next = 0;
  const tell = (fault: Fault, raw: string) => {
    const { line } = untold[next++]!;
    request.onReject(rejectOf(fault, { file, line, raw }));
  };
  const isKept = ({ fault, raw }: Untold) => fault !== undefined && raw !== undefined;
  const tellKept = () => tell(untold[next]!.fault!, decodeLoosely(untold[next]!.raw!));
  const open = untold.filter((reject) => !isKept(reject));
  await refetcher.visit(
    Float64Array.from(open, ({ offset }) => offset),
    (bytes, i) => {
      while (isKept(untold[next]!)) tellKept();
      const { offset, line, fault: known } = open[i]!;
      const shape = refetcher.shapeAt(offset);
      const fault = known ?? faultOf(understand(bytes, shape, wanted, line), wanted, request)!;
      tell(fault, rawOf(bytes, shape, wanted));
    },
  );
  while (next < untold.length) {
    tellKept();
    const pause = next % REJECTS_A_BREATH === 0 ? breathe() : undefined;
    if (pause) await pause;
  }
}

/** Each property by its name: copying objects takes longer than all else about a reject. */
function rejectOf({ code, column, text, detail }: Fault, { file, line, raw }: Omit<Reject, keyof Fault>): Reject {
  return { code, column, text, detail, file, line, raw } as Reject;
}
