/**
 * Rows that a following run has counted, on disk by the hour of their instants: a late row may ask for an hour again, and a run
 * that was stopped goes on from them. Memory: what was added since the last {@link Journal.flush}.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR_MS } from '../../core/calendar.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';

/** `event`: what deduplication keeps of the row's id; absent: it has none. */
export type JournalRow = { readonly row: LedgerRow; readonly event?: string | undefined };

/** Bytes of each hour's file, by the number of the hour since 1970. */
export type JournalSizes = Readonly<Record<string, number>>;

const PIECE_BYTES = 1 << 20;
const ENDING = '.rows';

export class Journal {
  private readonly directory: string;
  private readonly added = new Map<number, string[]>();
  private readonly bytes = new Map<number, number>();

  /** Takes up the files that have at least the bytes of `sizes`; what is behind these, and all other files, is removed. */
  constructor(directory: string, sizes: JournalSizes = {}) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory)) {
      const hour = name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined;
      if (hour === undefined) continue;
      if (sizes[hour] === undefined) rmSync(join(directory, name));
      else truncateSync(join(directory, name), sizes[hour]);
    }
    for (const [hour, size] of Object.entries(sizes)) this.bytes.set(Number(hour), size);
  }

  add({ row, event }: JournalRow): void {
    const hour = hourOf(row.at.ms);
    const line = `${JSON.stringify([row.customer, row.at.ms, row.at.ns, row.quantities, row.dimensions, event ?? ''])}\n`;
    const lines = this.added.get(hour);
    if (lines) lines.push(line);
    else this.added.set(hour, [line]);
  }

  /** Writes what was added; returns the bytes that all files have then. */
  flush(): JournalSizes {
    for (const [hour, lines] of this.added) {
      const text = Buffer.from(lines.join(''));
      appendFileSync(this.pathOf(hour), text);
      this.bytes.set(hour, (this.bytes.get(hour) ?? 0) + text.length);
    }
    this.added.clear();
    return Object.fromEntries([...this.bytes].sort(([a], [b]) => a - b));
  }

  /** The rows of all hours. */
  *all(): Generator<JournalRow> {
    for (const hour of this.bytes.keys()) yield* this.rowsIn(hour);
  }

  /** The rows of an hour, in the order in which they were added; to be called after {@link flush}. */
  *rowsIn(hour: number): Generator<JournalRow> {
    const size = this.bytes.get(hour) ?? 0;
    if (size === 0) return;
    const fd = openSync(this.pathOf(hour), 'r');
    try {
      let begun = '';
      const piece = Buffer.alloc(Math.min(size, PIECE_BYTES));
      for (let at = 0; at < size; ) {
        const length = readSync(fd, piece, 0, Math.min(piece.length, size - at), at);
        if (length === 0) throw new Error(`${this.pathOf(hour)} was cut off by somebody else`);
        at += length;
        // Latin-1 keeps a character that a piece cuts in two.
        const lines = (begun + piece.toString('latin1', 0, length)).split('\n');
        begun = lines.pop()!;
        for (const line of lines) yield rowOf(Buffer.from(line, 'latin1').toString());
      }
    } finally {
      closeSync(fd);
    }
  }

  private pathOf(hour: number): string {
    return join(this.directory, `${hour}${ENDING}`);
  }
}

/** The number of the hour since 1970 in which an instant lies. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

type Written = [string, number, number, (string | null)[], string[], string];

function rowOf(line: string): JournalRow {
  const [customer, ms, ns, quantities, dimensions, event] = JSON.parse(line) as Written;
  const row = { customer, at: { ms, ns }, quantities: quantities.map((text) => text ?? undefined), dimensions };
  return { row, ...(event !== '' && { event }) };
}
