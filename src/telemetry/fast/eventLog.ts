/**
 * What deduplication remembers of a row: a 64-bit fingerprint of its source and event id, and where the row stands, 16
 * bytes in all. Rows whose fingerprints meet are read again and compared, so that the fingerprint only has to be good, not
 * perfect. Fingerprints are sorted into partitions as they come; at the end each partition is small enough to be searched
 * in the processor's cache.
 */
export const PARTITIONS = 256;
/** Per block: small enough that 256 unfinished ones do not matter, large enough to be written to disk in one go. */
const BLOCK_ENTRIES = 1024;
const ENTRY_WORDS = 4;
const BLOCK_WORDS = BLOCK_ENTRIES * ENTRY_WORDS;
const ARENA_BLOCKS = 64;

/** A row's place: source × 4096 + offset ÷ 2^32, and offset modulo 2^32. */
export const PLACE_HIGH = 4096;

export type EventLogPart = {
  readonly entries: number;
  /** For each partition the fingerprints and places that were logged: four words each. */
  readonly partitions: readonly (readonly Int32Array[])[];
};

export class EventLog {
  entries = 0;
  private arena = new Int32Array(new SharedArrayBuffer(0));
  private arenaBlock = ARENA_BLOCKS;
  private readonly blocks: Int32Array[][] = Array.from({ length: PARTITIONS }, () => []);
  private readonly open: Int32Array[];
  private readonly used = new Int32Array(PARTITIONS).fill(BLOCK_WORDS);

  constructor() {
    this.open = this.blocks.map(() => this.arena);
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
      this.arena = new Int32Array(new SharedArrayBuffer(ARENA_BLOCKS * BLOCK_WORDS * 4));
      this.arenaBlock = 0;
    }
    const block = this.arena.subarray(this.arenaBlock * BLOCK_WORDS, (this.arenaBlock + 1) * BLOCK_WORDS);
    this.arenaBlock++;
    this.blocks[partition]!.push(block);
    this.open[partition] = block;
    this.used[partition] = 0;
    return 0;
  }

  finish(): EventLogPart {
    const partitions = this.blocks.map((blocks, p) =>
      blocks.map((block, i) => (i === blocks.length - 1 ? block.subarray(0, this.used[p]!) : block)),
    );
    return { entries: this.entries, partitions };
  }
}
