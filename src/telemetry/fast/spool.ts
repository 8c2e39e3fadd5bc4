/**
 * Sources that can be read only once, written to the temporary directory before rows are looked at: as files all threads can
 * read them, and as often as rows have to be compared. Decompressed, and JSON records as lines.
 */
import { createReadStream } from 'node:fs';
import { InputFailure, type OpenSource, openSource, type Source } from '../source.ts';
import { copyTo, type ScratchUse } from './scratch.ts';

export type Spooled = {
  /** The file, under the name of the source. */
  readonly source: Source & { readonly kind: 'file' };
  /** Bytes taken from the source, before decompression. */
  readonly bytes: number;
  /** Why the file ends too early. */
  readonly failure: InputFailure | undefined;
};

/** `onProgress` is called with the bytes taken from the source so far; `use` is for the message if the file cannot be written. */
export async function spool(
  source: Source,
  path: string,
  {
    signal,
    onProgress,
    use,
  }: { signal: AbortSignal | undefined; onProgress?: ((bytes: number) => void) | undefined; use: ScratchUse },
): Promise<Spooled> {
  const { chunks, bytesRead } = openSource(source, signal);
  const file = { kind: 'file', name: source.name, path } as const;
  try {
    for await (const _ of copyTo(path, chunks, use)) onProgress?.(bytesRead());
    return { source: file, bytes: bytesRead(), failure: undefined };
  } catch (error) {
    if (!(error instanceof InputFailure)) throw error;
    return { source: file, bytes: bytesRead(), failure: error };
  }
}

/** Opens a spooled source: its bytes once more, and the failure behind them. */
export function openSpooled({ source, bytes, failure }: Spooled): OpenSource {
  const chunks = (async function* () {
    for await (const chunk of createReadStream(source.path)) yield chunk as Buffer;
    if (failure) throw failure;
  })();
  return { chunks, bytesRead: () => bytes };
}
