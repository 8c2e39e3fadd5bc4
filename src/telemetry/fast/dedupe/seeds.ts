/**
 * Seeds of the fingerprints of a run, drawn from the content of its sources: equal for equal content, and different for
 * anybody who has chosen ids for another content. Results do not depend on them.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Source } from '../../source.ts';
import type { LogSeeds } from '../ledger/eventLog.ts';

export const NO_SEEDS: LogSeeds = [0n, 0n];

/** Files that are looked into, and pieces of each: what is more makes no better seed. */
const FILES = 64;
const PIECES = 16;
const PIECE_BYTES = 1 << 10;

export function seedsOf(sources: readonly Source[]): LogSeeds {
  const hash = createHash('sha256').update(`${sources.length}`);
  const step = Math.max(1, Math.floor(sources.length / FILES));
  for (let i = 0; i < sources.length; i += step) {
    const source = sources[i]!;
    if (source.kind === 'file') for (const piece of piecesOf(source.path)) hash.update(piece);
  }
  const digest = hash.digest();
  return [digest.readBigUInt64LE(0), digest.readBigUInt64LE(8)];
}

/** Nothing of what cannot be read, which whoever reads the rows will tell, or can be read only once. */
function piecesOf(path: string): (Buffer | string)[] {
  let fd: number | undefined;
  try {
    const status = statSync(path);
    if (!status.isFile()) return []; // a pipe would wait for its writer to be opened
    fd = openSync(path, 'r');
    const pieces: (Buffer | string)[] = [`/${status.size}/`];
    for (let i = 0; i < PIECES; i++) {
      const piece = Buffer.alloc(PIECE_BYTES);
      readSync(fd, piece, 0, PIECE_BYTES, Math.floor((status.size / PIECES) * i));
      pieces.push(piece);
    }
    return pieces;
  } catch {
    return [];
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
