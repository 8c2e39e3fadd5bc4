/**
 * Zip archives. They are written piece by piece, and the same files give the same bytes: all have the first day that the
 * format knows.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { Refusal } from '../app/refusal.ts';
import { codesOf } from '../core/problemCodes.ts';
import { GZIP } from './gzip.ts';
import { gathered } from './output.ts';

export type ZipEntry = { readonly name: string; readonly pieces: Iterable<string> };

/** Names are UTF-8, and sizes stand behind the content. */
const FLAGS = 0x0808;
const [VERSION, DEFLATE] = [20, 8];
/** 1 January 1980. */
const DAY = 0x21;
/** Sizes and places have 32 bits. */
const MOST_BYTES = 0xffff_ffff;
/** The end of compressed content: an empty block that is the last. */
const LAST_BLOCK = Buffer.from([3, 0]);

type Written = { readonly name: Buffer; readonly at: number; crc: number; size: number; compressed: number };

/** Throws a Refusal where the archive would be larger than 4 GiB. `archive`: its name, for messages. */
export function* zipOf(archive: string, entries: Iterable<ZipEntry>): Generator<Uint8Array> {
  let at = 0;
  const counted = (bytes: Uint8Array): Uint8Array => {
    at += bytes.length;
    if (at > MOST_BYTES) throw tooLarge(archive);
    return bytes;
  };
  const all: Written[] = [];
  for (const { name, pieces } of entries) {
    const entry: Written = { name: Buffer.from(name), at, crc: 0, size: 0, compressed: 0 };
    all.push(entry);
    yield counted(header(0x04034b50, [VERSION, FLAGS, DEFLATE, 0, DAY], [0, 0, 0], [entry.name.length, 0], entry.name));
    for (const piece of gathered(pieces)) {
      const bytes = Buffer.from(piece);
      entry.crc = crc32(bytes, entry.crc);
      entry.size += bytes.length;
      if (entry.size > MOST_BYTES) throw tooLarge(archive);
      // Each piece ends at a whole byte, so that pieces one behind the other are one stream.
      const compressed = deflateRawSync(bytes, { level: GZIP.level, finishFlush: constants.Z_SYNC_FLUSH });
      entry.compressed += compressed.length;
      yield counted(compressed);
    }
    entry.compressed += LAST_BLOCK.length;
    yield counted(LAST_BLOCK);
    yield counted(header(0x08074b50, [], [entry.crc, entry.compressed, entry.size], []));
  }
  const begin = at;
  for (const entry of all) yield counted(directoryEntry(entry));
  const size = at - begin;
  yield header(0x06054b50, [0, 0, all.length, all.length], [size, begin], [0]);
}

function directoryEntry({ name, at, crc, size, compressed }: Written): Buffer {
  const begin = header(0x02014b50, [VERSION, VERSION, FLAGS, DEFLATE, 0, DAY], [crc, compressed, size], []);
  const rest = header(undefined, [name.length, 0, 0, 0, 0], [0, at], [], name);
  return Buffer.concat([begin, rest]);
}

/** A signature, numbers of two bytes, of four, of two, and a name. */
function header(
  signature: number | undefined,
  shorts: readonly number[],
  longs: readonly number[],
  more: readonly number[],
  name: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc((signature === undefined ? 0 : 4) + 2 * (shorts.length + more.length) + 4 * longs.length);
  let at = 0;
  if (signature !== undefined) at = head.writeUInt32LE(signature, at);
  for (const value of shorts) at = head.writeUInt16LE(value, at);
  for (const value of longs) at = head.writeUInt32LE(value, at);
  for (const value of more) at = head.writeUInt16LE(value, at);
  return Buffer.concat([head, name]);
}

function tooLarge(file: string): Refusal {
  return new Refusal('usage', [
    {
      severity: 'error',
      code: codesOf('output')('cannot-write'),
      source: { file },
      message: 'an archive has room for 4 GiB',
      hint: 'write a folder: give a name that ends with /',
    },
  ]);
}
