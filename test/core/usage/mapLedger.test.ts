import { describe, expect, test } from 'vitest';
import { Bug } from '../../../src/core/assert.ts';
import { formatInstant } from '../../../src/core/calendar.ts';
import type { Aggregation, Meter } from '../../../src/core/catalog/meter.ts';
import { parseTimestamp } from '../../../src/core/timestamp.ts';
import { bucketsFor } from '../../../src/core/usage/buckets.ts';
import { MapLedger } from '../../../src/core/usage/mapLedger.ts';
import { periodOf } from '../../support/invoices.ts';

/** A row as `time quantity [region]`, on 2026-10-01 unless the time has a day; `-` for no quantity. */
function ledgerOf(
  aggregation: Aggregation,
  rows: readonly string[],
  { customer = 'acme', trace = false } = {},
): MapLedger {
  const meter: Meter = { name: 'units', field: 'units', unit: 'unit', family: 'count', aggregation };
  const ledger = new MapLedger({ meters: [meter], dimensions: ['region'], buckets: bucketsFor('UTC'), trace });
  for (const row of rows) {
    const [time, quantity, region = ''] = row.split(' ') as [string, string, string?];
    const at = parseTimestamp(time.includes('T') ? `${time}Z` : `2026-10-01T${time}Z`);
    if ('reason' in at) throw new Error(at.reason);
    ledger.add({ customer, at, quantities: [quantity === '-' ? undefined : quantity], dimensions: [region] });
  }
  return ledger;
}

function quantityIn(ledger: MapLedger, period = '2026-10', customer = 'acme'): string {
  return ledger.usageOf(customer, periodOf(period)).get('units')!.quantity.toFixed();
}

describe('a ledger', () => {
  test.each`
    aggregation | rows                                                          | quantity
    ${'sum'}    | ${[]}                                                         | ${'0'}
    ${'sum'}    | ${['00:00:00 1', '00:30:00 2.5', '23:00:00 0.000000001']}     | ${'3.500000001'}
    ${'sum'}    | ${['00:00:00 9007199254740993', '00:00:00 9007199254740993']} | ${'18014398509481986'}
    ${'sum'}    | ${['00:00:00 0', '00:00:00 0.00', '00:00:00 -']}              | ${'0'}
    ${'count'}  | ${['00:00:00 5', '00:00:00 0', '00:00:00 -', '09:00:00 abc']} | ${'3'}
    ${'max'}    | ${['00:00:00 5', '01:00:00 7.5', '02:00:00 6']}               | ${'7.5'}
    ${'max'}    | ${['00:00:00 2', '01:00:00 10']}                              | ${'10'}
    ${'unique'} | ${['00:00:00 a', '01:00:00 b', '02:00:00 a']}                 | ${'2'}
    ${'unique'} | ${['00:00:00 94', '01:00:00 94.0']}                           | ${'2'}
    ${'last'}   | ${['03:00:00 5', '01:00:00 7']}                               | ${'5'}
    ${'last'}   | ${['03:00:00 5', '04:00:00 0']}                               | ${'0'}
    ${'last'}   | ${['03:00:00.000000002 5', '03:00:00.000000001 9']}           | ${'5'}
    ${'last'}   | ${['03:00:00 5', '03:00:00 9', '03:00:00 7']}                 | ${'9'}
  `('adds up $rows by $aggregation to $quantity, in whichever order they come', ({ aggregation, rows, quantity }) => {
    expect(quantityIn(ledgerOf(aggregation, rows))).toBe(quantity);
    expect(quantityIn(ledgerOf(aggregation, rows.toReversed()))).toBe(quantity);
  });

  test('gives what was used in a period: its first hour is in, the hour at its end is not', () => {
    const ledger = ledgerOf('sum', [
      '2026-09-30T23:59:59.999 1',
      '00:00:00 10',
      '2026-10-31T23:59:59 100',
      '2026-11-01T00:00:00 1000',
    ]);
    expect(quantityIn(ledger)).toBe('110');
    expect(quantityIn(ledger, '2026-09')).toBe('1');
    expect(quantityIn(ledger, '2026-11')).toBe('1000');
    expect(quantityIn(ledger, '2026-10-01T00:00:00Z..2026-10-01T01:00:00Z')).toBe('10');
    expect(() => quantityIn(ledger, '2026-10-01T00:00:00Z..2026-10-01T00:30:00Z')).toThrow(Bug);
  });

  test('keeps regions apart, and they add up to the whole', () => {
    const ledger = ledgerOf('sum', ['00:00:00 1 syd', '01:00:00 2 fra', '02:00:00 4 syd', '03:00:00 8']);
    const usage = ledger.usageOf('acme', periodOf('2026-10')).get('units')!;
    const regions = [...usage.by.get('region')!].map(([value, part]) => `${value} ${part.quantity} ${part.events}`);
    expect(regions.sort()).toEqual([' 8 1', 'fra 2 1', 'syd 5 2']);
    expect(`${usage.quantity} ${usage.events}`).toBe('15 4');
  });

  test('counts events: rows whose quantity is not 0', () => {
    const usage = ledgerOf('sum', ['00:00:00 1', '00:00:00 0', '00:00:00 -', '00:00:00 2']).usageOf(
      'acme',
      periodOf('2026-10'),
    );
    expect(usage.get('units')!.events).toBe(2);
  });

  test('remembers the first and the last row behind a quantity if it is asked to', () => {
    const rows = ['05:00:00 1', '01:00:00.5 1', '09:00:00 0', '03:00:00 1'];
    const { first, last } = ledgerOf('sum', rows, { trace: true }).usageOf('acme', periodOf('2026-10')).get('units')!;
    expect([first, last]).toEqual([
      BigInt(Date.parse('2026-10-01T01:00:00.500Z')) * 1_000_000n,
      BigInt(Date.parse('2026-10-01T05:00:00Z')) * 1_000_000n,
    ]);
    expect(ledgerOf('sum', rows).usageOf('acme', periodOf('2026-10')).get('units')).not.toHaveProperty('first');
  });

  test('knows its customers in order, and has nothing of others', () => {
    const ledger = ledgerOf('sum', ['00:00:00 1'], { customer: 'zeta' });
    ledger.add({
      customer: 'Alpha',
      at: { ms: Date.parse('2026-10-02T00:00:00Z'), ns: 0 },
      quantities: ['0'],
      dimensions: [''],
    });
    expect(ledger.customers).toEqual(['Alpha', 'zeta']);
    expect(quantityIn(ledger, '2026-10', 'nobody')).toBe('0');
    expect(ledger.hasRows('nobody', periodOf('2026-10'))).toBe(false);
    expect(ledger.hasRows('Alpha', periodOf('2026-10'))).toBe(true); // a row, though of nothing
    expect(ledger.hasRows('Alpha', periodOf('2026-11'))).toBe(false);
  });

  test('spans the hours of its first and last row', () => {
    const span = ledgerOf('sum', ['05:30:00 1', '01:10:00 1']).span!;
    expect([formatInstant(span.start), formatInstant(span.end)]).toEqual([
      '2026-10-01T01:00:00Z',
      '2026-10-01T06:00:00Z',
    ]);
    expect(ledgerOf('sum', []).span).toBeUndefined();
  });
});
