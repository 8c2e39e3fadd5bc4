/** `meter diff`: causes worked out by hand, renamed and other tiers, saved runs, grandfathering, rules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** One list a line: fee, limit, price and what else there is. */
const list = (fee: string, limit: string, price: string, more = '', tier = 'pro') =>
  `pricing_tiers:\n  ${tier}: { cost: ${fee} + usage, limits: { requests: ${limit} }, overage: { requests: ${price} }${more} }\n`;
const STEPS = '{ model: graduated, steps: [{ up_to: 100, amount: 0.10 }, { amount: 0.05 }] }';
const MORE_STEPS =
  '{ model: graduated, steps: [{ up_to: 100, amount: 0.10 }, { up_to: 200, amount: 0.05 }, { amount: 0.01 }] }';

const FILES = {
  'old.yaml': list('10', '100', '0.10'),
  'all.yaml': list('12', '150', '0.20', ', discount: 10%'),
  'taxed.yaml': `${list('10', '100', '0.10')}tax: { rate: 20% }\n`,
  'steps.yaml': list('10', '100', STEPS),
  'more-steps.yaml': list('10', '100', MORE_STEPS),
  'renamed.yaml': list('12', '100', '0.10', '', 'growth'),
  'two.yaml': `${list('10', '100', '0.10')}  max: { cost: 30 }\n`,
  'two-dearer.yaml': `${list('11', '100', '0.10')}  max: { cost: 35 }\n`,
  'capped.yaml': 'pricing_tiers:\n  pro: { cost: 10, limits: { requests: 250 }, overage: null }\n',
  'pro.csv': 'customer_id,tier\nacme,pro\nbeta,pro\n',
  'growth.csv': 'customer_id,tier\nacme,growth\nbeta,growth\n',
  'max.yaml': '# who is where\ncustomers:\n  acme: { tier: max } # a friend\n  beta: { tier: pro }\n',
  'usage.csv': `timestamp,customer_id,requests
2026-10-05T00:00:00Z,acme,400
2026-10-20T00:00:00Z,beta,50
`,
  'more.csv': `timestamp,customer_id,requests
2026-10-05T00:00:00Z,acme,450
2026-10-20T00:00:00Z,gamma,100
`,
};

type Change = { customer: string; change: string; causes: Record<string, string>; invoices: { lines: Line[] }[] };
type Line = { key: string; before: string | null; after: string | null };

async function changesOf(command: string, directory = temporaryDirectory(FILES)): Promise<Change[]> {
  const { stdout, stderr } = await runMeter(`diff ${command} --format json`.split(' '), { cwd: directory });
  expect(stderr).not.toMatch(/error/);
  return JSON.parse(stdout).comparisons[0].changes;
}

describe('the causes of a change', () => {
  test('are fee, included quantity, price and discount, each with the ones before it', async () => {
    const [acme, beta] = await changesOf('usage.csv --tiers old.yaml --against all.yaml --customers pro.csv');
    // Before 10 + 300 × 0.10 = 40. After 12 + 250 × 0.20 = 50, less 10 % of it = 57.
    // Included: 250 × 0.10 − 300 × 0.10 = −5. Price: 250 × 0.20 − 250 × 0.10 = 25.
    expect(acme).toMatchObject({
      change: '17.00',
      causes: { fee: '2.00', included: '-5.00', price: '25.00', adjustments: '-5.00' },
    });
    expect(beta!.causes).toEqual({ fee: '2.00' });
  });

  test('are tax by itself, and nothing else where only tax is new', async () => {
    const [acme] = await changesOf('usage.csv --tiers old.yaml --against taxed.yaml --customers pro.csv');
    expect(acme!.causes).toEqual({ tax: '8.00' }); // 20 % of 40
  });

  test('are price as far as steps correspond, and steps beyond that', async () => {
    const [acme] = await changesOf('usage.csv --tiers old.yaml --against steps.yaml --customers pro.csv');
    // 300 at 0.10 are 30. 100 at 0.10 and 200 at 0.05 are 20: the first step has the price of before.
    expect(acme!.causes).toEqual({ steps: '-10.00' });
    const [more] = await changesOf('usage.csv --tiers steps.yaml --against more-steps.yaml --customers pro.csv');
    // The last 100 cost 0.01 instead of 0.05.
    expect(more!.causes).toEqual({ steps: '-4.00' });
    expect(more!.invoices[0]!.lines.map(({ key, before, after }) => [key, before, after])).toEqual([
      ['fee', '10.00', '10.00'],
      ['usage:requests', '10.00', '10.00'],
      ['usage:requests:2', '10.00', '5.00'],
      ['usage:requests:3', null, '1.00'],
    ]);
  });

  test('are what they are where a tier has a new name', async () => {
    const command = '--tiers old.yaml --against renamed.yaml --customers pro.csv --against-customers growth.csv';
    const [acme] = await changesOf(`usage.csv ${command}`);
    expect(acme!.causes).toEqual({ fee: '2.00' });
    expect(acme!.invoices[0]!.lines.every(({ before, after }) => before !== null && after !== null)).toBe(true);
  });

  test('are the tier by itself where somebody moves, and then the list', async () => {
    const command = '--tiers two.yaml --against two-dearer.yaml --customers pro.csv --against-customers max.yaml';
    const [acme, beta] = await changesOf(`usage.csv ${command}`);
    // From pro at 40 to max at 30, under the list before; then max costs 5 more.
    expect(acme!.causes).toEqual({ tier: '-10.00', fee: '5.00' });
    expect(beta!.causes).toEqual({ fee: '1.00' });
  });
});

