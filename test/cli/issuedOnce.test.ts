/** However many outputs a run has, the work of issuing an invoice is done once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { once } from '../../src/core/once.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Customer and start of the period of each invoice that was issued. */
const issued = vi.hoisted((): string[] => []);

vi.mock('../../src/core/invoice/issueInvoice.ts', async (original) => {
  const real = await original<typeof import('../../src/core/invoice/issueInvoice.ts')>();
  return {
    issueInvoice: (input: Parameters<typeof real.issueInvoice>[0]) => {
      // A timeline's projections have no balances: they are about a month that is not over yet, on any tier.
      if (input.balances) issued.push(`${input.customer} ${input.period.start}`);
      return real.issueInvoice(input);
    },
  };
});

afterEach(() => {
  issued.length = 0;
});

const TIERS = `
currency: EUR
pricing_tiers:
  paid: { cost: 10 + usage, limits: { requests: 100/mo }, overage: { requests: 0.50/100 } }
default_tier: paid
`;

/** Credit from September on: what October draws, November does not have. */
function customers(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const credits = i % 2 === 0 ? `, credits: [{ amount: 3, from: 2026-09-01 }]` : '';
    return `  c${i}: { tier: paid${credits} }\n`;
  });
  return `customers:\n${lines.join('')}`;
}

/** Each customer uses 500 requests in October and in November. */
function usage(count: number): string {
  const rows = Array.from({ length: count }, (_, i) =>
    ['10', '11'].map((month) => `2026-${month}-03T12:00:00Z,c${i},500\n`).join(''),
  );
  return `timestamp,customer_id,requests\n${rows.join('')}`;
}

const FORMATS = ['table', 'md', 'json', 'ndjson', 'csv', 'focus'] as const;
const BESIDE = {
  nothing: [],
  'rules over invoices and totals': ['--assert', 'invoices.total >= 0', '--warn', 'totals.invoices >= 0'],
  explanations: ['--explain'],
  'a timeline': ['--timeline'],
  'explanations, a timeline and a rule': ['--explain', '--timeline', '--assert', 'totals.total >= 0'],
} as const;

const COMBINATIONS = FORMATS.flatMap((format) =>
  Object.entries(BESIDE)
    .filter(([, flags]) => !['csv', 'focus'].includes(format) || !/explain|timeline/.test(flags.join()))
    .flatMap(([beside, flags]) =>
      (['standard output', 'a directory'] as const).map((target) => ({ format, beside, flags, target })),
    ),
);

describe.each([2, 6])('of %i customers in two months', (count) => {
  test.each(COMBINATIONS)('each invoice is issued once for $format into $target, with $beside', async (one) => {
    const directory = temporaryDirectory({
      'tiers.yaml': TIERS,
      'customers.yaml': customers(count),
      'usage.csv': usage(count),
    });
    const output = one.target === 'a directory' ? 'results/' : '-';
    const flags = ['--tiers', 'tiers.yaml', '--customers', 'customers.yaml', '--period', 'all', '--format', one.format];
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(directory, 'summary.md') };
    const run = ['invoice', 'usage.csv', ...flags, '-o', output, ...one.flags];
    const { exitCode, stderr } = await runMeter(run, { cwd: directory, env });
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const months = [Date.UTC(2026, 9), Date.UTC(2026, 10)];
    const expected = Array.from({ length: count }, (_, i) => months.map((start) => `c${i} ${start}`)).flat();
    expect([...issued].sort()).toEqual(expected.sort());
    // 400 beyond the limit at 0.50/100 and 10.00 for the month: 12.00 in each, less 3.00 of credit with every other customer,
    // of which 2.00 pay for October and 1.00 for November.
    const total = count * 24 - (count / 2) * 3;
    expect(readFileSync(join(directory, 'summary.md'), 'utf8')).toContain(`${total}.00`);
  });
});

test('values that can be read once are not read again', () => {
  const numbers = once(() => [1, 2]);
  expect([...numbers()]).toEqual([1, 2]);
  expect(() => numbers()).toThrow('values that can be read once are read again');
});
