/** Baselines from wherever they come, and runs over several files. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers: { a: { cost: 10 + usage, overage: { requests: 1/1M } } }';
const edge = (traffic: string) => `routes: [{ match: /a, traffic: ${traffic}/month }]\n`;

/** 5M cost 15.00, 3M 13.00. */
const FILES = { 'tiers.yaml': TIERS, 'now.yaml': edge('5M'), 'before.yaml': edge('3M') };

describe('a baseline', () => {
  test.each(['-', '/dev/stdin'])('comes from standard input as %s', async (name) => {
    const cwd = temporaryDirectory(FILES);
    const args = ['estimate', 'now.yaml', '--baseline', name, '--format', 'json', '--quiet'];
    const { stdout } = await runMeter(args, { cwd, stdin: FILES['before.yaml'] });
    expect(JSON.parse(stdout).difference).toBe('2.00');
  });

  test('comes out of a pipe of the shell', () => {
    const cwd = temporaryDirectory(FILES);
    const script = `node ${join(ROOT, 'bin/meter.js')} estimate now.yaml --baseline <(cat before.yaml) --format json --quiet`;
    const { stdout } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
    expect(JSON.parse(stdout).difference).toBe('2.00');
  });

  test('and the configuration cannot both be standard input', async () => {
    const cwd = temporaryDirectory(FILES);
    const { stderr, exitCode } = await runMeter(['estimate', '-', '--baseline', '-'], { cwd, stdin: edge('5M') });
    expect(stderr).toContain('[usage/stdin-twice]');
    expect(exitCode).toBe(2);
    const watched = await runMeter(['estimate', '-', '--watch'], { cwd, stdin: edge('5M') });
    expect(watched.stderr).toContain('[usage/watch-pipe]');
  });

  test('for another number of days is compared by the day, and says so', async () => {
    const cwd = temporaryDirectory({ ...FILES, 'second.yaml': 'routes: [{ match: /a, traffic: 1/s }]\n' });
    const october = ['--period', '2026-10', '--format', 'json', '-o', 'october.json', '--quiet'];
    await runMeter(['estimate', 'second.yaml', ...october], { cwd });
    const args = ['estimate', 'second.yaml', '--baseline', 'october.json', '--quiet'];
    // October: 2 678 400 requests, 10 + 2.6784 → 12.68; by the day, for 30 days: 12.68 × 30 ÷ 31 = 12.2709… → 12.27.
    // 30 days: 2 592 000 requests, 10 + 2.592 → 12.59. 12.59 − 12.27 = 0.32. The route's usage by the day is the same.
    const json = JSON.parse((await runMeter([...args, '--format', 'json'], { cwd })).stdout);
    expect(json).toMatchObject({ difference: '0.32', baseline: { total: '12.27', days: 31 } });
    for (const format of ['table', 'md', 'html']) {
      const { stdout } = await runMeter([...args, '--format', format], { cwd });
      expect(stdout).toContain('october.json is for 31 days: it is compared by the day, for 30 days');
    }
  });

  test('that is not there leaves out the rules about it, with a note, and checks the others', async () => {
    const cwd = temporaryDirectory({
      ...FILES,
      'checked.yaml': `${edge('5M')}checks: [increase <= 10%, total <= 5]\n`,
    });
    const without = await runMeter(['estimate', 'checked.yaml'], { cwd });
    expect(without.stderr).toContain(
      'checked.yaml:2: note: "increase <= 10%" is not checked: it needs a baseline, and --baseline names none',
    );
    expect(without.stderr).toContain('✗ total <= 5   measured 15.00');
    expect(without.exitCode).toBe(1);
    const asserted = await runMeter(['estimate', 'now.yaml', '--assert', 'difference <= 1'], { cwd });
    expect(asserted.exitCode).toBe(0);
    expect(asserted.stderr).toContain('note: "difference <= 1" is not checked');
    const compared = await runMeter(['estimate', 'checked.yaml', '--baseline', 'before.yaml'], { cwd });
    expect(compared.stderr).toContain('✗ increase <= 10%   measured 15.38 %');
  });

  test('and checks are on the page', async () => {
    const cwd = temporaryDirectory(FILES);
    const args = ['--baseline', 'before.yaml', '--assert', 'total <= 5', '--format', 'html', '--quiet'];
    const { stdout } = await runMeter(['estimate', 'now.yaml', ...args], { cwd });
    expect(stdout).toContain('<h2>Against before.yaml</h2>');
    expect(stdout).toContain('✗ </span><code>total &lt;= 5</code> measured 15.00');
  });
});