describe('two saved runs', () => {
  const directory = () => temporaryDirectory(FILES);

  test('differ by usage, prices, and who came and went', async () => {
    const cwd = directory();
    const save = (exports: string, tiers: string, name: string) =>
      runMeter(`invoice ${exports} --tiers ${tiers} --tier pro -o ${name}`.split(' '), { cwd });
    await save('usage.csv', 'old.yaml', 'a.json');
    await save('more.csv', 'old.yaml', 'b.ndjson');
    await save('more.csv', 'all.yaml', 'c.json');
    const byName = async (command: string) =>
      Object.fromEntries((await changesOf(command, cwd)).map(({ customer, causes }) => [customer, causes]));
    // 50 more requests at 0.10; beta is gone with its fee of 10, gamma is new with one.
    expect(await byName('a.json b.ndjson')).toEqual({
      acme: { usage: '5.00' },
      beta: { presence: '-10.00' },
      gamma: { presence: '10.00' },
    });
    // acme before: 10 + 300 × 0.10. After: 12 + 300 × 0.20 − 6. Of the usage lines' 30 the price is all, since 300 are
    // priced on both sides.
    expect(await byName('a.json c.json')).toMatchObject({
      acme: { fee: '2.00', price: '30.00', adjustments: '-6.00' },
    });
  });

  test.each`
    file                     | content                                                                          | code
    ${'no-json'}             | ${'customers'}                                                                   | ${'run/not-json'}
    ${'an estimate'}         | ${'{ "formatVersion": "1.0", "kind": "estimate" }'}                              | ${'run/not-invoices'}
    ${'of another version'}  | ${'{ "formatVersion": "7.0", "invoices": [] }'}                                  | ${'run/unknown-version'}
    ${'in another currency'} | ${'{ "formatVersion": "1.0", "currency": "EUR", "invoices": [] }'}               | ${'run/other-currency'}
    ${'damaged'}             | ${'{ "formatVersion": "1.0", "currency": "USD", "invoices": [{ "lines": 5 }] }'} | ${'run/damaged'}
  `('a file that is $file is bad input', async ({ content, code }) => {
    const good = '{ "formatVersion": "1.0", "currency": "USD", "invoices": [] }';
    const cwd = temporaryDirectory({ 'good.json': good, 'bad.json': content });
    const { exitCode, stderr } = await runMeter(['diff', 'good.json', 'bad.json'], { cwd });
    expect(stderr).toContain(`bad.json: error: `);
    expect(stderr).toContain(`[${code}]`);
    expect(exitCode).toBe(3);
  });
});

