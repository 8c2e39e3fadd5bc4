/** The first bytes of a file, by which its kind is recognised. */
import { utf16Of } from './utf16.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Bytes of a source that are looked at before it is read: room for a few byte order marks and the longest magic number.
 */
export const HEAD_BYTES = 24;

/**
 * Bytes of the byte order marks with which a source begins: several where it was joined from files that hold no more.
 */
export function marksAtStart(head: Buffer): number {
  let bytes = 0;
  while (head.subarray(bytes, bytes + BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) bytes += BYTE_ORDER_MARK.length;
  return bytes;
}

/** Compression of a source, recognised from its first four bytes. */
export function compressionOf(head: Buffer): 'gzip' | 'zstd' | 'none' {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.length >= 4 ? head.readUInt32LE(0) : 0;
  // A frame, or one that decoders skip, as parallel compressors and archivers write them.
  return magic === 0xfd2fb528 || (magic & ~0xf) >>> 0 === 0x184d2a50 ? 'zstd' : 'none';
}

type ForeignKind = { readonly magic: Buffer; readonly name: string; readonly hint: string };

/** Files that people hand over by mistake, by their first bytes. */
const FOREIGN: readonly ForeignKind[] = [
  { magic: Buffer.from([0xff, 0xfe, 0, 0]), name: 'UTF-32 text', hint: 'convert it: iconv -f UTF-32 -t UTF-8 FILE' },
  {
    magic: Buffer.from('PK\x03\x04'),
    name: 'a ZIP archive or a spreadsheet',
    hint: 'give an archive as a file, since its directory is at its end; save a spreadsheet as CSV',
  },
  { magic: Buffer.from('BZh'), name: 'compressed with bzip2', hint: 'decompress it first: bzip2 -dc FILE | meter … -' },
  {
    magic: Buffer.from('\xfd7zXZ', 'latin1'),
    name: 'compressed with xz',
    hint: 'decompress it first: xz -dc FILE | meter … -',
  },
  { magic: Buffer.from('PAR1'), name: 'a Parquet file', hint: 'give it as a file: it cannot be read from a pipe' },
];

/** Bytes of the longest magic number. */
export const LONGEST_MAGIC = 5;

/** True if a file's first {@link LONGEST_MAGIC} bytes are neither compressed, nor UTF-16, nor of something that is no text. */
export function mayBeText(head: Buffer): boolean {
  return compressionOf(head) === 'none' && utf16Of(head) === undefined && foreignKind(head) === undefined;
}

/** A kind of file that is no text, by its first bytes. */
export function foreignKind(head: Buffer): ForeignKind | undefined {
  return FOREIGN.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
}
