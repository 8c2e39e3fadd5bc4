/** Parquet files as exports: what they hold is read to the last digit, or not at all. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Column = ColumnSource & { readonly element: Partial<SchemaElement> };

function parquet(
  columns: readonly Column[],
  options: { codec?: 'UNCOMPRESSED' | 'SNAPPY'; rowGroupSize?: number } = {},
) {
  const schema = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, element }) => ({ name, repetition_type: 'OPTIONAL' as const, ...element })),
  ];
  const columnData = columns.map(({ name, data }) => ({ name, data }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema: schema as SchemaElement[], ...options }));
}

const text = (name: string, data: readonly (string | null)[]): Column => {
  return { name, data: [...data], element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' } };
};
const instants = (data: readonly bigint[], isAdjustedToUTC = true): Column => {
  const logical = { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'NANOS' } as const;
  return { name: 'timestamp', data: [...data], element: { type: 'INT64', logical_type: logical } };
};
/** A decimal of 38 digits and so many behind the point, in 16 bytes. */
function decimals(name: string, scale: number, units: readonly (bigint | null)[]): Column {
  const bytes = (value: bigint) => {
    const hex = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
    return Uint8Array.from(Buffer.from(hex, 'hex'));
  };
  const element = {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    logical_type: { type: 'DECIMAL', precision: 38, scale },
  } as const;
  return { name, data: units.map((value) => (value === null ? null : bytes(value))), element };
}
const TIERS = 'default_tier: pro\npricing_tiers: { pro: { cost: 19 } }\n';

/** Noon of 5 October 2026 and so many nanoseconds. */
const noon = (ns: bigint) => 1_791_201_600_000_000_000n + ns;

function place(file: Uint8Array): string {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
  writeFileSync(join(cwd, 'usage.parquet'), file);
  return cwd;
}

