/** Route files of other tools as people have them: comments, templates, canaries, and what is in them that is no route. */
import { describe, expect, test } from 'vitest';
import { cutNames } from '../../src/report/width.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

// 79 includes 2M requests; 3M cost 79 + 1M × 0.25/10k = 104.00, 1M 79.00, 4M 129.00.
const TIERS =
  'pricing_tiers: { scale: { cost: 79, limits: { requests: 2M/mo }, overage: { requests: 0.25/10k }, rate_limit: 300/s } }';

async function estimate(files: Record<string, string>, traffic: string, ...more: string[]) {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'traffic.yaml': traffic, ...files });
  const [name] = Object.keys(files);
  const args = ['estimate', name!, '--traffic', 'traffic.yaml', '--format', 'json', ...more];
  const { stdout, stderr, exitCode } = await runMeter(args, { cwd });
  if (stdout === '') throw new Error(`exit ${exitCode}: ${stderr}`);
  const { total, routes, notes } = JSON.parse(stdout);
  return {
    total,
    routes: (routes ?? []).map(({ route }: { route: string }) => route),
    notes: (notes ?? []).map(({ message }: { message: string }) => message),
    stderr,
  };
}

describe('Wrangler configurations', () => {
  test.each([
    ['a bracket in a comment behind a comma', '"routes": ["a.com/*"],\n// "kv": [{ "x": 1 }]\n"upload": true'],
    ['a comment between a comma and a bracket', '"routes": ["a.com/*", // was: [v1]\n],'],
    ['comment signs in a text', '"routes": ["a.com/*"], "vars": { "u": "https://x/*", "v": "/* , ] */" }'],
    ['a tab, and the mark of a byte order', '\t"routes":\t["a.com/*"]'],
  ])('%s', async (_, content) => {
    const { total, routes } = await estimate(
      { 'wrangler.jsonc': `\uFEFF{ "main": "x",\n${content} }` },
      'a.com/*: 3M/month',
    );
    expect({ total, routes }).toEqual({ total: '104.00', routes: ['a.com/*'] });
  });

  test('cron triggers, services and queues are named, and where they stand', async () => {
    const file = `{ "routes": ["a.com/*"],
  "triggers": { "crons": ["0 * * * *", "30 4 * * *"] },
  "services": [{ "binding": "AUTH", "service": "auth" }] }`;
    const { notes, stderr } = await estimate({ 'wrangler.json': file }, 'a.com/*: 1M/month');
    expect(notes).toEqual([
      '2 cron triggers are not estimated: 0 * * * *, 30 4 * * *',
      '1 service binding is not estimated: auth',
    ]);
    expect(stderr).toContain('wrangler.json:2: note: 2 cron triggers are not estimated');
  });

  test('--env all estimates the top level and each environment, and the total of all', async () => {
    const file = `routes = ["a.com/*"]
[env.staging]
routes = ["staging.a.com/*"]
[env.old]
routes = ["old.a.com/*"]
`;
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'wrangler.toml': file,
      'traffic.yaml': 'a.com/*: 3M/month\nstaging.a.com/*: 1M/month\nold.a.com/*: 4M/month\n',
    });
    const args = ['estimate', 'wrangler.toml', '--env', 'all', '--traffic', 'traffic.yaml', '--quiet'];
    const { stdout } = await runMeter([...args, '--format', 'json', '--assert', 'total <= 312'], { cwd });
    const result = JSON.parse(stdout);
    // 104.00 + 79.00 + 129.00 = 312.00
    expect(result.total).toBe('312.00');
    expect(result.checks[0].passed).toBe(true);
    expect(result.estimates.map(({ source, total }: { source: string; total: string }) => [source, total])).toEqual([
      ['wrangler.toml', '104.00'],
      ['wrangler.toml (staging)', '79.00'],
      ['wrangler.toml (old)', '129.00'],
    ]);
  });

  test('a key of the traffic file that no environment knows is an error all the same', async () => {
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'wrangler.toml': 'routes = ["a.com/*"]\n[env.b]\nroutes = ["b.com/*"]\n',
      'traffic.yaml': 'a.com/*: 3M/month\nb.com/*: 1M/month\nc.com/*: 1M/month\n',
    });
    const args = ['estimate', 'wrangler.toml', '--env', 'all', '--traffic', 'traffic.yaml'];
    const { stderr, exitCode } = await runMeter(args, { cwd });
    expect(stderr).toContain('has no route "c.com/*" [traffic/unknown-route]');
    expect(exitCode).toBe(2);
  });
});

