import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kindOfFile } from '../../src/config/fileKind.ts';
import { customersOf } from '../support/billing.ts';
import { rateCardOf } from '../support/rateCards.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';

const TIERS = readFileSync(join(ROOT, 'tiers.example.yaml'), 'utf8');

test('the customers file in docs/tier-files.md loads as it stands', () => {
  const readme = readFileSync(join(ROOT, 'docs/tier-files.md'), 'utf8');
  const example = /^```yaml\n(customers:\n[\s\S]*?)^```$/m.exec(readme)![1]!;
  const customers = customersOf(example, rateCardOf(`${TIERS}\ncredit_packs: { burst: { price: 25, credit: 25 } }\n`));
  expect([...customers.keys()]).toEqual(['acme', 'cus_00042']);
  expect(customers.get('acme')!.grants.map(({ id }) => id)).toEqual(['burst-1', 'burst-2', 'grant-1']);
});

test.each`
  name                | text                                           | kind
  ${'x.yaml'}         | ${'customers: {}'}                             | ${'customers'}
  ${'x.json'}         | ${'{ "customers": {} }'}                       | ${'customers'}
  ${'customers.csv'}  | ${''}                                          | ${'customers'}
  ${'export'}         | ${'customer_id,tier\n'}                        | ${'customers'}
  ${'x.yaml'}         | ${'pricing_tiers: {}'}                         | ${'tiers'}
  ${'x.yaml'}         | ${'pricing_tiers: { customers: { cost: 1 } }'} | ${'tiers'}
  ${'customers.yaml'} | ${'- not: a map'}                              | ${'tiers'}
  ${'x.yaml'}         | ${'a: [unfinished'}                            | ${'tiers'}
`('$name with $text is a file of $kind', ({ name, text, kind }) => {
  expect(kindOfFile(text, name)).toBe(kind);
});

test('what is wrong with a tier file and with customers is said in one run; without tiers customers cannot be checked', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'meter-validate-'));
  try {
    writeFileSync(join(cwd, 'c.yaml'), 'customers: { acme: { tier: prodution } }\n');
    const none = await runMeter(['validate', 'c.yaml'], { cwd });
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('[usage/no-tiers]')]);
    writeFileSync(join(cwd, 'tiers.yaml'), TIERS);
    const found = await runMeter(['validate', 'c.yaml'], { cwd });
    expect([found.exitCode, found.stderr]).toEqual([2, expect.stringContaining('did you mean production?')]);
    writeFileSync(join(cwd, 'bad.yaml'), 'pricing_tiers: { a: { cots: 1 } }\n');
    const bad = await runMeter(['validate', 'c.yaml', 'bad.yaml', 'missing.yaml'], { cwd });
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr.match(/\[[a-z]+\/[a-z-]+\]/g)).toEqual([
      '[config/unreadable]',
      '[tiers/missing-key]',
      '[tiers/unknown-key]',
    ]);
    const other = await runMeter(['validate', 'c.yaml', '--tiers', 'bad.yaml'], { cwd });
    expect([other.exitCode, other.stdout]).toEqual([2, '']);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