async function ledgerOf(file: Uint8Array, ...flags: string[]) {
  const { stdout, stderr, exitCode } = await runMeter(['ledger', 'usage.parquet', ...flags], { cwd: place(file) });
  const lines = stdout === '' ? [] : stdout.trimEnd().split('\n');
  const records = lines.slice(2, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { records, stderr, exitCode, accounting: lines[1] ?? '' };
}

describe('a Parquet file is an export like any other', () => {
  const columns = [
    instants([noon(1n), noon(2n), noon(2n)]),
    text('event_id', ['e1', 'e2', 'e2']),
    text('customer_id', ['acme', 'Zoë, "Ltd"\n', 'Zoë, "Ltd"\n']),
    { name: 'requests', data: [2n ** 63n - 1n, 1n, 1n], element: { type: 'INT64' } } as Column,
    decimals('compute_seconds', 11, [12345678901234567890123456789012345678n, null, null]),
    decimals('egress_bytes', 0, [2n ** 64n - 1n, 5n, 5n]),
    { name: 'latency', data: [0.1, 0.2, 0.2], element: { type: 'DOUBLE' } } as Column,
  ];

  test.each([{ codec: 'SNAPPY' }, { codec: 'UNCOMPRESSED', rowGroupSize: 1 }] as const)(
    'whose integers, decimals of 38 digits and nanoseconds are exact (%o)',
    async (options) => {
      const { records, exitCode, accounting, stderr } = await ledgerOf(parquet(columns, options));
      expect(exitCode, stderr).toBe(0);
      // The second delivery of e2 counts no more; the column of floats is nobody's.
      expect(JSON.parse(accounting).accounting).toMatchObject({ read: 3, rated: 2, duplicate: 1, inexact: [] });
      const [first, second] = [String(noon(1n)), String(noon(2n))];
      const [acme, zoe] = ['acme', 'Zoë, "Ltd"\n'].map((customer) => ({
        customer,
        bucket: String(noon(0n)),
        dimensions: [],
      }));
      expect(records).toEqual([
        { ...zoe, rows: 1 },
        { ...zoe, meter: 'requests', quantity: '1', events: 1, first: second, last: second },
        { ...zoe, meter: 'egress', quantity: '5', events: 1, first: second, last: second },
        { ...acme, rows: 1 },
        { ...acme, meter: 'requests', quantity: '9223372036854775807', events: 1, first, last: first },
        // 38 digits, eleven of them behind the point.
        {
          ...acme,
          meter: 'compute',
          quantity: '123456789012345678901234567.89012345678',
          events: 1,
          first,
          last: first,
        },
        { ...acme, meter: 'egress', quantity: '18446744073709551615', events: 1, first, last: first },
      ]);
    },
  );

  test('a bad row is shown with its number', async () => {
    const file = parquet([
      instants([noon(0n), noon(1n)]),
      text('customer_id', ['a', 'b']),
      text('requests', ['1', 'x']),
    ]);
    const { stderr, exitCode } = await ledgerOf(file);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('usage.parquet:2: requests "x"');
  });

  test('its rows are read again where a timeline asks for instants', async () => {
    const file = parquet([
      instants([noon(5n), noon(7n), noon(9n)]),
      text('customer_id', ['a', 'a', 'a']),
      text('requests', ['4', '4', '4']),
    ]);
    const cwd = place(file);
    writeFileSync(
      join(cwd, 'tiers.yaml'),
      'default_tier: pro\npricing_tiers: { pro: { cost: 19, limits: { requests: 8 }, overage: { requests: 1 } } }\n',
    );
    for (const more of [[], ['--no-dedupe']]) {
      const args = ['timeline', 'usage.parquet', '--format', 'ndjson', '--threshold', '100%', ...more];
      const { stdout, stderr } = await runMeter(args, { cwd });
      expect(stdout, stderr).toContain('"at":"2026-10-05T12:00:00.000000007Z","kind":"limit"');
    }
  });
});

describe('floats', () => {
  const floats = parquet([
    instants([noon(0n), noon(1n)]),
    text('customer_id', ['a', 'a']),
    { name: 'requests', data: [0.1, 1e21], element: { type: 'DOUBLE' } },
  ]);

  test('are refused, with the column and what to do', async () => {
    const { stderr, exitCode } = await ledgerOf(floats);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('the column requests has floats, which are no exact quantities [input/float-column]');
  });

  test('are taken with --allow-floats, and every result says that its source is inexact, also from a ledger', async () => {
    const cwd = place(floats);
    const run = (line: string) => runMeter(line.split(' '), { cwd });
    const warning = 'inexact source: requests has floats';
    const ledger = await run('ledger usage.parquet --allow-floats -o l.ndjson');
    expect(ledger.stderr).toContain(warning);
    for (const line of ['invoice usage.parquet --allow-floats', 'invoice l.ndjson']) {
      const { stdout, stderr } = await run(`${line} --format json`);
      expect(stderr).toContain(warning);
      expect(JSON.stringify(JSON.parse(stdout).warnings)).toContain(warning);
    }
  });
});

describe('an instant needs a zone', () => {
  const local = parquet([instants([noon(0n)], false), text('customer_id', ['a']), text('requests', ['1'])]);

  test('which --timezone gives to a column that has none', async () => {
    const refused = await ledgerOf(local);
    expect(refused.stderr).toContain('the column timestamp has times without a zone [input/column-type]');
    const { records } = await ledgerOf(local, '--timezone', 'Europe/Vienna');
    // Noon in Vienna is 10:00 in UTC, in summer time.
    expect(records[0]).toMatchObject({ bucket: String(noon(-7_200_000_000_000n)), rows: 1 });
  });
});

test.each<[string, Partial<SchemaElement>]>([
  ['DECIMAL(38, 2 or 3)', { scale: 3, logical_type: { type: 'DECIMAL', precision: 38, scale: 2 } }],
  ['DECIMAL(2, 5)', { logical_type: { type: 'DECIMAL', precision: 2, scale: 5 } }],
  ['DECIMAL(9, -1)', { converted_type: 'DECIMAL', precision: 9, scale: -1 }],
])('a decimal whose header has no one scale is refused: %s', async (name, element) => {
  const file = parquet([
    instants([noon(1n)]),
    text('customer_id', ['acme']),
    { name: 'requests', data: [123n], element: { type: 'INT64', ...element } },
  ]);
  const { stderr, exitCode } = await ledgerOf(file);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`the column requests is of type ${name}, which is not read [input/column-type]`);
});
