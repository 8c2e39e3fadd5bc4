/** Ledgers to standard output or to a file, compressed as the file's name says. */
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { Refusal } from '../app/refusal.ts';
import { type LedgerContent, ledgerLines } from '../telemetry/ledger/format.ts';
import { ledgerParquet } from '../telemetry/parquet/ledgerFile.ts';
import { GZIP } from './gzip.ts';
import type { Io } from './io.ts';
import { AtomicFile, gathered, writeOut } from './output.ts';
import type { ResultTarget } from './resultTarget.ts';

type Encoder = (content: LedgerContent, name: string) => AsyncIterable<Uint8Array> | Iterable<string | Uint8Array>;

/** By the ending of the file. */
export const LEDGER_FORMATS = {
  ndjson: (content) => gathered(ledgerLines(content)),
  'ndjson.gz': (content) => compressed(gathered(ledgerLines(content)), zlib.createGzip(GZIP)),
  'ndjson.zst': (content, name) => compressed(gathered(ledgerLines(content)), zstdCompressor(name)),
  parquet: ledgerParquet,
} as const satisfies Record<string, Encoder>;
export type LedgerFormatName = keyof typeof LEDGER_FORMATS;

/** Writes a ledger: to standard output as lines, to a file as its ending says; it appears whole or not at all. */
export async function writeLedger(
  target: ResultTarget<LedgerFormatName>,
  content: LedgerContent,
  io: Io,
): Promise<void> {
  if (target.kind === 'stdout') return writeOut(io, ledgerLines(content));
  const file = new AtomicFile(io, target.name);
  try {
    for await (const piece of (LEDGER_FORMATS[target.format] as Encoder)(content, target.name)) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function* compressed(pieces: Iterable<string | Uint8Array>, compressor: Transform): AsyncGenerator<Uint8Array> {
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
