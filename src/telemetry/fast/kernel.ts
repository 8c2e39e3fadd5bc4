/** The compiled loops over bytes and rows (src/kernel), and the memory that they and this side both see. */
import { readFileSync } from 'node:fs';
import { CACHE_LINE, SLACK } from '../../kernel/contract.ts';
import type * as host from '../../kernel/host.ts';
import type { KernelExports } from './kernelExports.ts';

/** Functions that the kernel imports; each is set by the part of the reader that answers it. */
export type KernelHost = { -readonly [Name in keyof typeof host]: (typeof host)[Name] };

/** Compiled by the build; from the sources that is the last one. */
const FILE: URL = new URL('./kernel.wasm', import.meta.url.replace('/src/telemetry/', '/dist/telemetry/'));

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

/** The number of kernels that the process may have at once, up to `most`: some systems limit its address space. */
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
      // The debug build alone imports `abort`: its assertions call it.
      env: { memory: this.memory, abort: (...where: AbortArguments) => this.abort(where) },
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

  /** Throws for a failed assertion: `message` and `file` are addresses of texts, 0 if there is none. */
  private abort([message, file, line, column]: AbortArguments): never {
    const text = (address: number) => (address === 0 ? '' : this.textAt(address >>> 0));
    throw new Error(`kernel assertion failed: ${text(message)} (${text(file)}:${line}:${column})`);
  }

  /** A text as AssemblyScript has it: UTF-16, its length in bytes before it. */
  private textAt(address: number): string {
    return Buffer.from(this.bytes(address, this.ints(address - 4, 1)[0]!)).toString('utf16le');
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

type AbortArguments = [message: number, file: number, line: number, column: number];

export type KernelArray<T> = { readonly address: number; readonly values: T };

function nobody(): never {
  throw new Error('the kernel asks, and nobody is there to answer');
}
