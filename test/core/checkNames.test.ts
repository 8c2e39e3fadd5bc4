/** Names that rules may use beside the ones a result has: what commands declare fits what their JSON holds. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Names } from '../../src/core/checks/names.ts';
import { estimateNames, withBaselineNames } from '../../src/report/estimate/names.ts';
import { invoiceNames } from '../../src/report/invoice/names.ts';
import { SIMULATION_NAMES } from '../../src/report/simulation/names.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const METERS = new Map(['requests', 'compute', 'egress'].map((name) => [name, {} as never]));

/** Fields of entries of lists that the names do not declare: above an empty list a rule could not use them. */
function undeclared(value: unknown, names: Names | undefined, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, one]) =>
      undeclared(one, names?.fields?.[key] ?? names?.values, `${path}.${key}`),
    );
  }
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    return Object.entries(entry).flatMap(([key, one]) => {
      const below = names?.entry?.fields?.[key] ?? names?.entry?.values;
      return below ? undeclared(one, below, `${path}[].${key}`) : [`${path}[].${key}`];
    });
  });
}

async function jsonOf(args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await runMeter([...args, '--format', 'json', '--quiet']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const SHOP = ['estimate', 'fixtures/edge-shop/edge.yaml', '--tiers', 'fixtures/edge-shop/tiers.yaml'];
const LIMITS = ['fixtures/limits/usage.csv', '--tiers', 'fixtures/limits/tiers.yaml'];

describe('every field of a list in a result is declared, so that rules about empty lists know it', () => {
  test('meter estimate', async () => {
    const json = await jsonOf([...SHOP, '--baseline', 'fixtures/edge-shop/before.yaml']);
    delete json.checks; // they are not there while rules are worked out
    expect([...new Set(undeclared(json, withBaselineNames(estimateNames({ meters: METERS })), ''))]).toEqual([]);
  });

  test.each([
    [[...LIMITS, '--customers', 'fixtures/limits/customers.yaml']],
    [['fixtures/first-month/usage.csv', '--tiers', 'tiers.example.yaml', '--tier', 'production', '--explain']],
    [
      [
        'fixtures/plan-change/usage.csv',
        '--tiers',
        'fixtures/plan-change/tiers.yaml',
        '--customers',
        'fixtures/plan-change/customers.yaml',
      ],
    ],
  ])('meter invoice %j', async (args) => {
    const json = await jsonOf(['invoice', ...args]);
    expect([...new Set(undeclared(json, invoiceNames(METERS), ''))]).toEqual([]);
  });

  test('meter simulate', async () => {
    const history = history12();
    const args = ['simulate', history, '--tiers', 'tiers.example.yaml', '--bootstrap', '0', '--sensitivity'];
    const json = await jsonOf([...args, '--months', '6']);
    expect([...new Set(undeclared(json, SIMULATION_NAMES, ''))]).toEqual([]);
  });
});

/** Twelve months of two customers. */
function history12(): string {
  const rows = Array.from({ length: 12 }, (_, month) => {
    const day = `2025-${String(month + 1).padStart(2, '0')}`;
    return `a,${day},${100_000 + month * 20_000},100,1000000000\nb,${day},${600_000 + month},100,1000000000\n`;
  });
  const text = `customer_id,month,requests,compute,egress\n${rows.join('')}`;
  return join(temporaryDirectory({ 'history.csv': text }), 'history.csv');
}

/** The rule that a command's help shows. */
async function helpExample(command: string): Promise<string> {
  const { stdout } = await runMeter([command, '--help']);
  return /for instance (.+?)\s+\(repeatable\)/.exec(stdout.replaceAll(/\s+/g, ' '))![1]!;
}

describe('the rule that help shows for --assert can be answered by that command', () => {
  test.each([
    [
      'invoice',
      () => ['invoice', 'fixtures/first-month/usage.csv', '--tiers', 'tiers.example.yaml', '--tier', 'production'],
    ],
    ['estimate', () => SHOP],
    ['simulate', () => ['simulate', history12(), '--tiers', 'tiers.example.yaml', '--bootstrap', '0', '--months', '6']],
  ] as const)('meter %s', async (command, args) => {
    const rule = await helpExample(command);
    const { stderr, exitCode } = await runMeter([...args(), '--assert', rule, '--format', 'csv']);
    expect(stderr).toMatch(/[✓✗] .+ measured \d/);
    expect([0, 1]).toContain(exitCode);
  });
});

describe('a rule of --warn or warn: that does not hold is printed, and the exit code stays 0', () => {
  const bill = ['invoice', 'fixtures/first-month/usage.csv', '--tiers', 'tiers.example.yaml', '--tier', 'production'];
  // In production acme owes 20.75, hobby 19.00, nimbus 19 + 330 × 0.40 + 100 × 0.05 = 156.00: together 195.75.
  test.each([
    ['invoice', () => bill, 'totals.total', '195.75'],
    ['estimate', () => SHOP, 'total', '377.11'],
    [
      'simulate',
      () => ['simulate', history12(), '--tiers', 'tiers.example.yaml', '--bootstrap', '0', '--months', '6'],
      'accounts',
      '2',
    ],
  ] as const)('meter %s', async (_, args, name, measured) => {
    const env = { GITHUB_ACTIONS: 'true' };
    const run = await runMeter([...args(), '--warn', `${name} <= 1`, '--assert', `${name} > 1`, '--format', 'json'], {
      env,
    });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`! ${name} <= 1`);
    expect(run.stderr).toContain(`::warning title=check failed::${name} <= 1: measured ${measured}\n`);
    expect(JSON.parse(run.stdout).checks.slice(-2)).toEqual([
      { rule: `${name} > 1`, severity: 'error', passed: true, measured },
      { rule: `${name} <= 1`, severity: 'warning', passed: false, measured },
    ]);
  });

  test('beside checks: in a route configuration, and as JSON lines of invoices', async () => {
    const edge = readFileSync(resolve(ROOT, 'fixtures/edge-shop/edge.yaml'), 'utf8').replace(/^checks:\n.*\n/m, '');
    const directory = temporaryDirectory({ 'edge.yaml': `${edge}\nchecks: [total <= 400]\nwarn: [total <= 300]\n` });
    const args = [
      'estimate',
      join(directory, 'edge.yaml'),
      '--tiers',
      'fixtures/edge-shop/tiers.yaml',
      '--format',
      'md',
    ];
    const { stdout, stderr, exitCode } = await runMeter(args);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('✓ total <= 400   measured 377.11\n! total <= 300   measured 377.11\n');
    expect(stdout).toContain('- ✅ `total <= 400` measured 377.11\n- ⚠ `total <= 300` measured 377.11\n');
    const lines = await runMeter([...bill, '--warn', 'totals.total <= 1', '--format', 'ndjson']);
    expect(JSON.parse(lines.stdout.trim().split('\n').at(-1)!).checks).toEqual([
      { rule: 'totals.total <= 1', severity: 'warning', passed: false, measured: '195.75' },
    ]);
  });
});
