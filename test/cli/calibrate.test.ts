/** `meter calibrate` from files to a result: customers, sign-ups, invoices and rates made by known parameters give them back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tariffOf } from '../../src/core/simulation/billing.ts';
import { conversionOf, expectedBills } from '../../src/core/simulation/conversion.ts';
import { type Behaviour, DEFAULT_PARAMETERS } from '../../src/core/simulation/parameters.ts';
import { RandomStream } from '../../src/core/simulation/random.ts';
import { observedHistory } from '../core/simulation/calibration/observedHistory.ts';
import { firstAccounts, referencePopulation, referenceSignups, scenarioOf } from '../core/simulation/support.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TRUTH: Behaviour = {
  ...DEFAULT_PARAMETERS.behaviour,
  baseChurn: 0.024,
  surpriseChurn: 0.3,
  unpredictabilityChurn: 0.5,
  baseDisputes: 0.02,
  priceSensitivity: 1.7,
};
/** Requests alone have a price, so that the history need not say what else was used. */
const PLANS = {
  fixed: 'fixed: { cost: 29 flat, limits: { requests: 500k/mo }, overage: { requests: 0.58/10k } }',
  metered: 'metered: { cost: usage, overage: { requests: 0.95/10k } }',
  told: 'told: { cost: 19 + usage, limits: { requests: 200k/mo }, overage: { requests: 0.40/10k } }',
};
const POLICIES = { fixed: [], metered: [], told: ['notify'] } as const;
const NAMES = Object.keys(PLANS) as (keyof typeof PLANS)[];
const SCENARIOS = NAMES.map((name) => scenarioOf({ name, tiers: PLANS[name], policies: POLICIES[name] }));
const SCENARIO_FILE = `scenarios:\n${NAMES.map(
  (name) =>
    `  ${name}:\n    pricing_tiers: { ${PLANS[name]} }\n    free_tier: { requests: 50k, rate_limit: 10/s }\n    policies: [${POLICIES[name].join()}]\n`,
).join('')}`;

/**
 * A right estimate of one parameter is farther than this many standard errors from the truth in 1 of 15 800 samples; of
 * twelve parameters, any is in 1 of 1 300.
 */
const MOST_ERRORS = 4;

type Estimate = { parameter: string; value: number; standardError: number; identified: boolean };
type Calibrated = {
  readonly rows: {
    readonly accountMonths: Readonly<
      Record<'read' | 'fitted' | 'forming' | 'formingExits' | 'afterExit' | 'contracts', number>
    >;
    readonly signups: Readonly<Record<string, number>>;
  };
  readonly history: {
    readonly rows: number;
    readonly accounts: number;
    readonly exits: number;
    readonly estimates: Estimate[];
  };
  readonly conversion: { readonly signups: number; readonly estimates: Estimate[] };
  readonly warnings: readonly { readonly code: string }[];
  readonly parameters: { readonly behaviour: Readonly<Record<string, number>> };
};

