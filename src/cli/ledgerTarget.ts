/** Ledgers to standard output or to a file, compressed as the file's name says. */
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { Refusal } from '../app/refusal.ts';
import type { Io } from './io.ts';
import { AtomicFile, gathered, writeOut } from './output.ts';
import type { ResultTarget } from './resultTarget.ts';

/** By the ending of the file: what compresses it. */
export const LEDGER_FORMATS = {
  ndjson: undefined,
  'ndjson.gz': () => zlib.createGzip(),
  'ndjson.zst': zstdCompressor,
} as const satisfies Record<string, ((name: string) => Transform) | undefined>;
export type LedgerFormatName = keyof typeof LEDGER_FORMATS;

/** Writes the lines of a ledger; a file appears whole or not at all. */
export async function writeLedger(
  target: ResultTarget<LedgerFormatName>,
  lines: Iterable<string>,
  io: Io,
): Promise<void> {
  if (target.kind === 'stdout') return writeOut(io, lines);
  const compressor = LEDGER_FORMATS[target.format];
  const pieces = compressor ? compressed(gathered(lines), compressor(target.name)) : gathered(lines);
  const file = new AtomicFile(io, target.name);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function* compressed(pieces: Iterable<string>, compressor: Transform): AsyncGenerator<Uint8Array> {
  const written = pipeline(Readable.from(pieces), compressor);
  written.catch(() => undefined); // awaited below; until then a rejection must not count as unhandled
  for await (const chunk of compressor) yield chunk as Uint8Array;
  await written;
}

/** Node has it since 22.15. */
function zstdCompressor(name: string): Transform {
  const { createZstdCompress } = zlib as { createZstdCompress?: () => Transform };
  if (createZstdCompress) return createZstdCompress();
  throw new Refusal('usage', [
    {
      severity: 'error',
      code: 'output/cannot-write',
      source: { file: name },
      message: 'cannot be written: this Node has no zstd compression',
      hint: 'write .ndjson.gz, or use Node 22.15 or later',
    },
  ]);
}
