/** Names from input in a journal: none of them ends a name, begins a comment or becomes a date. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = `pricing_tiers:
  "a:b  ; c": { cost: 19 + usage, overage: { requests: { by: region, prices: {}, default: 0.40/10k } } }
`;
const CUSTOMERS = [
  '* acme',
  '! acme',
  '(1) acme',
  '=2026-01-01 x',
  'a;b|c',
  '2026-13-45',
  "' quoted",
  'ünïcode',
  '@ 1 USD',
  '--',
];
const REGIONS = ['date:2026-99-99', '[2026-99-99]', 'DATE2:x', 'a\u2028b', '; x', 'type:'];

test('a journal with hostile names is accepted, and has an entry for each customer', async () => {
  const rows = CUSTOMERS.flatMap((customer, c) =>
    REGIONS.map((region, r) => `2026-10-05T10:00:00Z,"${customer}","${region}",25000,e${c}-${r}`),
  );
  const usage = `timestamp,customer_id,region,requests,event_id\n${rows.join('\n')}\n`;
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': usage });
  const args = ['invoice', 'usage.csv', '--tier', 'a:b  ; c', '--format', 'hledger', '--quiet'];
  const { stdout, stderr } = await runMeter(args, { cwd });
  expect(stderr).toBe('');
  // By hand: 19.00 and six times 25 000 at 0.40/10k, 1.00 each: 25.00.
  expect([...stdout.matchAll(/^ {4}assets:receivable {2}25\.00 USD$/gm)]).toHaveLength(CUSTOMERS.length);
  expect([...stdout.matchAll(/^ {4}revenue:(fee|usage):a-b ; c {2}-\d+\.00 USD {2}; [^[\]\n]*$/gm)]).toHaveLength(
    CUSTOMERS.length * 7,
  );
  expect(stdout).not.toMatch(/date2?:/i);
  if (spawnSync('hledger', ['--version']).status !== 0) return;
  const hledger = (...flags: string[]) =>
    spawnSync('hledger', ['-f', '-', ...flags], { input: stdout, encoding: 'utf8' });
  expect(hledger('check', '--strict').stderr).toBe('');
  expect(hledger('balance', 'assets:receivable', '--no-total').stdout.trim()).toBe('250.00 USD  assets:receivable');
});
