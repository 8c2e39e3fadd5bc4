/** A close that is killed at any moment: the month is closed, or it is not; the next close is as if nothing had been. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'default_tier: pro\npricing_tiers:\n  pro: { cost: 19 + usage, overage: { requests: 0.40/10k } }\n';
const ROWS = Array.from({ length: 8000 }, (_, i) => `2026-10-01T00:00:00Z,e${i},customer-${i % 3000},25000\n`);
const CLOSE = ['close', '2026-10', 'usage.csv', '--quiet', '-o', 'close/2026-10'];
const KILLS = 4;

test.runIf(process.platform !== 'win32')('no half-closed month', { timeout: 120_000 }, async () => {
  const usage = `timestamp,event_id,customer_id,requests\n${ROWS.join('')}`;
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'usage.csv': usage });
  const started = performance.now();
  expect(await runOnce(cwd)).toBe(0);
  const duration = performance.now() - started;
  const folder = join(cwd, 'close/2026-10');
  const whole = readdirSync(folder);
  renameSync(folder, join(cwd, 'whole'));

  for (let kill = 1; kill <= KILLS; kill++) {
    const ended = await runOnce(cwd, (duration * kill) / (KILLS + 1));
    const isClosed = existsSync(folder);
    if (ended === 0) expect(isClosed).toBe(true);
    if (!isClosed) continue;
    expect(readdirSync(folder)).toEqual(whole);
    expect((await runMeter(['verify', 'close/2026-10'], { cwd })).exitCode).toBe(0);
    rmSync(folder, { recursive: true });
  }
  expect(await runOnce(cwd)).toBe(0);
  expect(readdirSync(join(cwd, 'close'))).toEqual(['2026-10']); // what killed runs have left is gone
});

/** The exit code, or the signal that ended it. */
function runOnce(cwd: string, killAfterMs?: number): Promise<number | string | null> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/meter.js'), ...CLOSE], { cwd, stdio: 'ignore' });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? signal);
    });
  });
}
