/**
 * The log of event ids of one thread: for each row most of a fingerprint of its source and event id, and the row's position,
 * 8 bytes in all (src/kernel/events.ts). Rows with equal fingerprints are read again and compared, so fingerprints only have
 * to be good, not perfect: 30 million ids give about 25 pairs by chance. The kernel makes the fingerprints and sorts them
 * into partitions, a block at a time; at the end each partition is small enough to be searched in the processor's cache.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { ENTRY_BYTES, HEADER_BYTES, PARTITIONS } from '../../../kernel/contract.ts';
import type { Batch, BatchLayout } from '../batch.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { ScratchFile } from '../scratch.ts';

/** One thread's log leaves room for all else that a kernel has to remember. */
const MOST_BYTES = 2 ** 30;

/** Memory that one thread's log may take, up to 1 GiB, before it moves to a file. */
export type LogMemory = {
  readonly bytes: number;
  readonly spillPath: string;
  /** Seeds of the run, equal in all of its logs. */
  readonly seeds: LogSeeds;
};

/** Seeds of fingerprints, 128 bits: without knowing them nobody can choose ids whose fingerprints are equal. */
export type LogSeeds = readonly [bigint, bigint];

export type EventLogShard = {
  readonly entries: number;
  /** For each partition, what had to be moved to disk: offset and length in bytes, one pair after another. */
  readonly spilled: Spilled | undefined;
  readonly memory: SharedArrayBuffer;
  /** Entries that are still in memory, partition by partition. */
  readonly blocks: Blocks;
};

type Spilled = { readonly path: string; readonly bytes: number; readonly pieces: readonly (readonly number[])[] };

/** Blocks of a partition `p` are those from `from[p]` to `from[p + 1]`: address and length in bytes, one pair after another. */
type Blocks = { readonly places: Uint32Array; readonly from: Uint32Array };

/** The log of a run that deduplicates nothing. */
export const NO_EVENTS: EventLogShard = {
  entries: 0,
  spilled: undefined,
  memory: new SharedArrayBuffer(0),
  blocks: { places: new Uint32Array(0), from: new Uint32Array(PARTITIONS + 1) },
};

export class EventLog {
  private entries = 0;
  private readonly kernel: Kernel;
  private readonly memory: LogMemory;
  /** The fields of a single row: addresses of the begin and the end of its id, the end of its source, and a 0 for all else. */
  private readonly single: KernelArray<Int32Array>;
  private file: ScratchFile | undefined;
  private readonly pieces: number[][] = Array.from({ length: PARTITIONS }, () => []);

  constructor(kernel: Kernel, memory: LogMemory) {
    this.kernel = kernel;
    this.memory = memory;
    this.single = kernel.newInts(4);
    kernel.call.initEvents(Math.min(memory.bytes, MOST_BYTES), ...memory.seeds);
    kernel.host.spillEvents = () => this.spill();
  }

  /** Logs the rows of a batch that are not slow and have an id. `base`: what a row's address lacks to its offset. */
  addBatch(batch: Batch, { eventId, source }: BatchLayout, place: { source: number; base: number }): void {
    const hasSource = source >= 0;
    this.entries += this.kernel.call.logEvents(
      batch.startsOf(eventId),
      batch.endsOf(eventId),
      hasSource ? batch.startsOf(source) : 0,
      hasSource ? batch.endsOf(source) : 0,
      batch.rowStartsAt,
      batch.stride,
      batch.delta,
      batch.slow.address,
      batch.rows,
      place.source,
      place.base,
    );
  }

  add(eventId: Uint8Array, from: Uint8Array, source: number, offset: number): void {
    const { address, values } = this.single;
    const id = this.kernel.write(eventId, from);
    values.set([id, id + eventId.length, id + eventId.length + from.length, 0]);
    const [start, end, fromEnd, row] = [address, address + 4, address + 8, address + 12];
    this.entries += this.kernel.call.logEvents(start, end, end, fromEnd, row, 4, 0, row, 1, source, offset);
  }

  /** Moves everything to disk, each partition in one piece, and begins again with the same memory. */
  private spill(): void {
    this.file ??= new ScratchFile(this.memory.spillPath, {
      what: 'event ids beyond --dedupe-memory are kept there',
      needs: 'give TMPDIR a directory with 8 bytes of room for each row with an event id, or raise --dedupe-memory',
    });
    const blocks = this.blocks();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const bytes = Buffer.concat([...blocksOf(this.kernel.buffer, blocks, partition)]);
      if (bytes.length === 0) continue;
      this.pieces[partition]!.push(this.file.size, bytes.length);
      this.file.write(bytes);
    }
    this.kernel.call.releaseEvents();
  }

  private blocks(): Blocks {
    const { call, buffer } = this.kernel;
    const words = new Uint32Array(buffer);
    const places: number[] = [];
    const from = new Uint32Array(PARTITIONS + 1);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      let block = call.lastEvents(partition) >>> 0;
      let count = call.lastEventCount(partition);
      while (block !== 0) {
        places.push(block + HEADER_BYTES, count * ENTRY_BYTES);
        count = words[block / 4 + 1]!;
        block = words[block / 4]!;
      }
      from[partition + 1] = places.length / 2;
    }
    return { places: Uint32Array.from(places), from };
  }

  finish(): EventLogShard {
    const { file, pieces, memory } = this;
    file?.close();
    const spilled = file && { path: memory.spillPath, bytes: file.size, pieces };
    return { entries: this.entries, spilled, memory: this.kernel.buffer, blocks: this.blocks() };
  }
}

function* blocksOf(memory: SharedArrayBuffer, { places, from }: Blocks, partition: number): Generator<Uint8Array> {
  for (let block = from[partition]!; block < from[partition + 1]!; block++) {
    yield new Uint8Array(memory, places[block * 2]!, places[block * 2 + 1]!);
  }
}

/** Bytes of a partition's entries, in memory and on disk. */
export function partitionBytes(logs: readonly EventLogShard[], partition: number): number {
  let bytes = 0;
  for (const { spilled, blocks } of logs) {
    const { places, from } = blocks;
    for (let block = from[partition]!; block < from[partition + 1]!; block++) bytes += places[block * 2 + 1]!;
    const pieces = spilled?.pieces[partition] ?? [];
    for (let i = 1; i < pieces.length; i += 2) bytes += pieces[i]!;
  }
  return bytes;
}

/** Bytes of all entries. */
export function logBytes(logs: readonly EventLogShard[]): { readonly memory: number; readonly disk: number } {
  let all = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) all += partitionBytes(logs, partition);
  const disk = logs.reduce((sum, { spilled }) => sum + (spilled?.bytes ?? 0), 0);
  return { memory: all - disk, disk };
}

/** Copies all entries of a partition, from memory and from disk, one after another. */
export function copyPartition(logs: readonly EventLogShard[], partition: number, to: Uint8Array): void {
  let filled = 0;
  for (const { spilled, memory, blocks } of logs) {
    for (const block of blocksOf(memory, blocks, partition)) {
      to.set(block, filled);
      filled += block.length;
    }
    if (!spilled) continue;
    const file = openSync(spilled.path, 'r');
    const pieces = spilled.pieces[partition]!;
    for (let i = 0; i < pieces.length; i += 2) {
      const end = filled + pieces[i + 1]!;
      for (let offset = pieces[i]!; filled < end; ) {
        const read = readSync(file, to, filled, end - filled, offset);
        filled += read;
        offset += read;
      }
    }
    closeSync(file);
  }
}
