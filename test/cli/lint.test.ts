/** `meter validate` as a lint: no false alarm on what is shipped, comments, formats, exit codes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LINTS } from '../../src/core/lint/index.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const NEVER = 'pricing_tiers:\n  pro:\n    cost: 19\n    limits: { requests: 1k }\n';
const FILES = {
  'never.yaml': NEVER,
  'meant.yaml': NEVER.replace(/\n$/, ' # meter-ignore lint/limit-without-overage sold by hand\n'),
  'above.yaml': NEVER.replace(
    '    limits',
    '    # meter-ignore lint/limit-without-overage sold by hand\n\n    # more\n    limits',
  ),
  'broken.yaml': 'pricing_tiers:\n  pro: { cost: 19, limits: { requests: much } }\n',
  'x <&>.yaml': NEVER,
};

async function validated(...args: readonly string[]) {
  return runMeter(['validate', ...args], { cwd: temporaryDirectory(FILES) });
}

test('no price list that is shipped has a warning, and no comment in one is without effect', async () => {
  const files = ['tiers.example.yaml', ...filesBelow('fixtures')].filter((name) =>
    /^pricing_tiers:/m.test(readFileSync(resolve(ROOT, name), 'utf8')),
  );
  expect(files.length).toBeGreaterThan(20);
  const { exitCode, stderr } = await runMeter(['validate', ...files, '--quiet', '--strict']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

function filesBelow(folder: string): string[] {
  return readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

describe('a comment silences a warning', () => {
  test.each(['meant.yaml', 'above.yaml'])('%s', async (file) => {
    expect(await validated(file, '--strict')).toEqual({
      exitCode: 0,
      stdout: `${file}: a valid tier file with pro\n`,
      stderr: '',
    });
  });
  test('not an error, and not in a file that has errors, of which nothing else can be said', async () => {
    const cwd = temporaryDirectory({
      'a.yaml': FILES['broken.yaml'].replace(/\n$/, ' # meter-ignore tiers/not-a-quantity x\n'),
    });
    const { exitCode, stderr } = await runMeter(['validate', 'a.yaml'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr.match(/\[[a-z]+\/[a-z-]+\]/g)).toEqual(['[tiers/not-a-quantity]']);
  });
});

describe('exit codes: a warning fails with --strict alone, in every format', () => {
  test.each(['table', 'json', 'md', 'sarif', 'junit'])('%s', async (format) => {
    const lenient = await validated('never.yaml', '--format', format);
    expect([lenient.exitCode, lenient.stderr]).toEqual([0, expect.stringContaining('warning: pro has limits')]);
    const strict = await validated('never.yaml', '--format', format, '--strict');
    expect([strict.exitCode, strict.stderr]).toEqual([2, expect.stringContaining('error: pro has limits')]);
    expect((await validated('meant.yaml', '--format', format, '--strict')).exitCode).toBe(0);
    expect((await validated('broken.yaml', '--format', format)).exitCode).toBe(2);
  });
});

describe('formats', () => {
  test('JSON: problems with their places, what is meant, and the checklist', async () => {
    const { stdout } = await validated('never.yaml', 'meant.yaml', '--format', 'json', '--checklist');
    const { files, ...counts } = JSON.parse(stdout);
    expect(counts).toMatchObject({ kind: 'validation', passed: true, errors: 0, warnings: 1, ignored: 1, others: [] });
    expect(files[0].problems[0]).toMatchObject({ code: 'lint/limit-without-overage', line: 4, column: 5 });
    expect(files[1].ignored[0]).toMatchObject({ code: 'lint/limit-without-overage', reason: 'sold by hand' });
    expect(files[0].checklist).toHaveLength(12);
    expect(files[0].checklist[3]).toMatchObject({ state: 'bad', findings: 1 });
    expect(files[1].checklist[3]).toMatchObject({ state: 'good', findings: 0, ignored: 1 });
  });

  test('SARIF: a rule for every lint, a result for every problem, one that is meant as suppressed', async () => {
    const { stdout } = await validated('x <&>.yaml', 'meant.yaml', 'broken.yaml', '--format', 'sarif');
    const { version, runs } = JSON.parse(stdout);
    const [{ tool, results }] = runs;
    expect(version).toBe('2.1.0');
    const ids: string[] = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([...LINTS.map(({ code }) => code), 'tiers/not-a-quantity']);
    for (const { ruleId, ruleIndex, message } of results) {
      expect(ids[ruleIndex]).toBe(ruleId);
      expect(message.text).not.toBe('');
    }
    expect(results.map(({ ruleId, level }: { ruleId: string; level: string }) => `${level} ${ruleId}`)).toEqual([
      'warning lint/limit-without-overage',
      'error tiers/not-a-quantity',
      'warning lint/limit-without-overage',
    ]);
    expect(results[0].locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: 'x%20%3C&%3E.yaml' }, region: { startLine: 4, startColumn: 5 } } },
    ]);
    expect(results[2].suppressions).toEqual([{ kind: 'inSource', justification: 'sold by hand' }]);
  });

  test('JUnit: a case for each point; a warning is a note, and a failure with --strict', async () => {
    const lenient = (await validated('x <&>.yaml', '--format', 'junit')).stdout;
    expect(lenient).toContain('<testsuite name="x &lt;&amp;&gt;.yaml" tests="13" failures="0" errors="0" skipped="5">');
    expect(lenient).toContain('<system-out>warning: x &lt;&amp;&gt;.yaml:4:5: pro has limits');
    const strict = (await validated('never.yaml', '--format', 'junit', '--strict')).stdout;
    expect(strict).toContain('<testsuite name="never.yaml" tests="13" failures="1" errors="0" skipped="5">');
    const broken = (await validated('broken.yaml', '--format', 'junit')).stdout;
    expect(broken).toContain('<testsuite name="broken.yaml" tests="13" failures="0" errors="1" skipped="12">');
  });

  test('Markdown: the verdict first, then each problem with its remedy', async () => {
    const { stdout } = await validated('never.yaml', 'meant.yaml', '--format', 'md', '--checklist');
    expect(stdout).toMatch(/^## Configuration\n\n⚠ 1 warning in 2 files\.\n/);
    expect(stdout).toContain('<details><summary>1 warning that is meant</summary>');
    expect(stdout).toContain('| ✗ | Hard caps and open ends are meant |');
  });

  test('a flag without a place in the format is refused', async () => {
    for (const [args, code] of [
      [['never.yaml', '--checklist', '--format', 'sarif'], 'no-place-for-checklist'],
      [['never.yaml', '--show', '--format', 'json'], 'no-place-for-show'],
      [['--explain', 'lint/cliff', '--format', 'json'], 'no-place-for-explain'],
      [['--explain', 'lint/clif'], 'unknown-lint'],
      [['--checklist', '--tiers', 'never.yaml', 'nothing.yaml'], 'no-tiers'],
      [[], 'no-files'],
    ] as const) {
      const { exitCode, stderr } = await validated(...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(`[usage/${code}]`) });
    }
  });
});

test('every lint explains itself, under its code and the last part of it', async () => {
  for (const { code, title } of LINTS) {
    const { exitCode, stdout } = await validated('--explain', code);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(title)]);
    expect((await validated('--explain', code.replace('lint/', ''))).stdout).toBe(stdout);
  }
});
