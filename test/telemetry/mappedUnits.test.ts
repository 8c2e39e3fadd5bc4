/** Fields in another unit than their meter's, `unit: ms` for a meter in seconds: by hand, and against exports written in the meter's own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkAsync, fc } from '../support/properties.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = `
meters:
  memory: { field: memory, unit: B, aggregate: max }
  disk: { field: disk, unit: B, aggregate: last }
  calls: { field: call_id, unit: call, aggregate: unique }
pricing_tiers:
  pro: { cost: usage, limits: { compute: 1000 }, overage: { compute: 0.01, egress: { by: region, prices: { fra: 1/GB }, default: 2/GB }, memory: 1/GB, disk: 1/GB, calls: 1 } }
`;
/** The export's units, and the zeros that a quantity in each of them lacks to one in the meter's (or has too many: negative). */
const UNITS = { compute: ['ms', -3], egress: ['kB', 3], memory: ['MB', 6], disk: ['GB', 9] } as const;
const FIELDS = { compute: 'duration', egress: 'out', memory: 'mem', disk: 'kept' } as const;
const MAPPING = `region: region
meters:
${Object.entries(UNITS)
  .map(([meter, [unit]]) => `  ${meter}: { field: ${FIELDS[meter as keyof typeof FIELDS]}, unit: ${unit} }\n`)
  .join('')}  calls: call_id
`;

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

/** The fast reader, or the reference reader as a processor without SIMD takes it. */
async function programOf(reader: 'fast' | 'reference'): Promise<typeof runMeter> {
  if (reader === 'reference') vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  vi.resetModules();
  return (await import('../support/runMeter.ts')).runMeter;
}

type Row = {
  readonly day: number;
  readonly region: string;
  readonly quantities: Readonly<Record<keyof typeof UNITS, string>>;
};

/** `mapped`: as the mapping reads them. Otherwise the same quantities in each meter's own unit, under its own name. */
function exported(rows: readonly Row[], mapped: boolean): string {
  const names = mapped
    ? FIELDS
    : { compute: 'compute_seconds', egress: 'egress_bytes', memory: 'memory', disk: 'disk' };
  const meters = Object.keys(UNITS) as (keyof typeof UNITS)[];
  const lines = rows.map(({ day, region, quantities }, i) =>
    [
      `2026-10-${String(day).padStart(2, '0')}T0${i % 10}:00:00Z,acme,c${i % 3},${region}`,
      ...meters.map((meter) => (mapped ? quantities[meter] : moved(quantities[meter], UNITS[meter][1]))),
    ].join(','),
  );
  return `timestamp,customer_id,call_id,region,${meters.map((meter) => names[meter]).join(',')}\n${lines.join('\n')}\n`;
}

/** A decimal with its point moved to the right by so many places: the oracle does no arithmetic. */
function moved(text: string, places: number): string {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  if (places >= 0) {
    const digits = fraction.padEnd(places, '0');
    return `${whole}${digits.slice(0, places)}.${digits.slice(places)}`.replace(/\.$/, '');
  }
  const digits = whole.padStart(1 - places, '0');
  return `${digits.slice(0, places)}.${digits.slice(places)}${fraction}`;
}

function files(rows: readonly Row[]): string {
  return temporaryDirectory({
    'tiers.yaml': TIERS,
    'map.yaml': MAPPING,
    'mapped.csv': exported(rows, true),
    'own.csv': exported(rows, false),
  });
}

const BILL = ['--tier', 'pro', '--quiet', '--period', '2026-10'];

