/** Reports the rejects of a source that could not be reported at once, because conflicts or earlier lines were not known yet. */
import type { Wanted } from '../columns.ts';
import { conflict } from '../event.ts';
import type { ReadRequest, Reject } from '../reader.ts';
import { type Fault, saysWhy } from '../row.ts';
import { decodeLoosely, type FoundRow } from '../textRows.ts';
import type { Conflict } from './dedupe/deliveries.ts';
import type { Refetcher } from './dedupe/refetch.ts';
import { decodeRow, faultOf, rawOf } from './dedupe/refetchedRow.ts';
import type { Shape } from './scan/shape.ts';
import type { TaskResult } from './threads/readJob.ts';

type Untold = {
  readonly offset: number;
  readonly line: number;
  readonly fault: Fault | undefined;
  /** Told instead of a fault. */
  readonly conflict: Conflict | undefined;
  /** The row as Latin-1. */
  readonly raw: string | undefined;
};

/** Rejects after which others on the thread may get their turn. */
const REJECTS_A_BREATH = 1 << 10;

/** `conflicts` are those of the source. Calls `onReject` in the order of the rows. */
export async function reportPending(
  refetcher: Refetcher,
  results: readonly TaskResult[],
  conflicts: readonly Conflict[],
  {
    request,
    wanted,
    yieldToEventLoop,
  }: { request: ReadRequest; wanted: Wanted; yieldToEventLoop: () => Promise<void> | undefined },
): Promise<void> {
  const { name: file } = refetcher.source;
  const pending: Untold[] = [];
  for (const { pending: places, faults, raws } of results) {
    for (const [i, fault] of faults.entries()) {
      pending.push({ offset: places[2 * i]!, line: places[2 * i + 1]!, fault, conflict: undefined, raw: raws[i] });
    }
  }
  for (const conflict of conflicts) {
    const { offset, line } = conflict;
    pending.push({ offset, line, fault: undefined, conflict, raw: undefined });
  }
  const conflictOf = (found: Conflict, bytes: Buffer, shape: Shape) => {
    const place = { file: request.sources[found.counted.source]!.name, line: found.counted.line };
    return conflict(idIn(bytes, found) ?? idOf(decodeRow(bytes, shape, wanted, refetcher)), file, place);
  };
  if (conflicts.length > 0) pending.sort((a, b) => a.offset - b.offset);
  let next = 0;
  const report = (fault: Fault, raw: string) => {
    const { line } = pending[next++]!;
    request.onReject(rejectOf(fault, { file, line, raw }));
  };
  const keepsRaw = request.keepsRaw ?? true;
  const tellRead = (fault: Fault, bytes: Buffer, shape: Shape) =>
    report(fault, keepsRaw || !saysWhy(fault) ? rawOf(bytes, shape, wanted, refetcher) : '');
  const isKept = ({ fault, raw }: Untold) => fault !== undefined && raw !== undefined;
  const reportKept = () => report(pending[next]!.fault!, decodeLoosely(pending[next]!.raw!));
  const open = pending.filter((reject) => !isKept(reject));
  await refetcher.visit(
    Float64Array.from(open, ({ offset }) => offset),
    (bytes, i) => {
      while (isKept(pending[next]!)) reportKept();
      const { offset, line, fault: known, conflict: found } = open[i]!;
      const shape = refetcher.shapeAt(offset);
      if (found) {
        tellRead(conflictOf(found, bytes, shape), bytes, shape);
        return;
      }
      tellRead(known ?? faultOf(decodeRow(bytes, shape, wanted, refetcher, line), wanted, request)!, bytes, shape);
    },
  );
  while (next < pending.length) {
    reportKept();
    const pause = next % REJECTS_A_BREATH === 0 ? yieldToEventLoop() : undefined;
    if (pause) await pause;
  }
}

/** The event id of a row, if it stands there as it is meant. */
function idIn(bytes: Buffer, { idFrom, idLength }: Conflict): string | undefined {
  if (idFrom < 0 || idFrom + idLength > bytes.length) return undefined;
  const id = bytes.toString('utf8', idFrom, idFrom + idLength);
  return id.includes('\\') ? undefined : id;
}

function idOf(found: FoundRow): string {
  if ('fault' in found) throw new Error('a row that was counted is rejected when it is read again');
  return found.texts.eventId;
}

/** Each property by its name: copying objects takes longer than all else about a reject. */
function rejectOf({ code, column, text, detail }: Fault, { file, line, raw }: Omit<Reject, keyof Fault>): Reject {
  return { code, column, text, detail, file, line, raw } as Reject;
}
