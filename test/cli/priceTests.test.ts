/** `meter test`: cases of a price list, its coverage, and proposals at its edges. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kindOfFile } from '../../src/config/fileKind.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

type Answer = {
  readonly cases: number;
  readonly failed: number;
  readonly coverage: string;
  readonly files: { cases: { name: string; passed: boolean; problems: unknown[]; mismatches: Mismatch[] }[] }[];
  readonly priceLists: { missing: { part: string; line: number }[] }[];
};
type Mismatch = { what: string; expected: string | null; actual: string | null; arithmetic: string[] };

/** Runs cases against a price list; both are YAML. */
async function run(tiers: string, cases: string): Promise<Answer> {
  const cwd = temporaryDirectory({ 'tiers.yaml': tiers, 'tiers.test.yaml': `cases:\n${cases}` });
  const { stdout, stderr } = await runMeter(['test', '--format', 'json'], { cwd });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Answer;
}

/** The mismatches of the only case, as sentences. */
async function mismatches(tiers: string, one: string): Promise<string[]> {
  const { files } = await run(tiers, one);
  const [only] = files[0]!.cases;
  expect(only!.problems).toEqual([]);
  return only!.mismatches.map(({ what, expected, actual }) => `${what}: ${expected} / ${actual}`);
}

const LIST = `
default_tier: paid
meters:
  calls: { field: call, unit: call, aggregate: count }
  users: { field: user, unit: user, aggregate: unique }
  seats: { field: seats, unit: seat, aggregate: last }
  storage: { field: bytes, unit: B, aggregate: time_weighted, per: month }
  burst: { field: bits, unit: bit, aggregate: { percentile: 95, of: 5min } }
  volume: { field: amount, unit: USD }
credit_packs:
  pack: { price: 10, credit: 10, expires_after: 90d }
pricing_tiers:
  free: { cost: 0, limits: { requests: 100/day }, overage: null }
  paid:
    cost: 31 + usage
    limits: { requests: 1k }
    overage:
      requests: { model: graduated, steps: [{ up_to: 1k, amount: 0.01 }, { amount: 0.005 }] }
      egress: { by: region, prices: { syd: 0.12/GB }, default: 0.05/GB }
      calls: 0.01
      users: 2
      seats: 10
      storage: 0.02/GB
      burst: 0.001
      volume: { model: percentage, rate: 1.5%, fixed: 0.10 }
  bound: { cost: 0, overage: { requests: 0.01 }, discount: 10%, minimum: 5, maximum: 50 }
`;

