/** What is made of bytes before rows are: gzip members in pieces of any size, and JSON records turned into lines. */
import { gzipSync } from 'node:zlib';
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
  const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i * 7919) % 251));
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

  test.each([1, 3, 64, 1 << 16])(
    'anything else behind a member is a failure with its offset, in pieces of %i bytes',
    async (size) => {
      const member = gzipSync(hello);
      const offset = member.length + zeros.length;
      const failure = { kind: 'trailing', offset };
      const garbage = all(gunzip(pieces(Buffer.concat([member, zeros, Buffer.from('garbage')]), size)));
      await expect(garbage).rejects.toMatchObject(failure);
      const half = all(gunzip(pieces(Buffer.concat([member, zeros, Buffer.from([0x1f])]), size)));
      await expect(half).rejects.toMatchObject(failure);
      const atOnce = all(gunzip(pieces(Buffer.concat([member, Buffer.from('garbage')]), size)));
      await expect(atOnce).rejects.toBeInstanceOf(GzipFailure);
    },
  );
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
