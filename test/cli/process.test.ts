/** What only the real process shows: pipes, signals, and files that must not be left half-written. */
import { spawn } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectBuilt, METER } from '../support/builtProgram.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';
const HEADER = 'timestamp,customer_id,requests\n';
const USAGE = `${HEADER}2026-10-01T00:00:00Z,acme,25000\n`;

beforeAll(expectBuilt);

/** Usage of so many customers: as JSON about 700 bytes each. */
function usageOf(customers: number): string {
  const rows = Array.from({ length: customers }, (_, i) => `2026-10-01T00:00:00Z,customer-${i},25000\n`);
  return HEADER + rows.join('');
}

function directory(usage = USAGE): string {
  return temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': usage });
}

type Ended = { stdout: string; stderr: string; exitCode: number | null; signal: string | null };

function start(args: readonly string[], cwd: string, stdout: 'pipe' | number = 'pipe') {
  const child = spawn(process.execPath, [METER, ...args], {
    cwd,
    stdio: ['pipe', stdout, 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  child.stdin!.on('error', () => {}); // it may end without having read everything
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode, signal) => resolve({ ...texts, exitCode, signal }));
  });
  const readAll = () =>
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
    });
  return { child, ended, readAll };
}

function partsIn(cwd: string): string[] {
  return readdirSync(cwd, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.part'));
}

describe('output in a pipe', () => {
  test('is complete however large it is', async () => {
    const { ended, readAll } = start(
      ['invoice', 'usage.csv', '--tier', 'pro', '--format', 'json'],
      directory(usageOf(1000)),
    );
    readAll();
    const { stdout, stderr, exitCode } = await ended;
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(JSON.parse(stdout).totals).toMatchObject({ invoices: 1000, total: '20000.00' });
    expect(stderr).not.toMatch(/warning|listener/i);
  });

  test('is complete even if its reader is slow', async () => {
    const { child, ended } = start(
      ['invoice', 'usage.csv', '--tier', 'pro', '--format', 'ndjson'],
      directory(usageOf(300)),
    );
    let stdout = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      child.stdout!.pause();
      setTimeout(() => child.stdout!.resume(), 5);
    });
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(stdout.trimEnd().split('\n')).toHaveLength(301);
  });

  test.each([['json'], ['table'], ['csv']])(
    'may be cut off by its reader: `| head` ends quietly (%s)',
    async (format) => {
      const args = ['invoice', 'usage.csv', '--tier', 'pro', '--quiet', '--format', format];
      const { child, ended } = start(args, directory(usageOf(format === 'table' ? 1500 : 400)));
      child.stdout!.once('data', () => child.stdout!.destroy());
      const { stderr, exitCode } = await ended;
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    },
  );

  test('of a sample without end may be cut off, too', async () => {
    const { child, ended } = start(['sample', '--rows', '1000000000'], directory());
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await ended).toMatchObject({ stderr: '', exitCode: 0 });
  });

  test.skipIf(!existsSync('/dev/full'))('is not taken for written when the disk behind it is full', async () => {
    const args = ['invoice', 'usage.csv', '--tier', 'pro', '--quiet'];
    const { stderr, exitCode } = await start(args, directory(), openSync('/dev/full', 'w')).ended;
    expect(stderr).toBe('standard output: error: cannot be written: the disk is full [output/cannot-write]\n');
    expect(exitCode).toBe(2);
  });
});

describe('an interrupted run', () => {
  const interrupted = { exitCode: 130, signal: null, stdout: '', stderr: '' };

  test('ends with 130 while it waits for input, and leaves no unfinished file', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'out.json'), 'before');
    const args = [
      'invoice',
      '-',
      '--tier',
      'pro',
      '--quiet',
      '-o',
      'out.json',
      '--no-dedupe',
      '--rejects',
      'bad.ndjson',
    ];
    const { child, ended } = start(args, cwd);
    child.stdin!.write(USAGE + 'x,acme,1\n'.repeat(2000));
    await until(() => partsIn(cwd).length > 0);
    child.kill('SIGINT');
    expect(await ended).toEqual(interrupted);
    expect(readdirSync(cwd).sort()).toEqual(['out.json', 'tiers.yaml', 'usage.csv']);
    expect(readFileSync(join(cwd, 'out.json'), 'utf8')).toBe('before');
  });

  test('ends with 130 while it writes, and leaves no unfinished file', async () => {
    const cwd = directory();
    const { child, ended } = start(['sample', '--rows', '1000000000', '-o', 'big.csv'], cwd);
    await until(() => partsIn(cwd).some((name) => statSync(join(cwd, name)).size > 1e6));
    child.kill('SIGINT');
    expect(await ended).toEqual(interrupted);
    expect(readdirSync(cwd).sort()).toEqual(['tiers.yaml', 'usage.csv']);
  });

  test('ends with 130 while its reader does not read', async () => {
    const { child, ended } = start(['sample', '--rows', '1000000000'], directory());
    await new Promise((resolve) => child.stdout!.once('readable', resolve));
    child.kill('SIGINT');
    child.stdout!.destroy();
    expect(await ended).toMatchObject({ exitCode: 130, stderr: '' });
  });

  test('ends with 130 on SIGTERM, too', async () => {
    const cwd = directory();
    const { child, ended } = start(['sample', '--rows', '1000000000', '-o', 'big.csv'], cwd);
    await until(() => partsIn(cwd).length > 0);
    child.kill('SIGTERM');
    expect(await ended).toEqual(interrupted);
  });

  test('in the middle of a long export ends with 130', async () => {
    const abort = new AbortController();
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
    const stdin = createReadStream('/dev/zero', { end: 1 << 30 });
    const run = runMeter(['invoice', '-', '--tier', 'pro', '--quiet'], { cwd, stdin, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    expect(await run).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
  });
});

