/** A Parquet file, opened: its metadata, and its rows by groups, as the file stores them. */
import { open } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { InputFailure, readFailure } from '../inputFailure.ts';
import { changeOf, type Source } from '../source.ts';

export type FileSource = Extract<Source, { kind: 'file' }>;
export type ParquetRow = Readonly<Record<string, unknown>>;

export type OpenParquet = {
  readonly metadata: FileMetaData;
  /** The rows of one group at a time; throws an InputFailure where they are damaged, too few, or the file changes. */
  rowGroups(
    metadata: FileMetaData,
    columns: readonly string[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ParquetRow[]>;
  close(): Promise<void>;
};

const MAGIC = 'PAR1';

export function isParquet(source: Source): source is FileSource {
  if (source.kind !== 'file' || !source.seen) return false;
  return Buffer.from(source.seen.sample.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** Instants in 96 bits stay nanoseconds. */
const PARSERS = { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds };

export async function openParquet(source: FileSource): Promise<OpenParquet> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const handle = await open(source.path).catch((error: unknown) => {
    throw readFailure(source, error);
  });
  const close = () => handle.close();
  const file = bufferOf(handle, source);
  let metadata: FileMetaData;
  try {
    metadata = await orBroken(source, () => parquetMetadataAsync(file));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    metadata,
    close,
    async *rowGroups(stored, columns, signal) {
      let rows = 0;
      for (const { start, end } of boundsOf(metadata)) {
        signal?.throwIfAborted();
        const part = { columns: [...columns], rowStart: start, rowEnd: end };
        const found = await orBroken(source, () =>
          parquetReadObjects({ file, metadata: stored, compressors, utf8: false, parsers: PARSERS, ...part }),
        );
        rows += found.length;
        yield found;
      }
      if (rows !== Number(metadata.num_rows))
        throw brokenParquet(source, `it says that it has ${metadata.num_rows} rows, and ${rows} are there`);
      const change = changeOf(source);
      if (change) throw change;
    },
  };
}

function bufferOf(handle: Awaited<ReturnType<typeof open>>, { seen }: FileSource): AsyncBuffer {
  const byteLength = seen!.size;
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const from = start < 0 ? byteLength + start : start;
      const bytes = new Uint8Array(Math.max(0, end - from));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      return bytes.buffer.slice(0, bytesRead);
    },
  };
}

function* boundsOf({ row_groups: groups }: FileMetaData): Generator<{ start: number; end: number }> {
  let start = 0;
  for (const { num_rows: rows } of groups) {
    const end = start + Number(rows);
    yield { start, end };
    start = end;
  }
}

export function brokenParquet(source: Source, why: string): InputFailure {
  return new InputFailure(source, 'broken-parquet', `the Parquet file is damaged: ${why}`, 'fetch or export it again');
}

/** Whatever the library throws about a file's bytes. */
async function orBroken<T>(source: FileSource, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw changeOf(source) ?? brokenParquet(source, (error as Error).message);
  }
}
