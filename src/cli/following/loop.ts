/** A run that follows its inputs: rows are taken as they come, looked at, and what they prove is written at once. */
import type { FollowedRows } from '../../telemetry/follow/followedRows.ts';
import type { Io } from '../io.ts';

/** Time between two looks at inputs in which nothing has come. */
const PAUSE_MS = 250;
/** Least time between two looks at rows. */
const LOOK_MS = 100;
/** Looks take this share of the time at most. */
const SHARE = 0.25;

/** `isOver`: no more rows will come. */
export type Look = (isOver: boolean) => Promise<void>;

/** `over`: all inputs have ended; `stopped`: the user has interrupted the run. In both cases the last rows were looked at. */
export async function followLoop(rows: FollowedRows, look: Look, io: Io): Promise<'over' | 'stopped'> {
  let next = io.now();
  let hasNew = true;
  for (;;) {
    const any = await rows.take();
    hasNew ||= any;
    const end = io.signal.aborted ? 'stopped' : rows.areOver ? 'over' : undefined;
    if (end !== undefined || (hasNew && io.now() >= next)) {
      const begun = io.now();
      await look(end === 'over');
      hasNew = false;
      next = io.now() + Math.max(LOOK_MS, (io.now() - begun) / SHARE);
    }
    if (end !== undefined) return end;
    if (!any) await pause(io, hasNew ? Math.max(0, next - io.now()) : PAUSE_MS);
  }
}

/** Ends early when the run is interrupted, or something has come to standard input. */
function pause({ signal, stdin }: Io, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      stdin.off('readable', done).off('end', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(most, PAUSE_MS));
    signal.addEventListener('abort', done);
    stdin.on('end', done);
    if (stdin.listenerCount('readable') > 0) stdin.on('readable', done);
  });
}
