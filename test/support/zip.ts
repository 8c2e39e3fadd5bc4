/** Writes ZIP archives byte by byte, also such as no tool writes. */
import { crc32, deflateRawSync } from 'node:zlib';

export type ZipFile = {
  readonly name: string;
  readonly content: Uint8Array;
  /** 0: stored, 8: deflated; others: stored under that number. */
  readonly method?: number;
  /** General purpose flags; bit 0: encrypted. */
  readonly flags?: number;
  /** Sizes and offsets in 64 bits. */
  readonly isLong?: boolean;
  /** What the directory says instead of the truth. */
  readonly says?: { readonly check?: number; readonly size?: number };
};

const LONG_16 = 0xffff;
const LONG_32 = 0xffffffff;

function numbers(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const buffer = Buffer.alloc(bytes);
      if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
      else buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}

/** `isLong`: the end of the directory is in 64 bits, too. */
export function zipOf(files: readonly ZipFile[], { isLong = false, comment = '' } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { name, content, method = 8, flags = 0, says = {} } = file;
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const check = says.check ?? crc32(content);
    const size = says.size ?? content.length;
    const nameBytes = Buffer.from(name);
    const head = numbers([4, 0x04034b50], [2, 20], [2, flags], [2, method], [4, 0], [4, check]);
    const local = [head, numbers([4, data.length], [4, size], [2, nameBytes.length], [2, 0]), nameBytes, data];
    const extra = file.isLong // behind a field that nobody knows
      ? Buffer.concat([
          Buffer.from([0x99, 0x99, 1, 0, 7]),
          numbers([2, 1], [2, 24], [8, size], [8, data.length], [8, offset]),
        ])
      : Buffer.alloc(0);
    const short = (value: number) => (file.isLong ? LONG_32 : value);
    directory.push(
      numbers([4, 0x02014b50], [2, 45], [2, 45], [2, flags], [2, method], [4, 0], [4, check]),
      numbers([4, short(data.length)], [4, short(size)], [2, nameBytes.length], [2, extra.length], [2, 0]),
      numbers([2, 0], [2, 0], [4, 0], [4, short(offset)]),
      nameBytes,
      extra,
    );
    parts.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
  }
  const bytes = Buffer.concat(directory);
  const count = files.length;
  const end64 = isLong
    ? [
        numbers([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
        numbers([8, bytes.length], [8, offset]),
        numbers([4, 0x07064b50], [4, 0], [8, offset + bytes.length], [4, 1]),
      ]
    : [];
  const entries = isLong ? LONG_16 : count;
  const end = [
    numbers([4, 0x06054b50], [2, 0], [2, 0], [2, entries], [2, entries]),
    numbers([4, isLong ? LONG_32 : bytes.length], [4, isLong ? LONG_32 : offset], [2, comment.length]),
    Buffer.from(comment),
  ];
  return Buffer.concat([...parts, bytes, ...end64, ...end]);
}
