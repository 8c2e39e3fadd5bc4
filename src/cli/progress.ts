/** One line on a terminal that tells how far a long run is, and goes away when it ends. */
import { groupDigits } from '../core/quantity.ts';
import type { Progress } from '../telemetry/reader.ts';
import type { Io } from './io.ts';

/** Runs shorter than this show nothing. */
const QUIET_MS = 1000;
/** Issuing so many takes about a tenth of a second. */
const INVOICES_BETWEEN = 2048;
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
    const elapsed = this.elapsedIfDue();
    if (elapsed === undefined) return;
    const perSecond = `${Math.round(bytes / 1e3 / elapsed)} MB/s`;
    const read = `${groupDigits((bytes / 1e6).toFixed(0))} MB`;
    const text =
      totalBytes > 0
        ? `${bar(bytes / totalBytes)} ${read} of ${groupDigits((totalBytes / 1e6).toFixed(0))}, ${perSecond}, ${timeLeft(bytes, totalBytes, elapsed)} left`
        : `${read}, ${perSecond}`;
    this.write(text);
  }

  /** Gives the same invoices, and shows how many there were until now. */
  *counted<T>(invoices: Iterable<T>): Generator<T> {
    let count = 0;
    for (const invoice of invoices) {
      yield invoice;
      count++;
      if (count % INVOICES_BETWEEN === 0) this.issued(count);
    }
  }

  /** Shows how many invoices there were until now. */
  issued(count: number): void {
    const elapsed = this.elapsedIfDue();
    if (elapsed === undefined) return;
    const perSecond = groupDigits(String(Math.round((count / elapsed) * 1000)));
    this.write(`${groupDigits(String(count))} invoices issued, ${perSecond} a second`);
  }

  /** Gives the same pieces of a result, with the line gone before each: they may go to the same terminal. */
  *erasedBefore<T>(pieces: Iterable<T>): Generator<T> {
    for (const piece of pieces) {
      this.erase();
      yield piece;
    }
    this.erase();
  }

  /** Milliseconds since the begin; undefined if nothing is to be shown. */
  private elapsedIfDue(): number | undefined {
    const { stderr, env } = this.io;
    if (stderr.isTTY !== true || env.TERM === 'dumb') return undefined;
    const elapsed = this.io.now() - this.started;
    return elapsed < QUIET_MS ? undefined : elapsed;
  }

  private write(text: string): void {
    const { stderr } = this.io;
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
