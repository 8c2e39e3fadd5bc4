/** The content of a file in a ZIP archive, decompressed and checked as it streams in. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { InputFailure, readFailure } from './inputFailure.ts';
import { brokenZip, dataStart, LOCAL_BYTES, type ZipEntry } from './zipDirectory.ts';

type Archived = { readonly name: string; readonly path: string; readonly entry: ZipEntry };

/** First and last byte of an entry's data in its archive; undefined if it has none. */
export async function dataRange({ name, path, entry }: Archived): Promise<{ start: number; end: number } | undefined> {
  const handle = await open(path).catch((error: unknown) => {
    throw readFailure({ name }, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOCAL_BYTES), 0, LOCAL_BYTES, entry.offset);
    const start = dataStart({ name }, buffer.subarray(0, bytesRead), entry);
    return entry.compressedSize === 0 ? undefined : { start, end: start + entry.compressedSize - 1 };
  } finally {
    await handle.close();
  }
}

/**
 * Memory: some chunks, whatever the entry says of its size. `onBytes` is called with the bytes taken from the archive. The last chunk
 * waits for the check, so that rows of a small entry that is damaged are not reported as bad rows.
 */
export async function* contentOf(source: Archived, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const { entry } = source;
  const range = await dataRange(source);
  const broken = (why: string) => brokenZip(source, why, range?.start ?? entry.offset);
  let [check, size] = [0, 0];
  let last: Buffer | undefined;
  for await (const chunk of range ? inflated(source, range, { onBytes, broken }) : []) {
    if (last) yield last;
    last = chunk;
    check = crc32(chunk, check);
    size += chunk.length;
    if (size > entry.size) throw broken(`it holds more than the ${entry.size} bytes that it should`);
  }
  if (size < entry.size) throw broken(`it holds ${size} bytes instead of ${entry.size}`);
  if (check !== entry.check) throw broken('its content does not fit its check sum');
  if (last) yield last;
}

async function* inflated(
  { name, path, entry }: Archived,
  range: { start: number; end: number },
  { onBytes, broken }: { onBytes: (bytes: number) => void; broken: (why: string) => Error },
): AsyncGenerator<Buffer> {
  const data = (async function* () {
    for await (const chunk of createReadStream(path, { ...range, highWaterMark: 1 << 18 })) {
      onBytes((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  })();
  try {
    if (entry.method === 'stored') {
      yield* data;
      return;
    }
    const inflate = createInflateRaw({ chunkSize: 1 << 18 });
    pipeline(data, inflate, () => undefined); // what fails there fails below
    for await (const chunk of inflate) yield chunk as Buffer;
    if (inflate.bytesWritten < entry.compressedSize) throw broken('its data ends before it should');
  } catch (error) {
    if (error instanceof InputFailure) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw readFailure({ name }, error);
    throw broken(code === 'Z_BUF_ERROR' ? 'its data ends too early' : `its data cannot be decompressed (${message})`);
  }
}
