/** `--strict`: what is only pointed out otherwise ends the command, and nothing is written. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const USAGE = 'timestamp,event_id,customer_id,requests\n';
const FILES = {
  'tiers.yaml':
    'pricing_tiers:\n  pro: { cost: 9, overage: { requests: 0.40/10k, egress: null }, features: [SSO], limits: { requests: 10k, egress: 1GB } }\n',
  'edge.yaml': 'version: 1\ntier: pro\nroutes:\n  - match: GET /a\n    traffic: 1k/day\n',
  'observed.csv':
    'customer_id,month,tenure_months,requests,plan,churned\na,2026-01,0,1,pro,false\na,2026-02,1,1,pro,true\nb,2026-01,,1,pro,false\n',
  'usage.csv': `${USAGE}2026-10-01T08:00:00Z,e1,acme,1\n2026-10-01T08:00:00Z,e2,ACME,1\n`,
  'history.csv':
    'customer_id,month,requests,compute_seconds,egress_bytes\na,2026-09,1000,1,1\na,2026-10,1000,1,1\nb,2026-10,1,1,1\n',
};

describe('with --strict a warning is an error', () => {
  test.each([
    [['invoice', 'usage.csv', '--tier', 'pro', '-o', 'out.json'], 3, 'usage/look-alike-customers'],
    [['timeline', 'usage.csv', '--tier', 'pro', '-o', 'out.json'], 3, 'usage/look-alike-customers'],
    [['usage', 'usage.csv', '-o', 'out.csv'], 3, 'usage/look-alike-customers'],
    [['validate', 'tiers.yaml'], 2, 'lint/unmapped-feature'],
    [['estimate', 'edge.yaml', '-o', 'out.json'], 2, 'edge/no-response'],
    [['calibrate', 'observed.csv', '-o', 'out.json'], 3, 'usage/few-exits'],
    [['simulate', 'history.csv', '--months', '6', '-o', 'out.json'], 3, 'usage/short-history'],
    [['simulate', 'history.csv', '--set', 'costs.ticket=100000', '-o', 'out.json'], 2, 'usage/implausible'],
  ])('%s', async (command, exitCode, code) => {
    const cwd = temporaryDirectory(FILES);
    const strict = await runMeter([...command, '--strict', '--quiet'], { cwd });
    expect(strict).toMatchObject({ exitCode, stdout: '' });
    expect(strict.stderr).toMatch(/error: /);
    expect(strict.stderr).toContain(`[${code}]`);
    expect(strict.stderr).not.toMatch(/warning: /);
    expect(existsSync(join(cwd, command.at(-1)!))).toBe(command[0] === 'validate');

    const lenient = await runMeter(command, { cwd });
    expect(lenient.exitCode).toBe(0);
    expect(lenient.stderr).toMatch(/warning: /);
    expect(lenient.stderr).toContain(`[${code}]`);
  });

  test('a run without warnings is as it is without --strict', async () => {
    const cwd = temporaryDirectory({ ...FILES, 'usage.csv': `${USAGE}2026-10-01T08:00:00Z,e1,acme,1\n` });
    const run = (...flags: string[]) => runMeter(['invoice', 'usage.csv', '--tier', 'pro', ...flags], { cwd });
    expect(await run('--strict')).toEqual(await run());
  });
});

describe('JSON has all warnings', () => {
  test('of look-alike customers more than the ten that are shown', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `2026-10-01T08:00:00Z,,c${i},1\n2026-10-01T08:00:00Z,,C${i},1\n`);
    const cwd = temporaryDirectory({ ...FILES, 'usage.csv': USAGE + rows.join('') });
    const { stdout, stderr } = await runMeter(['invoice', 'usage.csv', '--tier', 'pro', '--format', 'json'], { cwd });
    expect(stderr.match(/look-alike-customers/g)).toHaveLength(10);
    expect(stderr).toContain('… and 2 more such groups of customers\n');
    const { warnings } = JSON.parse(stdout);
    expect(warnings).toHaveLength(12);
    expect(warnings[0]).toEqual({
      code: 'usage/look-alike-customers',
      message: '2 customers differ only by letter case: "C0", "c0"',
      customers: ['C0', 'c0'],
    });
  });

  test('a file for each invoice has those about its customer, and not the lists of customers', async () => {
    const cwd = temporaryDirectory({
      ...FILES,
      'customers.csv': 'customer_id,tier\nacme,pro\n',
      'usage.csv': `${USAGE}2026-10-01T08:00:00Z,,acme,1\n2026-10-01T08:00:00Z,,acme ,1\n2026-10-01T08:00:00Z,,b,1\n`,
    });
    const run = ['invoice', 'usage.csv', '--customers', 'customers.csv', '--tier', 'pro', '-o', 'out/'];
    expect(await runMeter(run, { cwd })).toMatchObject({ exitCode: 0 });
    const fileOf = (customer: string) => JSON.parse(readFileSync(join(cwd, 'out', `${customer}.2026-10.json`), 'utf8'));
    expect(fileOf('acme').warnings).toHaveLength(1);
    expect(fileOf('b').warnings).toEqual([]);
    expect(fileOf('b')).not.toHaveProperty('customersOnDefaultTier');
  });
});

describe('--trim-ids', () => {
  const MANY = Array.from({ length: 3000 }, (_, i) => `2026-10-01T08:00:00Z,e${i},acme,1\n`).join('');
  const usage = `${USAGE}${MANY}2026-10-02T08:00:00Z,x1, acme,1\n2026-10-02T08:00:00Z,x2,acme\t,1\n2026-10-02T08:00:00Z,x2,acme,1\n`;

  test('joins rows of one customer, those of the customers file and of --customer too', async () => {
    const cwd = temporaryDirectory({
      ...FILES,
      'usage.csv': usage,
      'customers.yaml': 'customers:\n  "acme ": { tier: pro }\n',
    });
    const { stdout, stderr, exitCode } = await runMeter(
      [
        'invoice',
        'usage.csv',
        '--customers',
        'customers.yaml',
        '--customer',
        'acme ',
        '--trim-ids',
        '--format',
        'json',
      ],
      { cwd },
    );
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
    const { invoices, rows, warnings } = JSON.parse(stdout);
    expect(invoices).toMatchObject([{ customer: 'acme', usage: { requests: '3002' } }]);
    // Equal ids and contents once the blanks are gone: delivered twice, and not a conflict.
    expect(rows).toMatchObject({ rated: 3002, duplicate: 1, rejected: 0 });
    expect(warnings).toEqual([]);
  });

  test('cannot join two entries of a customers file', async () => {
    const cwd = temporaryDirectory({
      ...FILES,
      'customers.yaml': 'customers:\n  acme: { tier: pro }\n  "acme ": { tier: pro }\n',
    });
    const { stderr, exitCode } = await runMeter(
      ['invoice', 'usage.csv', '--customers', 'customers.yaml', '--trim-ids'],
      { cwd },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('"acme " is customer "acme" with --trim-ids, and "acme" has other lines');
  });

  test('an id of nothing but blanks is none', async () => {
    const cwd = temporaryDirectory({ ...FILES, 'usage.csv': `${USAGE}2026-10-01T08:00:00Z,,  ,1\n` });
    const { stderr, exitCode } = await runMeter(['invoice', 'usage.csv', '--tier', 'pro', '--trim-ids'], { cwd });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('[row/missing-customer]');
  });
});
