/** A simulation that is interrupted ends in whatever phase it is, with its threads, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectBuilt, METER } from '../support/builtProgram.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HISTORY = join(ROOT, 'fixtures/pricing-models/history.csv.gz');

beforeAll(expectBuilt); // threads run what is built

/** Three hundred accounts: enough for threads to help wherever parameters are moved or drawn. */
function smallHistory(): string {
  const lines = gunzipSync(readFileSync(HISTORY)).toString('utf8').split('\n');
  return lines.slice(0, 1 + 300 * 16).join('\n');
}

/** A history that never ends, in small pieces. */
function* endless(): Generator<string> {
  yield 'customer_id,month,requests\n';
  for (let customer = 0; ; customer++) yield `c${customer},2026-01,1000\n`;
}

describe('an interrupted simulation ends with 130', () => {
  test.each([
    ['reading account-months', ['-']],
    ['simulating', ['small.csv', '--engine', 'mc', '--reps', '5000', '--threads', '2']],
    ['moving parameters', ['small.csv', '--sensitivity', '--bootstrap', '0', '--threads', '2']],
    ['drawing next years', ['small.csv', '--uncertainty', '--bootstrap', '0', '--threads', '2']],
  ])('while it is %s', async (phase, args) => {
    const cwd = temporaryDirectory({ 'small.csv': smallHistory() });
    const abort = new AbortController();
    const heard = (text: string) => {
      if (text.includes(`${phase}: `)) abort.abort();
    };
    const options = { cwd, signal: abort.signal, heard, isTTY: true, tickMs: 1000, stdin: Readable.from(endless()) };
    const { stdout, exitCode } = await runMeter(['simulate', ...args, '-o', 'result.json'], options);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
    expect(readdirSync(cwd)).toEqual(['small.csv']);
  });

  test('and so does the real process with its threads', async () => {
    const cwd = temporaryDirectory({});
    const args = [METER, 'simulate', HISTORY, '--engine', 'mc', '--reps', '100000', '-o', 'result.json'];
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => {
      child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
    });
    await new Promise((resolve) => child.stderr.once('data', resolve)); // what was read
    await new Promise((resolve) => setTimeout(resolve, 500)); // threads are at work
    child.kill('SIGINT');
    expect(await ended).toEqual({ exitCode: 130, signal: null });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
