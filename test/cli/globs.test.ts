/** Globs find everything that a shell would, and say what they cannot look at; a file is read once, whatever its names. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { filesMatching } from '../../src/cli/globs.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 1 } }\n';
const USAGE = 'timestamp,customer_id,requests\n2026-10-01T00:00:00Z,acme,5\n';

const directory = () => temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': USAGE });

async function totalOf(args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await runMeter(['invoice', ...args, '--tier', 'pro', '--format', 'json', '--quiet'], {
    cwd,
  });
  return stdout === '' ? stderr : JSON.parse(stdout).invoices[0].total;
}

describe.runIf(process.platform !== 'win32')('globs', () => {
  // 19 for the tier and 5 requests at 1.00 each, whatever the names under which they are found.
  test.each([
    ['a link', (cwd: string) => symlinkSync('usage.csv', join(cwd, 'latest.csv'))],
    ['a hard link', (cwd: string) => linkSync(join(cwd, 'usage.csv'), join(cwd, 'latest.csv'))],
    ['a directory that links to its own', (cwd: string) => symlinkSync('.', join(cwd, 'again'))],
  ])('a file that has another name by %s is read once', async (_, make) => {
    const cwd = directory();
    make(cwd);
    expect(await totalOf(['**/*.csv'], cwd)).toBe('24.00');
    expect(await totalOf(['usage.csv', './usage.csv'], cwd)).toBe('24.00');
  });

  test('two files of the same content are two', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'other.csv'), USAGE);
    expect(await totalOf(['*.csv'], cwd)).toBe('29.00'); // 19 + 10 × 1
  });

  test('named pipes and links that lead nowhere are found, directories are not', async () => {
    const cwd = directory();
    execFileSync('mkfifo', ['pipe.csv'], { cwd });
    symlinkSync('nowhere', join(cwd, 'lost.csv'));
    symlinkSync('loop.csv', join(cwd, 'loop.csv'));
    mkdirSync(join(cwd, 'sub.csv'));
    writeFileSync(join(cwd, 'sub.csv/inner.csv'), '');
    expect(await filesMatching('**/*.csv', cwd)).toEqual([
      'loop.csv',
      'lost.csv',
      'pipe.csv',
      'sub.csv/inner.csv',
      'usage.csv',
    ]);
  });

  test('a link that leads nowhere is a fault of the input, not an export less', async () => {
    const cwd = directory();
    symlinkSync('nowhere', join(cwd, 'lost.csv'));
    const { stderr, exitCode } = await runMeter(['invoice', '*.csv', '--tier', 'pro', '--quiet'], { cwd });
    expect(stderr).toContain('lost.csv: error: there is no such file');
    expect(exitCode).toBe(3);
  });

  test('a directory that cannot be listed ends the run', async () => {
    const cwd = directory();
    vi.resetModules();
    vi.doMock('node:fs', async (original) => {
      const fs = await original<typeof import('node:fs')>();
      const readdir = (path: string, options: object, done: (error: Error | null, entries: unknown) => void) =>
        /locked\/?$/.test(path)
          ? done(Object.assign(new Error('EACCES'), { code: 'EACCES' }), [])
          : fs.readdir(path, options as { withFileTypes: true }, done);
      return { ...fs, readdir };
    });
    mkdirSync(join(cwd, 'locked'));
    const { filesMatching: find } = await import('../../src/cli/globs.ts');
    vi.doUnmock('node:fs');
    await expect(find('**/*.csv', cwd)).rejects.toThrow('it may not be read');
    expect(await find('*.csv', cwd)).toEqual(['usage.csv']); // nothing that is asked for can be in it
  });
});
