/**
 * Runs that are killed at random moments, for every kind of output: nothing is half-written, and the next run is as if
 * nothing had been. A few kills here; by hand for as long as wanted:
 *
 *     FAULT_SECONDS=600 FAULT_SEED=1 npx vitest run test/cli/faults.test.ts
 */
import { spawn } from 'node:child_process';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Random } from '../telemetry/random.ts';

const seconds = Number(process.env.FAULT_SECONDS ?? 0);
const firstSeed = Number(process.env.FAULT_SEED ?? 1);
const FEWEST_KILLS = 4;

const TIERS = 'pricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';
const HEADER = 'timestamp,event_id,customer_id,requests\n';
const ROWS = Array.from(
  { length: 30_000 },
  (_, i) => `2026-10-01T00:00:00Z,e${i},customer-${i % 200},${i % 50 === 0 ? 'x' : 25_000}\n`,
);

const BILLED = ['usage.csv', '--tier', 'pro', '--quiet', '--max-rejects', '5%'];
/** Command lines by what they write: files and directories whose names are `out…`. */
const KINDS: Readonly<Record<string, { readonly args: readonly string[]; readonly stdin?: true }>> = {
  'a file': { args: ['invoice', ...BILLED, '-o', 'out.json'] },
  'a directory': { args: ['invoice', ...BILLED, '-o', 'out/'] },
  'a file beside the rejects': { args: ['invoice', ...BILLED, '-o', 'out.csv', '--rejects', 'out.ndjson'] },
  'a file from a pipe, with a copy in the temporary directory': {
    args: ['invoice', '-', ...BILLED.slice(1), '-o', 'out.json'],
    stdin: true,
  },
  'a timeline': { args: ['timeline', ...BILLED, '-o', 'out.ndjson'] },
  'account-months': { args: ['usage', 'usage.csv', '--quiet', '--max-rejects', '5%', '-o', 'out.csv'] },
  'made-up telemetry': { args: ['sample', '--rows', '200000', '-o', 'out.csv'] },
};

const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const;

test.runIf(process.platform !== 'win32').each(Object.entries(KINDS))(
  'a run that is killed while it makes %s leaves nothing half-written',
  { timeout: (seconds + 60) * 1000 },
  async (_, { args, stdin }) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': HEADER + ROWS.join('') });
    const temporary = join(cwd, 'tmp');
    mkdirSync(temporary);
    const run = (kill?: { signals: readonly NodeJS.Signals[]; afterMs: number }) =>
      runOnce(args, { cwd, temporary, stdin: stdin && join(cwd, 'usage.csv'), kill });

    const started = performance.now();
    expect(await run()).toBe(0);
    const duration = performance.now() - started;
    const whole = outputsIn(cwd);
    expect(whole.size).toBeGreaterThan(0);
    expect(leftIn(cwd)).toEqual([]);

    const until = performance.now() + (seconds * 1000) / Object.keys(KINDS).length;
    let seed = firstSeed;
    for (; seed < firstSeed + FEWEST_KILLS || performance.now() < until; seed++) {
      const random = new Random(seed);
      const signal = SIGNALS[seed % SIGNALS.length]!;
      const signals = signal === 'SIGINT' && random.below(2) === 0 ? [signal, signal] : [signal];
      const afterMs = random.below(Math.ceil(duration));
      const what = `FAULT_SEED=${seed}: ${signals.join(' and ')} after ${afterMs} ms`;
      // Either nothing is there before, or the files of an earlier run are.
      const hadOutput = random.below(2) === 0;
      for (const name of whole.keys()) if (!hadOutput) rmSync(join(cwd, name), { force: true });

      const exitCode = await run({ signals, afterMs });
      expect([0, 130, signal], what).toContain(exitCode);
      const found = outputsIn(cwd);
      for (const [name, content] of found) expect(content === whole.get(name), `${what}: ${name}`).toBe(true);
      if (signal === 'SIGKILL') continue; // who cannot tidy leaves it to the next run
      if (hadOutput || exitCode === 0) expect(found.size, what).toBe(whole.size);
      else expect([0, whole.size], what).toContain(found.size);
      expect(leftIn(cwd), what).toEqual([]);
    }

    expect(await run()).toBe(0);
    expect(outputsIn(cwd)).toEqual(whole);
    expect(leftIn(cwd)).toEqual([]);
  },
);

type Run = {
  readonly cwd: string;
  readonly temporary: string;
  readonly stdin: string | undefined;
  readonly kill: { readonly signals: readonly NodeJS.Signals[]; readonly afterMs: number } | undefined;
};

/** Gives the exit code, or the signal that ended the process. */
function runOnce(args: readonly string[], { cwd, temporary, stdin, kill }: Run): Promise<number | string | null> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/meter.js'), ...args], {
    cwd,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => undefined); // a killed process reads no further
  if (stdin === undefined) child.stdin.end();
  else createReadStream(stdin).pipe(child.stdin);
  const timers = (kill?.signals ?? []).map((signal, i) => setTimeout(() => child.kill(signal), kill!.afterMs + i * 20));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      resolve(code ?? signal);
    });
  });
}

/** Contents of the finished outputs, by name. */
function outputsIn(cwd: string): Map<string, string> {
  const names = readdirSync(cwd, { recursive: true }).map(String).sort();
  const own = names.filter((name) => name.startsWith('out') && !name.endsWith('.part'));
  const files = own.filter((name) => statSync(join(cwd, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(cwd, name), 'latin1')]));
}

/** Unfinished files, and whatever is in the temporary directory. */
function leftIn(cwd: string): string[] {
  const names = readdirSync(cwd, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.part') || name.startsWith('tmp/'));
}

test.runIf(process.platform === 'linux')(
  'what a killed process has left is removed by the next run, and only that',
  async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': HEADER + ROWS[1]! });
    const temporary = join(cwd, 'tmp');
    mkdirSync(temporary);
    const args = ['invoice', 'usage.csv', '--tier', 'pro', '--quiet', '-o', 'out.json'];
    const { unfinishedMark } = await import('../../src/telemetry/leftovers.ts');
    const machine = unfinishedMark().split('-')[1];
    const GONE = 2 ** 22 + 1; // no process has such a number: Linux counts up to 2²²
    const mine = `.out.json.${process.pid}-${machine}-0123abcd.part`;
    const elsewhere = `.out.json.${GONE}-ffffffff-0123abcd.part`;
    const kept = [mine, elsewhere, '.notes.part'];
    for (const name of [...kept, `.out.json.${GONE}-${machine}-0123abcd.part`]) writeFileSync(join(cwd, name), '');
    mkdirSync(join(temporary, `meter-${GONE}-${machine}-0123abcd`));
    expect(await runOnce(args, { cwd, temporary, stdin: undefined, kill: undefined })).toBe(0);
    expect(leftIn(cwd).sort()).toEqual([...kept].sort());
  },
);