describe.each(['fast', 'reference'] as const)('the %s reader', (reader) => {
  test('gives quantities in the unit of the meter, and bills them', async () => {
    const run = await programOf(reader);
    const cwd = files([
      { day: 1, region: 'fra', quantities: { compute: '1500', egress: '2000000', memory: '700', disk: '3' } },
      { day: 2, region: 'syd', quantities: { compute: '1000500.5', egress: '0.5', memory: '900.25', disk: '2' } },
      { day: 3, region: 'fra', quantities: { compute: '0', egress: '1000000', memory: '1', disk: '1.5' } },
    ]);
    const { stdout, stderr, exitCode } = await run(
      ['invoice', 'mapped.csv', '--map', 'map.yaml', '--format', 'json', ...BILL],
      { cwd },
    );
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const loud = await run(['invoice', 'mapped.csv', '--map', 'map.yaml', '--tier', 'pro'], { cwd });
    expect(loud.stderr.includes('no SIMD')).toBe(reader === 'reference');
    const { usage, lines } = JSON.parse(stdout).invoices[0];
    // 1.5 s + 1000.5005 s; 2 GB + 0.5 kB + 1 GB; the largest of 700, 900.25 and 1 MB; the last of the days is 1.5 GB.
    expect(usage).toMatchObject({
      ...{ compute: '1002.0005', egress: '3000000500', memory: '900250000', disk: '1500000000', calls: '3' },
    });
    // (1002.0005 − 1000) × 0.01 = 0.020005; 3 GB of fra at 1; 500 B of syd at 2/GB are nothing; 0.90025; 1.5.
    expect(lines.map(({ key, amount }: Record<string, string>) => `${key} ${amount}`)).toEqual([
      ...['usage:compute 0.02', 'usage:egress@fra 3.00', 'usage:egress@syd 0.00', 'usage:memory 0.90'],
      ...['usage:disk 1.50', 'usage:calls 3.00'],
    ]);
  });

  test('bills a field in another unit as it bills one in the meter’s own (40 runs)', async () => {
    const run = await programOf(reader);
    const number = (digits: number) =>
      fc
        .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 10 ** digits - 1 }))
        .map(([whole, part]) => (part === 0 ? String(whole) : `${whole}.${String(part).padStart(digits, '0')}`));
    const row = fc.record({
      day: fc.integer({ min: 1, max: 31 }),
      region: fc.constantFrom('fra', 'syd', ''),
      quantities: fc.record({ compute: number(4), egress: number(2), memory: number(6), disk: number(3) }),
    });
    const law = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
      const cwd = files(rows);
      const bill = async (...args: string[]) => {
        const { stdout, stderr } = await run(['invoice', ...args, '--format', 'json', ...BILL], { cwd });
        if (stdout === '') throw new Error(stderr);
        return JSON.parse(stdout).invoices;
      };
      expect(await bill('mapped.csv', '--map', 'map.yaml')).toEqual(await bill('own.csv'));
    });
    await checkAsync(law, { runs: 40 });
  });
});

test('crossings and the largest value of a timeline are in the unit of the meter', async () => {
  const cwd = files([
    { day: 1, region: 'fra', quantities: { compute: '900000', egress: '1', memory: '1', disk: '1' } },
    { day: 5, region: 'fra', quantities: { compute: '99999', egress: '1', memory: '5', disk: '1' } },
    { day: 9, region: 'fra', quantities: { compute: '2', egress: '1', memory: '5', disk: '1' } },
  ]);
  const timeline = async (...args: string[]) =>
    (await runMeter(['timeline', ...args, '--format', 'json', ...BILL], { cwd })).stdout;
  // 900 s + 99.999 s stay below 1000 s; 2 ms on day 9 go beyond.
  const entries: string = await timeline('mapped.csv', '--map', 'map.yaml');
  expect(entries).toBe(await timeline('own.csv'));
  const piped = async (name: string, ...map: string[]) => {
    const stdin = readFileSync(join(cwd, name), 'utf8');
    return (await runMeter(['timeline', '-', ...map, '--format', 'json', ...BILL], { cwd, stdin })).stdout;
  };
  expect(await piped('mapped.csv', '--map', 'map.yaml')).toBe(await piped('own.csv'));
  expect(JSON.stringify(JSON.parse(entries))).toMatch(/2026-10-09T02:00:00/);
});

test('--explain shows the rows behind a quantity in the unit of the meter', async () => {
  const cwd = files([
    { day: 1, region: 'fra', quantities: { compute: '1500', egress: '2', memory: '7', disk: '3' } },
    { day: 2, region: 'fra', quantities: { compute: '1000', egress: '2', memory: '9', disk: '2' } },
  ]);
  const explained = async (...args: string[]) =>
    (await runMeter(['invoice', ...args, '--explain', '--format', 'md', ...BILL], { cwd })).stdout;
  const text = await explained('mapped.csv', '--map', 'map.yaml');
  expect(text.replaceAll('mapped.csv', 'own.csv')).toBe(await explained('own.csv'));
  expect(text).toContain('2.5');
});
