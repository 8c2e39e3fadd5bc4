/** The fields that scripts rely on, and which format a run chooses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const MONTH = ['invoice', 'fixtures/first-month/usage.csv', '--tiers', 'tiers.example.yaml', '--quiet'];
const CUSTOMERS = ['--customers', 'fixtures/first-month/customers.csv'];

const month = async (...flags: string[]) => {
  const { stdout, stderr, exitCode } = await runMeter([...MONTH, ...CUSTOMERS, ...flags]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
};

const WHOLE_MONTH = {
  tier: 'production',
  stretch: { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' },
};
const ACME = {
  customer: 'acme',
  tier: 'production',
  period: { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' },
  usage: { requests: '230000', compute: '1234.5', egress: '61000000000' },
  blocked: {},
  lines: [
    {
      ...{ key: 'fee', kind: 'fee', description: 'production, monthly fee' },
      ...{ quantity: '1', unitPrice: '19', exact: '19', amount: '19.00' },
      ...WHOLE_MONTH,
    },
    {
      ...{ key: 'usage:requests', kind: 'usage', meter: 'requests', description: 'requests beyond 200k' },
      ...{ used: '230000', included: '200000', quantity: '30000', price: '0.40/10k', exact: '1.2', amount: '1.20' },
      ...WHOLE_MONTH,
    },
    {
      ...{ key: 'usage:egress', kind: 'usage', meter: 'egress', description: 'egress beyond 50GB' },
      ...{ used: '61000000000', included: '50000000000', quantity: '11000000000' },
      ...{ price: '0.05/GB', exact: '0.55', amount: '0.55' },
      ...WHOLE_MONTH,
    },
  ],
  subtotal: '20.75',
  credits: [],
  creditsApplied: '0.00',
  tax: '0.00',
  total: '20.75',
};

const ROWS = { read: 188, rated: 186, duplicate: 2, outOfPeriod: 0, rejected: 0 };
const NOTES = { daysWithoutRows: [], customersOnDefaultTier: [], customersWithoutRows: [], warnings: [] };

describe('JSON', () => {
  test('has these fields, in this order, with money and quantities as strings', async () => {
    const expected = {
      formatVersion: '1.0',
      currency: 'USD',
      invoices: [ACME],
      totals: { invoices: 1, subtotal: '20.75', creditsApplied: '0.00', tax: '0.00', total: '20.75' },
      rows: ROWS,
      ...NOTES,
    };
    expect(await month('--format', 'json', '--customer', 'acme')).toBe(`${JSON.stringify(expected, undefined, 2)}\n`);
  });

  test('tells what a hard cap blocked', async () => {
    const { invoices } = JSON.parse(await month('--format', 'json', '--customer', 'hobby'));
    expect(invoices[0]).toMatchObject({ usage: { requests: '60000' }, blocked: { requests: '10000' }, total: '0.00' });
  });

  test('orders invoices by customer, then by period', async () => {
    const usage =
      'ts,customer,requests\n2026-12-31T23:59:59Z,b,1\n2026-10-31T23:59:59Z,b,1\n2026-11-01T00:00:00Z,B,1\n2026-11-01T00:00:00Z,a,1\n';
    const { stdout } = await runMeter(
      [...MONTH.toSpliced(1, 1, '-'), '--tier', 'scale', '--period', 'all', '--format', 'json'],
      {
        stdin: usage,
      },
    );
    const order = JSON.parse(stdout).invoices.map(
      (one: typeof ACME) => `${one.customer} ${one.period.start.slice(0, 7)}`,
    );
    expect(order).toEqual(['B 2026-11', 'a 2026-11', 'b 2026-10', 'b 2026-12']);
  });

  test('without any invoice still has totals and rows', async () => {
    const { stdout, exitCode } = await runMeter([...MONTH.toSpliced(1, 1, '-'), '--format', 'json'], {
      stdin: 'timestamp,customer_id,requests\n',
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      formatVersion: '1.0',
      currency: 'USD',
      invoices: [],
      totals: { invoices: 0, subtotal: '0.00', creditsApplied: '0.00', tax: '0.00', total: '0.00' },
      rows: { read: 0, rated: 0, duplicate: 0, outOfPeriod: 0, rejected: 0 },
      daysWithoutRows: [],
      warnings: [],
    });
  });

  test('knows no number but counts', async () => {
    const numbers = [...(await month('--format', 'json')).matchAll(/"(\w+)": -?\d/g)].map(([, key]) => key);
    expect([...new Set(numbers)].sort()).toEqual(['duplicate', 'invoices', 'outOfPeriod', 'rated', 'read', 'rejected']);
  });
});

describe('NDJSON', () => {
  test('has one invoice a line, as in JSON, and totals and rows on the last', async () => {
    const lines = (await month('--format', 'ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { invoices, totals, rows } = JSON.parse(await month('--format', 'json'));
    expect(lines.slice(0, -1)).toEqual(
      invoices.map((one: object) => ({ formatVersion: '1.0', currency: 'USD', ...one })),
    );
    expect(lines.at(-1)).toEqual({ totals, rows, ...NOTES });
  });
});

describe('CSV', () => {
  test('read back, the amounts of each invoice add up to its total, and all of them to the total of the run', async () => {
    const rows = parse(await month('--format', 'csv'), { columns: true }) as Record<string, string>[];
    const { invoices, totals } = JSON.parse(await month('--format', 'json'));
    const cents = (text: string) => BigInt(text.replace('.', ''));
    const sum = (of: readonly Record<string, string>[]) => of.reduce((total, row) => total + cents(row.amount!), 0n);
    expect(sum(rows)).toBe(cents(totals.total));
    for (const { customer, total } of invoices) {
      expect(sum(rows.filter((row) => row.customer === customer))).toBe(cents(total));
    }
  });

  test('with tax and a discount adds up, too', async () => {
    const cwd = temporaryDirectory({
      'tiers.yaml':
        'tax: { rate: 19.5% }\npricing_tiers:\n  pro: { cost: 9.99, overage: { requests: 0.333/1k }, discount: 12.5% }\n',
      'usage.csv':
        'ts,customer,requests\n2026-10-01T00:00:00Z,a,1234567.89\n2026-11-01T00:00:00Z,a,1\n2026-10-01T00:00:00Z,b,77\n',
    });
    const run = async (format: string) =>
      (await runMeter(['invoice', 'usage.csv', '--tier', 'pro', '--period', 'all', '--format', format], { cwd }))
        .stdout;
    const rows = parse(await run('csv'), { columns: true }) as Record<string, string>[];
    const total = rows.reduce((sum, row) => sum + BigInt(row.amount!.replace('.', '')), 0n);
    expect(total).toBe(BigInt(JSON.parse(await run('json')).totals.total.replace('.', '')));
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['fee', 'usage', 'discount', 'tax']));
  });
});

describe('the format', () => {
  const begins: Record<string, RegExp> = {
    table: /^acme +production/,
    json: /^\{\n {2}"formatVersion"/,
    ndjson: /^\{"formatVersion"/,
    csv: /^customer,period_start/,
    md: /^### acme/,
  };

  const written = async (name: string, ...flags: string[]) => {
    const cwd = temporaryDirectory();
    expect(await month('-o', join(cwd, name), ...flags)).toBe('');
    return readFileSync(join(cwd, name), 'utf8');
  };

  test.each([
    ['out.json', 'json'],
    ['out.JSON', 'json'],
    ['out.ndjson', 'ndjson'],
    ['out.jsonl', 'ndjson'],
    ['out.csv', 'csv'],
    ['out.md', 'md'],
    ['out.markdown', 'md'],
    ['out.txt', 'table'],
    ['2026.10.json', 'json'],
  ])('of -o %s is %s, by its ending', async (name, format) => {
    expect(await written(name)).toMatch(begins[format]!);
  });

  test('that --format names wins over the ending', async () => {
    expect(await written('out.json', '--format', 'csv')).toMatch(begins.csv!);
    expect(await written('out', '--format', 'md')).toMatch(begins.md!);
    expect(await written('out.docx', '--format', 'table')).toMatch(begins.table!);
  });

  test.each(Object.keys(begins))('%s is the same in a file and on standard output', async (format) => {
    const stdout = await month('--format', format);
    expect(stdout).toMatch(begins[format]!);
    expect(await written('out', '--format', format)).toBe(stdout);
    expect(await month('--format', format, '-o', '-')).toBe(stdout);
  });

  test.each(['out', 'out.docx', 'out.constructor', 'out.toString', 'out.', '.json'])(
    'is asked for when -o %s does not tell it',
    async (name) => {
      const cwd = temporaryDirectory();
      const { stderr, exitCode } = await runMeter([...MONTH, ...CUSTOMERS, '-o', join(cwd, name)]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(
        '[usage/unknown-ending]\n  hint: use .json, .ndjson, .csv, .md, .focus.csv, .journal.csv, .journal, .stripe.ndjson, .html, .xml, .pdf, .ubl.xml, .xrechnung.xml, .factur-x.pdf or .txt',
      );
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test('of a directory is JSON, or what --format says; each invoice is a file of its own', async () => {
    const cwd = temporaryDirectory();
    await month('-o', `${cwd}/json/`);
    await month('-o', cwd, '--format', 'csv');
    expect(readdirSync(join(cwd, 'json'))).toEqual(['acme.2026-10.json', 'hobby.2026-10.json', 'nimbus.2026-10.json']);
    expect(readdirSync(cwd)).toEqual(['acme.2026-10.csv', 'hobby.2026-10.csv', 'json', 'nimbus.2026-10.csv']);
    const acme = JSON.parse(readFileSync(join(cwd, 'json/acme.2026-10.json'), 'utf8'));
    expect(acme.invoices).toEqual([ACME]);
    expect(acme.totals).toMatchObject({ invoices: 1, total: '20.75' });
  });
});
