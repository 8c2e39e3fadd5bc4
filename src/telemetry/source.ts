/** Sources of usage: files, standard input and files in ZIP archives, plain, gzip or zstd, as a stream of UTF-8. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import type { EngineTable } from './engine/table.ts';
import { changeSince, type FileState } from './fileState.ts';
import { GzipFailure, gunzip } from './gzip.ts';
import { changed, InputFailure, readFailure } from './inputFailure.ts';
import { emptyButForMark, emptyFile, emptyOnceDecompressed } from './inputProblems.ts';
import { jsonLayoutOf, linesOfRecords } from './jsonRecords.ts';
import { compressionOf, foreignKind, HEAD_BYTES, LONGEST_MAGIC, marksAtStart, mayBeText } from './magic.ts';
import { utf8OfUtf16, utf16Of } from './utf16.ts';
import { utf8OfWindows1252 } from './windows1252.ts';
import { contentOf } from './zipContent.ts';
import type { ZipEntry } from './zipDirectory.ts';
import { HEADER_BYTES, LARGEST_WINDOW, unzstd, windowOf, ZstdFailure } from './zstd.ts';

/** Encodings that can be asked for: a byte order mark wins over them. */
export const ENCODINGS = ['utf-8', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export type Source = (
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly path: string;
      /**
       * State when the run began: no more of the file is read, and a change is a failure. Absent: it is not compared.
       */
      readonly seen?: FileState | undefined;
      /** The file is a ZIP archive, and the source one of its entries. */
      readonly entry?: ZipEntry;
    }
  | {
      readonly kind: 'stream';
      readonly name: string;
      readonly stream: Readable;
      /** A table of an engine; the stream is empty then. */
      readonly table?: EngineTable;
    }
) & {
  /** Encoding of a text without a byte order mark; absent: UTF-8. */
  readonly encoding?: Encoding | undefined;
};

export { HEAD_BYTES, marksAtStart, mayBeText } from './magic.ts';
export { changed, InputFailure, readFailure };

export type OpenSource = {
  /** Decompressed, UTF-8 without a byte order mark, at least one chunk, none of them empty. */
  readonly chunks: AsyncGenerator<Buffer>;
  /** Bytes taken from the file or stream so far, before decompression. */
  bytesRead(): number;
};

/**
 * Opens a source; whatever goes wrong, now or half-way, is thrown as an {@link InputFailure}. `signal` ends even the
 * wait for input that does not come: its reason is thrown. `bytes`: what the source holds, in place of itself.
 */
export function openSource(source: Source, signal?: AbortSignal, bytes?: AsyncIterable<Buffer>): OpenSource {
  let bytesRead = 0;
  let isCompressed = false;
  return { chunks: asLines(withoutMark(asUtf8(source, decompressed()))), bytesRead: () => bytesRead };

  async function* packed(): AsyncGenerator<Buffer> {
    if (bytes) {
      yield* bytes;
      return;
    }
    if (source.kind === 'file' && source.entry) {
      const onBytes = (bytes: number) => {
        signal?.throwIfAborted();
        bytesRead += bytes;
      };
      yield* contentOf({ ...source, entry: source.entry }, onBytes);
      return;
    }
    const raw = source.kind === 'file' ? await openFile(source) : source.stream;
    if (signal) addAbortSignal(signal, raw);
    for await (const chunk of raw) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
      bytesRead += bytes.length;
      yield bytes;
    }
  }

  async function* decompressed(): AsyncGenerator<Buffer> {
    const counted = (async function* () {
      try {
        yield* packed();
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof InputFailure ? error : readFailure(source, error);
      }
      const change = changeOf(source);
      if (change) throw change;
    })();
    const { head, rest } = await peek(counted, LONGEST_MAGIC);
    if (head.length === 0) throw emptyFile(source);
    switch (compressionOf(head)) {
      case 'gzip':
        isCompressed = true;
        yield* onceDecompressed(source, gunzipSource(source, rest));
        break;
      case 'zstd':
        isCompressed = true;
        yield* onceDecompressed(source, unzstdSource(source, rest));
        break;
      case 'none': {
        const kind = foreignKind(head);
        if (kind) throw new InputFailure(source, 'not-text', `it is ${kind.name}`, kind.hint);
        yield* rest;
      }
    }
  }

  async function* withoutMark(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    const { head, rest } = await peek(chunks, HEAD_BYTES);
    let skip = marksAtStart(head);
    let any = false;
    for await (const chunk of rest) {
      const content = chunk.subarray(skip);
      skip = 0;
      if (content.length > 0) yield content;
      any ||= content.length > 0;
    }
    if (!any) throw isCompressed ? emptyOnceDecompressed(source) : emptyButForMark(source);
  }
}

/** Makes UTF-8 of a text in another encoding: one that its byte order mark states, or that the source is said to have. */
async function* asUtf8(source: Source, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { head, rest } = await peek(chunks, LONGEST_MAGIC);
  const order = utf16Of(head);
  if (order) yield* utf8OfUtf16(source, order, rest);
  else if (source.encoding === 'windows-1252' && marksAtStart(head) === 0) yield* utf8OfWindows1252(source, rest);
  else yield* rest;
}

/** Bytes that are looked at to find out whether JSON records are lines. */
const LAYOUT_BYTES = 1 << 20;