describe('an invoice has what its case says', () => {
  // Each of the amounts is worked out by hand.
  test.each([
    // 1000 × 0.01 + 500 × 0.005; a meter stands for all lines of its steps.
    [
      'steps',
      '{ tier: paid, usage: { requests: 2500 }',
      '{ total: 43.5, lines: { fee: 31, requests: 12.5, "usage:requests:2": { quantity: 500, amount: 2.5 } } }',
    ],
    // 10 × 0.12 + 4 × 0.05: rows with regions
    [
      'dimensions',
      '{ usage: [{ region: syd, egress: 10GB }, { region: fra, egress: 4GB }]',
      '{ total: 32.4, lines: { "egress@syd": 1.2, egress: { exact: 1.4 } } }',
    ],
    // Rows and distinct values are given by their number: 7 × 0.01 + 3 × 2
    ['counts', '{ usage: [{ calls: 4, users: 1 }, { calls: 3, users: 2 }]', '{ total: 37.07 }'],
    // 10 GB for 10 of 30 days, 40 GB for 20: 10 × 1/3 + 40 × 2/3 = 30 GB·month × 0.02
    [
      'values weighted by time',
      '{ period: 2026-06, usage: [{ at: 2026-06-01, storage: 10GB }, { at: 2026-06-11, storage: 40GB }]',
      '{ lines: { storage: { used: 30GB, amount: 0.6 } } }',
    ],
    // The latest value stays, also from the month before: 5 × 10
    [
      'values that stay',
      '{ period: 2026-06, usage: [{ at: 2026-05-20, seats: 5 }]',
      '{ total: 81, usage: { seats: 5 } }',
    ],
    // Without times a percentile is what is given: 400 × 0.001
    ['percentiles', '{ usage: { burst: 400 }', '{ lines: { burst: 0.4 } }'],
    // 3 rows: 200 × 1.5 % + 3 × 0.10
    ['fees for each row', '{ usage: { volume: 200, rows: 3 }', '{ lines: { volume: 3.3 } }'],
    // A third of a month: 31 × 10/30 = 10.333…, included 1000 × 10/30 = 333.333…
    [
      'fractions',
      '{ customer: { history: [{ tier: paid, to: 2026-06-11 }] }, period: 2026-06, usage: [{ at: 2026-06-02, requests: 400 }]',
      '{ lines: { fee: { exact: 31/3, amount: 10.33 }, requests: { quantity: 200/3, included: 333.333333333333 } } }',
    ],
    // 3000 of 30 × 100 are spread evenly; with times 200 on one day are 100 too many.
    ['limits for a day', '{ tier: free, usage: { requests: 3000 }', '{ total: 0, blocked: { requests: 0 } }'],
    [
      'limits for a day with times',
      '{ tier: free, usage: [{ at: 2026-06-05, requests: 200 }]',
      '{ blocked: { requests: 100 }, usage: { requests: 200 } }',
    ],
    // 300 − 30 = 270, which is above the minimum; 1000 × 0.01 × 0.9 = 9
    [
      'discounts',
      '{ tier: bound, usage: { requests: 1000 }',
      '{ total: 9, lines: { discount: -1, minimum: null, maximum: null } }',
    ],
    // 100 × 0.01 × 0.9 = 0.90, up to 5
    [
      'minimums',
      '{ tier: bound, usage: { requests: 100 }',
      '{ total: 5, lines: { minimum: { amount: 4.1, base: 0.9, unit_price: 5 } } }',
    ],
    // 10 000 × 0.01 × 0.9 = 90, down to 50
    ['maximums', '{ tier: bound, usage: { requests: 10_000 }', '{ total: 50, lines: { maximum: -40 } }'],
    // 1000 × 0.01 + 400 × 0.005 = 12 of charges, 10 of which the pack pays
    [
      'credits',
      '{ customer: { tier: paid, credits: [{ pack: pack, purchased: 2026-06-01 }] }, usage: { requests: 2400 }',
      '{ total: 33, subtotal: 43, credits_applied: 10, credits: { pack-1: { drawn: 10, remaining: 0 } } }',
    ],
    [
      'contracts',
      '{ customer: { tier: paid, cost: 100, overage: { requests: 0.001 } }, usage: { requests: 3k }',
      '{ tier: paid, total: 102 }',
    ],
    ['a tier by default, and nothing used', '{ it: x', '{ total: 31 }'],
  ])('%s', async (_, one, expected) => {
    const start = one.includes('it:') ? one : one.replace('{', '{ it: x,');
    expect(await mismatches(LIST, `  - ${start}, expect: ${expected} }`)).toEqual([]);
  });
});

