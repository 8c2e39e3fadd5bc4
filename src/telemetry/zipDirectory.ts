/** The central directory of a ZIP archive (APPNOTE 6.3.10), also in its 64-bit form: its entries, and where their data is. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputFailure, readFailure } from './inputFailure.ts';

/** A file in an archive. */
export type ZipEntry = {
  /** Its path in the archive. */
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  /** CRC-32 of its content. */
  readonly check: number;
  /** Bytes of its data in the archive. */
  readonly compressedSize: number;
  /** Bytes of its content. */
  readonly size: number;
  /** Offset of its local header in the archive. */
  readonly offset: number;
};

type Named = { readonly name: string };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;

const END_BYTES = 22;
const END_64_BYTES = 56;
const LOCATOR_BYTES = 20;
const CENTRAL_BYTES = 46;
export const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const UNKNOWN_16 = 0xffff;
const UNKNOWN_32 = 0xffffffff;
/** Entries of an archive at most: each is an export of its own. */
const MOST_ENTRIES = 100_000;

const IS_ENCRYPTED = 0x0001;
const IS_PATCHED = 0x0020;
const NAME_IS_UTF8 = 0x0800;

export function brokenZip(archive: Named, why: string, offset: number): InputFailure {
  const hint = 'fetch or export the archive again';
  return new InputFailure(archive, 'broken-zip', `the ZIP archive is damaged at byte ${offset}: ${why}`, hint);
}

/**
 * The files of an archive, in the order of its directory; directories and what macOS adds (`__MACOSX/`) are left out.
 * Throws an {@link InputFailure} if the archive is damaged, or no archive of exports.
 */
export function entriesOf(archive: Named, path: string): ZipEntry[] {
  const bytes = openBytes(archive, path);
  try {
    const directory = directoryOf(bytes);
    const entries = [...recordsOf(bytes, directory)];
    assertApart(bytes, entries, directory.offset);
    return filesOf(archive, entries);
  } finally {
    bytes.close();
  }
}

/** Reads of an archive at given offsets. */
type Bytes = {
  readonly archive: Named;
  readonly size: number;
  /** Throws an {@link InputFailure} if the archive ends before them. */
  at(offset: number, length: number, what: string): Buffer;
  close(): void;
};

function openBytes(archive: Named, path: string): Bytes {
  try {
    const fd = openSync(path, 'r');
    const { size } = fstatSync(fd);
    return {
      archive,
      size,
      at(offset, length, what) {
        if (offset < 0 || offset + length > size) throw brokenZip(archive, `${what} should be there`, offset);
        const found = Buffer.alloc(length);
        if (readSync(fd, found, 0, length, offset) < length) throw brokenZip(archive, `${what} is cut off`, offset);
        return found;
      },
      close: () => closeSync(fd),
    };
  } catch (error) {
    throw readFailure(archive, error);
  }
}

type Directory = { readonly offset: number; readonly size: number; readonly entries: number };

function directoryOf(bytes: Bytes): Directory {
  const { archive } = bytes;
  const end = endRecord(bytes);
  const { at, record } = end;
  const disks = [record.readUInt16LE(4), record.readUInt16LE(6)];
  if (disks.some((disk) => disk !== 0 && disk !== UNKNOWN_16))
    throw new InputFailure(
      archive,
      'zip-parts',
      'it is one part of a ZIP archive',
      'join its parts: zip -s 0 IN --out OUT',
    );
  const short = { entries: record.readUInt16LE(10), size: record.readUInt32LE(12), offset: record.readUInt32LE(16) };
  const isLong = short.entries === UNKNOWN_16 || short.size === UNKNOWN_32 || short.offset === UNKNOWN_32;
  const long = isLong ? longDirectory(bytes, at) : undefined;
  const found = long?.directory ?? short;
  const before = long?.at ?? at;
  if (found.offset + found.size !== before) {
    const why = `its directory should lie from byte ${found.offset} to ${found.offset + found.size}, right before this`;
    throw brokenZip(archive, why, before);
  }
  if (found.entries > MOST_ENTRIES) {
    const why = `the ZIP archive has ${found.entries} entries, and ${MOST_ENTRIES} are the most`;
    throw new InputFailure(archive, 'zip-entries', why, 'unpack it');
  }
  return found;
}

/** The record at the end of an archive; a comment may follow it. */
function endRecord(bytes: Bytes): { readonly at: number; readonly record: Buffer } {
  const length = Math.min(bytes.size, END_BYTES + LONGEST_COMMENT);
  const start = bytes.size - length;
  const tail = bytes.at(start, length, 'the end of the archive');
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) === length) return { at: start + at, record: tail.subarray(at) };
  }
  throw brokenZip(bytes.archive, 'the directory, with which an archive ends, is missing', bytes.size);
}

/** The directory as the 64-bit record has it; undefined if there is none, and the short numbers are what they say. */
function longDirectory(bytes: Bytes, end: number) {
  const at = end - LOCATOR_BYTES;
  if (at < 0) return undefined;
  const locator = bytes.at(at, LOCATOR_BYTES, 'a locator');
  if (locator.readUInt32LE(0) !== LOCATOR_64) return undefined;
  const place = numberAt(bytes, locator, { offset: 8, place: at });
  const record = bytes.at(place, END_64_BYTES, 'the 64-bit end of the directory');
  if (record.readUInt32LE(0) !== END_64)
    throw brokenZip(bytes.archive, 'the 64-bit end of the directory should be there', place);
  const [entries, size, offset] = [32, 40, 48].map((field) => numberAt(bytes, record, { offset: field, place }));
  return { at: place, directory: { entries: entries!, size: size!, offset: offset! } };
}

