/** The identity of sources: size and SHA-256 of the bytes that a run reads of them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { readFailure } from '../inputFailure.ts';
import type { Source } from '../source.ts';
import { dataRange } from '../zipContent.ts';
import type { LedgerSource } from './format.ts';

/** A source to be read in the place of another, and its identity once it was read to its end. */
export type HashedSource = { readonly source: Source; readonly identity: () => Promise<LedgerSource> };

/** A file is read a second time for its hash; of a stream the hash is made while it is read. Tables have none. */
export function hashed(source: Source, signal: AbortSignal): HashedSource {
  const hash = createHash('sha256');
  let bytes = 0;
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  };
  const identity = (): LedgerSource => ({ name: source.name, bytes, sha256: hash.digest('hex') });
  if (source.kind === 'stream' && source.table) return { source, identity: async () => ({ name: source.name }) };
  if (source.kind === 'stream') {
    const through = async function* () {
      for await (const chunk of source.stream) {
        const piece = Buffer.from(chunk as Uint8Array);
        take(piece);
        yield piece;
      }
    };
    return { source: { ...source, stream: Readable.from(through()) }, identity: async () => identity() };
  }
  return {
    source,
    identity: async () => {
      const { path } = source;
      try {
        const range = await rangeOf(source);
        if (!range) return identity();
        for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...range, signal }))
          take(chunk as Buffer);
      } catch (error) {
        signal.throwIfAborted();
        throw readFailure(source, error);
      }
      return identity();
    },
  };
}

/** Bytes that a run reads of a file; undefined if there are none. */
async function rangeOf(source: Extract<Source, { kind: 'file' }>): Promise<{ start: number; end: number } | undefined> {
  const { entry, seen } = source;
  if (entry) return dataRange({ ...source, entry });
  if (seen?.size === 0) return undefined;
  return { start: 0, end: seen ? seen.size - 1 : Number.POSITIVE_INFINITY };
}
