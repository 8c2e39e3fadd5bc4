/** Text from input is data: whatever a customer is called, it stays a name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';

const NAMES = [
  '../../etc/x',
  '..',
  '/etc/passwd',
  'C:\\Windows\\x',
  '=HYPERLINK("http://x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '\n=1+1',
  '\u001b[31mred',
  '\u009b31mred',
  '\u202egnp.exe',
  'bell\u0007',
  'line\nbreak',
  'a|b',
  '**bold** _it_ `code` [link](http://x) ![image](http://x)',
  '<script>alert(1)</script>',
  '&lt;',
  '__proto__',
  'constructor',
  'toString',
  'a,b',
  'say "hi"',
  "it's",
  '%2e%2e%2f',
  'CON',
  'Ä',
  '日本語',
  '👩‍👩‍👧‍👧',
  ' blank ',
  'Case',
  'case',
  'x'.repeat(10_000),
];

/** Everything that a terminal might act on, line ends apart. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const ndjson = (names: readonly string[]) =>
  names.map((name) => `${JSON.stringify({ ts: '2026-10-01T00:00:00Z', customer: name, requests: 25_000 })}\n`).join('');

function invoice(names: readonly string[], ...flags: string[]) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.ndjson': ndjson(names) });
  return { cwd, run: runMeter(['invoice', 'usage.ndjson', '--tier', 'pro', ...flags], { cwd }) };
}

describe('a customer may be called anything', () => {
  const sorted = [...NAMES].sort();

  test.each(['table', 'json', 'ndjson', 'csv', 'md'])(
    'and no control character reaches the %s output',
    async (format) => {
      const { stdout, stderr, exitCode } = await invoice(NAMES, '--format', format).run;
      expect(exitCode).toBe(0);
      expect(stdout).not.toMatch(CONTROL);
      expect(stderr).not.toMatch(CONTROL);
    },
  );

  test.each(NAMES.slice(0, -1))('in a table of few invoices, too: %j', async (name) => {
    const { stdout, exitCode } = await invoice([name], '--explain').run;
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(CONTROL);
    expect(stdout).toContain('20.00');
  });

  test('JSON gives every name back as it was', async () => {
    const { stdout } = await invoice(NAMES, '--format', 'json').run;
    const invoices = JSON.parse(stdout).invoices as { customer: string; total: string }[];
    expect(invoices.map(({ customer }) => customer)).toEqual(sorted);
    expect(new Set(invoices.map(({ total }) => total))).toEqual(new Set(['20.00']));
  });

  test('NDJSON gives every name back as it was, a line each', async () => {
    const { stdout } = await invoice(NAMES, '--format', 'ndjson').run;
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, -1).map((line) => JSON.parse(line).customer)).toEqual(sorted);
  });

  test('no cell of CSV is a formula', async () => {
    const { stdout } = await invoice(NAMES, '--format', 'csv').run;
    const rows = parse(stdout) as string[][];
    expect(rows).toHaveLength(1 + 2 * NAMES.length);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@\t\r\n]|^-(?!\d+(\.\d+)?$)/);
  });

  test('in Markdown every row has the same columns, and no name is HTML', async () => {
    const { stdout } = await invoice(NAMES, '--format', 'md').run;
    const rows = stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(2 + NAMES.length + 1);
    const columns = (row: string) => row.replaceAll(/\\./g, '').split('|').length;
    expect(new Set(rows.map(columns)).size).toBe(1);
    expect(stdout).not.toMatch(/<script|\[link]\(/);
  });

  test('a directory of invoices holds one file for each customer, and nothing lands outside', async () => {
    const { cwd, run } = invoice(NAMES, '-o', 'out/inner/');
    expect(await run).toMatchObject({ stdout: '', exitCode: 0 });
    expect(readdirSync(cwd).sort()).toEqual(['out', 'tiers.yaml', 'usage.ndjson']);
    expect(readdirSync(join(cwd, 'out'))).toEqual(['inner']);
    const files = readdirSync(join(cwd, 'out/inner'));
    expect(files).toHaveLength(NAMES.length);
    expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(NAMES.length);
    for (const name of files) expect(name).toMatch(/^[\w%-][\w.%~-]{0,200}\.json$/);
    const customers = files.map(
      (name) => JSON.parse(readFileSync(join(cwd, 'out/inner', name), 'utf8')).invoices[0].customer,
    );
    expect(customers.sort()).toEqual(sorted);
  });

  test('a customer file of CSV may name them all', async () => {
    const names = NAMES.filter((name) => !name.includes('\n'));
    const rows = names.map((name) => `"${name.replaceAll('"', '""')}",pro\n`).join('');
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'usage.ndjson': ndjson(names),
      'c.csv': `customer_id,tier\n${rows}`,
    });
    const { stdout, exitCode } = await runMeter(
      ['invoice', 'usage.ndjson', '--customers', 'c.csv', '--format', 'json'],
      { cwd },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).totals).toMatchObject({ invoices: names.length, total: `${names.length * 20}.00` });
  });

  test('without a tier for them, the problem names one of them harmlessly', async () => {
    for (const name of NAMES) {
      const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.ndjson': ndjson([name]) });
      const { stdout, stderr, exitCode } = await runMeter(['invoice', 'usage.ndjson'], { cwd });
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('no tier is known for customer');
      expect(stderr).not.toMatch(CONTROL);
      expect(stderr.length).toBeLessThan(2000);
    }
  });

  test('a name on the command line that nobody has is repeated harmlessly', async () => {
    const { stderr, exitCode } = await invoice(['acme'], '--customer', '\u001b[31mred', 'acme', 'toString').run;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('\\u001b[31mred');
    expect(stderr).not.toMatch(CONTROL);
  });

  test('an empty name is a rejected row', async () => {
    const { stderr, exitCode } = await invoice(['acme', '']).run;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no customer id [row/missing-customer]');
  });
});

describe('rejected rows are shown, never obeyed', () => {
  const rows = [
    '{"ts":"\u001b]0;title\u0007","customer":"a","requests":1}',
    '{"ts":"2026-10-01T00:00:00Z","customer":"a","requests":"\\u001b[2J"}',
    '{"ts":"2026-10-01T00:00:00Z","customer":"a","requests":"=1+1"}',
    `{"ts":"2026-10-01T00:00:00Z","customer":"a","requests":"${'9'.repeat(10_000)}"}`,
    '\u009b31m\u202e not json',
    `not json either ${'y'.repeat(10_000)}`,
  ];

  test('on standard error and in the file of rejects no control character is left', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.ndjson': `${rows.join('\n')}\n` });
    const args = ['invoice', 'usage.ndjson', '--tier', 'pro', '--rejects', 'bad.ndjson', '--input-format', 'ndjson'];
    const { stderr, exitCode } = await runMeter(args, { cwd });
    expect(exitCode).toBe(3);
    expect(stderr).not.toMatch(CONTROL);
    expect(stderr.length).toBeLessThan(3000);
    const written = readFileSync(join(cwd, 'bad.ndjson'), 'utf8');
    expect(written).not.toMatch(CONTROL);
    const rejects = written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rejects.map(({ raw }) => raw)).toEqual(rows);
  });

  test('a file name is repeated harmlessly', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'a\u001b[31m.csv': 'x\n' });
    for (const args of [
      ['invoice', 'a\u001b[31m.csv', 'b\u001b[31m.csv', '--tier', 'pro'],
      ['invoice', '\u001b[31m*.csv', '--tier', 'pro'],
      ['invoice', 'a\u001b[31m.csv', '--tier', '\u001b[31m'],
      ['invoice', 'a\u001b[31m.csv', '--period', '\u001b[31m'],
      ['invoice', 'a\u001b[31m.csv', '--tiers', '\u001b[31m'],
      ['invoice', 'a\u001b[31m.csv', '-o', 'x.\u001b[31m'],
      ['invoice', 'a\u001b[31m.csv', '-o', 'no\u001b[31m/x.json', '--tier', 'pro'],
      ['invoice', 'a\u001b[31m.csv', '--format', '\u001b[31m'],
      ['invoice', 'a\u001b[31m.csv', '--\u001b[31m'],
      ['\u001b[31m'],
      ['validate', 'a\u001b[31m.csv', 'tiers.yaml'],
    ]) {
      const { stdout, stderr, exitCode } = await runMeter(args, { cwd });
      expect(exitCode).toBeGreaterThan(0);
      expect(exitCode).toBeLessThan(4);
      expect(stderr).toContain('\\u001b[31m');
      expect(stdout + stderr).not.toMatch(CONTROL);
    }
  });
});

describe('colour', () => {
  const bad = 'ts,customer,requests\n2026-10-01T00:00:00Z,acme,x\n';
  const run = async (options: { isTTY?: boolean; env?: Record<string, string> }, ...flags: string[]) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.ndjson': ndjson(['acme']), 'bad.csv': bad });
    const good = await runMeter(['invoice', 'usage.ndjson', '--tier', 'pro', ...flags], { cwd, ...options });
    const wrong = await runMeter(['invoice', 'bad.csv', '--tier', 'pro', ...flags], { cwd, ...options });
    const problem = await runMeter(['validate', 'bad.csv', ...flags], { cwd, ...options });
    return {
      stdout: good.stdout,
      stderr: wrong.stderr,
      all: [good, wrong, problem].map((r) => r.stdout + r.stderr).join(''),
    };
  };

  test('appears on a terminal, in results and in problems', async () => {
    const { stdout, stderr } = await run({ isTTY: true });
    expect(stdout).toContain('\u001b[1m');
    expect(stderr).toContain('\u001b[31merror:');
  });

  test('never reaches a pipe or a file unasked', async () => {
    expect((await run({})).all).not.toContain('\u001b');
    expect((await run({ env: { COLORTERM: 'truecolor', TERM: 'xterm-256color', CLICOLOR: '1' } })).all).not.toContain(
      '\u001b',
    );
    const { cwd, run: written } = invoice(['acme'], '-o', 'out.txt');
    await written;
    expect(readFileSync(join(cwd, 'out.txt'), 'utf8')).not.toContain('\u001b');
  });

  test('reaches a pipe when FORCE_COLOR asks for it', async () => {
    expect((await run({ env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[1m');
    expect((await run({ env: { FORCE_COLOR: '0' } })).stdout).not.toContain('\u001b');
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('%o wins over FORCE_COLOR and over a terminal', async (env) => {
    expect((await run({ isTTY: true, env: { ...env, FORCE_COLOR: '3' } })).all).not.toContain('\u001b');
  });

  test('--no-color wins over FORCE_COLOR and over a terminal, before and after the command', async () => {
    expect((await run({ isTTY: true, env: { FORCE_COLOR: '3' } }, '--no-color')).all).not.toContain('\u001b');
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.ndjson': ndjson(['acme']) });
    const before = await runMeter(['--no-color', 'invoice', 'usage.ndjson', '--tier', 'pro'], { cwd, isTTY: true });
    expect(before.stdout).not.toContain('\u001b');
  });

  test('an empty NO_COLOR is none', async () => {
    expect((await run({ isTTY: true, env: { NO_COLOR: '' } })).stdout).toContain('\u001b[1m');
  });

  test('machine-readable formats have none even when forced', async () => {
    const env = { FORCE_COLOR: '3' };
    for (const format of ['json', 'ndjson', 'csv', 'md']) {
      expect((await run({ isTTY: true, env }, '--format', format)).stdout).not.toContain('\u001b');
    }
  });
});