describe('several files', () => {
  const cwd = () => temporaryDirectory(FILES);

  test('have a block each and a total: 15.00 + 13.00 = 28.00', async () => {
    const args = ['estimate', 'now.yaml', 'before.yaml', '--quiet'];
    const table = (await runMeter(args, { cwd: cwd() })).stdout;
    expect(table.match(/total a month +(\S+)/g)).toHaveLength(3);
    expect(table).toMatch(
      /all together[\s\S]*now\.yaml +a +15\.00[\s\S]*before\.yaml +a +13\.00[\s\S]*total a month +28\.00/,
    );
    const markdown = (await runMeter([...args, '--format', 'md'], { cwd: cwd() })).stdout;
    expect(markdown).toContain('## 28.00 USD a month, 2 configurations');
    expect(markdown).toContain('### 15.00 USD a month');
    const csv = (await runMeter([...args, '--format', 'csv'], { cwd: cwd() })).stdout.split('\n');
    expect(csv.slice(0, 3)).toEqual([
      'configuration,route,part,name,requests,compute_seconds,egress_bytes,tier,amount,currency',
      'now.yaml,/a,own,,5000000,0,0,a,15.00,USD',
      'before.yaml,/a,own,,3000000,0,0,a,13.00,USD',
    ]);
    const html = (await runMeter([...args, '--format', 'html'], { cwd: cwd() })).stdout;
    expect(html).toContain('<strong>28.00</strong> USD a month all together');
    expect(html).not.toContain('<input');
  });

  test('are checked each by its own rules, and together by --assert', async () => {
    const files = { ...FILES, 'checked.yaml': `${edge('4M')}checks: [total <= 13]\n` };
    const { stderr, exitCode } = await runMeter(
      ['estimate', 'checked.yaml', 'now.yaml', '--assert', 'total <= 29', '--quiet'],
      { cwd: temporaryDirectory(files) },
    );
    // 14.00 is above 13; 14.00 + 15.00 = 29.00 is not above 29.
    expect(stderr).toBe('✗ total <= 13   measured 14.00\n');
    expect(exitCode).toBe(1);
  });

  test('have no baseline', async () => {
    const args = ['estimate', 'now.yaml', 'before.yaml', '--baseline', 'before.yaml'];
    const { stderr, exitCode } = await runMeter(args, { cwd: cwd() });
    expect(stderr).toContain('[usage/several-files]');
    expect(exitCode).toBe(2);
  });
});

test('annotations name a file from the root of the repository, wherever the command runs', async () => {
  const root = temporaryDirectory({ 'tiers.yaml': TIERS });
  const cwd = join(root, 'services');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'edge.yaml'), 'routes: [{ match: /a, traffic: 10M/mnth }]\n');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: root };
  const { stderr } = await runMeter(['estimate', 'edge.yaml', '--tiers', '../tiers.yaml'], { cwd, env });
  expect(stderr).toContain('::error file=services/edge.yaml,line=1,col=');
});

describe('the table against a baseline', () => {
  const TWO = 'pricing_tiers: { a: { cost: 10 + usage, overage: { requests: 1/1M } } }';
  const routes = (...lines: string[]) => `routes:\n${lines.map((line) => `  - { ${line}/month }\n`).join('')}`;

  test('has a line for each route that is new, gone or changed, one for all others, and the total', async () => {
    const cwd = temporaryDirectory({
      'tiers.yaml': TWO,
      // 4M + 2M + 3M + 1M = 10M: 20.00, of which routes bear fees and use by requests: 8.00, 4.00, 6.00 and 2.00.
      'before.yaml': routes(
        'match: /grows, traffic: 4M',
        'match: /goes, traffic: 2M',
        'match: /x, traffic: 3M',
        'match: /y, traffic: 1M',
      ),
      // 8M + 8M + 3M + 1M = 20M: 30.00, by requests 12.00, 12.00, 4.50 and 1.50.
      'now.yaml': routes(
        'match: /grows, traffic: 8M',
        'match: /comes, traffic: 8M',
        'match: /x, traffic: 3M',
        'match: /y, traffic: 1M',
      ),
    });
    const { stdout } = await runMeter(['estimate', 'now.yaml', '--baseline', 'before.yaml', '--quiet'], { cwd });
    const lines = stdout.split('\n');
    const row = (label: string) =>
      lines
        .filter((line) => line.includes(label))
        .map((line) => line.trim().split(/ {2,}/))
        .find((cells) => cells.length >= 4);
    expect(row('against before.yaml')).toEqual(['against before.yaml', 'before', 'after', 'change']);
    const after = lines.slice(lines.findIndex((line) => line.includes('against before.yaml')));
    const found = (label: string) =>
      after
        .find((line) => line.includes(label))!
        .replace(/^\W*/, '')
        .replace(' %', '%')
        .replace('−', '-')
        .trim()
        .split(/ {2,}/);
    expect(found('/grows')).toEqual(['grows', '8.00', '12.00', '+4.00', '+50.0%']);
    expect(found('/comes')).toEqual(['comes', '–', '12.00', '+12.00', 'added']);
    expect(found('/goes')).toEqual(['goes', '4.00', '–', '-4.00', 'removed']);
    expect(found('2 routes with the same usage')).toEqual(['2 routes with the same usage', '8.00', '6.00', '-2.00']);
    expect(found('total')).toEqual(['total', '20.00', '30.00', '+10.00', '+50.0%']);
  });
});
