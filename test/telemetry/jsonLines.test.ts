/** Lines of NDJSON as the kernel takes them apart, beside JSON.parse and the rules for rows. */
import { expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import { ONE } from '../../src/core/decimal.ts';
import { DEFAULT_MAPPING } from '../../src/core/usage/mapping.ts';
import { BATCH_ROWS, SLACK } from '../../src/kernel/contract.ts';
import { wantedOf } from '../../src/telemetry/columns.ts';
import { Batch } from '../../src/telemetry/fast/batch.ts';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { JsonIndexer } from '../../src/telemetry/fast/scan/jsonIndex.ts';
import { rowOfJson } from '../../src/telemetry/jsonRow.ts';
import { type RowTexts, textIn } from '../../src/telemetry/row.ts';
import { unfiltered } from '../../src/telemetry/textRows.ts';
import { jsonValue } from './differential.ts';
import { Random } from './random.ts';

const meter = (name: string, field: string): Meter => ({ name, field, unit: 'x', family: 'count', aggregation: 'sum' });
const METERS = [meter('requests', 'requests'), meter('compute', 'compute')];
const WANTED = wantedOf({
  meters: METERS,
  dimensions: ['region'],
  mapping: {
    ...DEFAULT_MAPPING,
    meters: new Map([
      ['requests', { field: 'requests', scale: ONE }],
      ['compute', { field: 'data.use.compute', scale: ONE }],
    ]),
    dimensions: new Map([['region', 'data.region']]),
  },
});

/** One kernel for all lines of a test: what one line leaves behind must not change what the next one means. */
class Lines {
  private readonly kernel = new Kernel();
  private readonly batch = new Batch(this.kernel, { dimensions: 1, meters: METERS.length, forms: 0 });
  private readonly indexer = new JsonIndexer(this.kernel, WANTED, { dimensions: 1, ids: true }, this.batch);

  /** The texts of each line up to the first that is for the exact reader. */
  take(lines: readonly string[]): RowTexts[] {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const address = this.kernel.allocate(bytes.length + SLACK);
    this.kernel.bytes(address, bytes.length).set(bytes);
    const end = address + bytes.length;
    const next = this.indexer.index(address, end, end, 0, this.batch);
    const { rows } = this.batch;
    const taken = Array.from({ length: rows }, (_, row) => this.textsOf(row));
    const nextStart = Buffer.from(
      lines
        .slice(0, rows)
        .map((line) => `${line}\n`)
        .join(''),
    ).length;
    expect(next - address).toBe(nextStart);
    this.batch.clear();
    this.kernel.call.release(address, bytes.length + SLACK);
    return taken;
  }

  private textsOf(row: number): RowTexts {
    const { layout } = this.indexer;
    const at = (address: number) => this.kernel.ints(address + row * 4, 1)[0]! >>> 0;
    const text = (column: number) => {
      const start = at(this.batch.startsOf(column));
      return textIn('json', this.kernel.bytes(start, at(this.batch.endsOf(column)) - start).toString());
    };
    return {
      timestamp: text(layout.timestamp),
      customer: text(layout.customer),
      eventId: text(layout.eventId),
      source: text(layout.source),
      quantities: layout.quantities.map(text),
      dimensions: layout.dimensions.map(text),
    };
  }
}

/** What the rules for rows say of a line; undefined if it has a fault. */
function meaningOf(line: string): RowTexts | undefined {
  const row = unfiltered(rowOfJson(Buffer.from(line).toString('latin1'), WANTED));
  return 'fault' in row ? undefined : { ...row.texts, dimensions: row.texts.dimensions.slice(0, 1) };
}

const PLAIN = '{"ts":"t","customer":"c","requests":1';

test.each([
  ['escapes in a text', `${PLAIN},"id":"\\u00fc\\/\\"\\\\\\b\\f\\n\\r\\t\\ud83d\\ude00\\u20AC\\u0000x"}`],
  ['escapes in a key', '{"t\\u0073":"t","cust\\u006fmer":"c","\\u0072equests":2}'],
  ['a text of escapes only', `${PLAIN},"id":"${'\\u00fc'.repeat(100)}"}`],
  ['blanks everywhere', ' { "ts" :\t"t" , "customer":"c"\r, "requests" : 1 } '],
  ['exponents', `${PLAIN},"x":1e5,"y":-0.5E-07,"z":[1e+3],"id":1e400}`],
  ['a carriage return at the end', `${PLAIN}}\r`],
  ['containers within containers', `${PLAIN},"x":[[],{},[{"a":[1,{"b":null}]}],true,false]}`],
  ['a path', `${PLAIN},"data":{"use":{"compute":"5"},"region":"r"}}`],
  ['a key that looks like a path', `${PLAIN},"data":{"region":"r"},"data.region":"as it is"}`],
  ['a key that looks like a path, with nothing', `${PLAIN},"data":{"region":"r"},"data.region":null}`],
  ['a path through an array', `${PLAIN},"data":[{"region":"r"}]}`],
  ['a path through something else', `${PLAIN},"data":7}`],
  ['a path that is partly a key', `${PLAIN},"data":{"use.compute":"5"}}`],
  ['a key at another depth', `${PLAIN},"x":{"ts":"other","data":{"region":"r"}}}`],
  ['a key twice with one value', `${PLAIN},"requests":1,"x":[1,{"y":2}],"x":[1,{"y":2}]}`],
  ['the same keys in several objects', `${PLAIN},"x":[{"a":1},{"a":2},[{"a":3}]],"y":{"a":4}}`],
  ['no key', `${PLAIN},"":1,"data":{"":2}}`],
  ['a prototype', `${PLAIN},"__proto__":{"id":"x"},"constructor":1}`],
  ['the first of several names', '{"time":"2","timestamp":"1","customer":"c","tenant_id":"d","requests":1}'],
  ['a quantity that is null', '{"ts":"t","customer":"c","requests":null}'],
  ['only the quantity at a path', '{"ts":"t","customer":"c","data":{"use":{"compute":0.5}}}'],
  [
    'more keys than there is room for at first',
    `${PLAIN}${Array.from({ length: 5000 }, (_, i) => `,"k${i}":${i}`).join('')}}`,
  ],
  ['a key longer than all room at first', `${PLAIN},"${'k'.repeat(100_000)}":1}`],
  ['as deep as may be', `${PLAIN},"x":${'['.repeat(255)}${']'.repeat(255)}}`],
])('%s', (_, line) => {
  const meaning = meaningOf(line);
  expect(meaning).toBeDefined();
  const lines = new Lines();
  expect(lines.take([line])).toEqual([meaning]);
  expect(lines.take([line, `${PLAIN}}`, line])).toEqual([meaning, meaningOf(`${PLAIN}}`), meaning]);
});

test.each([
  ['half of a surrogate pair that is wanted', `${PLAIN},"id":"\\ud83d"}`],
  ['halves in the wrong order', `${PLAIN},"id":"\\ude00\\ud83d"}`],
  ['a key with half of a surrogate pair', `${PLAIN},"\\ud83d":1}`],
  ['a key twice with two values', `${PLAIN},"requests":2}`],
  ['an unused key twice with two values', `${PLAIN},"x":{"a":[1]},"x":{"a":[2]}}`],
  ['a key twice, once with an escape', `${PLAIN},"\\u0072equests":2}`],
  ['a key twice in an inner object', `${PLAIN},"x":[{"a":1,"a":2}]}`],
  ['a wanted value that is true', `${PLAIN},"id":true}`],
  ['a wanted value that is an object', `${PLAIN},"source":{}}`],
  ['an unkept dimension that is an array', `${PLAIN},"route":[]}`],
  ['no quantity', '{"ts":"t","customer":"c","x":1}'],
  ['deeper than may be', `${PLAIN},"x":${'['.repeat(256)}${']'.repeat(256)}}`],
  ['more keys than may be', `${PLAIN}${Array.from({ length: 70_000 }, (_, i) => `,"k${i}":${i}`).join('')}}`],
  ['an array', `[${PLAIN}}]`],
  ['two values', `${PLAIN}}{}`],
  ['nothing', ''],
])('%s is for the exact reader, and the next line is not', (_, line) => {
  const lines = new Lines();
  expect(lines.take([line])).toEqual([]);
  expect(lines.take([`${PLAIN}}`, line, `${PLAIN}}`])).toEqual([meaningOf(`${PLAIN}}`)]);
});

test('a batch holds as many texts with escapes as it has rows', () => {
  const all = Array.from({ length: BATCH_ROWS }, (_, i) => `${PLAIN},"id":"\\u00fc${i}","source":"\\n${i}"}`);
  const lines = new Lines();
  expect(lines.take(all.slice(0, 3))).toEqual(all.slice(0, 3).map(meaningOf));
  expect(lines.take(all)).toEqual(all.map(meaningOf));
});

test('many lines with keys of their own are taken as the first ones are', () => {
  const lines = new Lines();
  for (let i = 0; i < 10; i++) {
    const some = Array.from({ length: 500 }, (_, k) => `${PLAIN},"data":{"k${i * 500 + k}":1,"region":"${k}"}}`);
    expect(lines.take(some)).toEqual(some.map(meaningOf));
  }
});

test('whatever the line, it is taken as it means, and if it is JSON without anything unusual it is taken', () => {
  const random = new Random(7);
  const lines = new Lines();
  let taken = 0;
  for (let i = 0; i < 4000; i++) {
    const line = randomLine(random);
    const texts = lines.take([line])[0];
    const meaning = meaningOf(line);
    if (texts) expect(meaning, line).toEqual(texts);
    else if (meaning) expect(hasHalfPair(line) || hasTwice(line), line).toBe(true);
    if (texts) taken++;
    const mutated = mutation(line, random);
    const ofMutated = lines.take(mutated.split('\n'))[0];
    if (ofMutated) expect(meaningOf(mutated.split('\n')[0]!), mutated).toEqual(ofMutated);
    if (ofMutated) expect(() => JSON.parse(mutated.split('\n')[0]!), mutated).not.toThrow();
  }
  expect(taken).toBeGreaterThan(1000);
});

const KEYS = [
  'ts',
  'time',
  'customer',
  'id',
  'source',
  'requests',
  'data',
  'data.region',
  'x',
  'a long key of more than 16 bytes',
];

function randomLine(random: Random): string {
  const habit = {
    escapes: random.pick([0, 0.5]),
    shuffles: 0,
    gaps: 0,
    extras: 0,
    twice: 0,
    blanks: 0,
    dots: 0,
  };
  const blank = () => (random.chance(0.05) ? random.pick([' ', '\t', '\r']) : '');
  const members = random.some(KEYS).map((key) => {
    const value = random.chance(0.7) ? random.pick(['"t"', '17', '0.5', '"é"', 'null']) : jsonValue(random, habit);
    const data = () => `{"use":{"compute":${random.below(9)}},"region":${jsonValue(random, habit, 3)}}`;
    return `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${key === 'data' && random.chance(0.7) ? data() : value}${blank()}`;
  });
  if (random.chance(0.1)) members.push(random.pick(members));
  return `{${(random.chance(0.5) ? random.shuffled(members) : members).join(',')}}`;
}

function mutation(line: string, random: Random): string {
  const at = random.below(line.length);
  const other = random.pick([...'{}[]",:\\ \t\n\r0189-+.eEutfn/\0', line[random.below(line.length)]!]);
  return random.pick([
    line.slice(0, at) + line.slice(at + 1),
    line.slice(0, at) + other + line.slice(at),
    line.slice(0, at) + other + line.slice(at + 1),
    line.slice(0, at),
  ]);
}

function hasHalfPair(line: string): boolean {
  return /\\ud83d(?!\\ude00)/i.test(line);
}

/** A key twice, perhaps: in some object of the line. */
function hasTwice(line: string): boolean {
  const keys = [...line.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)].map((match) => JSON.parse(match[1]!) as string);
  return new Set(keys).size < keys.length;
}