describe('what is not as the case says is shown with both values', () => {
  test.each([
    ['{ total: 31.01 }', ['total: 31.01 / 31.00']],
    [
      '{ lines: { requests: { quantity: 1, exact: 0.2, amount: 3 } } }',
      ['line requests, quantity: 1 / 2000', 'line requests, exact: 0.2 / 15', 'line requests, amount: 3.00 / 15.00'],
    ],
    ['{ lines: { discount: -1, fee: null } }', ['line discount, amount: -1.00 / null', 'line fee: null / 31.00']],
    ['{ blocked: { requests: 1 }, usage: { requests: 2 } }', ['usage requests: 2 / 3000', 'blocked requests: 1 / 0']],
    ['{ tier: free, credits: { pack-1: { drawn: 5 } } }', ['credit pack-1, drawn: 5.00 / null', 'tier: free / paid']],
    // Several lines have a used quantity each, which is not to be added up.
    ['{ lines: { requests: { used: 3000 } } }', ['line requests, used: 3000 / null']],
  ])('%s', async (expected, wrong) => {
    const usage = expected.includes('31.01') ? '{}' : '{ requests: 3000 }';
    expect(await mismatches(LIST, `  - { it: x, usage: ${usage}, expect: ${expected} }`)).toEqual(wrong);
  });

  test('a case that cannot be billed fails with the reason', async () => {
    const tiers = 'pricing_tiers: { a: { cost: 0, overage: { egress: { by: region, prices: { syd: 0.12/GB } } } } }';
    const { failed, files } = await run(tiers, '  - { it: x, tier: a, usage: { egress: 1GB }, expect: { total: 0 } }');
    expect(failed).toBe(1);
    expect(files[0]!.cases[0]).toMatchObject({ passed: false, problems: [{ code: 'billing/unpriced-value' }] });
  });
});

describe('coverage', () => {
  const TIERS = `pricing_tiers:
  a:
    cost: 1
    limits: { requests: 10, egress: 1GB }
    overage:
      requests: { model: graduated, steps: [{ up_to: 10, amount: 1 }, { amount: 2 }] }
      egress: null
    discount: 10%
credit_packs:
  burst: { price: 5, credit: 5 }
`;
  // Tier, two steps, cap, discount, pack: six parts.
  test.each([
    [
      '{ usage: { requests: 10 }',
      '0.166666666667',
      [
        'a: price of requests, step 1',
        'a: price of requests, step 2',
        'a: hard cap of egress',
        'a: discount',
        'pack burst',
      ],
    ],
    ['{ usage: { requests: 11, egress: 2GB }', '0.666666666667', ['a: price of requests, step 2', 'pack burst']],
    ['{ usage: { requests: 21 }', '0.666666666667', ['a: hard cap of egress', 'pack burst']],
    // The price of the contract is not the one of the list; the discount is.
    [
      '{ overage: { requests: 3 }',
      '0.333333333333',
      ['a: price of requests, step 1', 'a: price of requests, step 2', 'a: hard cap of egress', 'pack burst'],
    ],
    [
      '{ credits: [{ pack: burst, purchased: 2026-06-01 }]',
      '0.666666666667',
      ['a: price of requests, step 2', 'a: hard cap of egress'],
    ],
  ])('%s', async (one, share, missing) => {
    const isContract = !one.includes('usage:');
    const customer = isContract ? `{ tier: a, ${one.slice(2)} }` : '{ tier: a }';
    const usage = isContract ? '{ requests: 20 }' : /usage: (\{.*\})/.exec(one)![1];
    const { coverage, priceLists } = await run(
      TIERS,
      `  - { it: x, customer: ${customer}, usage: ${usage}, expect: {} }`,
    );
    expect(coverage).toBe(share);
    expect(priceLists[0]!.missing.map(({ part }) => part).sort()).toEqual([...missing].sort());
  });

  test('of several test files is that of their cases together, and each missing part has its line', async () => {
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'one.test.yaml': 'tiers: tiers.yaml\ncases: [{ it: x, tier: a, usage: { requests: 30 }, expect: {} }]',
      'two.test.yaml': 'tiers: tiers.yaml\ncases: [{ it: x, tier: a, usage: { egress: 3GB }, expect: {} }]',
    });
    const { stdout, exitCode } = await runMeter(['test', '--format', 'json', '--assert', 'coverage >= 90%'], { cwd });
    const { coverage, priceLists } = JSON.parse(stdout) as Answer;
    expect([coverage, exitCode]).toEqual(['0.833333333333', 1]);
    expect(priceLists[0]!.missing).toEqual([expect.objectContaining({ part: 'pack burst', line: 10 })]);
  });
});