describe('an output file', () => {
  const write = (cwd: string, ...flags: string[]) =>
    runMeter(['invoice', 'usage.csv', '--tier', 'pro', '--quiet', ...flags], { cwd });

  test('that exists is untouched by a run that fails', async () => {
    const cwd = directory(`${USAGE}x,acme,1\n`);
    writeFileSync(join(cwd, 'out.json'), 'before');
    expect(await write(cwd, '-o', 'out.json')).toMatchObject({ exitCode: 3, stdout: '' });
    expect(readFileSync(join(cwd, 'out.json'), 'utf8')).toBe('before');
    expect(partsIn(cwd)).toEqual([]);
  });

  test('keeps the permissions of the one it replaces', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'out.json'), 'before', { mode: 0o600 });
    expect(await write(cwd, '-o', 'out.json')).toMatchObject({ exitCode: 0 });
    expect(statSync(join(cwd, 'out.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(cwd, 'out.json'), 'utf8')).totals.total).toBe('20.00');
  });

  test('behind a link is replaced, and the link stays', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'real.json'), 'before');
    symlinkSync('real.json', join(cwd, 'out.json'));
    expect(await write(cwd, '-o', 'out.json')).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(readFileSync(join(cwd, 'real.json'), 'utf8')).totals.total).toBe('20.00');
  });

  test('may be a device, which stays one', async () => {
    const cwd = directory();
    expect(await write(cwd, '-o', '/dev/null', '--format', 'json')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test.each(['usage.csv', './usage.csv', 'link.csv', 'tiers.yaml'])('is never what the run reads: %s', async (name) => {
    const cwd = directory();
    symlinkSync('usage.csv', join(cwd, 'link.csv'));
    const flags = ['--format', 'csv', '--tiers', 'tiers.yaml'];
    for (const flag of ['-o', '--rejects']) {
      const { stderr, exitCode } = await write(cwd, ...flags, flag, name);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${name} is read by this run and would be replaced [usage/output-is-input]`);
    }
    expect(readFileSync(join(cwd, 'usage.csv'), 'utf8')).toBe(USAGE);
  });

  test.each([
    ['-o', 'no/such/out.json', 'its directory does not exist'],
    ['-o', 'usage.csv/out.json', 'what should be its directory is a file'],
    ['-o', 'other/', 'there is a file of this name'],
    ['-o', `${'x'.repeat(300)}.json`, 'its name is too long'],
    ['--rejects', 'no/such/bad.ndjson', 'its directory does not exist'],
    ['--rejects', '.', 'it is a directory'],
  ])('that cannot be written is a problem of its own: %s %s', async (flag, name, why) => {
    const cwd = directory(`${USAGE}x,acme,1\ny,acme,1\n`);
    writeFileSync(join(cwd, 'other'), '');
    const { stderr, exitCode } = await write(cwd, '--max-rejects', '2', flag, name);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error: cannot be written: ${why} [output/cannot-write]`);
    expect(partsIn(cwd)).toEqual([]);
  });

  test('of the real process that cannot be written does not end it from behind', async () => {
    const cwd = directory(USAGE + 'x,acme,1\n'.repeat(50_000));
    const { stderr, exitCode } = await start(['invoice', 'usage.csv', '--tier', 'pro', '--rejects', '.'], cwd).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('.: error: cannot be written: it is a directory [output/cannot-write]');
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; !isSo(); i++) {
    if (i > 1000) throw new Error('it never came to pass');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