describe('grandfathering', () => {
  test('gives a customers file with which nobody pays more than the bound, and its price', async () => {
    const cwd = temporaryDirectory(FILES);
    const compare = 'diff usage.csv --tiers two.yaml --against two-dearer.yaml --customers max.yaml --grandfather 12%';
    const { stdout } = await runMeter(compare.split(' '), { cwd });
    // acme pays 35 instead of 30, 16.7 % more; beta 11 instead of 10.
    expect(stdout).toContain('1 customer would pay over 12 % more; leaving them on two.yaml costs 5.00 USD a month');
    await runMeter(`${compare} -o pinned.yaml`.split(' '), { cwd });
    expect(readFileSync(join(cwd, 'pinned.yaml'), 'utf8')).toBe(
      '# who is where\ncustomers:\n  acme: { tier: max, price_list: two } # a friend\n  beta: { tier: pro }\n',
    );
    const again = 'usage.csv --tiers two.yaml --against two-dearer.yaml --customers pinned.yaml';
    expect((await changesOf(again, cwd)).map(({ customer, change }) => [customer, change])).toEqual([
      ['acme', '0.00'],
      ['beta', '1.00'],
    ]);
  });

  test('makes YAML of a CSV customers file, and names customers on the default tier', async () => {
    const cwd = temporaryDirectory({ ...FILES, 'one.csv': 'customer_id,tier,from\nacme,pro,2026-09-01\n' });
    const command =
      'diff usage.csv --tiers old.yaml --against renamed2.yaml --customers one.csv --tier pro --grandfather 1% --format yaml';
    const { stdout } = await runMeter(command.replace('renamed2', 'all').split(' '), { cwd });
    expect(stdout).toBe(`customers:
  acme:
    history:
      - tier: pro
        from: 2026-09-01
    price_list: old
  beta:
    tier: pro
    price_list: old
`);
  });
});

describe('what is asked of the result', () => {
  test.each`
    rule                             | measured                             | code
    ${'increase.p95 <= 20%'}         | ${'measured 42.5 %'}                 | ${1}
    ${'revenue.change >= 0'}         | ${'measured 19.00'}                  | ${0}
    ${'customers.more <= 1'}         | ${'measured 2'}                      | ${1}
    ${'share(more_than 20%) <= 5%'}  | ${'measured 50 %'}                   | ${1}
    ${'share(more_than 42.5%) == 0'} | ${'measured 0'}                      | ${0}
    ${'share(less_than -1%) == 0'}   | ${'measured 0'}                      | ${0}
    ${'causes.price <= 25'}          | ${'measured 25.00'}                  | ${0}
    ${'share(above 3%) < 1'}         | ${'expected more_than or less_than'} | ${2}
  `('$rule', async ({ rule, measured, code }) => {
    const command = 'diff usage.csv --tiers old.yaml --against all.yaml --customers pro.csv'.split(' ');
    const { exitCode, stderr } = await runMeter([...command, '--assert', rule], { cwd: temporaryDirectory(FILES) });
    expect(stderr).toContain(measured);
    expect(exitCode).toBe(code);
  });

  test('a hard cap that blocks more of the same usage is counted', async () => {
    const command = 'diff usage.csv --tiers old.yaml --against capped.yaml --customers pro.csv';
    const { stdout } = await runMeter(command.split(' '), { cwd: temporaryDirectory(FILES) });
    expect(stdout).toContain('hard caps block more usage of 1');
  });

  test('somebody for whom another tier is cheaper is named, with what it saves', async () => {
    const command = 'diff usage.csv --tiers two.yaml --against two-dearer.yaml --customers pro.csv';
    const { stdout } = await runMeter(command.split(' '), { cwd: temporaryDirectory(FILES) });
    expect(stdout).toMatch(/acme\s+pro\s+41\.00\s+max\s+35\.00\s+6\.00/); // 11 + 30 on pro
  });

  test.each(['diff usage.csv --tiers old.yaml', 'diff usage.csv --tiers old.yaml --against all.yaml --format yaml'])(
    '%s has nothing to show',
    async (command) => {
      const { exitCode, stdout } = await runMeter(command.split(' '), { cwd: temporaryDirectory(FILES) });
      expect([exitCode, stdout]).toEqual([2, '']);
    },
  );

  test('each change in the page leads to its invoices side by side', async () => {
    const command = 'diff usage.csv --tiers old.yaml --against all.yaml --customers pro.csv --format html';
    const { stdout } = await runMeter(command.split(' '), { cwd: temporaryDirectory(FILES) });
    const links = [...stdout.matchAll(/href="#(i[\d-]+)"/g)].map(([, id]) => id);
    expect(links.length).toBe(2);
    for (const id of links) expect(stdout).toContain(`<div id="${id}">`);
  });
});
