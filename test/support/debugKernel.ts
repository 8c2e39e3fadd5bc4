/** The debug build of the kernel: as the usual one, with assertions about every block and range that it writes to. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useKernelModule } from '../../src/telemetry/fast/kernel.ts';

const BUILT = fileURLToPath(new URL('../../dist/debug/', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../src/kernel/', import.meta.url));

/** Has this thread, and the threads that it starts, run the debug build. */
export function useDebugKernel(): void {
  useKernelModule(new WebAssembly.Module(readFileSync(built('kernel.wasm'))));
}

/** The declarations of its functions. */
export function debugDeclarations(): string {
  return readFileSync(built('kernel.d.ts'), 'utf8');
}

/** The path of a file of the build. Throws if it is older than the sources. */
function built(name: string): string {
  const path = `${BUILT}${name}`;
  const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newer = readdirSync(SOURCES).filter((source) => statSync(`${SOURCES}${source}`).mtimeMs > time);
  if (newer.length > 0)
    throw new Error(`run "npm run build:debug": the debug kernel is older than ${newer.join(', ')}`);
  return path;
}
