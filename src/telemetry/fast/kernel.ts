/** The compiled loops over bytes and rows (src/kernel), and the memory that they and this side both see. */
import { readFileSync } from 'node:fs';

// Of these Node has types only where browsers do.
declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Memory {
      constructor(pages: { initial: number; maximum: number; shared: true });
      readonly buffer: SharedArrayBuffer;
    }
    class Instance {
      constructor(module: Module, imports: object);
      readonly exports: unknown;
    }
    function validate(bytes: Uint8Array): boolean;
  }
}

/** What the kernel asks for; each set by whoever has the answer. */
export type KernelHost = {
  offsetOfLocalHour(hour: number): number;
  locateBucket(ms: number): void;
  carry(record: number, meter: number, sum: number, times: number): void;
  carryTotal(place: number, sum: number, times: number): void;
  overflowCount(record: number, which: number): void;
  spillEvents(): void;
};

/** Functions of the kernel, named as in its sources; numbers that are not quantities or instants are addresses, counts or 0 and 1. */
export type KernelExports = {
  readonly allocate: (bytes: number) => number;
  readonly release: (block: number, bytes: number) => void;
  readonly bytesInUse: () => number;
  readonly countOdd: (odd: number, rows: number) => number;
  readonly setNothingWords: (isText: number) => void;
  readonly markMarks: (rowStarts: number, step: number, more: number, odd: number, rows: number) => void;
  readonly markQuoted: (starts: number, step: number, more: number, odd: number, rows: number) => void;
  readonly choose: (
    starts: number,
    ends: number,
    otherStarts: number,
    otherEnds: number,
    rows: number,
    odd: number,
  ) => void;
  readonly markEmpty: (starts: number, ends: number, step: number, more: number, odd: number, rows: number) => void;

  readonly newCsvColumns: (
    delimiter: number,
    fields: number,
    rowStarts: number,
    lines: number,
    quotesCarry: number,
  ) => number;
  readonly releaseCsvColumns: (columns: number) => void;
  readonly wantField: (columns: number, field: number, starts: number, ends: number) => void;
  readonly indexCsv: (columns: number, from: number, stop: number, end: number, line: number, rows: number) => number;
  readonly nextRow: (columns: number) => number;
  readonly tellByColumns: (columns: number) => void;
  readonly linesBefore: (columns: number) => number;
  readonly placesList: (columns: number) => number;
  readonly listedRows: (columns: number) => number;

  readonly newJsonColumns: (starts: number, ends: number, rowStarts: number, lines: number) => number;
  readonly wantFields: (
    columns: number,
    keys: number,
    keyCount: number,
    fields: number,
    words: number,
    needsQuantity: number,
  ) => void;
  readonly indexJson: (columns: number, from: number, stop: number, end: number, line: number, rows: number) => number;
  readonly nextLine: (columns: number) => number;

  readonly decodeInstants: (
    starts: number,
    ends: number,
    step: number,
    more: number,
    odd: number,
    rows: number,
    at: number,
    nanoseconds: number,
    unitsByDigits: number,
    units: number,
  ) => void;
  readonly sawNumericInstants: () => number;
  readonly decodeQuantities: (
    starts: number,
    ends: number,
    step: number,
    more: number,
    odd: number,
    rows: number,
    scale: number,
    canBeWide: number,
    out: number,
  ) => number;
  readonly decodeWideQuantities: (
    starts: number,
    ends: number,
    step: number,
    more: number,
    odd: number,
    rows: number,
    lows: number,
    highs: number,
  ) => void;
  readonly countPresent: (starts: number, ends: number, step: number, more: number, rows: number, out: number) => void;

  readonly newInterner: () => number;
  readonly internColumn: (
    interner: number,
    starts: number,
    ends: number,
    step: number,
    more: number,
    rows: number,
    out: number,
  ) => void;
  readonly clearInterner: (interner: number) => void;
  readonly textCount: (interner: number) => number;
  readonly textOffsets: (interner: number) => number;
  readonly textHashes: (interner: number) => number;
  readonly textArena: (interner: number) => number;

  readonly initSeries: (size: number) => void;
  readonly numberSeries: (columns: number, rows: number, out: number) => void;
  readonly seriesCount: () => number;
  readonly seriesTuples: () => number;

  readonly initLedger: (meters: number, isTraced: number, widthMs: number) => void;
  readonly placeRows: (at: number, odd: number, series: number, rows: number) => void;
  readonly placesOfRows: () => number;
  readonly addQuantities: (quantities: number, meter: number, rows: number) => void;
  readonly raiseQuantities: (quantities: number, meter: number, rows: number) => void;
  readonly keepLatest: (
    quantities: number,
    present: number,
    meter: number,
    at: number,
    nanoseconds: number,
    rows: number,
  ) => void;
  readonly keepLatestOne: (record: number, meter: number, quantity: number, ms: number, nanoseconds: number) => number;
  readonly addWideQuantities: (lows: number, highs: number, meter: number, rows: number) => void;
  readonly raiseWideQuantities: (lows: number, highs: number, meter: number, rows: number) => void;
  readonly traceQuantities: (
    quantities: number,
    highs: number,
    meter: number,
    at: number,
    nanoseconds: number,
    rows: number,
  ) => void;
  readonly traceOne: (record: number, meter: number, ms: number, nanoseconds: number) => void;
  readonly findRecord: (bucket: number, series: number) => number;
  readonly countOne: (record: number, which: number) => void;
  readonly countRows: (inside: number, outside: number) => void;
  readonly addBucket: () => number;
  readonly setCurrentBucket: (bucket: number, from: number, until: number) => void;
  readonly noteWholeBucket: (place: number, bucket: number) => void;
  readonly clearLedger: () => void;
  readonly widenRecords: () => void;
  readonly recordCount: () => number;
  readonly sumRecords: (
    first: number,
    records: number,
    meters: number,
    recordBytes: number,
    seriesAt: number,
    isMax: number,
    rows: number,
    rowsByBucket: number,
    quantities: number,
    highs: number,
    events: number,
  ) => void;
  readonly newDistinct: () => number;
  readonly clearDistinct: (distinct: number) => void;
  readonly distinctCount: (distinct: number) => number;
  readonly distinctPairs: (distinct: number) => number;
  readonly addDistinct: (distinct: number, present: number, values: number, meter: number, rows: number) => void;
  readonly addDistinctOne: (distinct: number, record: number, value: number, meter: number) => void;
  readonly slabAddresses: () => number;
  readonly ratedRows: () => number;
  readonly rowsOutOfPeriod: () => number;

  readonly initEvents: (bytes: number, seed: bigint, otherSeed: bigint) => void;
  readonly logEvents: (
    idStarts: number,
    idEnds: number,
    sourceStarts: number,
    sourceEnds: number,
    rowStarts: number,
    step: number,
    more: number,
    odd: number,
    rows: number,
    source: number,
    base: number,
  ) => number;
  readonly eventBytes: () => number;
  readonly lastEvents: (partition: number) => number;
  readonly lastEventCount: (partition: number) => number;
  readonly releaseEvents: () => void;
  readonly findMeetings: (entries: number, count: number, meetings: number) => number;
  readonly listMarks: (entries: number, count: number, marks: number) => number;
  readonly sortPlaces: (entries: number, count: number) => void;
  readonly hashRows: (
    rowStarts: number,
    step: number,
    more: number,
    rows: number,
    end: number,
    key: bigint,
    otherKey: bigint,
    addresses: number,
    hashes: number,
  ) => void;
  readonly judgeRows: (
    fields: number,
    count: number,
    at: number,
    nanoseconds: number,
    rowStarts: number,
    step: number,
    more: number,
    odd: number,
    rows: number,
    key: bigint,
    otherKey: bigint,
    out: number,
  ) => void;
  readonly hashText: (start: number, length: number, key: bigint, otherKey: bigint, out: number) => void;
};

