/** `meter validate`: which kind a file is, and for route configurations what `meter estimate` would say. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = `pricing_tiers:
  free: { cost: 0, limits: { requests: 50k/mo }, overage: null }
  team: { cost: 99 + usage, limits: { requests: 3M/mo }, overage: { requests: 0.50/1M, egress: { by: region, prices: { fra: 0.10/GB } } } }
`;
const ROUTES = 'routes: [{ match: GET /x, traffic: 1M/month, compute: 1ms, response: 1kB, regions: [fra] }]\n';

/** What is said of files, without their places: exit code, standard output, codes of problems. */
async function validated(files: Readonly<Record<string, string>>, args = Object.keys(files)) {
  const cwd = temporaryDirectory(files);
  const { stdout, stderr, exitCode } = await runMeter(['validate', ...args], { cwd });
  return {
    exitCode,
    stdout,
    codes: [...stderr.matchAll(/\[([a-z]+\/[a-z-]+)\]/g)].map(([, code]) => code),
    cwd,
    stderr,
  };
}

describe('every file format of ours is known by what is in it', () => {
  test.each([
    ['tiers.yaml', TIERS, 'tier file with free, team'],
    ['edge.yaml', ROUTES, 'route configuration with 1 route'],
    ['traffic.yaml', 'routes: { GET /x: 2M/month }\n', 'traffic file with 1 route'],
    ['plain.yaml', 'GET /x: 2M/month\nGET /y: { low: 1/day, expected: 2/day }\n', 'traffic file with 2 routes'],
    ['map.yaml', 'timestamp: ts\nmeters: { requests: "1" }\n', 'mapping file'],
    ['meters.yaml', 'meters: { requests: "1" }\n', 'mapping file'],
    ['targets.yaml', 'targets: { hybrid: { nrr: 110% } }\n', 'targets file with 1 target'],
    ['behaviour.yaml', 'behaviour: { fee_anchor: 0.45 }\n', 'parameters file'],
    ['scenarios.yaml', 'scenarios: { one: { pricing_tiers: { team: { cost: 9 } } } }\n', 'scenarios file with one'],
    ['history.csv', 'customer_id,month,requests\na,2026-10,5\n', 'account-month history with 1 row'],
  ])('%s', async (name, text, what) => {
    const { exitCode, stdout, stderr } = await validated({ [name]: text });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${name}: a valid ${what}\n`, stderr: '' });
  });

  test('customers files and saved estimates, beside a tier file', async () => {
    const saved = await runMeter([
      'estimate',
      'fixtures/edge-shop/edge.yaml',
      '--tiers',
      'fixtures/edge-shop/tiers.yaml',
      '--format',
      'json',
    ]);
    const files = {
      'c.csv': 'customer_id,tier\na,team\n',
      'c.yaml': 'customers: { b: { tier: team } }\n',
      'old.json': saved.stdout,
    };
    const { stdout, exitCode } = await validated({ ...files, 'tiers.yaml': TIERS }, Object.keys(files));
    expect([exitCode, stdout]).toEqual([
      0,
      'c.csv: a valid customers file with 1 customer\nc.yaml: a valid customers file with 1 customer\nold.json: a valid saved estimate\n',
    ]);
  });

  test.each([
    ['map.yaml', 'timestamp: ts\nquotes: maybe\n', 'mapping/'],
    ['targets.yaml', 'targets: { hybird: { nrr: 110% } }\n', 'targets/unknown-scenario'],
    ['behaviour.yaml', 'behaviour: { fee_ancor: 0.45 }\n', 'scenarios/unknown-key'],
    ['traffic.yaml', 'routes: { GET /x: often }\n', 'traffic/not-traffic'],
    ['history.csv', 'customer_id,month,requests\na,October,5\n', 'history/not-a-month'],
    ['old.json', '{ "formatVersion": "1.0", "kind": "estimate", "currency": "USD" }', 'baseline/damaged'],
  ])('what is wrong with %s is said in its own words', async (name, text, code) => {
    const { exitCode, codes } = await validated({ [name]: text });
    expect(exitCode).toBe(2);
    expect(codes.some((one) => one!.startsWith(code))).toBe(true);
  });

  test('of a file that is none of them it is said what there is', async () => {
    const { exitCode, stderr } = await validated({ 'x.yaml': 'services: { web: { image: nginx } }\n' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'x.yaml: error: this is no file that meter knows [config/unknown-kind]\n  hint: a tier file has pricing_tiers:',
    );
  });
});

describe('a route configuration is checked as meter estimate does', () => {
  test.each([
    ['a tier that does not exist', `tier: tem\n${ROUTES}`, ['edge/unknown-tier']],
    ['an unknown name in a rule', `tier: team\n${ROUTES}checks: ["totl <= 5"]\n`, ['checks/unknown-name']],
    ['both', `tier: tem\n${ROUTES}checks: ["totl <= 5"]\n`, ['edge/unknown-tier', 'checks/unknown-name']],
    ['a rule of warn', `tier: team\n${ROUTES}warn: ["tier < 5"]\n`, ['checks/not-a-number']],
    ['a name above an empty list', `tier: team\n${ROUTES}checks: ["middleware.totl <= 5"]\n`, ['checks/unknown-name']],
    ['a region without a price', `tier: team\n${ROUTES.replace('[fra]', '[syd]')}`, ['edge/unpriced-region']],
  ])('%s', async (_, edge, codes) => {
    const files = { 'edge.yaml': edge, 'tiers.yaml': TIERS };
    const found = await validated(files);
    expect({ exitCode: found.exitCode, codes: found.codes }).toEqual({ exitCode: 2, codes });
    const estimate = await runMeter(['estimate', 'edge.yaml', '--tiers', 'tiers.yaml', '--quiet'], { cwd: found.cwd });
    expect(estimate.exitCode).toBe(2);
    expect(found.stderr).toContain(estimate.stderr);
  });

  test('a rule that does not hold, or waits for a baseline, is no problem of the file', async () => {
    const edge = `tier: team\n${ROUTES}checks: ["total <= 5", "increase <= 10%", "baseline.routes.increase <= 10%"]\n`;
    expect(await validated({ 'edge.yaml': edge, 'tiers.yaml': TIERS })).toMatchObject({ exitCode: 0, codes: [] });
  });

  test('without traffic the tier and the rules are checked all the same, and nothing that traffic decides', async () => {
    const edge = 'tier: free\nroutes: [{ match: GET /x }]\nchecks: ["totl <= 5"]\n';
    expect(await validated({ 'edge.yaml': edge, 'tiers.yaml': TIERS })).toMatchObject({
      codes: ['checks/unknown-name'],
    });
    const good = edge.replace('totl', 'total');
    expect(await validated({ 'edge.yaml': good, 'tiers.yaml': TIERS })).toMatchObject({ exitCode: 0, codes: [] });
  });

  test('a traffic file among the files gives it traffic, and what fits no route is found', async () => {
    const files = {
      'edge.yaml': 'tier: free\nroutes: [{ match: GET /x, compute: 0s, response: 0B }]\n',
      'tiers.yaml': TIERS,
    };
    const good = await validated({ ...files, 'traffic.yaml': 'GET /x: 1k/month\n' });
    expect(good).toMatchObject({ exitCode: 0, codes: [] });
    const bad = await validated({ ...files, 'traffic.yaml': 'GET /x: 1k/month\nGET /z: 1k/month\n' });
    expect(bad).toMatchObject({ exitCode: 2, codes: ['traffic/unknown-route'] });
  });

  test('the warnings of an estimate are there, too', async () => {
    const edge = 'tier: team\nroutes: [{ match: GET /x, traffic: 1M/month, regions: [fra] }]\n';
    const { cwd, exitCode, stderr, stdout } = await validated({ 'edge.yaml': edge, 'tiers.yaml': TIERS });
    const estimate = await runMeter(['estimate', join(cwd, 'edge.yaml'), '--tiers', join(cwd, 'tiers.yaml')], { cwd });
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('edge.yaml: a valid route configuration with 1 route, 1 warning\n'),
    ]);
    expect(estimate.stderr.replaceAll(`${cwd}/`, '')).toContain(stderr);
    expect(stderr).toContain('warning:');
  });

  test('without a tier file it is said that tier and rules are not checked', async () => {
    const { stdout } = await validated({ 'edge.yaml': `tier: tem\n${ROUTES}` });
    expect(stdout).toBe(
      'edge.yaml: a valid route configuration with 1 route (no tier file to check its tier and rules against)\n',
    );
  });
});

test('a usage export is said to be one, once, and not taken for a customers file', async () => {
  const header = 'customer_id,ts,region,requests,egress_bytes';
  const { exitCode, codes, stderr } = await validated({ 'usage.csv': `${header}\na,2026-10-01T00:00:00Z,fra,1,1\n` });
  expect({ exitCode, codes }).toEqual({ exitCode: 2, codes: ['config/unknown-kind'] });
  expect(stderr).toContain('usage.csv: error: this is a usage export');
});
