/** Months under several price lists, and with lookup files that a mapping names: closed, verified, restated. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const list = (begin: string, fee: number) =>
  `${begin}pricing_tiers: { pro: { cost: ${fee} + usage, limits: { requests: 0 }, overage: { requests: 1/1k } } }\n`;
const USAGE =
  'timestamp,customer_id,requests,event_id\n2026-10-05T10:00:00Z,acme,2000,e1\n2026-10-20T10:00:00Z,nimbus,3000,e2\n';

function runIn(files: Record<string, string>) {
  const cwd = temporaryDirectory(files);
  const run = (line: string) => runMeter(line.split(' '), { cwd });
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
  return { cwd, run, read };
}

describe('a month under price lists that follow each other', () => {
  const FILES = {
    'spring.yaml': list('', 10),
    'autumn.yaml': list('valid_from: 2026-10-16\napplies: at_once\n', 31),
    'customers.yaml': 'customers:\n  acme: { tier: pro }\n  nimbus: { tier: pro, price_list: spring }\n',
    'usage.csv': USAGE,
  };
  const CLOSE = 'close 2026-10 usage.csv --tiers *.yaml --customers c/customers.yaml --quiet -o close/2026-10';

  function closing() {
    const all = runIn(FILES);
    mkdirSync(join(all.cwd, 'c'));
    renameSync(join(all.cwd, 'customers.yaml'), join(all.cwd, 'c/customers.yaml'));
    return all;
  }

  test('is closed with all of them, and verified from its ledger and from its exports', async () => {
    const { run, cwd, read } = closing();
    expect((await run(CLOSE)).stderr).toBe('');
    expect(readdirSync(join(cwd, 'close/2026-10/tiers'))).toEqual(['autumn.yaml', 'spring.yaml']);
    // acme: 15 of 31 days at 10, 16 at 31: 4.84 + 16.00, and 2.00 of requests; nimbus stays on spring: 10 + 3
    const totals = read('close/2026-10/invoices.ndjson').match(/"total":"[\d.]+"/g);
    expect(totals).toEqual(['"total":"22.84"', '"total":"13.00"', '"total":"35.84"']);
    for (const exports of ['', ' usage.csv']) {
      const { stdout, exitCode } = await run(`verify close/2026-10${exports} --quiet`);
      expect({ stdout: stdout.slice(0, 18), exitCode }).toEqual({ stdout: '✓ close/2026-10: 8', exitCode: 0 });
    }
  });

  test('a list that is changed is found', async () => {
    const { run, cwd } = closing();
    await run(CLOSE);
    writeFileSync(join(cwd, 'close/2026-10/tiers/spring.yaml'), list('', 11));
    const { stdout, exitCode } = await run('verify close/2026-10 --quiet');
    expect(stdout).toContain('✗ tiers/spring.yaml: changed since the month was closed');
    expect(exitCode).toBe(1);
  });

  test('is restated with its own lists, or with corrected ones', async () => {
    const { run, cwd, read } = closing();
    await run(CLOSE);
    writeFileSync(
      join(cwd, 'late.csv'),
      USAGE.replace('e1', 'e3').replace('e2', 'e4').replace('nimbus,3000', 'nimbus,0'),
    );
    const late = await run('restate close/2026-10 usage.csv late.csv -o restate/1');
    expect(late.stderr).toContain('restate/1: 1 note, 0.00 credited, 2.00 debited, USD');
    expect((await run('verify restate/1 usage.csv late.csv --quiet')).exitCode).toBe(0);
    mkdirSync(join(cwd, 'n'));
    writeFileSync(join(cwd, 'n/autumn.yaml'), list('valid_from: 2026-10-16\napplies: at_once\n', 62));
    writeFileSync(join(cwd, 'n/spring.yaml'), list('', 10));
    const corrected = await run('restate close/2026-10 usage.csv late.csv --tiers n/*.yaml -o restate/2');
    expect(corrected.stderr).toContain('restate/2: 1 note, 0.00 credited, 16.00 debited, USD'); // 62 × 16/31 − 31 × 16/31
    expect(read('restate/2/corrections.csv')).toContain('corrected price');
  });
});

test('lookup files that a mapping names are in the folder, and a replay needs no others', async () => {
  const { run, cwd, read } = runIn({
    'tiers.yaml': list('', 10),
    'keys.csv': 'value,customer\nk1,acme\nk2,nimbus\n',
    'usage.csv': USAGE.replace('customer_id', 'key').replace('acme', 'k1').replace('nimbus', 'k2'),
  });
  mkdirSync(join(cwd, 'maps'));
  writeFileSync(join(cwd, 'maps/map.yaml'), 'customer_id: { field: key, lookup: ../keys.csv }\n');
  const closed = await run('close 2026-10 usage.csv --tier pro --map maps/map.yaml --quiet -o close/2026-10');
  expect(closed.stderr).toBe('');
  expect(read('close/2026-10/lookups/keys.csv')).toBe('value,customer\nk1,acme\nk2,nimbus\n');
  writeFileSync(join(cwd, 'keys.csv'), 'value,customer\nk1,other\n');
  expect((await run('verify close/2026-10 usage.csv --quiet')).stdout).toContain('byte for byte');
  const same = await run('restate close/2026-10 usage.csv -o restate/1');
  expect(same.stderr).toContain('nothing to restate');
  writeFileSync(join(cwd, 'close/2026-10/lookups/keys.csv'), 'value,customer\nk1,acme\nk2,acme\n');
  const { stdout } = await run('verify close/2026-10 --quiet');
  expect(stdout).toContain('✗ lookups/keys.csv: changed since the month was closed');
});

test('the rows behind an amount under several price lists', async () => {
  const { run } = runIn({
    'a.yaml': list('', 10),
    'b.yaml': list('valid_from: 2026-10-16\napplies: at_once\n', 31),
    'u.csv': USAGE,
  });
  const { stdout, stderr, exitCode } = await run(
    'rows u.csv --tiers a.yaml --tiers b.yaml --tier pro --customer acme --format csv',
  );
  expect({ stderr: stderr.match(/error.*/g), exitCode }).toEqual({ stderr: null, exitCode: 0 });
  expect(stdout).toContain('2000');
});