/** Compiled by the build; from the sources that is the last one. */
const FILE = new URL('./kernel.wasm', import.meta.url.replace('/src/telemetry/', '/dist/telemetry/'));

let compiled: WebAssembly.Module | undefined;

/** The compiled kernel: threads can hand it to each other. Undefined where it cannot run. */
export function kernelModule(): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined; // node --jitless
  if (!compiled) {
    const bytes = readFileSync(FILE);
    if (WebAssembly.validate(bytes)) compiled = compile(bytes);
  }
  return compiled;
}

/** Undefined where there is no memory for the compiled code. */
function compile(bytes: Uint8Array): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Has this thread use a module that another one has compiled. */
export function useKernelModule(module: WebAssembly.Module): void {
  compiled = module;
}

const PAGE_BYTES = 1 << 16;
const FIRST_BYTES = 1 << 22;
const MOST_BYTES = 2 ** 32;

function newMemory(): WebAssembly.Memory {
  const [initial, maximum] = [FIRST_BYTES / PAGE_BYTES, MOST_BYTES / PAGE_BYTES];
  return new WebAssembly.Memory({ initial, maximum, shared: true });
}

/** How many kernels the process may have at once, up to `most`: some systems limit its address space. */
export function roomForKernels(most: number): number {
  const memories: WebAssembly.Memory[] = [];
  try {
    while (memories.length < most) memories.push(newMemory());
  } catch {
    // so many, then
  }
  return memories.length;
}

