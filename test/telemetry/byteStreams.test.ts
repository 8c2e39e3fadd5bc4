/** What is made of bytes before rows are: gzip members in pieces of any size, and JSON records turned into lines. */
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { GzipFailure, gunzip } from '../../src/telemetry/gzip.ts';
import { jsonLayoutOf, linesOfRecords, objectsOfLine } from '../../src/telemetry/jsonRecords.ts';
import { Random } from './random.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield Buffer.from(bytes.subarray(i, i + size));
}

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return Buffer.concat(found);
}

describe('gzip', () => {
  const hello = Buffer.from('hello\n'.repeat(5000));
  const random = new Random(3);
  const noise = Buffer.from(Array.from({ length: 300_000 }, () => random.below(256)));
  const zeros = Buffer.alloc(700);

  test.each([1, 3, 64, 1000, 1 << 16])(
    'all members are read, with zeros between and behind them, in pieces of %i bytes',
    async (size) => {
      const members = [hello, ...(size > 10 ? [noise, noise] : []), Buffer.from('world\n')];
      const bytes = Buffer.concat(
        members.flatMap((member, i) => [gzipSync(member), i % 2 === 0 ? zeros : Buffer.alloc(0)]),
      );
      expect((await all(gunzip(pieces(bytes, size)))).equals(Buffer.concat(members))).toBe(true);
    },
  );

  /** Of a member: no other one begins like it. */
  const magic = '\x1f\x8b\x08';
  const garbage = [
    ...[1, 2, 3, 7, 8, 9, 10, 11, 18, 19, 300_000].map((length) => 'x'.repeat(length)),
    ...['\x1f', '\x1f\x8b', '\x1f\x8b\x07', '\x1fx', '\x1f\x1f\x8b\x08', `\x1f\x8b\x09${'a'.repeat(40)}`],
    // Flags that no member has.
    ...[`${magic}\x20`, `${magic}\xff${'a'.repeat(40)}`],
    // Compressed with another program.
    '\x28\xb5\x2f\xfd',
  ].map((text) => Buffer.from(text, 'latin1'));
  const small = gzipSync('small\n');
  const before = {
    'a member': [gzipSync(hello)],
    'a large member': [gzipSync(noise)],
    'several members': [small, gzipSync(hello), small],
    'many members': Array.from({ length: 30 }, () => small),
    'members with zeros between and behind them': [small, zeros, small, zeros],
  };

  test.each(Object.entries(before))(
    'anything else behind %s is a failure with its offset, also if a member follows it',
    async (_, members) => {
      const good = Buffer.concat(members);
      for (const size of [1, 64, 1 << 20]) {
        if (good.length / size > 2000) continue;
        for (const trailing of garbage) {
          if (trailing.length / size > 2000) continue;
          for (const behind of [Buffer.alloc(0), small]) {
            const bytes = Buffer.concat([good, trailing, behind]);
            const failure = all(gunzip(pieces(bytes, size)));
            const label = `${size} ${JSON.stringify(trailing.toString('latin1', 0, 20))} ${trailing.length}`;
            await expect(failure, label).rejects.toMatchObject({ kind: 'trailing', offset: good.length });
          }
        }
      }
    },
  );

  test('what stands before garbage is decompressed', async () => {
    const found: Buffer[] = [];
    const bytes = Buffer.concat([small, gzipSync(hello), Buffer.from('x'), small]);
    const reading = (async () => {
      for await (const chunk of gunzip(pieces(bytes, 1 << 16))) found.push(chunk);
    })();
    await expect(reading).rejects.toBeInstanceOf(GzipFailure);
    expect(Buffer.concat(found).toString()).toBe(`small\n${hello}`);
  });

  test('a member that is cut off or damaged behind others is a failure with the offset at which it begins', async () => {
    const whole = gzipSync(noise);
    const offset = small.length + 5 + small.length;
    const good = Buffer.concat([small, Buffer.alloc(5), small]);
    for (const length of [3, 9, 10, 11, 5000, whole.length - 9, whole.length - 8, whole.length - 1]) {
      const cut = all(gunzip(pieces(Buffer.concat([good, whole.subarray(0, length)]), 1000)));
      await expect(cut, `${length}`).rejects.toMatchObject({ kind: 'truncated', offset });
    }
    for (const [place, message] of [
      [whole.length - 8, 'incorrect data check'],
      [whole.length - 4, 'incorrect length check'],
    ] as const) {
      const damaged = Buffer.from(whole);
      damaged[place]! ^= 1;
      const reading = all(gunzip(pieces(Buffer.concat([good, damaged, small]), 1000)));
      await expect(reading, message).rejects.toMatchObject({ kind: 'damaged', offset, message });
    }
  });

  test('a header may have a name, a comment, extra bytes and a check of its own', async () => {
    const plain = gzipSync(hello);
    // RFC 1952: flags at byte 3; then two bytes with the number of extra bytes, texts that end with a zero, a check.
    const parts = { extra: Buffer.from([3, 0, 0, 1, 0]), name: Buffer.from('n\0'), comment: Buffer.from('é\0') };
    const header = Buffer.concat([plain.subarray(0, 10), parts.extra, parts.name, parts.comment]);
    header[3] = 0x1e;
    const check = Buffer.alloc(2);
    check.writeUInt16LE(crc32(header) & 0xffff);
    const member = Buffer.concat([header, check, plain.subarray(10)]);
    for (const size of [1, 7, 1 << 16]) {
      const found = await all(gunzip(pieces(Buffer.concat([member, small, member]), size)));
      expect(found.toString()).toBe(`${hello}small\n${hello}`);
    }
    member[header.length]! ^= 1;
    const message = 'header crc mismatch';
    await expect(all(gunzip(pieces(member, 5)))).rejects.toMatchObject({ kind: 'damaged', message, offset: 0 });
  });
});

