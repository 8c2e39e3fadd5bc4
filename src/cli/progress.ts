/** One line on a terminal that tells how far a long run is, and goes away when it ends. */
import { groupDigits } from '../core/quantity.ts';
import type { Progress } from '../telemetry/reader.ts';
import type { Io } from './io.ts';

/** Runs shorter than this show nothing. */
const QUIET_MS = 1000;
const BAR_WIDTH = 24;
const ERASE = '\r\u001b[K';

export class ProgressLine {
  private readonly io: Io;
  private readonly started: number;
  private isShown = false;

  /** Writes only if standard error is a terminal. `started`: when, by the clock of `io`. */
  constructor(io: Io, started: number) {
    this.io = io;
    this.started = started;
  }

  show({ bytes, totalBytes }: Progress): void {
    const { stderr, env } = this.io;
    if (stderr.isTTY !== true || env.TERM === 'dumb') return;
    const elapsed = this.io.now() - this.started;
    if (elapsed < QUIET_MS) return;
    const perSecond = `${Math.round(bytes / 1e3 / elapsed)} MB/s`;
    const read = `${groupDigits((bytes / 1e6).toFixed(0))} MB`;
    const text =
      totalBytes > 0
        ? `${bar(bytes / totalBytes)} ${read} of ${groupDigits((totalBytes / 1e6).toFixed(0))}, ${perSecond}, ${timeLeft(bytes, totalBytes, elapsed)} left`
        : `${read}, ${perSecond}`;
    stderr.write(`${ERASE}${text.slice(0, Math.max(10, (stderr.columns || 80) - 1))}`);
    this.isShown = true;
  }

  erase(): void {
    if (this.isShown) this.io.stderr.write(ERASE);
    this.isShown = false;
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

function timeLeft(bytes: number, totalBytes: number, elapsedMs: number): string {
  if (bytes === 0) return '?';
  const seconds = Math.ceil(((totalBytes - bytes) / bytes) * (elapsedMs / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
