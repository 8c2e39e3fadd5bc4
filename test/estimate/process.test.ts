/** What only the real program shows: that its bundle is the same program, and how it watches files. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectBuilt, METER } from '../support/builtProgram.ts';
import { ROOT } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const EDGE = 'tier: production\nroutes:\n  - { match: /api/*, traffic: 3M/month, response: 1kB, compute: 4ms }\n';
const TIERS = readFileSync(join(ROOT, 'tiers.example.yaml'), 'utf8');

function directory(): string {
  return temporaryDirectory({ 'edge.yaml': EDGE, 'tiers.yaml': TIERS });
}

beforeAll(expectBuilt);

test('the program in one file says what its modules say', () => {
  const run = (script: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: join(ROOT, 'fixtures/edge-shop'),
      encoding: 'utf8',
    });
  const io =
    'stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {}, cwd: process.cwd(), now: () => 0, signal: new AbortController().signal';
  const call = `process.exitCode = await main(['estimate', 'edge.yaml', '--baseline', 'before.yaml', '--format', 'json'], { ${io} });`;
  const modules = run(`import { main } from '${join(ROOT, 'dist/cli/main.js')}'; ${call}`);
  const bundle = run(
    `import { loadProgram } from '${join(ROOT, 'bin/program.js')}'; const { main } = loadProgram('estimate'); ${call}`,
  );
  expect(bundle.stdout).toBe(modules.stdout);
  expect(bundle.stdout).toContain('"total": "377.11"');
  expect(bundle.status).toBe(0);
});

describe('--watch', () => {
  test('estimates again after a save, and keeps the last good answer while a file is broken', async () => {
    const cwd = directory();
    const { child, until } = watch(cwd, ['--format', 'csv']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await until(/131\.00,USD/);
    await settled();

    const edge = join(cwd, 'edge.yaml');
    for (const [traffic, amount] of [
      ['4M', '171.00'],
      ['5M', '211.00'],
      ['6M', '251.00'],
    ] as const) {
      writeFileSync(edge, EDGE.replace('3M', traffic));
      await until(new RegExp(`${amount},USD`));
    }

    writeFileSync(edge, EDGE.replace('3M/month', 'lots'));
    await until(/the last good answer stands[\s\S]*edge\.yaml:3:31: error: "lots" is not traffic/);
    // Many editors write a new file and rename it into place.
    writeFileSync(join(cwd, 'edge.yaml~'), EDGE.replace('3M', '7M'));
    renameSync(join(cwd, 'edge.yaml~'), edge);
    await until(/291\.00,USD/);

    child.kill('SIGINT');
    expect(await ended(child)).toBe(130);
  });
});

function watch(cwd: string, more: readonly string[]) {
  const child = spawn(process.execPath, [METER, 'estimate', 'edge.yaml', '--watch', ...more], { cwd });
  let said = '';
  let looked = 0;
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const listener of listeners) listener();
    });
  }
  const until = (what: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${what} did not come, but ${said.slice(looked)}`)), 20_000);
      const look = () => {
        const found = what.exec(said.slice(looked));
        if (!found) return;
        looked += found.index + found[0].length;
        clearTimeout(late);
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return { child, until };
}

/** The first answer comes before the watch begins. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}
