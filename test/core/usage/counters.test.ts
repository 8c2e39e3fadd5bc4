/** Counters by hand: what a reading counts, whatever the order in which readings come. */
import { describe, expect, test } from 'vitest';
import { readSavedCounters } from '../../../src/config/savedCounters.ts';
import { Decimal } from '../../../src/core/decimal.ts';
import { CounterBook } from '../../../src/core/usage/counters/book.ts';
import { increasesOf, type Reading } from '../../../src/core/usage/counters/increases.ts';
import { countersSection } from '../../../src/report/counters.ts';

/** `10:7` is a reading of 7 at instant 10; `10:7@4` of a counter that began at 4. */
function readings(text: string): Reading[] {
  return text.split(' ').map((one) => {
    const [, at, value, start] = /^(\d+):([\d.]+)(?:@(\d+))?$/.exec(one)!;
    return { at: BigInt(at!), value: new Decimal(value!), ...(start && { start: BigInt(start) }) };
  });
}

describe('a counter counts what it grew by; the billing period begins at 100', () => {
  test.each`
    written                            | counted               | why
    ${'110:10 120:17 130:3'}           | ${'0 7 3'}            | ${'a baseline, 7, then from zero again'}
    ${'130:3 110:10 120:17'}           | ${'3 0 7'}            | ${'the same rows in another order'}
    ${'110:5'}                         | ${'0'}                | ${'nothing is known of the time before'}
    ${'110:5@100'}                     | ${'5'}                | ${'it began within the period'}
    ${'110:5@99'}                      | ${'0'}                | ${'it began before the period'}
    ${'90:5@80 110:8@80'}              | ${'0 3'}              | ${'the reading before the period is the baseline'}
    ${'90:5@80 110:8@95'}              | ${'0 8'}              | ${'a new start is a reset, though the value is larger'}
    ${'110:10 110:10 120:12'}          | ${'0 0 2'}            | ${'one reading twice'}
    ${'110:10 110:11 120:12'}          | ${'contradicted 0 1'} | ${'two values at one instant'}
    ${'110:4@100 115:6@105 120:5@100'} | ${'4 6 1'}            | ${'two runs at a time, told apart by their starts'}
    ${'110:0.5 120:0.75'}              | ${'0 0.25'}           | ${'a fraction'}
  `('$written counts $counted: $why', ({ written, counted }) => {
    const found = increasesOf(readings(written), () => 100n);
    const texts = found.map(({ kind, quantity }) => (kind === 'contradicted' ? kind : quantity.toFixed()));
    expect(texts.join(' ')).toBe(counted);
  });
});

const NAME = { customer: 'acme', meter: 'requests', dimensions: { region: 'fra' }, series: { instance: 'a' } };
const TIMES = { countsFrom: () => 100n, closesAt: () => 200n };

describe('the last readings of a run are the first of the next', () => {
  test('the last one up to the end of the billed time is handed over, and comes back from its file as it was', () => {
    const book = new CounterBook([], TIMES);
    for (const reading of readings('150:10 200:17 210:20')) book.addReading(NAME, reading);
    const { closing } = book.settle();
    expect(closing).toEqual([{ ...NAME, at: 200n, start: undefined, value: new Decimal(17) }]);
    const { counters } = JSON.parse(`{${[...countersSection(closing)].join('')}}`) as { counters: unknown };
    expect(readSavedCounters(counters)).toEqual([{ ...NAME, at: 200n, value: new Decimal(17) }]);
  });

  test('a counter without rows in this run is handed on', () => {
    const known = { ...NAME, at: 90n, start: 5n, value: new Decimal(3) };
    expect(new CounterBook([known], TIMES).settle().closing).toEqual([known]);
  });

  test('with it, the first row of a run counts from there', () => {
    const book = new CounterBook([{ ...NAME, at: 90n, value: new Decimal(10) }], TIMES);
    const increase = book.addReading(NAME, { at: 110n, value: new Decimal(13) });
    expect(book.settle()).toMatchObject({ counters: 1, baselines: 0, resets: 0 });
    expect(increase().quantity.toFixed()).toBe('3');
  });

  test.each([{}, [1], [{ ...NAME, at: 'x', value: '1' }], [{ ...NAME, at: '2026-10-01T00:00:00Z', value: '-1' }]])(
    'what is damaged is no reading: %j',
    (saved) => {
      expect(readSavedCounters(saved)).toHaveProperty('reason');
    },
  );
});

const SECOND = 1_000_000_000n;

describe('what may be wrong with a series is found', () => {
  const kindsOf = (seconds: readonly [at: number, value: number][]) => {
    const book = new CounterBook([], { countsFrom: () => 0n, closesAt: () => undefined });
    for (const [at, value] of seconds) book.addReading(NAME, { at: BigInt(at) * SECOND, value: new Decimal(value) });
    return book.settle().findings.map(({ kind, from, to }) => `${kind} ${from / SECOND}–${to / SECOND}`);
  };

  test.each`
    readings                                             | found                     | why
    ${[[0, 1], [60, 2], [120, 3], [421, 4]]}             | ${['gap 120–421']}        | ${'more than 5 minutes, and more than 3 usual intervals'}
    ${[[0, 1], [60, 2], [120, 3], [420, 4]]}             | ${[]}                     | ${'5 minutes are no gap'}
    ${[[0, 1], [3600, 2], [7200, 3], [18000, 4]]}        | ${[]}                     | ${'3 usual intervals are no gap'}
    ${[[0, 9], [60, 2], [120, 10], [180, 3], [240, 11]]} | ${['alternating 60–180']} | ${'two counters under one name'}
    ${[[0, 9], [60, 2], [120, 10], [180, 11]]}           | ${[]}                     | ${'one fall may be a reset'}
  `('$found: $why', ({ readings: given, found }) => {
    expect(kindsOf(given)).toEqual(found);
  });

  test('amounts of one series that share time, leave some out, or are longer than an hour and of an earlier period', () => {
    const book = new CounterBook([], { countsFrom: () => 7200n * SECOND, closesAt: () => undefined });
    const amounts = [
      [0, 60],
      [30, 90],
      [120, 180],
      [180, 7300],
    ] as const;
    for (const [start, at] of amounts)
      book.addAmount(NAME, { start: BigInt(start) * SECOND, at: BigInt(at) * SECOND, quantity: new Decimal(1) });
    const found = book.settle().findings.map(({ kind, from, to }) => `${kind} ${from / SECOND}–${to / SECOND}`);
    expect(found).toEqual(['overlap 30–60', 'gap 90–120', 'long 180–7300']);
  });
});
