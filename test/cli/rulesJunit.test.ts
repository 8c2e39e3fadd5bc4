/** `--format junit` of every command that has rules: a case for each rule, exit codes as in any other format. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const MONTH = ['fixtures/first-month/usage.csv', '--customers', 'fixtures/first-month/customers.csv'];
const COMMANDS: readonly (readonly [args: readonly string[], field: string])[] = [
  [['invoice', ...MONTH, '--tiers', 'tiers.example.yaml'], 'totals.total'],
  [
    ['diff', ...MONTH, '--tiers', 'tiers.example.yaml', '--against', 'fixtures/price-change/2027.yaml'],
    'revenue.change',
  ],
  [['estimate', 'fixtures/edge-shop/edge.yaml', '--tiers', 'fixtures/edge-shop/tiers.yaml'], 'total'],
  [['simulate', 'fixtures/pricing-models/history.csv.gz', '--months', '2', '--bootstrap', '0'], 'months'],
];

describe('rules are cases', () => {
  test.each(COMMANDS)('%j', async (args, field) => {
    const good = `${field} > -1000000`;
    const bad = `${field} > 1000000000`;
    const { exitCode, stdout } = await runMeter([
      ...args,
      '--assert',
      good,
      '--assert',
      bad,
      '--format',
      'junit',
      '--quiet',
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/<testsuite name="rules" tests="\d+" failures="1" errors="0" skipped="0">/);
    expect(stdout).toContain(`name="${good.replace('>', '&gt;')}"`);
    expect(stdout).toContain(`<failure message="${bad.replace('>', '&gt;')}: measured `);
  });

  test('a rule that only warns is a note, and .xml chooses the format', async () => {
    const cwd = temporaryDirectory({});
    const rule = ['--warn', 'totals.total > 1000000000', '-o', join(cwd, 'rules.xml')];
    const { exitCode } = await runMeter(['invoice', ...MONTH, '--tiers', 'tiers.example.yaml', ...rule, '--quiet']);
    expect(exitCode).toBe(0);
    const text = readFileSync(join(cwd, 'rules.xml'), 'utf8');
    expect(text).toContain('tests="1" failures="0"');
    expect(text).toContain('<system-out>measured ');
  });

  test('explanations and timelines have no place there', async () => {
    const args = ['invoice', ...MONTH, '--tiers', 'tiers.example.yaml', '--format', 'junit', '--explain', '--timeline'];
    const { exitCode, stderr } = await runMeter(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--explain has no place in junit, which holds rules alone');
    expect(stderr).toContain('[usage/no-place-for-timeline]');
  });
});
