/**
 * What is written of a ledger and read back, against the plain ledger of the rows themselves, which shares no code with
 * either: odd texts, quantities of every length, lines in other forms of JSON, and pieces cut anywhere.
 */
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Meter } from '../../src/core/catalog/meter.ts';
import type { PreciseInstant } from '../../src/core/timestamp.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import { cellsOf } from '../../src/core/usage/cells.ts';
import { MapLedger } from '../../src/core/usage/mapLedger.ts';
import { CellLedger } from '../../src/telemetry/ledger/cellLedger.ts';
import { cellObjects, type LedgerContent, ledgerLines } from '../../src/telemetry/ledger/format.ts';
import { readRecords } from '../../src/telemetry/ledger/records.ts';
import { checkAsync, fc } from '../support/properties.ts';

const METERS: readonly Meter[] = (['sum', 'count', 'max', 'last', 'unique'] as const).map((aggregation) => ({
  ...{ name: `${aggregation} "é"`, field: aggregation, unit: 'unit', family: 'count', aggregation },
}));
const DIMENSIONS = ['region', 'route'];
const START = Date.UTC(2026, 9, 1);
const HOUR = 3_600_000;
const BUCKETS = bucketsFor('UTC', [START + HOUR / 2]);
const OPTIONS = { meters: METERS, dimensions: DIMENSIONS, groupings: [DIMENSIONS], buckets: BUCKETS, trace: true };

const row = fc.record({
  customer: fc.constantFrom('acme', 'a"],"b', ',"bucket":"', 'Ωmega', '\u2028', '😀', 'a'),
  dimensions: fc.tuple(fc.constantFrom('', 'fra', '"],"', ']', 'ü'), fc.constantFrom('/', '\\', '{}')),
  at: fc.record({ ms: fc.integer({ min: 0, max: 6 * HOUR - 1 }), ns: fc.integer({ min: 0, max: 999_999 }) }),
  quantities: fc.array(
    fc.option(
      fc.constantFrom(
        '1',
        '0',
        '2.5',
        '0.30',
        '999999999999999',
        '999999999999999.9',
        '18446744073709551615',
        '0.00000000001',
      ),
      { nil: undefined },
    ),
    { minLength: METERS.length, maxLength: METERS.length },
  ),
});

function contentOf(ledger: MapLedger, rated: number): LedgerContent {
  const facts = { seenMeters: [], missingDimensions: [], inexact: [], guessedTimeUnits: [], unendedSources: [] };
  return {
    header: { buckets: BUCKETS, dedupe: true, meters: METERS, dimensions: DIMENSIONS, sources: [] },
    accounting: {
      ...{ rated, duplicate: 0, outOfPeriod: 0, rejected: new Map(), repeatedHourRows: 0, distinctIds: 0, ...facts },
    },
    cells: cellsOf(ledger),
  };
}

/** `size` of the pieces in which it comes, in bytes. */
async function readBack(text: Buffer, size: number): Promise<CellLedger> {
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.subarray(i * size, (i + 1) * size),
  );
  const ledger = new CellLedger(OPTIONS);
  const source = { kind: 'stream', name: 'ledger', stream: Readable.from(pieces) } as const;
  const taker = { begin: () => undefined, take: ledger.add.bind(ledger) };
  await readRecords(source, taker, { signal: undefined, onBytes: () => undefined });
  return ledger;
}

/** Every second line with blanks, which the parser of written lines does not take. */
function inOtherForm(text: string): string {
  const lines = text.split('\n');
  return lines.map((line, i) => (i % 2 === 1 && line !== '' ? ` ${line} ` : line)).join('\n');
}

function answersOf(ledger: MapLedger | CellLedger) {
  const period = (from: number, to: number) => ({ start: START + from * HOUR, end: START + to * HOUR });
  const periods = [period(0, 6), period(0, 0.5), period(0.5, 4)];
  const sorted = (one: Iterable<readonly [string, unknown]>) => [...one].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = ({
    quantity,
    by,
    ...rest
  }: {
    quantity: { toFixed(): string };
    by?: ReadonlyMap<string, unknown>;
  }) => ({
    ...rest,
    quantity: quantity.toFixed(),
    by: [...(by ?? [])].map(([name, groups]) => [name, sorted(groups as Map<string, unknown>)]),
  });
  return {
    ...{
      customers: ledger.customers,
      span: ledger.span,
      rows: sorted([...ledger.rowsByBucket].map(([a, b]) => [String(a), b])),
    },
    cells: [...cellsOf(ledger)],
    byCustomer: [...ledger.customers, 'nobody'].map((customer) => ({
      used: ledger.periodsWithRows(customer, periods.slice(1)),
      in: periods.map((one) => ({
        rows: ledger.rowsOf(customer, one),
        usage: [...ledger.usageOf(customer, one)].map(([name, usage]) => [name, shown(usage)]),
        combinations: sorted(
          [...ledger.combinationsOf(customer, one)].map(({ values, rows, usage }) => [
            JSON.stringify([...values]),
            [rows, [...usage].map(([name, one]) => [name, shown(one)])],
          ]),
        ),
      })),
    })),
  };
}

test('a ledger that was written and read back answers as the rows do', async () => {
  await checkAsync(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.integer({ min: 1, max: 3000 }), async (rows, size) => {
      const plain = new MapLedger(OPTIONS);
      for (const { at, ...others } of rows) plain.add({ ...others, at: { ms: START + at.ms, ns: at.ns } });
      const content = contentOf(plain, rows.length);
      const text = Buffer.concat([...ledgerLines(content)].map((piece) => Buffer.from(piece))).toString();
      const cells = [...contentOf(plain, 0).cells].flatMap(cellObjects).map((object) => JSON.stringify(object));
      expect(text.split('\n').slice(2, -2)).toEqual(cells);
      const wanted = answersOf(plain);
      expect(answersOf(await readBack(Buffer.from(text), size))).toEqual(wanted);
      expect(answersOf(await readBack(Buffer.from(inOtherForm(text)), size))).toEqual(wanted);
    }),
  );
});

test.each<[PreciseInstant, string]>([
  [{ ms: 0, ns: 0 }, '0'],
  [{ ms: 0, ns: 7 }, '7'],
  [{ ms: 1, ns: 7 }, '1000007'],
  [{ ms: 999_999_999_999, ns: 0 }, '999999999999000000'],
  [{ ms: 1_000_000_000_000, ns: 1 }, '1000000000000000001'],
  [{ ms: 10_000_000_000_000, ns: 999_999 }, '10000000000000999999'],
])('%o is written as %s', (at, text) => {
  const total = { meter: METERS[0]!.name, quantity: '1', events: 1, first: at, last: at };
  const cell = { customer: 'acme', bucket: 0, dimensions: ['', ''], rows: 1, totals: [total] };
  const content = { ...contentOf(new MapLedger(OPTIONS), 1), cells: [cell] };
  expect([...ledgerLines(content)].map(String).join('')).toContain(`"first":"${text}","last":"${text}"}`);
});