/** A 64-bit number of a record, which lies at `place` of the archive. */
function numberAt({ archive }: Bytes, record: Buffer, { offset, place }: { offset: number; place: number }): number {
  const number = record.readBigUInt64LE(offset);
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw brokenZip(archive, `${number} is no size`, place + offset);
  return Number(number);
}

/** An entry as the directory has it. */
type DirectoryRecord = Omit<ZipEntry, 'method'> & { readonly method: number; readonly flags: number };

function* recordsOf(bytes: Bytes, { offset, size, entries }: Directory): Generator<DirectoryRecord> {
  const { archive } = bytes;
  const all = bytes.at(offset, size, 'the directory');
  let at = 0;
  for (let i = 0; i < entries; i++) {
    const place = offset + at;
    if (at + CENTRAL_BYTES > size || all.readUInt32LE(at) !== CENTRAL)
      throw brokenZip(archive, `entry ${i + 1} of its directory should be there`, place);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => all.readUInt16LE(at + field));
    const next = at + CENTRAL_BYTES + nameBytes! + extraBytes! + commentBytes!;
    if (next > size) throw brokenZip(archive, `entry ${i + 1} of its directory is cut off`, place);
    const nameEnd = at + CENTRAL_BYTES + nameBytes!;
    const flags = all.readUInt16LE(at + 8);
    yield {
      name: nameOf(all.subarray(at + CENTRAL_BYTES, nameEnd), flags),
      flags,
      method: all.readUInt16LE(at + 10),
      check: all.readUInt32LE(at + 16),
      ...sizesOf(bytes, all.subarray(at, next), { extra: nameEnd - at, extraBytes: extraBytes!, place }),
    };
    at = next;
  }
  if (at !== size) throw brokenZip(archive, `its directory has ${entries} entries, and more follows`, offset + at);
}

/** Names without the mark of UTF-8 are UTF-8 all the same where they can be. */
function nameOf(bytes: Buffer, flags: number): string {
  const text = bytes.toString('utf8');
  return (flags & NAME_IS_UTF8) !== 0 || !text.includes('\ufffd') ? text : bytes.toString('latin1');
}

const EXTRA_64 = 0x0001;

/** Sizes and offset of an entry; those that 32 bits cannot hold stand among its extra fields, in this order. */
function sizesOf(
  bytes: Bytes,
  record: Buffer,
  { extra, extraBytes, place }: { extra: number; extraBytes: number; place: number },
): Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'> {
  let next = extraField(record.subarray(extra, extra + extraBytes), EXTRA_64) + extra;
  const long = (short: number, what: string) => {
    if (short !== UNKNOWN_32) return short;
    if (next < extra || next + 8 > extra + extraBytes)
      throw brokenZip(bytes.archive, `the ${what} of an entry is missing`, place);
    const number = numberAt(bytes, record, { offset: next, place });
    next += 8;
    return number;
  };
  const size = long(record.readUInt32LE(24), 'size');
  const compressedSize = long(record.readUInt32LE(20), 'compressed size');
  return { size, compressedSize, offset: long(record.readUInt32LE(42), 'offset') };
}

/** Offset at which the content of an extra field begins; far below 0 if there is no such field. */
function extraField(extra: Buffer, id: number): number {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return at + 4;
  }
  return Number.NEGATIVE_INFINITY;
}

/** Entries that share bytes are a trick to make a small archive hold a lot. */
function assertApart({ archive }: Bytes, entries: readonly DirectoryRecord[], end: number): void {
  const ordered = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset, compressedSize }] of ordered.entries()) {
    const next = ordered[i + 1]?.offset ?? end;
    if (offset + LOCAL_BYTES + compressedSize > next)
      throw brokenZip(archive, `${name} and what follows it share bytes`, offset);
  }
}

const METHODS: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

function filesOf(archive: Named, records: readonly DirectoryRecord[]): ZipEntry[] {
  if (records.some(({ name }) => name === '[Content_Types].xml'))
    throw new InputFailure(archive, 'not-text', 'it is a spreadsheet or another document', 'save it as CSV');
  const files = records.filter(({ name }) => !name.endsWith('/') && !/(?:^|\/)(?:__MACOSX\/|\.DS_Store$)/.test(name));
  if (files.length === 0) throw new InputFailure(archive, 'empty', 'the ZIP archive holds no file', 'check the export');
  const names = new Set<string>();
  return files.map(({ flags, method, ...entry }) => {
    const source = { name: `${archive.name}/${entry.name}` };
    if (names.has(entry.name)) throw brokenZip(archive, `a second entry is called ${entry.name}`, entry.offset);
    names.add(entry.name);
    if ((flags & IS_ENCRYPTED) !== 0)
      throw new InputFailure(source, 'zip-encrypted', 'it is encrypted', 'unpack the archive with its password first');
    if (method === 0 && (flags & IS_PATCHED) === 0) return { ...entry, method: 'stored' };
    if (method === 8 && (flags & IS_PATCHED) === 0) return { ...entry, method: 'deflated' };
    const how = METHODS[method] ?? `method ${method}`;
    throw new InputFailure(source, 'zip-method', `it is compressed with ${how}`, 'unpack the archive first');
  });
}

/** Offset of an entry's data, behind its local header. */
export function dataStart(archive: Named, header: Buffer, { name, offset }: ZipEntry): number {
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL)
    throw brokenZip(archive, `${name} should begin there`, offset);
  return offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}
