/**
 * What deduplication remembers of a row: a 64-bit fingerprint of its source and event id, and where the row stands, 16
 * bytes in all. Rows whose fingerprints meet are read again and compared, so that the fingerprint only has to be good, not
 * perfect. Fingerprints are sorted into partitions as they come; at the end each partition is small enough to be searched
 * in the processor's cache.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

export const PARTITIONS = 256;
/** Per block: small enough that 256 unfinished ones do not matter, large enough to be written to disk in one go. */
const BLOCK_ENTRIES = 1024;
const ENTRY_WORDS = 4;
const BLOCK_WORDS = BLOCK_ENTRIES * ENTRY_WORDS;
const ARENA_BLOCKS = 64;
const ARENA_BYTES = ARENA_BLOCKS * BLOCK_WORDS * 4;

/** How much memory one thread's log may take before it moves to a file. */
export type LogMemory = { readonly bytes: number; readonly spillPath: string };

/** A row's place: source × 4096 + offset ÷ 2^32, and offset modulo 2^32. */
export const PLACE_HIGH = 4096;

export type EventLogPart = {
  readonly entries: number;
  /** For each partition, what had to be moved to disk: offset and length in bytes, one pair after another. */
  readonly spilled: { readonly path: string; readonly pieces: readonly (readonly number[])[] } | undefined;
  /** For each partition the fingerprints and places that were logged: four words each. */
  readonly partitions: readonly (readonly Int32Array[])[];
};

export class EventLog {
  entries = 0;
  private readonly memory: LogMemory;
  private readonly arenas: Int32Array[] = [];
  private arenasUsed = 0;
  private arenaBlock = ARENA_BLOCKS;
  private readonly blocks: Int32Array[][] = Array.from({ length: PARTITIONS }, () => []);
  private readonly open: Int32Array[];
  private readonly used = new Int32Array(PARTITIONS).fill(BLOCK_WORDS);
  private file: number | undefined;
  private fileBytes = 0;
  private readonly pieces: number[][] = Array.from({ length: PARTITIONS }, () => []);

  constructor(memory: LogMemory) {
    this.memory = memory;
    const none = new Int32Array(new SharedArrayBuffer(0));
    this.open = this.blocks.map(() => none);
  }

  /** Logs the rows of a batch that are not odd and have an id. */
  addColumns(
    rows: number,
    {
      odd,
      idsLow,
      idsHigh,
      rowStarts,
    }: { odd: Uint8Array; idsLow: Int32Array; idsHigh: Int32Array; rowStarts: Int32Array },
    { source, base }: { source: number; base: number },
  ): void {
    for (let row = 0; row < rows; row++) {
      const high = idsHigh[row]!;
      const low = idsLow[row]!;
      if (odd[row] === 0 && (high !== 0 || low !== 0)) this.add(low, high, source, base + rowStarts[row]!);
    }
  }

  add(low: number, high: number, source: number, offset: number): void {
    const partition = high >>> 24;
    let at = this.used[partition]!;
    if (at === BLOCK_WORDS) at = this.nextBlock(partition);
    const block = this.open[partition]!;
    block[at] = high;
    block[at + 1] = low;
    block[at + 2] = source * PLACE_HIGH + Math.floor(offset / 0x1_0000_0000);
    block[at + 3] = offset | 0;
    this.used[partition] = at + ENTRY_WORDS;
    this.entries++;
  }

  private nextBlock(partition: number): number {
    if (this.arenaBlock === ARENA_BLOCKS) {
      if (this.arenasUsed > 0 && (this.arenasUsed + 1) * ARENA_BYTES > this.memory.bytes) this.spill();
      if (this.arenasUsed === this.arenas.length) {
        this.arenas.push(new Int32Array(new SharedArrayBuffer(ARENA_BYTES)));
      }
      this.arenasUsed++;
      this.arenaBlock = 0;
    }
    const arena = this.arenas[this.arenasUsed - 1]!;
    const block = arena.subarray(this.arenaBlock * BLOCK_WORDS, (this.arenaBlock + 1) * BLOCK_WORDS);
    this.arenaBlock++;
    this.blocks[partition]!.push(block);
    this.open[partition] = block;
    this.used[partition] = 0;
    return 0;
  }

  /** Moves everything to disk, each partition in one piece, and begins again with the same memory. */
  private spill(): void {
    this.file ??= openSync(this.memory.spillPath, 'wx', 0o600);
    for (const [partition, blocks] of this.filled().entries()) {
      if (blocks.length === 0) continue;
      const bytes = Buffer.concat(
        blocks.map((block) => new Uint8Array(block.buffer, block.byteOffset, block.byteLength)),
      );
      for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
      this.pieces[partition]!.push(this.fileBytes, bytes.length);
      this.fileBytes += bytes.length;
      this.blocks[partition] = [];
    }
    this.used.fill(BLOCK_WORDS);
    this.arenasUsed = 0;
  }

  /** The blocks of each partition, the last one cut to what is used of it. */
  private filled(): Int32Array[][] {
    return this.blocks.map((blocks, p) =>
      blocks.map((block, i) => (i === blocks.length - 1 ? block.subarray(0, this.used[p]!) : block)),
    );
  }

  finish(): EventLogPart {
    if (this.file !== undefined) closeSync(this.file);
    const spilled = this.file === undefined ? undefined : { path: this.memory.spillPath, pieces: this.pieces };
    return { entries: this.entries, spilled, partitions: this.filled() };
  }
}

/** All entries of a partition, from memory and from disk, one after another. */
export function entriesOf(logs: readonly EventLogPart[], partition: number): Int32Array {
  let words = 0;
  for (const { spilled, partitions } of logs) {
    for (const block of partitions[partition]!) words += block.length;
    const pieces = spilled?.pieces[partition] ?? [];
    for (let i = 1; i < pieces.length; i += 2) words += pieces[i]! / 4;
  }
  const entries = new Int32Array(words);
  let filled = 0;
  for (const { spilled, partitions } of logs) {
    for (const block of partitions[partition]!) {
      entries.set(block, filled);
      filled += block.length;
    }
    if (!spilled) continue;
    const file = openSync(spilled.path, 'r');
    const pieces = spilled.pieces[partition]!;
    for (let i = 0; i < pieces.length; i += 2) {
      const bytes = new Uint8Array(entries.buffer, filled * 4, pieces[i + 1]!);
      for (let read = 0; read < bytes.length; ) {
        read += readSync(file, bytes, read, bytes.length - read, pieces[i]! + read);
      }
      filled += bytes.length / 4;
    }
    closeSync(file);
  }
  return entries;
}
