/** What programs and browsers get of a simulation. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';

type Outcome = {
  readonly bridge: Readonly<Record<string, string>>;
  readonly churnByCause: Readonly<Record<string, number>>;
  readonly marginByCause: { readonly total: number };
  readonly monthlyChurn: number;
  readonly grossMargin: number;
};

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'meter-simulation-'));
  const rows = ['customer_id,month,requests,egress_mb,peak_day_requests,tenure_months'];
  for (const [a, id] of ['"<b>&""1"', 'plain', '=1+1', 'd', 'e'].entries()) {
    for (let t = 0; t < 16; t++) {
      const month = `${2025 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}`;
      const requests = Math.round(90_000 * 3 ** a * (1 + 0.4 * Math.sin(t * (a + 1))));
      rows.push(`${id},${month},${requests},${Math.round(requests / 10)},${Math.round(requests / 12)},${3 * a}`);
    }
  }
  writeFileSync(join(cwd, 'history.csv'), `${rows.join('\n')}\n`);
  writeFileSync(
    join(cwd, 'signups.csv'),
    'customer_id,attempted_requests,egress_mb_per_request,peak_rps\ns1,60000,0.1,8\ns2,200000,0.2,30\n',
  );
  const tiersAt = (fee: number | string) =>
    `pricing_tiers: { pro: { cost: ${fee}, limits: { requests: 200k/mo }, overage: { requests: 0.4/10k } } }`;
  writeFileSync(
    join(cwd, 'annual.yaml'),
    `scenarios:\n  monthly:\n    ${tiersAt(19)}\n  yearly:\n    ${tiersAt('228/yr')}\n`,
  );
  writeFileSync(
    join(cwd, 'scenarios.yaml'),
    `scenarios:\n  "<script>alert(1)</script>":\n    ${tiersAt(19)}\n  paid:\n    ${tiersAt(29)}\n    policies: all\n`,
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const simulate = (...args: string[]) =>
  runMeter(['simulate', 'history.csv', '--signups', 'signups.csv', '--quiet', '--bootstrap', '20', ...args], { cwd });

describe('JSON', () => {
  test('an annual fee counts by a twelfth each month, and it is said', async () => {
    const result = JSON.parse((await simulate('--scenarios', 'annual.yaml', '--format', 'json')).stdout);
    // 228/12 = 19.00, in every month.
    expect(result.scenarios.yearly.bridge).toEqual(result.scenarios.monthly.bridge);
    // Eleven months of 19 from five accounts.
    expect(result.scenarios.yearly.annual).toEqual({ accounts: 5, prepaid: '1045.00' });
    expect(result.scenarios.monthly.annual).toBeUndefined();
    expect(result.assumptions).toContain(
      'yearly: 5 accounts are on annual plans from month 0; they decide to leave as others do, and go when their year ends; their fee counts by a twelfth each month, and USD 1 045 of later months are paid in month 0; sign-ups choose by the monthly fee',
    );
  });

  test('has rates as numbers, money as text, and the same bytes each time', async () => {
    const [first, second] = [await simulate('--format', 'json'), await simulate('--format', 'json')];
    expect(second.stdout).toBe(first.stdout);
    const result = JSON.parse(first.stdout);
    expect(result).toMatchObject({ formatVersion: '1.0', months: 12, accounts: 5, signups: 2, engine: 'ev' });
    expect(Object.keys(result.scenarios)).toEqual(['flat', 'usage', 'hybrid']);
    const { hybrid } = result.scenarios;
    for (const rate of [
      ...['conversion', 'monthlyChurn', 'disputeRate', 'disputeReduction', 'ticketsPerAccountMonth'],
      ...['grossMargin', 'nrr', 'grr'],
    ])
      expect(typeof hybrid[rate], rate).toBe('number');
    for (const money of [hybrid.arpa, hybrid.medianBill, ...Object.values(hybrid.bridge)])
      expect(money).toMatch(/^-?\d+\.\d\d$/);
    expect(Object.keys(hybrid.bridge)).toEqual(['start', 'churned', 'contraction', 'expansion', 'end']);
    expect(hybrid.nrrByMonth).toHaveLength(13);
    expect(hybrid.nrrByMonth[0]).toBe(1);
    expect(hybrid.intervals.monthlyChurn).toHaveLength(2);
    expect(Object.keys(result.policyWorth.hybrid)).toContain('notify');
    expect(result.parameters.behaviour.fee_anchor).toBe(0.39);
    expect(result.assumptions.length).toBeGreaterThan(3);
  });

  test('shows the parameters in force', async () => {
    const { stdout } = await simulate('--format', 'json', '--set', 'behaviour.fee_anchor=0.45');
    expect(JSON.parse(stdout).parameters.behaviour.fee_anchor).toBe(0.45);
  });

  test('of the Monte Carlo engine says how it was drawn', async () => {
    const { stdout } = await simulate('--format', 'json', '--engine', 'mc', '--reps', '5', '--seed', '9');
    expect(JSON.parse(stdout)).toMatchObject({ engine: 'mc', replicates: 5, seed: 9 });
  });
});

describe('the bridge and the causes', () => {
  test('add up', async () => {
    const { scenarios } = JSON.parse((await simulate('--format', 'json')).stdout);
    for (const { bridge, churnByCause, monthlyChurn, marginByCause, grossMargin } of Object.values<Outcome>(
      scenarios,
    )) {
      const { start, churned, contraction, expansion, end } = bridge;
      expect(Number(start) - Number(churned) - Number(contraction) + Number(expansion)).toBeCloseTo(Number(end), 1);
      const causes = Object.values<number>(churnByCause).reduce((sum, share) => sum + share, 0);
      expect(causes).toBeCloseTo(monthlyChurn, 5);
      expect(1 + marginByCause.total).toBeCloseTo(grossMargin, 5);
    }
  });
});

describe('HTML', () => {
  test('is one file that runs nothing and asks nobody, whatever names are in it', async () => {
    const { exitCode } = await simulate('--scenarios', 'scenarios.yaml', '--sensitivity', '-o', 'report.html');
    const html = readFileSync(join(cwd, 'report.html'), 'utf8');
    expect(exitCode).toBe(0);
    expect(html).not.toMatch(
      /<script|<link(?! rel="icon" href="data:,">)|<img|https?:|javascript:|\son\w+=|NaN|undefined|Infinity/i,
    );
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).toContain('&lt;b&gt;&amp;&quot;1');
    expect(html.match(/<svg[^>]*role="img" aria-label="[^"]+/g)!.length).toBeGreaterThan(10);
    expect(html).toContain('prefers-color-scheme: dark');
  });
});

describe('the charts', () => {
  test('of what policies are worth stand below the heading that says so', async () => {
    const { stdout } = await simulate('--format', 'html');
    const names = ['flat', 'usage', 'hybrid'];
    const headings = names.map((name) => stdout.lastIndexOf(`What each policy is worth to ${name}`));
    expect(headings[0]).toBeGreaterThan(0);
    expect(stdout.slice(0, headings[0])).not.toContain('change in points');
    for (const [i, name] of names.entries())
      expect(stdout.slice(headings[i], headings[i + 1]), name).toContain('net revenue retention, change in points');
  });

  test('of bills have no label on their axis that reaches into the next', async () => {
    const { stdout } = await simulate('--format', 'html');
    const chart = stdout.slice(stdout.indexOf('Distribution of bills'));
    const labels = [
      ...chart.slice(0, chart.indexOf('</svg>')).matchAll(/<text x="([\d.]+)" y="216" class="dim">(\w+)</g),
    ];
    expect(labels.length).toBeGreaterThan(8);
    for (const [i, [, x, label]] of labels.slice(0, -1).entries()) {
      // Digits of the page's font are less than 8 units wide.
      expect(Number(x) + label!.length * 8, label).toBeLessThan(Number(labels[i + 1]![1]));
    }
  });
});

test('a customer id never becomes a formula in the table of accounts', async () => {
  await simulate('--accounts', 'accounts.csv', '-o', 'result.csv');
  expect(readFileSync(join(cwd, 'accounts.csv'), 'utf8')).toContain("\n'=1+1,");
});

test('the table fits a hundred columns', async () => {
  const { stdout } = await simulate('--sensitivity');
  const lines = stdout.split('\n').filter((line) => [...line].length > 100 && !/–.*in percentage points/.test(line));
  expect(lines).toEqual([]);
});
