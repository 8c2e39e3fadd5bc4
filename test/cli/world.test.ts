/** Faults of the world around a run: each has an exit code of its own and names its path, and none is called a bug. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { changeSince, fileStateOf } from '../../src/telemetry/fileState.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';
const HEADER = 'timestamp,event_id,customer_id,requests\n';
const USAGE = `${HEADER}2026-10-01T00:00:00Z,e1,acme,25000\n`;
const isPosix = process.platform !== 'win32';

const directory = (files: Record<string, string> = {}) =>
  temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': USAGE, ...files });

/** Runs the built program by a line of the shell, in which `meter` is it. */
function shell(line: string, cwd: string, env: Record<string, string> = {}) {
  const command = `meter() { "${process.execPath}" $NODE_FLAGS "${join(ROOT, 'bin/meter.js')}" "$@"; }\n${line}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { stdout, stderr, exitCode: status };
}

describe('an input that cannot be reached is a fault of the input', () => {
  for (const command of ['invoice', 'timeline', 'usage', 'simulate']) {
    test.each([
      ['usage.csv/x', 'a part of its path is not a directory'],
      ['a', 'the links of its path lead back to themselves'],
      ['x'.repeat(300), 'its name is too long for one'],
      ['missing', 'there is no such file'],
    ])(`${command} %s`, async (name, why) => {
      const cwd = directory();
      symlinkSync('a', join(cwd, 'b'));
      symlinkSync('b', join(cwd, 'a'));
      const { stderr, exitCode } = await runMeter([command, name, '--quiet'], { cwd });
      expect(stderr).toContain(why);
      expect(stderr).toContain('[input/not-found]');
      expect(exitCode).toBe(3);
    });
  }
});

describe.runIf(isPosix && existsSync('/bin/bash'))('a system with less to give', () => {
  const rows = Array.from({ length: 600_000 }, (_, i) => `2026-10-01T00:00:00Z,e${i},acme,1\n`);
  const large = () => directory({ 'many.csv': HEADER + rows.join('') });
  const run = 'meter invoice many.csv --tier pro --quiet --format csv --threads 2';

  test('has no thread to spare: one thread reads everything', () => {
    const cwd = large();
    const { stdout } = shell(run, cwd);
    const few = shell(`ulimit -n 22; ${run}`, cwd, { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(few).toEqual({ stdout, stderr: '', exitCode: 0 });
  });

  test('has no WebAssembly: the reader that does without is used', () => {
    const small = 'meter invoice usage.csv --tier pro --quiet --format csv';
    const cwd = directory();
    const expected = shell(small, cwd).stdout;
    const found = shell(small, cwd, { NODE_FLAGS: '--no-expose-wasm' });
    expect(found).toEqual({ stdout: expected, stderr: '', exitCode: 0 });
  });

  test('has no temporary directory: said, with what it is for, and exit code 2', () => {
    const cwd = directory();
    const { stderr, exitCode } = shell(run.replace('many', 'usage'), cwd, { TMPDIR: join(cwd, 'nowhere') });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nowhere: error: the temporary directory cannot be used: it does not exist');
    expect(stderr).toContain('[system/temporary-directory]');
  });

  test('limits the size of files: event ids that go to the disk need room, and exit code 2 says how much', () => {
    // A limit on file sizes fails like a full disk, without a disk of its own: 1 block is 1024 bytes.
    const limited = `trap '' XFSZ; ulimit -f 1000; ${run} --dedupe-memory 1MB`;
    const { stderr, exitCode } = shell(`cat many.csv | { ${limited.replace('many.csv', '-')}; }`, large());
    expect(stderr).toMatch(/the rows of a pipe are kept there.* \(\d+\.\d MB of them were written\)/);
    expect(stderr).toContain('hint: give TMPDIR a directory with as much room as the rows take');
    expect(exitCode).toBe(2);
  });
});

describe.runIf(isPosix && existsSync('/bin/bash'))('a named pipe', () => {
  test('is read like standard input, and several of them are', () => {
    const cwd = directory();
    execFileSync('mkfifo', ['one', 'two'], { cwd });
    const line =
      'cat usage.csv > one & cat usage.csv > two & meter invoice one two --no-dedupe --tier pro --format csv';
    const { stdout, stderr, exitCode } = shell(line, cwd);
    expect(stderr).toContain('2 rows read = 2 rated');
    expect(stdout).toContain('50000');
    expect(exitCode).toBe(0);
  });

  test.each(['invoice', 'timeline', 'usage'])('works with %s', (command) => {
    const line = `meter ${command} <(cat usage.csv) /dev/stdin ${command === 'usage' ? '' : '--tier pro'} < <(cat usage.csv)`;
    const { stderr, exitCode } = shell(line, directory());
    expect(stderr).toContain('2 rows read = 1 rated + 1 duplicate');
    expect(exitCode).toBe(0);
  });

  test('without a writer is waited for, and the wait can be interrupted', async () => {
    const cwd = directory();
    execFileSync('mkfifo', ['one'], { cwd });
    const child = spawn(process.execPath, [join(ROOT, 'bin/meter.js'), 'invoice', 'one', '--tier', 'pro'], { cwd });
    const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
  });

  test('standard input can be named once', async () => {
    const { stderr, exitCode } = await runMeter(['invoice', '-', '-', '--tier', 'pro'], { cwd: directory() });
    expect(stderr).toContain('error: standard input is named twice [usage/stdin-twice]');
    expect(exitCode).toBe(2);
  });
});

describe('a file that changes while it is read', () => {
  /** Runs over `usage.csv` and standard input, which makes the change in the middle of the run and then ends. */
  async function changing(change: (path: string) => void, flags: readonly string[] = [], usage = USAGE) {
    const cwd = directory({ 'usage.csv': usage });
    const path = join(cwd, 'usage.csv');
    const stdin = Readable.from(
      (async function* () {
        yield Buffer.from(HEADER);
        await new Promise((resolve) => setTimeout(resolve, 20)); // so that the time of modification moves on
        change(path);
        yield Buffer.from('2026-10-01T00:00:00Z,e2,acme,1\n');
      })(),
    );
    return runMeter(['invoice', '-', 'usage.csv', '--tier', 'pro', '--format', 'csv', ...flags], { cwd, stdin });
  }

  const LONG = HEADER + Array.from({ length: 5000 }, (_, i) => `2026-10-01T00:00:00Z,f${i},acme,1\n`).join('');

  for (const [reader, flags] of [
    ['fast', []],
    ['plain', ['--timeline', '--format', 'json']],
  ] as const) {
    describe(`by the ${reader} reader`, () => {
      test.each<[string, (path: string) => void, string]>([
        ['truncated', (path) => truncateSync(path, 1000), 'to 1000 bytes'],
        ['emptied', (path) => truncateSync(path, 0), 'to 0 bytes'],
        ['rewritten in place', (path) => writeFileSync(path, LONG.replace('f1,', 'g1,')), 'it was written to'],
        [
          'rewritten, and longer',
          (path) => writeFileSync(path, LONG.replaceAll('acme', 'acmes')),
          'it was written anew',
        ],
        ['removed', (path) => rmSync(path), 'it was removed'],
        [
          'replaced',
          (path) => {
            writeFileSync(`${path}.new`, LONG);
            renameSync(`${path}.new`, path);
          },
          'another file took its place',
        ],
      ])('%s is an error', async (_, change, how) => {
        const { stdout, stderr, exitCode } = await changing(change, flags, LONG);
        expect(stderr).toContain(`usage.csv: error: the file changed while it was read: `);
        expect(stderr).toContain(how);
        expect(stderr).toContain('[input/changed]');
        expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
      });

      test('appended to is read as far as it went, and that is said', async () => {
        const unchanged = await changing(() => undefined, flags);
        const grown = await changing((path) => appendFileSync(path, '2026-10-01T00:00:00Z,e3,acme,7\n'), flags);
        expect(grown.stdout).toBe(unchanged.stdout);
        expect(grown.stderr).toContain(
          `usage.csv grew by 31 bytes meanwhile: its first ${USAGE.length} bytes were read`,
        );
        expect(grown.exitCode).toBe(0);
      });

      test('appended to in the middle of a row is an error', async () => {
        const { stderr, exitCode } = await changing((path) => appendFileSync(path, '0\n'), flags, USAGE.trimEnd());
        expect(stderr).toContain('its last row was still being written [input/changed]');
        expect(exitCode).toBe(3);
      });
    });
  }

  test('is told from one that only has another name, by device and inode', () => {
    const cwd = directory();
    const path = join(cwd, 'usage.csv');
    const before = fileStateOf(path)!;
    linkSync(path, join(cwd, 'link.csv'));
    expect(changeSince(join(cwd, 'link.csv'), before, true)).toEqual({ kind: 'none' });
    writeFileSync(join(cwd, 'copy.csv'), readFileSync(path));
    expect(changeSince(join(cwd, 'copy.csv'), before, true)).toMatchObject({ kind: 'changed' });
    utimesSync(path, 1, 1);
    expect(changeSince(path, before, true)).toEqual({ kind: 'changed', how: 'it was written to' });
  });
});