/** An instance of the kernel with a memory of its own, of up to 4 GiB; what is not touched of it takes no room. */
export class Kernel {
  readonly call: KernelExports;
  readonly host: KernelHost = {
    offsetOfLocalHour: nobody,
    locateBucket: nobody,
    carry: nobody,
    carryTotal: nobody,
    overflowCount: nobody,
    spillEvents: nobody,
  };
  private readonly memory: WebAssembly.Memory = newMemory();
  private scratch = 0;
  private scratchBytes = 0;

  constructor() {
    const { host } = this;
    const instance = new WebAssembly.Instance(kernelModule()!, {
      env: { memory: this.memory },
      host: {
        offsetOfLocalHour: (hour: number) => host.offsetOfLocalHour(hour),
        locateBucket: (ms: number) => host.locateBucket(ms),
        carry: (record: number, meter: number, sum: number, times: number) =>
          host.carry(record >>> 0, meter, sum, times),
        carryTotal: (place: number, sum: number, times: number) => host.carryTotal(place, sum, times),
        overflowCount: (record: number, which: number) => host.overflowCount(record >>> 0, which),
        spillEvents: () => host.spillEvents(),
      },
    });
    this.call = instance.exports as KernelExports;
  }

  /** Its memory, as far as it is in use now; arrays over it stay good when it grows. */
  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  /** The address of a block of zeros. */
  allocate(bytes: number): number {
    return this.call.allocate(bytes) >>> 0;
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.buffer, address, length);
  }

  bytes(address: number, length: number): Buffer {
    return Buffer.from(this.buffer as unknown as ArrayBuffer, address, length);
  }

  /** A block of zeros as an array that the kernel knows by its address. */
  newInts(length: number): KernelArray<Int32Array> {
    const address = this.allocate(length * 4 + CACHE_LINE);
    return { address, values: this.ints(address, length) };
  }

  newDoubles(length: number): KernelArray<Float64Array> {
    const address = this.allocate(length * 8 + CACHE_LINE);
    return { address, values: this.doubles(address, length) };
  }

  newBytes(length: number): KernelArray<Uint8Array> {
    const address = this.allocate(length + CACHE_LINE);
    return { address, values: this.bytes(address, length) };
  }

  /** Gives an array back. */
  release({ address, values }: KernelArray<Int32Array | Float64Array | Uint8Array>): void {
    this.call.release(address, values.byteLength + CACHE_LINE);
  }

  /** Copies texts to a place where the kernel can read them, one after another; it holds until the next call. */
  write(...texts: readonly Uint8Array[]): number {
    const length = texts.reduce((sum, text) => sum + text.length, SLACK);
    if (length > this.scratchBytes) {
      if (this.scratchBytes > 0) this.call.release(this.scratch, this.scratchBytes);
      this.scratchBytes = length * 2;
      this.scratch = this.allocate(this.scratchBytes);
    }
    const room = this.bytes(this.scratch, this.scratchBytes);
    let filled = 0;
    for (const text of texts) {
      room.set(text, filled);
      filled += text.length;
    }
    return this.scratch;
  }
}

/** Kept between arrays: those that begin at the same place of different pages push each other out of the cache. */
export const CACHE_LINE = 64;

/** Bytes that may be read beyond the end of any text, because words are read whole. */
export const SLACK = 64;

export type KernelArray<T> = { readonly address: number; readonly values: T };

function nobody(): never {
  throw new Error('the kernel asks, and nobody is there to answer');
}
