/** Forms of mappings in the fast reader: which patterns the kernel matches, and texts that are worked out once each. */
import { beforeAll, describe, expect, test } from 'vitest';
import { PATTERN_BYTES } from '../../src/kernel/contract.ts';
import { Batch } from '../../src/telemetry/fast/batch.ts';
import { bytePattern } from '../../src/telemetry/fast/forms/bytePattern.ts';
import { DistinctTexts, ONLY_EXACTLY } from '../../src/telemetry/fast/forms/distinctTexts.ts';
import { FormColumns } from '../../src/telemetry/fast/forms/formColumns.ts';
import { Kernel } from '../../src/telemetry/fast/kernel.ts';
import { useDebugKernel } from '../support/debugKernel.ts';
import { Random } from './random.ts';

beforeAll(useDebugKernel);

/** Two columns of a batch: the first with texts, the second for what is made of them. */
class Columns {
  readonly kernel = new Kernel();
  readonly batch = new Batch(this.kernel, { dimensions: 0, meters: 0, forms: 2 });
  readonly columns = new FormColumns(this.batch, 0);
  readonly texts = this.columns.add();
  readonly made = this.columns.add();

  constructor() {
    this.kernel.call.clearFormTexts();
    this.kernel.call.setNothingWords(false);
  }

  put(texts: readonly string[]): void {
    const { kernel, columns, batch } = this;
    const encoded = texts.map((text) => Buffer.from(text));
    let at = kernel.write(...encoded);
    for (const [row, bytes] of encoded.entries()) {
      kernel.ints(columns.startsOf(this.texts, row), 1)[0] = at;
      at += bytes.length;
      kernel.ints(columns.endsOf(this.texts, row), 1)[0] = at;
    }
    batch.rows = texts.length;
    batch.slow.values.fill(0);
  }

  /** What was made of a row; undefined if it is for the exact way. */
  get(row: number): string | undefined {
    const { kernel, columns, batch } = this;
    if (batch.slow.values[row] !== 0) return undefined;
    const from = kernel.ints(columns.startsOf(this.made, row), 1)[0]! >>> 0;
    return kernel.bytes(from, (kernel.ints(columns.endsOf(this.made, row), 1)[0]! >>> 0) - from).toString();
  }
}

describe('patterns that the kernel matches', () => {
  const TAKEN = [
    '^\\S+ [a-z]+://([^:/ ]+)',
    '^\\S+ [a-z]+://[^/ ]+([^? ]*)',
    '^[A-Z]{3}',
    '^\\S+ [+-]\\d{4}$',
    '^/t/([^/]+)/',
    '^([a-z]*)[0-9]*$',
    '^a?b{2,3}',
    '^[^ab]+',
    '^(.*)',
    '^\\w+ (?=\\{)',
  ];
  const PARTS = [
    'GET https://a.b:443/x?y ',
    'x +0200',
    'ab {',
    '/t/acme/',
    'a',
    'b',
    'ab',
    '1',
    '23',
    ' ',
    '/',
    '://',
    't/',
    '.',
    ':',
    '?',
    '+0200',
    'ABC',
    '{',
    'é',
    '\u00a0',
    '😀',
  ];

  test.each(TAKEN)('%s: of random texts the same as the regular expression', (source) => {
    const pattern = new RegExp(source, 'u');
    const compiled = bytePattern(pattern)!;
    expect(compiled).toBeDefined();
    const random = new Random(source.length);
    const texts = Array.from({ length: 400 }, () =>
      Array.from({ length: 1 + random.below(6) }, () => random.pick(PARTS)).join(''),
    );
    const columns = new Columns();
    const { kernel, batch } = columns;
    const at = kernel.newBytes(compiled.length);
    at.values.set(compiled);
    columns.put(texts);
    kernel.call.matchFields(
      columns.columns.startsOf(columns.texts),
      columns.columns.endsOf(columns.texts),
      texts.length,
      at.address,
      compiled.length / PATTERN_BYTES,
      columns.columns.startsOf(columns.made),
      columns.columns.endsOf(columns.made),
      batch.slow.address,
    );
    let matched = 0;
    for (const [row, text] of texts.entries()) {
      const match = pattern.exec(text);
      const meant = match ? (match.length > 1 ? (match[1] ?? '') : match[0]) : '';
      const found = columns.get(row);
      if (found === undefined) continue;
      expect(found, JSON.stringify(text)).toBe(meant);
      if (match) matched++;
    }
    // Texts of ASCII alone are never for the exact way, but for what looks like nothing.
    expect(matched).toBeGreaterThan(0);
  });

  test.each([
    'a',
    '^a|b',
    '^(a+)+b',
    '^a*a',
    '^x+?y',
    '^(?:a)b',
    '^[a-z]*[0-9a]*$',
    '^(a)(b)',
    '^a\\b',
    '^\\p{L}',
    '^(?=a)b',
    '^é',
    '^\\d+\\.?\\d*$',
  ])('%s is left to the regular expression', (source) => {
    expect(bytePattern(new RegExp(source, 'u'))).toBeUndefined();
  });

  test('a flag makes another pattern of it', () => {
    expect(bytePattern(/^a/i)).toBeUndefined();
  });
});

test('texts are worked out once each, and again once so many were distinct that all are forgotten', () => {
  const columns = new Columns();
  let asked = 0;
  const texts = new DistinctTexts(columns.kernel, (text) => {
    asked++;
    return text === 'odd' ? ONLY_EXACTLY : text === 'hyphen' ? '-' : `<${text}>`;
  });
  const rows = 1000;
  const run = (own: readonly string[]) => {
    columns.put(own);
    texts.run(columns.columns, columns.texts, columns.made, {
      ...{ first: 0, rows: own.length },
      slow: columns.batch.slow.values,
    });
  };
  run(['a', 'a', 'odd', 'hyphen', '']);
  expect(asked).toBe(3);
  // A value that looks like nothing is for the exact way, too.
  expect([0, 1, 2, 3, 4].map((row) => columns.get(row))).toEqual(['<a>', '<a>', undefined, undefined, '']);
  for (let batch = 0; batch < 80; batch++) run(Array.from({ length: rows }, (_, i) => `text ${batch * rows + i}`));
  expect(columns.get(rows - 1)).toBe('<text 79999>');
  expect(asked).toBe(3 + 80 * rows);
  run(['a', 'text 79999']);
  expect([columns.get(0), columns.get(1)]).toEqual(['<a>', '<text 79999>']);
  expect(asked).toBe(3 + 80 * rows + 1);
});
