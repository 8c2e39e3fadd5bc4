/** A tier that blocks has no price of the traffic: it is never the cheaper one, and every format says what it blocks. */
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// 5M requests. free blocks 4M of them, 80 %; paid: 20 + 5M × 1/1M = 25.00.
const TIERS = `pricing_tiers:
  free: { cost: 0, limits: { requests: 1M/mo }, overage: null }
  paid: { cost: 20 + usage, overage: { requests: 1/1M } }`;
const EDGE = 'tier: free\nroutes: [{ match: /a, traffic: 5M/month }]\n';
const RANGED = 'tier: free\nroutes: [{ match: /a, traffic: { expected: 500k/month, high: 2M/month } }]\n';

async function run(files: Record<string, string>, ...args: string[]) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'edge.yaml': EDGE, ...files });
  return runMeter(['estimate', 'edge.yaml', ...args], { cwd });
}

describe('the formats say what is blocked, and not that another tier were cheaper', () => {
  test('Markdown', async () => {
    const { stdout } = await run({}, '--format', 'md', '--quiet');
    expect(stdout.split('\n').slice(0, 3).join('\n')).toBe(
      `### 0.00 USD a month, blocks 80.0 % of requests

edge.yaml on **free**, a month of 30 days. **free blocks 4M requests \\(80.0 %\\)**; the cheapest that takes all of it is **paid**: 25.00.`,
    );
  });

  test('the table', async () => {
    const { stdout } = await run({}, '--quiet');
    expect(stdout).toContain('blocked, not billed  4M requests (80.0 %)');
    expect(stdout).not.toContain('cheaper');
  });

  test('a warning, and an annotation in GitHub Actions', async () => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'edge.yaml': EDGE });
    const { stderr } = await runMeter(['estimate', 'edge.yaml'], { cwd, env: { GITHUB_ACTIONS: 'true' } });
    expect(stderr).toContain('the cheapest tier that takes all of it is paid: 25.00');
    expect(stderr).toContain('::warning file=edge.yaml,line=1,col=7,title=edge/blocked::tier free blocks 4M requests');
  });

  test('high traffic that is blocked, beside expected traffic that is not', async () => {
    // High: 2M, of which 1M is blocked.
    const { stdout } = await run({ 'edge.yaml': RANGED }, '--quiet');
    expect(stdout).toContain('cheapest, with high traffic blocks 1M requests (50.0 %)');
  });

  test('a comparison with a tier that blocked', async () => {
    const { stdout } = await run({ 'now.yaml': EDGE.replace('free', 'paid') }, '--baseline', 'now.yaml', '--quiet');
    expect(stdout).toMatch(/total +25\.00 +0\.00 +-25\.00 +-100\.0 %; blocks 80\.0 % of requests\n/);
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'a.yaml': EDGE, 'b.yaml': EDGE.replace('free', 'paid') });
    const saved = await runMeter(['estimate', 'a.yaml', '--format', 'json', '-o', 'saved.json', '--quiet'], { cwd });
    expect(saved.exitCode).toBe(0);
    for (const baseline of ['a.yaml', 'saved.json']) {
      const after = await runMeter(['estimate', 'b.yaml', '--baseline', baseline, '--quiet'], { cwd });
      expect(after.stdout).toMatch(/total +0\.00 +25\.00 +\+25\.00 +from nothing; before, free blocked requests\n/);
    }
  });
});
