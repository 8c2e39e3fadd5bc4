/** Types that TypeScript lacks here: of WebAssembly's API, and of what crosses the border to the kernel. */

declare global {
  // @types/node declares no WebAssembly; the DOM library does.
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

  // AssemblyScript's names, for src/kernel/{contract,host}.ts and kernelExports.ts.
  type bool = boolean;
  type u8 = number;
  type i32 = number;
  type u32 = number;
  type f64 = number;
  type u64 = bigint;
  /** An address, or a number of bytes. JavaScript gets it as a signed number: `>>> 0` makes an address of it. */
  type usize = number;
}

export {};