describe('--write', () => {
  const priceLists = readdirSync(join(ROOT, 'fixtures'), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.ya?ml$/.test(name) && kindOfFile(readFileSync(join(ROOT, 'fixtures', name), 'utf8'), name) === 'tiers',
    )
    .filter((name) => !readFileSync(join(ROOT, 'fixtures', name), 'utf8').includes('\ntiers:'));

  test('there are price lists to try it with', () => expect(priceLists.length).toBeGreaterThan(20));

  test.each(priceLists)('every case that is proposed for fixtures/%s holds today', async (name) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': readFileSync(join(ROOT, 'fixtures', name), 'utf8') });
    const written = await runMeter(['test', '--write'], { cwd });
    expect(written).toMatchObject({ exitCode: 0, stdout: '' });
    const { stdout, stderr } = await runMeter(['test', '--format', 'json'], { cwd });
    expect(stderr).toBe('');
    const { failed, cases, priceLists: lists } = JSON.parse(stdout) as Answer;
    expect(failed).toBe(0);
    expect(cases).toBeGreaterThan(0);
    // What is not reached stands as a comment in the file.
    const comments = readFileSync(join(cwd, 'tiers.test.yaml'), 'utf8');
    for (const { part } of lists[0]!.missing) expect(comments).toContain(`# - ${part}`);
  });

  test('proposes each edge, one unit below it and one above, with a mark', async () => {
    const cwd = temporaryDirectory({
      'prices.yaml': 'pricing_tiers: { a: { cost: 2, limits: { requests: 10 }, overage: { requests: 0.5 } } }',
    });
    await runMeter(['test', '--write', 'prices.yaml'], { cwd });
    const written = readFileSync(join(cwd, 'prices.test.yaml'), 'utf8');
    const found = written.split('\n').flatMap((line) => /usage: \{ requests: (\d+)/.exec(line)?.[1] ?? []);
    expect(found).toEqual(['9', '10', '11']);
    expect(written.match(/# to be confirmed$/gm)).toHaveLength(4);
    // Eleven requests: 2 + 1 × 0.5
    expect(written).toContain(
      'expect: { total: 2.50, lines: { requests: { quantity: 1, exact: 0.5, amount: 0.50 } } } # to be confirmed',
    );
  });

  test('writes over no file that is there', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': LIST, 'tiers.test.yaml': 'mine' });
    const { stderr, exitCode } = await runMeter(['test', '--write', 'tiers.yaml'], { cwd });
    expect([exitCode, readFileSync(join(cwd, 'tiers.test.yaml'), 'utf8')]).toEqual([2, 'mine']);
    expect(stderr).toContain('tiers.test.yaml is already there');
  });
});

describe('the command', () => {
  const files = {
    'tiers.yaml': LIST,
    'tiers.test.yaml': 'cases: [{ it: costs 31, tier: paid, expect: { total: 31 } }]',
  };

  test('succeeds if all cases hold, and ends with 1 if one does not', async () => {
    expect(await runMeter(['test'], { cwd: temporaryDirectory(files) })).toMatchObject({ exitCode: 0 });
    const wrong = { ...files, 'tiers.test.yaml': files['tiers.test.yaml'].replace('total: 31', 'total: 32') };
    const failed = await runMeter(['test'], { cwd: temporaryDirectory(wrong), env: { GITHUB_ACTIONS: 'true' } });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain('total: expected 32.00, got 31.00');
    expect(failed.stdout).toContain('paid, monthly fee: 1 × 31 = 31.00');
    expect(failed.stderr).toBe(
      '::error file=tiers.test.yaml,line=1,col=15,title=costs 31::total: expected 32.00, got 31.00\n',
    );
  });

  test('appends failed cases and what is not reached to the summary of a step', async () => {
    const cwd = temporaryDirectory({
      ...files,
      'tiers.test.yaml': 'cases: [{ it: costs | 32, tier: paid, expect: { total: 32 } }]',
      'summary.md': '',
    });
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const { stdout } = await runMeter(['test', '--assert', 'coverage > 0', '--format', 'md'], { cwd, env });
    const summary = readFileSync(join(cwd, 'summary.md'), 'utf8');
    expect(summary).toBe(`${stdout}\n`);
    expect(summary).toContain('1 of 1 case in 1 file failed');
    expect(summary).toContain('- **costs \\| 32**');
    expect(summary).toContain('total: expected 32.00, got 31.00');
    expect(summary).toContain('✅ `coverage > 0`');
    expect(summary).toContain('- paid: price of requests, step 1');
  });

  test('writes JUnit where the name ends with .xml', async () => {
    const cwd = temporaryDirectory(files);
    await runMeter(['test', '*.test.yaml', '-o', 'report.xml'], { cwd });
    expect(readFileSync(join(cwd, 'report.xml'), 'utf8')).toContain(
      '<testcase classname="tiers.test.yaml" name="costs 31"',
    );
  });

  test('without a test file says how to make one', async () => {
    const { stderr, exitCode } = await runMeter(['test'], { cwd: temporaryDirectory() });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no *.test.yaml here');
  });
});

describe('whatever stands in a test file', () => {
  const one = (usage: string, expected = '{ total: 0 }') =>
    `cases: [{ it: x, tier: paid, usage: ${usage}, expect: ${expected} }]`;
  test.each([
    ['', 2],
    ['cases', 2],
    ['cases: 7', 2],
    ['cases: [7, null, []]', 2],
    ['cases: [{ it: [], tier: {}, usage: 3, expect: 4 }]', 2],
    ['cases: &a [*a]', 2],
    [one('{ requests: 999999999999999999 }'), 1],
    [one('{ requests: 9999999999999999999 }'), 2],
    [one('{ requests: 0.000000000001, rows: 999999 }', '{ total: 31 }'), 0],
    [one('{ rows: 0 }'), 2],
    [one('{ at: 2026-10-25T02:30:00.000000001Z, requests: 1 }'), 2],
    [one('[{ at: 0001-01-01, seats: 5 }]', '{ total: 31 }'), 1],
    [one('{}', '{ total: -0.00, lines: { fee: { exact: -1/3 } } }'), 1],
    [one('{}', '{ lines: { "fee/99": 1, "usage:requests:99@x@y": 2 } }'), 1],
    [one('{}', '{ credits: { "": { drawn: 0 } } }'), 1],
    [`cases: [{ it: "a\\u001b[31m\\u202e\\nb", tier: paid, expect: { total: 1 } }]`, 1],
    [`tiers: .\n${one('{}')}`, 2],
    [`tiers: tiers.test.yaml\n${one('{}')}`, 2],
    [`tiers: ../../../../../etc/hostname\n${one('{}')}`, 2],
  ])('%j ends with an answer', async (text, exitCode) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': LIST, 'tiers.test.yaml': text });
    for (const format of ['table', 'md', 'json', 'junit', 'tap']) {
      const result = await runMeter(['test', '--format', format], { cwd, isTTY: true, env: { NO_COLOR: '1' } });
      expect(result.exitCode, result.stdout + result.stderr).toBe(exitCode);
      expect(result.stdout + result.stderr).not.toMatch(/[\u001b\u202e]/);
    }
  });
});

describe('the test files that come with meter', () => {
  const shipped = ['.', 'fixtures']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) =>
        join(ROOT, folder, name),
      ),
    )
    .filter((name) => name.endsWith('.test.yaml'))
    .map((name) => relative(ROOT, name));

  test.each(shipped)('%s holds and reaches every part of its price list', async (name) => {
    const { stdout, exitCode } = await runMeter(['test', name, '--assert', 'coverage == 100%', '--quiet']);
    expect(exitCode, stdout).toBe(0);
  });
});