const ROUTE = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: api }
spec:
  hostnames: [a.com]
  rules:
    - backendRefs: [{ name: api, port: 80 }]
`;

describe('Kubernetes', () => {
  test.each([
    ['a document with only a comment before it', `---\n# Source: optional.yaml\n---\n${ROUTE}`],
    ['a separator with nothing behind it', `${ROUTE}---\n`],
    ['a List, as kubectl prints it', `apiVersion: v1\nkind: List\nitems:\n${indented(ROUTE)}`],
  ])('%s', async (_, file) => {
    const { total, routes } = await estimate({ 'rendered.yaml': file }, 'a.com/*: 1M/month');
    expect({ total, routes }).toEqual({ total: '79.00', routes: ['a.com/*'] });
  });

  test('resources that route by other kinds are named', async () => {
    const file = `${ROUTE}---\nkind: GRPCRoute\nmetadata: { name: rpc }\n---\nkind: Ingress\nmetadata: { name: old }\n`;
    const { notes } = await estimate({ 'rendered.yaml': file }, 'a.com/*: 1M/month');
    expect(notes).toEqual(['GRPCRoute "rpc" is not read', 'Ingress "old" is not read']);
  });

  const CANARY = `${ROUTE}    - matches: [{ headers: [{ name: traffic, value: test }] }]\n`;

  test('a canary by header is part of its route, and a note says so', async () => {
    const { total, routes, notes } = await estimate({ 'canary.yaml': CANARY }, 'a.com/*: 3M/month');
    expect({ total, routes }).toEqual({ total: '104.00', routes: ['a.com/*'] });
    expect(notes).toEqual([
      '"a.com/*" is one route, and "a.com/* [traffic: test]" is part of it: give it traffic by name to have routes of their own',
    ]);
  });

  test('with traffic of its own it is a route of its own', async () => {
    const traffic = 'a.com/*: 3M/month\n"a.com/* [traffic: test]": 1M/month\n';
    const { total, routes, notes } = await estimate({ 'canary.yaml': CANARY }, traffic);
    // 4M: 79 + 2M × 0.25/10k
    expect({ total, routes, notes }).toEqual({
      total: '129.00',
      routes: ['a.com/*', 'a.com/* [traffic: test]'],
      notes: [],
    });
  });

  test('listeners and parameters tell routes apart as headers do; the same match twice is an error', async () => {
    const on = (listener: string) =>
      ROUTE.replace('spec:\n', `spec:\n  parentRefs: [{ name: gw, sectionName: ${listener} }]\n`);
    const both = await estimate({ 'two.yaml': `${on('http')}---\n${on('https')}` }, 'a.com/*: 3M/month');
    expect(both).toMatchObject({ total: '104.00', routes: ['a.com/*'] });
    await expect(estimate({ 'two.yaml': `${on('https')}---\n${on('https')}` }, 'a.com/*: 3M/month')).rejects.toThrow(
      '[httproute/route-twice]',
    );
  });
});

function indented(resource: string): string {
  return resource
    .trim()
    .split('\n')
    .map((line, i) => (i === 0 ? `  - ${line}` : `    ${line}`))
    .join('\n');
}

test.each(['vercel.json', 'netlify.toml'])('%s is named as a file that is not read', async (name) => {
  await expect(estimate({ [name]: '{}' }, '/a: 1M/month')).rejects.toThrow(`${name} is not read`);
});

