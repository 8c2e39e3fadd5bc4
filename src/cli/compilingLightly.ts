import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 inline next to nothing while `work` is done. It compiles on threads of its own, and on a machine with two
 * processors these take a third of the time in which a few thousand invoices are issued; without inlining they have less
 * to do. For a hundred thousand it makes no difference. Only with the version that this was measured with.
 */
export async function compilingLightly<T>(work: () => Promise<T>): Promise<T> {
  if (!process.versions.v8.startsWith('11.')) return work();
  inlineUpTo(100);
  try {
    return await work();
  } finally {
    inlineUpTo(920); // the default
  }
}

/** Bytes of bytecode that are inlined into a function, in all. */
function inlineUpTo(bytes: number): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${bytes}`);
}
