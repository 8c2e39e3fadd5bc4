/** What `meter simulate` is given: tier files, scenarios, settings, and telemetry that is long enough for a look back. */
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers: { p: { cost: usage, overage: { requests: 1/10k } } }\n';
const SCENARIOS = `scenarios:
  mine:
    tiers: tiers.yaml
    free_tier: { requests: 50k, rate_limit: 10/s }
    policies: [notify]
`;
const HISTORY = `customer_id,month,requests\n${Array.from({ length: 16 }, (_, t) => {
  const month = `${2024 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}`;
  return `a,${month},${50_000 + 1000 * (t % 3)}\nb,${month},${90_000 + 500 * (t % 5)}\n`;
}).join('')}`;
const FILES = { 'tiers.yaml': TIERS, 'scenarios.yaml': SCENARIOS, 'history.csv': HISTORY };
const simulate = (...args: string[]) =>
  runMeter(['simulate', 'history.csv', '--bootstrap', '0', ...args], { cwd: temporaryDirectory(FILES) });

describe('scenarios', () => {
  test.each(['simulate', 'calibrate'])(
    '%s: --tiers beside --scenarios is refused, with what to write instead',
    async (command) => {
      const args = [command, 'history.csv', '--tiers', 'tiers.yaml', '--scenarios', 'scenarios.yaml'];
      const { stdout, stderr, exitCode } = await runMeter(args, { cwd: temporaryDirectory(FILES) });
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
      expect(stderr).toContain('[usage/tiers-twice]');
      expect(stderr).toContain('hint: write tiers: FILE in a scenario');
    },
  );

  test('the terms of a tier file beside the scenarios are read', async () => {
    const { stdout } = await simulate('--scenarios', 'scenarios.yaml', '--quiet', '--format', 'json');
    const { scenarios } = JSON.parse(stdout);
    expect(Object.keys(scenarios)).toEqual(['mine']);
    expect(scenarios.mine.plans).toEqual(['p']);
    // Month 0 is the fourth: 50 000 and 91 500 requests are 5.00 + 9.15, and nobody has left yet.
    expect(scenarios.mine.bridge.start).toBe('14.15');
  });

  test('a tier file by itself is the scenario hybrid, also without being named', async () => {
    const named = await simulate('--tiers', 'tiers.yaml', '--format', 'json');
    const found = await simulate('--format', 'json');
    expect(found.stderr).toContain('using tiers.yaml as the scenario hybrid');
    const [one, other] = [named, found].map(({ stdout }) => JSON.parse(stdout));
    expect(one.scenarios.hybrid.plans).toEqual(['p']);
    expect(other.scenarios).toEqual(one.scenarios);
  });
});

describe('--set', () => {
  test.each([
    ['behaviour.fee_anchor', 'usage/bad-setting', 'write for instance behaviour.fee_anchor=0.45'],
    ['scenarios.mine.policies.notify=maybe', 'usage/bad-setting', undefined],
    ['scenarios.mien.policies.notify=true', 'usage/unknown-scenario', 'did you mean mine?'],
    ['scenarios.mine.policies.notfy=true', 'usage/unknown-policy', 'did you mean notify?'],
    ['fee_anchor=0.45', 'usage/unknown-parameter', 'did you mean behaviour.fee_anchor?'],
    ['behaviour.fee_anchor=much', 'usage/', undefined],
  ])('%s is refused', async (setting, code, hint) => {
    const { stdout, stderr, exitCode } = await simulate('--scenarios', 'scenarios.yaml', '--set', setting);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain(`--set ${setting.replace('=much', '')}`);
    expect(stderr).toContain(`[${code}`);
    if (hint !== undefined) expect(stderr).toContain(`hint: ${hint}`);
  });

  test('switches a policy off, changes a parameter, and leaves the rest alone', async () => {
    const settings = ['--set', 'scenarios.mine.policies.notify=false', '--set', 'costs.ticket=20'];
    const run = async (...more: string[]) =>
      JSON.parse((await simulate('--scenarios', 'scenarios.yaml', '--quiet', '--format', 'json', ...more)).stdout);
    const [before, after] = [await run(), await run(...settings)];
    expect(after.scenarios.mine.policies).toEqual({ ...before.scenarios.mine.policies, notify: false });
    expect(after.parameters.costs).toEqual({ ...before.parameters.costs, ticket: 20 });
    expect(after.parameters.behaviour).toEqual(before.parameters.behaviour);
  });
});

test('raw exports of sixteen months have a weekly NRR: as much is used as a year before, so it is 100 %', async () => {
  const rows = Array.from({ length: 70 }, (_, week) => {
    const at = new Date(Date.UTC(2024, 5, 3) + week * 7 * 86_400_000).toISOString();
    return `${at},a,12000\n${at},b,30000\n`;
  });
  const files = { ...FILES, 'usage.csv': `timestamp,customer_id,requests\n${rows.join('')}` };
  const args = [
    'simulate',
    'usage.csv',
    '--scenarios',
    'scenarios.yaml',
    '--bootstrap',
    '0',
    '--months',
    '6',
    '--quiet',
  ];
  const cwd = temporaryDirectory(files);
  const { stdout, stderr } = await runMeter([...args, '--format', 'json'], { cwd });
  expect(stderr).toBe('');
  const { mine } = JSON.parse(stdout).weeklyNrr;
  expect(mine.alarm).toBe(false);
  expect(mine.weeks.length).toBeGreaterThan(4);
  for (const { nrr } of mine.weeks) expect(nrr).toBe(1);
  const table = await runMeter(args, { cwd });
  expect(table.stdout).toMatch(/mine: weekly NRR on the telemetry itself is 100\.0 ?%/);
});
