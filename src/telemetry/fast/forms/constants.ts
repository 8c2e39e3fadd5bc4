/** Texts and tables of a mapping in the memory of the kernel. */
import { PATTERN_BYTES, SLACK } from '../../../kernel/contract.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel, KernelArray } from '../kernel.ts';

export class Constants {
  private readonly kernel: Kernel;
  private readonly arrays: KernelArray<Int32Array | Uint8Array>[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  text(text: string): { readonly address: number; readonly length: number } {
    return this.bytes(encodeText(text));
  }

  bytes(bytes: Uint8Array): { readonly address: number; readonly length: number } {
    const array = this.kernel.newBytes(bytes.length + SLACK);
    array.values.set(bytes);
    this.arrays.push(array);
    return { address: array.address, length: bytes.length };
  }

  /** Each with its length before it, padded to words. */
  list(texts: readonly string[]): { readonly address: number; readonly count: number } {
    const parts = texts.flatMap((text) => {
      const bytes = encodeText(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes, Buffer.alloc(-bytes.length & 3)];
    });
    return { address: this.bytes(Buffer.concat(parts)).address, count: texts.length };
  }

  pattern(pattern: Uint8Array): { readonly address: number; readonly count: number } {
    return { address: this.bytes(pattern).address, count: pattern.length / PATTERN_BYTES };
  }

  words(length: number): KernelArray<Int32Array> {
    const array = this.kernel.newInts(length);
    this.arrays.push(array);
    return array;
  }

  release(): void {
    for (const array of this.arrays) this.kernel.release(array);
    this.arrays.length = 0;
  }
}