describe('names in a table', () => {
  const long = (end: string) => `GET api.example.com/v1/organisations/:org/projects/:project/${end}/*`;
  const edge = `routes:\n  - { match: "${long('files')}", traffic: 1M/month }\n  - { match: "${long('folders')}", traffic: 2M/month }\n`;
  const run = (columns?: string) => {
    const cwd = temporaryDirectory({ 'tiers.yaml': TIERS, 'edge.yaml': edge });
    return runMeter(['estimate', 'edge.yaml', '--quiet'], {
      cwd,
      env: columns === undefined ? {} : { COLUMNS: columns },
    });
  };

  test('are whole in a pipe', async () => {
    const { stdout } = await run();
    expect(stdout).toContain(long('files'));
    expect(stdout).toContain(long('folders'));
  });

  test('are cut in their middle to the width that COLUMNS asks for', async () => {
    const { stdout } = await run('80');
    const lines = stdout.split('\n').filter((line) => line.includes('─ GET'));
    expect(lines.map((line) => line.length <= 80)).toEqual([true, true]);
    expect(new Set(lines.map((line) => line.split('  ')[0])).size).toBe(2);
  });

  test('two names never become one text: those that would are shown whole', () => {
    const names = ['/first/part/of/it/x/end', '/first/part/of/it/y/end'];
    expect([...cutNames(names, 12).values()]).toEqual(names);
    expect([...cutNames([...names, '/another/long/name/here'], 12).values()]).toEqual([...names, '/another…ere']);
  });
});

describe('the rate limit', () => {
  const warningOf = async (edge: string) => {
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'edge.yaml': `${edge}routes: [{ match: /a, traffic: 200/s }]\n`,
    });
    const { stderr } = await runMeter(['estimate', 'edge.yaml'], { cwd });
    return /tier scale admits.*(?= \[edge\/above-rate-limit)/.exec(stderr)?.[0];
  };

  test('is compared with three times the mean where no peak is known: (600 − 300) ÷ 600 is above it', async () => {
    expect(await warningOf('')).toBe(
      'tier scale admits 300/s, and the busiest second has 600/s (3 × the mean of 200/s, assumed): 50.0 % of its requests are above that',
    );
  });

  test('is compared with the peak that the file names: (1 200 − 300) ÷ 1 200', async () => {
    expect(await warningOf('peak: 1200/s\n')).toBe(
      'tier scale admits 300/s, and the busiest second has 1 200/s: 75.0 % of its requests are above that',
    );
    expect(await warningOf('peak: 300/s\n')).toBeUndefined();
  });

  // 400 requests in the second of 10:00:07 and 100 in the next, each a row of its own: (400 − 300) ÷ 400 is above the limit.
  // Rows of ten requests may be sums of more than a second, and three times the mean is assumed.
  test.each([
    [1, '400/s (observed in the telemetry): 25.0 %'],
    [10, '600/s (3 × the mean of 200/s, assumed): 50.0 %'],
  ])('is compared with the busiest second of telemetry with rows of %d', async (requests, told) => {
    const row = (i: number) =>
      `2026-10-01T10:00:0${i < 400 ? 7 : 8}.${String(i).padStart(3, '0')}Z,acme,/a,${requests}\n`;
    const cwd = temporaryDirectory({
      'tiers.yaml': TIERS,
      'edge.yaml': 'routes: [{ match: /a, traffic: 200/s }]\n',
      'usage.csv': `timestamp,customer_id,route,requests\n${Array.from({ length: 500 }, (_, i) => row(i)).join('')}`,
    });
    const { stderr } = await runMeter(['estimate', 'edge.yaml', '--usage', 'usage.csv'], { cwd });
    expect(stderr).toContain(
      `tier scale admits 300/s, and the busiest second has ${told} of its requests are above that`,
    );
  });
});