describe('JSON records that are no lines', () => {
  const linesOf = async (text: string, size: number) =>
    (await all(linesOfRecords(pieces(Buffer.from(text), size)))).toString();

  test('every record becomes one line that means the same, however records are separated', async () => {
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      const records = Array.from({ length: random.below(6) }, () => randomObject(random, 0));
      const indent = random.pick([0, 1, 2]);
      const texts = records.map((record) => JSON.stringify(record, null, indent));
      const text = random.chance(0.5)
        ? JSON.stringify(records, null, indent)
        : texts.join(random.pick(['', ' ', '\n', '\r\n', '\n\n', ',\n']));
      const lines = (await linesOf(text, random.pick([1, 2, 7, 1000])))
        .split('\n')
        .filter((line) => line.trim() !== '');
      expect(
        lines.map((line) => JSON.parse(line)),
        text,
      ).toEqual(records);
    }
  });

  test('a record keeps the line on which it begins, if it is the first one there', async () => {
    const text = '[\n  {\n    "a": 1\n  },\n  { "a": 2 },\n\n  {\n    "a": 3 }\n]\n';
    const lines = (await linesOf(text, 5)).split('\n');
    const before = text.split('\n');
    for (const [i, line] of lines.entries()) if (line.includes('{')) expect(before[i]).toContain('{');
    expect(lines.filter((line) => line.includes('{'))).toHaveLength(3);
  });

  test.each([
    ['{"a":1}\n{"a":2}\n', 'lines'],
    ['{"a":1}', 'lines'],
    ['{"a":1} \r\n{"a":2}', 'lines'],
    ['{"a":1}{"a":2}', 'records'],
    ['{"a":1}, {"a":2}', 'records'],
    ['{\n"a":1}', 'records'],
    ['{"a":"}{"}\n', 'lines'],
    ['{"a":1,\n"b":2}', 'records'],
    // A row that is cut off is a bad row, and the next line is one of its own.
    ['{"a":1,\n{"a":2}\n', 'lines'],
    ['{"a":"x,"b":"y"}\n{"a":"1","b":"2"}\n{"a":"3","b":"4}\n', 'lines'],
    ['{"a":1\n{"a":2}}\n', 'lines'],
    ['{"a":\n1}', 'records'],
    ['{"a":[\n{"b":1}]}', 'records'],
    ['{"a":1\n,"b":2}', 'lines'],
    ['[{"a":1}]', 'records'],
    ['[\n]', 'records'],
    ['[1,2]', 'lines'],
    ['timestamp,customer_id\n', 'lines'],
    ['', 'lines'],
  ])('%j is read as %s', (text, layout) => {
    expect(jsonLayoutOf(Buffer.from(text), true)).toBe(layout);
    // With fewer bytes the answer is the same, or that it takes more.
    for (let i = 0; i < text.length; i++)
      expect([layout, undefined]).toContain(jsonLayoutOf(Buffer.from(text.slice(0, i)), false));
  });

  test('objects side by side on a line are told apart, and a broken line stays whole', () => {
    expect(objectsOfLine('{"a":"}{"} {"b":[{}]}').map(({ raw }) => raw)).toEqual(['{"a":"}{"}', '{"b":[{}]}']);
    expect(objectsOfLine(' {"a":1}{"b":2').map(({ raw }) => raw)).toEqual([' {"a":1}{"b":2']);
    expect(objectsOfLine('{"a":1}x').map(({ raw }) => raw)).toEqual(['{"a":1}x']);
  });
});

function randomObject(random: Random, depth: number): Record<string, unknown> {
  const value = (): unknown =>
    random.pick([
      () => random.below(1000),
      () => random.pick(['', '}{', '\\', '"', '],[', '\n', 'é']),
      () => null,
      () => (depth < 3 ? randomObject(random, depth + 1) : true),
      () => (depth < 3 ? [randomObject(random, depth + 1), 1] : []),
    ])();
  return Object.fromEntries(Array.from({ length: random.below(4) }, (_, i) => [`k${i}`, value()]));
}
