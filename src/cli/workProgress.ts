/** One line on a terminal that tells how far a computation is, and goes away when it ends. */
import { setImmediate } from 'node:timers/promises';
import type { Io } from './io.ts';

const QUIET_MS = 1000;
const ERASE = '\r\u001b[K';

/** Runs `work`, which reports the share that is done; in between, an interruption is noticed. */
export async function withProgress<T>(
  io: Io,
  { what, quiet }: { readonly what: string; readonly quiet: boolean },
  work: (progress: (done: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { stderr, env, signal } = io;
  const shows = stderr.isTTY === true && env.TERM !== 'dumb' && !quiet;
  const started = shows ? io.now() : 0;
  let shown = '';
  try {
    return await work(async (done) => {
      await setImmediate();
      signal.throwIfAborted();
      if (!shows || io.now() - started < QUIET_MS) return;
      const text = `${what}: ${Math.floor(done * 100)} %`;
      if (text !== shown) stderr.write(`${ERASE}${text}`);
      shown = text;
    });
  } finally {
    if (shown !== '') stderr.write(ERASE);
  }
}