describe('from a history of customers and sign-ups who react by known parameters', () => {
  let cwd: string;
  let found: Calibrated;
  let rows = 0;
  let exits = 0;
  const converted: boolean[] = [];

  beforeAll(async () => {
    const population = firstAccounts(await referencePopulation(), 900);
    const months = observedHistory(population, TRUTH, { seed: 5, lists: SCENARIOS });
    const accounts = [...new Set(months.map(({ customer }) => customer))];
    const lines = months.map((one) => {
      const name = NAMES[accounts.indexOf(one.customer) % NAMES.length]!;
      const month = `2025-${String(one.month + 1).padStart(2, '0')}`.replace(
        /2025-(1[3-9])/,
        (_, m) => `2026-0${Number(m) - 12}`,
      );
      rows++;
      if (one.churned) exits++;
      return `${one.customer},${month},${one.requests},${one.peakDayRequests},${one.tenure},${name},${name},${one.bill.toFixed(2)},${one.notify},${one.churned},${one.disputed}\n`;
    });
    const head =
      'customer_id,month,requests,peak_day_requests,tenure_months,scenario,plan,invoice,notify,churned,disputed\n';

    const signups = await referenceSignups();
    const scenario = SCENARIOS[2]!;
    const positions = { meters: ['requests', 'egress'], requests: 0, egress: 1 };
    const tariff = tariffOf(scenario, { ...positions, periods: [population.periods.at(-1)!] });
    const bills = expectedBills(signups, tariff, 0, TRUTH, positions);
    const { policies, freeTier } = scenario;
    const chances = conversionOf({ signups, bills, tariff, month: 0, behaviour: TRUTH, policies, freeTier });
    const tried = signups.map(({ id, attemptedRequests, egressBytesPerRequest, peakRequestsPerSecond }, i) => {
      converted.push(new RandomStream(3, 'converted', id).next() < chances[i]!);
      return `${id},${attemptedRequests},${egressBytesPerRequest / 1e6},${peakRequestsPerSecond},${converted[i] ? 'yes' : 'no'}\n`;
    });
    cwd = mkdtempSync(join(tmpdir(), 'meter-calibrate-'));
    const files = {
      'then.yaml': SCENARIO_FILE,
      'observed.csv': head + lines.join(''),
      'signups.csv': `customer_id,attempted_requests,egress_mb_per_request,peak_rps,converted\n${tried.join('')}`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const args = ['observed.csv', '--scenarios', 'then.yaml', '--signups', 'signups.csv', '--scenario', 'told'];
    const { stdout, stderr } = await runMeter(['calibrate', ...args, '--quiet', '--format', 'json'], { cwd });
    if (stdout === '') throw new Error(stderr);
    found = JSON.parse(stdout) as Calibrated;
  }, 120_000);
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('everything that the files hold is counted', () => {
    expect(found.history.exits).toBe(exits);
    expect(found.history.accounts).toBeLessThanOrEqual(900);
    const { read, fitted, forming, formingExits, afterExit, contracts } = found.rows.accountMonths;
    expect({ read, fitted, formingExits, afterExit, contracts }).toEqual({
      ...{ read: rows, fitted: found.history.rows, formingExits: 0, afterExit: 0, contracts: 0 },
    });
    expect(forming).toBe(rows - fitted);
    expect(forming).toBeGreaterThan(0); // the first months are there to be remembered
    expect(found.rows.signups).toEqual({ read: converted.length, fitted: converted.length, withoutOutcome: 0 });
    expect(found.conversion.signups).toBe(converted.length);
    expect(converted.filter(Boolean).length).toBeGreaterThan(10);
    expect(found.warnings.map(({ code }) => code)).toEqual(exits < 300 ? ['usage/few-exits'] : []);
  });

  test('every parameter that the data can tell is found within four standard errors', () => {
    const truth = new Map(
      Object.entries(TRUTH).map(([name, value]) => [name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
    );
    const estimates = [...found.history.estimates, ...found.conversion.estimates];
    expect(estimates).toHaveLength(13);
    // No plan throttles.
    const unknown = estimates.filter(({ identified }) => !identified).map(({ parameter }) => parameter);
    expect(unknown).toEqual(['behaviour.throttle_churn']);
    for (const { parameter, value, standardError, identified } of estimates) {
      const right = truth.get(parameter.replace('behaviour.', ''))!;
      expect(found.parameters.behaviour[parameter.replace('behaviour.', '')], parameter).toBe(value);
      if (!identified) continue;
      expect(Math.abs(value - right) / standardError, `${parameter}: ${value} for ${right}`).toBeLessThan(MOST_ERRORS);
    }
  });

  test('what is found is nearer to the truth than what it began with', () => {
    const { behaviour } = found.parameters;
    for (const [written, name] of [
      ['base_churn', 'baseChurn'],
      ['base_disputes', 'baseDisputes'],
      ['surprise_churn', 'surpriseChurn'],
    ] as const) {
      const before = Math.abs(DEFAULT_PARAMETERS.behaviour[name] - TRUTH[name]);
      expect(Math.abs(behaviour[written]! - TRUTH[name]), `${written} ${behaviour[written]}`).toBeLessThan(before);
    }
  });

  test('the YAML holds the same values to eight digits, and meter simulate takes them', async () => {
    const args = ['observed.csv', '--scenarios', 'then.yaml', '--signups', 'signups.csv', '--scenario', 'told'];
    const written = await runMeter(['calibrate', ...args, '--quiet', '-o', 'out.yaml'], { cwd });
    expect({ stderr: written.stderr, exitCode: written.exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(written.stdout).toContain(`${exits} exits`);
    const file = parse(readFileSync(join(cwd, 'out.yaml'), 'utf8')) as Calibrated['parameters'];
    for (const [name, value] of Object.entries(found.parameters.behaviour))
      expect(Math.abs(file.behaviour[name]! - value), name).toBeLessThanOrEqual(Math.abs(value) * 5e-8);
    const { stdout } = await runMeter(
      [
        'simulate',
        'observed.csv',
        '--scenarios',
        'then.yaml',
        '--parameters',
        'out.yaml',
        '--bootstrap',
        '0',
        '--quiet',
        '--format',
        'json',
      ],
      { cwd },
    );
    const simulated = JSON.parse(stdout);
    expect(simulated.parameters.behaviour).toMatchObject(file.behaviour);
    expect(simulated.assumptions[0]).not.toContain('published rates of other companies');
  }, 120_000);

  test('a file of costs alone measures no behaviour', async () => {
    const costs = temporaryDirectory({ 'costs.yaml': 'costs:\n  ticket: 20\n' });
    const args = ['--scenarios', 'then.yaml', '--parameters', join(costs, 'costs.yaml'), '--bootstrap', '0', '--quiet'];
    const { stdout } = await runMeter(['simulate', 'observed.csv', ...args, '--format', 'json'], { cwd });
    expect(JSON.parse(stdout).assumptions[0]).toContain('fitted to a published table of three pricing models');
  }, 120_000);

  test('a row whose invoice the price list does not come to stops it', async () => {
    const text = readFileSync(join(cwd, 'observed.csv'), 'utf8').replace(/(,fixed,fixed,)([\d.]+)/, '$19.99');
    const other = temporaryDirectory({ 'then.yaml': SCENARIO_FILE, 'observed.csv': text });
    const { stderr, exitCode } = await runMeter(['calibrate', 'observed.csv', '--scenarios', 'then.yaml'], {
      cwd: other,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('[observed/invoice-differs]');
  });

  test.each([
    [['--signups', 'signups.csv', '--scenario', 'fixd'], 2, 'usage/unknown-scenario'],
    [['--signups', 'bare.csv'], 3, 'usage/no-outcomes'],
  ])('%s ends it with a problem of its own', async (more, code, problem) => {
    const bare = readFileSync(join(cwd, 'signups.csv'), 'utf8').replaceAll(/,[^,\n]*$/gm, '');
    const files = {
      'observed.csv': readFileSync(join(cwd, 'observed.csv'), 'utf8').split('\n').slice(0, 400).join('\n'),
    };
    const other = temporaryDirectory({
      ...{ ...files, 'bare.csv': bare, 'signups.csv': readFileSync(join(cwd, 'signups.csv'), 'utf8') },
      'then.yaml': SCENARIO_FILE,
    });
    const { stderr, exitCode } = await runMeter(['calibrate', 'observed.csv', '--scenarios', 'then.yaml', ...more], {
      cwd: other,
    });
    expect(stderr).toContain(`[${problem}]`);
    expect(exitCode).toBe(code);
  });
});

describe('rows that take no part', () => {
  const TIERS = `pricing_tiers:
  pro: { cost: 9, overage: { requests: 0.40/10k }, limits: { requests: 10k } }
  big: { cost: custom }
`;
  const head = 'customer_id,month,tenure_months,requests,plan,churned\n';
  const run = (rows: readonly string[]) =>
    runMeter(['calibrate', 'observed.csv', '--tiers', 'tiers.yaml', '--format', 'json'], {
      cwd: temporaryDirectory({ 'tiers.yaml': TIERS, 'observed.csv': `${head}${rows.join('\n')}\n` }),
    });

  test('are counted by reason, as what is read of them', async () => {
    const { stdout, stderr, exitCode } = await run([
      // There before: January to March form expectations, April counts, May is after the exit.
      ...['2026-01,9,1,pro,no', '2026-02,10,1,pro,no', '2026-03,11,1,pro,no', '2026-04,12,1,pro,yes'].map(
        (r) => `a,${r}`,
      ),
      'a,2026-05,13,1,pro,no',
      // New: counts from the month of arrival.
      ...['b,2026-03,0,1,pro,no', 'b,2026-04,1,1,pro,no'],
      // Leaves while expectations are formed.
      ...['c,2026-01,9,1,pro,yes', 'd,2026-01,,1,big,no'],
    ]);
    expect(stderr).toContain(
      '9 account-months read = 3 fitted + 4 that only form expectations (with 1 exit) + 1 after an exit + 1 on contracts\n',
    );
    expect(stderr).toContain('1 month of arrival may be partial: it is fitted, and forms no expectation\n');
    expect(JSON.parse(stdout).rows).toEqual({
      accountMonths: { read: 9, fitted: 3, forming: 4, formingExits: 1, afterExit: 1, contracts: 1, arrivals: 1 },
    });
    expect(exitCode).toBe(0);
  });

  test('where every exit falls into months that form expectations, nothing is fitted', async () => {
    const { stdout, stderr, exitCode } = await run(
      Array.from({ length: 40 }, (_, i) => `c${i},2026-01,5,1,pro,${i % 2 === 0 ? 'yes' : 'no'}`),
    );
    expect(stderr).toContain('all 20 exits in observed.csv fall into the first three months');
    expect(stderr).toContain('[usage/no-exits]');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
  });

  test('in the month of arrival a part of the fee is accepted, and more than the price list comes to is not', async () => {
    const invoiced = 'customer_id,month,tenure_months,requests,plan,invoice,churned\n';
    const calibrated = (amount: string, tenure: number) =>
      runMeter(['calibrate', 'observed.csv', '--tiers', 'tiers.yaml', '--quiet'], {
        cwd: temporaryDirectory({
          'tiers.yaml': TIERS,
          'observed.csv': `${invoiced}a,2026-01,${tenure},1,pro,${amount},no\na,2026-02,${tenure + 1},1,pro,9.00,yes\nb,2026-01,0,1,pro,9.00,yes\n`,
        }),
      });
    expect((await calibrated('3.20', 0)).exitCode).toBe(0);
    expect((await calibrated('9.01', 0)).stderr).toContain('[observed/invoice-differs]');
    expect((await calibrated('3.20', 4)).stderr).toContain('[observed/invoice-differs]');
  });

  test('where they are new, half leaving in the first month shows in the fit', async () => {
    const { stdout } = await run(
      Array.from({ length: 40 }, (_, i) => `c${i},2026-01,0,1,pro,${i % 2 === 0 ? 'yes' : 'no'}`),
    );
    const { history, parameters } = JSON.parse(stdout);
    expect(history.exits).toBe(20);
    expect(parameters.behaviour.base_churn).toBeGreaterThan(5 * DEFAULT_PARAMETERS.behaviour.baseChurn);
  });
});

describe('from monthly invoices of the infrastructure', () => {
  const COSTS = { compute_second: 1.4e-5, million_requests: 0.35, egress_gigabyte: 0.03, account: 0.2 };
  const MONTHS = 12;
  const MONTH = (t: number) => `2025-${String(t + 1).padStart(2, '0')}`;

  /** Usage whose four drivers go up and down at different times, and what a fleet used to 40 or 50 % costs for it. */
  function files(months = MONTHS): Record<string, string> {
    const rows = ['customer_id,month,requests,compute_seconds,egress_bytes,plan,churned'];
    const spend = ['month,amount,utilisation'];
    for (let t = 0; t < months; t++) {
      const accounts = 10 + ((t * 3) % 7);
      const [requests, seconds, gigabytes] = [(1 + (t % 3)) * 1e6, (1 + ((t * 5) % 4)) * 1e6, 100 + 90 * ((t * 7) % 5)];
      for (let a = 0; a < accounts; a++) {
        const isLast = t === MONTHS - 1 && a === 0;
        rows.push(`c${a},${MONTH(t)},${requests},${seconds},${gigabytes}000000000,fixed,${isLast}`);
      }
      const utilisation = t % 2 === 0 ? 0.4 : 0.5;
      const amount =
        ((accounts * seconds) / utilisation) * COSTS.compute_second +
        ((accounts * requests) / 1e6) * COSTS.million_requests +
        accounts * gigabytes * COSTS.egress_gigabyte +
        accounts * COSTS.account;
      spend.push(`${MONTH(t)},${amount.toFixed(4)},${utilisation}`);
    }
    spend.push('2031-01,5,0.5'); // no usage, so it is left out
    return { 'observed.csv': `${rows.join('\n')}\n`, 'spend.csv': `${spend.join('\n')}\n`, 'then.yaml': SCENARIO_FILE };
  }
  const run = (cwd: string, ...more: string[]) =>
    runMeter(['calibrate', 'observed.csv', '--scenarios', 'then.yaml', '--spend', 'spend.csv', ...more], { cwd });

  test('unit costs that the invoices are made of come out within 1 %', async () => {
    const { stdout, exitCode } = await run(temporaryDirectory(files()), '--quiet', '--format', 'json');
    const { spend, parameters } = JSON.parse(stdout);
    expect(spend.estimates.map(({ identified }: Estimate) => identified)).toEqual([true, true, true, true]);
    expect(spend.explained).toBeGreaterThan(0.9999);
    for (const [name, cost] of Object.entries(COSTS))
      expect(Math.abs(parameters.costs[name] / cost - 1), `${name} ${parameters.costs[name]}`).toBeLessThan(0.01);
    expect(exitCode).toBe(0);
  });

  test('the table shows them, and which cannot be told', async () => {
    const cwd = temporaryDirectory({
      ...files(),
      'spend.csv': files()['spend.csv']!.replaceAll(/^(2025-\d\d),[^,]*/gm, '$1,100'),
    });
    const { stdout } = await run(cwd, '--quiet');
    expect(stdout).toContain('Costs, by 12 invoices, all alike – an invoice differs from the costs by');
    expect(stdout).toMatch(/costs\.account .* not identified\n/);
    expect(stdout).not.toContain('NaN');
  });

  test('three months are too few for four costs', async () => {
    const cwd = temporaryDirectory({ ...files(), 'spend.csv': files(3)['spend.csv']! });
    const { stderr, exitCode } = await run(cwd);
    expect(stderr).toContain('3 months have both usage and an amount above 0 in spend.csv: too few for 4 costs');
    expect(exitCode).toBe(3);
  });
});

describe('from rates that scenarios should show', () => {
  const FIXTURES = join(ROOT, 'fixtures/pricing-models');
  /** The first so many customers of the fixture, which is sorted by customer, and as many sign-ups. */
  const first = (name: string, customers: number): string => {
    const [head, ...lines] = gunzipSync(readFileSync(join(FIXTURES, name)))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const wanted = new Set([...new Set(lines.map((line) => line.split(',')[0]!))].slice(0, customers));
    return `${[head, ...lines.filter((line) => wanted.has(line.split(',')[0]!))].join('\n')}\n`;
  };
  const inputs = {
    'history.csv': first('history.csv.gz', 50),
    'signups.csv': first('signups.csv.gz', 60),
    'variants.yaml': readFileSync(join(FIXTURES, 'variants.yaml'), 'utf8'),
    'targets.yaml': readFileSync(join(FIXTURES, 'targets.yaml'), 'utf8'),
  };
  const SIMULATE = [
    'simulate',
    'history.csv',
    '--signups',
    'signups.csv',
    '--scenarios',
    'variants.yaml',
    '--bootstrap',
    '0',
    '--quiet',
    '--format',
    'json',
  ];

  test('the rates that known parameters show are reached, and the file that is written shows them again', async () => {
    const truth = ['behaviour.base_churn=0.02', 'behaviour.genuine_share=0.45', 'behaviour.surprise_disputes=0.9'];
    const cwd = temporaryDirectory(inputs);
    const rates = async (...more: string[]) =>
      JSON.parse((await runMeter([...SIMULATE, ...more], { cwd })).stdout).scenarios;
    const right = await rates(...truth.flatMap((setting) => ['--set', setting]));
    const wanted = {
      flat: ['conversion', 'monthlyChurn', 'nrr'],
      hybrid: ['conversion', 'disputeRate', 'grossMargin'],
    };
    const written = (rate: string) => rate.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
    const targets = Object.entries(wanted).map(([scenario, names]) => {
      const own = names.map(
        (rate) => `    ${written(rate)}: { value: ${(right[scenario][rate] * 100).toFixed(4)}%, tolerance: 0.1% }\n`,
      );
      return `  ${scenario}:\n${own.join('')}`;
    });
    const file = temporaryDirectory({ ...inputs, 'targets.yaml': `targets:\n${targets.join('')}` });
    const args = [
      'history.csv',
      '--signups',
      'signups.csv',
      '--scenarios',
      'variants.yaml',
      '--targets',
      'targets.yaml',
    ];
    const { stdout, exitCode } = await runMeter(['calibrate', ...args, '--quiet', '-o', 'out.yaml'], { cwd: file });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('flat monthlyChurn');
    const shown = JSON.parse(
      (await runMeter([...SIMULATE, '--parameters', 'out.yaml'], { cwd: file })).stdout,
    ).scenarios;
    for (const [scenario, names] of Object.entries(wanted))
      for (const rate of names)
        expect(Math.abs(shown[scenario][rate] / right[scenario][rate] - 1), `${scenario} ${rate}`).toBeLessThan(0.01);
  });

  test('the command that docs/simulation.md prints for the shipped parameters runs to a result', async () => {
    const readme = readFileSync(join(ROOT, 'docs/simulation.md'), 'utf8').replaceAll(/\s+/g, ' ');
    const commands = [...readme.matchAll(/`meter (calibrate [^`]*--targets[^`]*)`/g)].map(([, command]) => command!);
    expect(commands).toHaveLength(1);
    const args = commands[0]!.replaceAll('.csv.gz', '.csv').split(' ');
    const { stdout, stderr, exitCode } = await runMeter([...args, '--quiet'], { cwd: temporaryDirectory(inputs) });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    // Every target of the file has its line.
    expect(stdout.match(/^(flat|usage|hybrid)\S* \w+ .*%$/gm)).toHaveLength(18);
  });

  test.each([
    ['flot:\n    nrr: 90%', 'targets/unknown-scenario'],
    ['flat:\n    nrr: 0%', 'targets/zero'],
    ['flat:\n    nrr: { value: 90%, tolerance: 0% }', 'targets/zero'],
    ['flat:\n    nrr: many', 'targets/'],
    ['flat:\n    nr: 90%', 'targets/unknown-key'],
    ['flat:\n    conversion: 1%', 'usage/no-signups'],
  ])('targets of %s are refused', async (targets, problem) => {
    const cwd = temporaryDirectory({ ...inputs, 'targets.yaml': `targets:\n  ${targets}\n` });
    const args = ['history.csv', '--scenarios', 'variants.yaml', '--targets', 'targets.yaml'];
    const { stdout, stderr, exitCode } = await runMeter(['calibrate', ...args], { cwd });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain(`[${problem}`);
  });
});