/** Makes lines of JSON records that are none. */
async function* asLines(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const taken: Buffer[] = [];
  let head: Buffer = Buffer.alloc(0);
  let layout: ReturnType<typeof jsonLayoutOf>;
  while (layout === undefined) {
    const next = await chunks.next();
    if (next.done) layout = layoutOf(head, true)!;
    else {
      taken.push(next.value);
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
      layout = layoutOf(head, false);
    }
  }
  const all = (async function* () {
    yield* taken;
    yield* chunks;
  })();
  yield* layout === 'lines' ? all : linesOfRecords(all);
}

/** {@link jsonLayoutOf}; `lines` if a first line is longer than what is looked at. `isWhole`: nothing follows. */
export function layoutOf(head: Buffer, isWhole: boolean): ReturnType<typeof jsonLayoutOf> {
  return jsonLayoutOf(head, isWhole) ?? (head.length >= LAYOUT_BYTES ? 'lines' : undefined);
}

/** Hands on what was decompressed; refuses what is still compressed, or no text. */
async function* onceDecompressed(source: Source, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { head, rest } = await peek(chunks, LONGEST_MAGIC);
  const compression = compressionOf(head);
  if (compression !== 'none') {
    throw new InputFailure(
      source,
      'compressed-twice',
      `it is compressed twice, with ${compression} inside`,
      `decompress it once: ${source.name.endsWith('.zst') ? 'zstd' : 'gzip'} -dc FILE | meter … -`,
    );
  }
  const kind = foreignKind(head);
  if (kind) throw new InputFailure(source, 'not-text', `once decompressed, it is ${kind.name}`, kind.hint);
  yield* rest;
}

/** True if the bytes of a source have to be decoded before they are UTF-8, whatever its first bytes are. */
export function isEncoded(source: Source): boolean {
  return source.encoding === 'windows-1252' || (source.kind === 'file' && source.entry !== undefined);
}

/** A failure if a file is not what it was when the run began; appended bytes are no change of what was read. */
export function changeOf(source: Source): InputFailure | undefined {
  if (source.kind !== 'file' || !source.seen) return undefined;
  const change = changeSince(source.path, source.seen, mayBeText(Buffer.from(source.seen.sample)));
  return change.kind === 'changed' ? changed(source, change.how) : undefined;
}

async function openFile(source: Extract<Source, { kind: 'file' }>): Promise<Readable> {
  const status = await stat(source.path).catch((error: unknown) => {
    throw changeOf(source) ?? readFailure(source, error);
  });
  if (status.isDirectory()) {
    throw new InputFailure(
      source,
      'directory',
      'it is a directory',
      `name its files: ${source.name.replace(/\/$/, '')}/*.csv`,
    );
  }
  const { seen } = source;
  if (!status.isFile() || !seen) return createReadStream(source.path, { highWaterMark: 1 << 20 });
  if (seen.size === 0) return Readable.from([]);
  return createReadStream(source.path, { highWaterMark: 1 << 20, end: seen.size - 1 });
}

async function* gunzipSource(source: Source, compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* gunzip(compressed);
  } catch (error) {
    if (!(error instanceof GzipFailure)) throw error;
    const { kind, message, offset } = error;
    const data = offset === 0 ? 'the gzip data' : `the gzip data that begins at byte ${offset}`;
    if (kind === 'truncated') {
      throw new InputFailure(
        source,
        'truncated-gzip',
        `${data} ends too early`,
        'the file is cut off: fetch or export it again',
      );
    }
    throw kind === 'trailing'
      ? new InputFailure(
          source,
          'trailing-data',
          `${message}, at byte ${offset}`,
          'what stands there would be left out: repair the file, or cut it off there',
        )
      : new InputFailure(source, 'broken-gzip', `${data} is damaged (${message})`, 'fetch or export the file again');
  }
}

async function* unzstdSource(source: Source, compressed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (typeof WebAssembly === 'undefined') {
    const hint = 'decompress it first: zstd -dc FILE | meter … -';
    throw new InputFailure(
      source,
      'no-zstd',
      'it is compressed with zstd, which this Node cannot read without WebAssembly',
      hint,
    );
  }
  const { head, rest } = await peek(compressed, HEADER_BYTES);
  const window = windowOf(head);
  if (window !== undefined && window > LARGEST_WINDOW) {
    throw new InputFailure(
      source,
      'zstd-window',
      `the zstd data looks back ${Math.ceil(window / 2 ** 20)} MiB, and 128 MiB is the most`,
      'decompress it first: zstd -dc --long=31 FILE | meter … -',
    );
  }
  try {
    yield* unzstd(rest);
  } catch (error) {
    if (!(error instanceof ZstdFailure)) throw error;
    throw error.kind === 'truncated'
      ? new InputFailure(
          source,
          'truncated-zstd',
          'the zstd data ends too early',
          'the file is cut off: fetch or export it again',
        )
      : new InputFailure(source, 'broken-zstd', 'the zstd data is damaged', 'fetch or export the file again');
  }
}

/** Reads until `count` bytes are there (fewer at the end) and gives them, and everything from the start, again. */
async function peek(
  chunks: AsyncGenerator<Buffer>,
  count: number,
): Promise<{ head: Buffer; rest: AsyncGenerator<Buffer> }> {
  const taken: Buffer[] = [];
  let length = 0;
  while (length < count) {
    const next = await chunks.next();
    if (next.done) break;
    taken.push(next.value);
    length += next.value.length;
  }
  const rest = async function* () {
    yield* taken;
    yield* chunks;
  };
  return { head: Buffer.concat(taken), rest: rest() };
}
