/** How long telemetry was measured, and what it says about a route's own requests. */
import { describe, expect, test } from 'vitest';
import { coveredDays } from '../../src/core/estimate/coverage.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HOUR = 3_600_000;

/** Days covered by rows in these hours, counted from midnight UTC of 1 October 2026. */
function days(hours: readonly number[], zone = 'UTC'): string {
  const base = Date.UTC(2026, 9, 1);
  const starts = hours.map((hour) => base + hour * HOUR);
  const span = { start: Math.min(...starts), end: Math.max(...starts) + HOUR };
  return coveredDays(new Map(starts.map((start) => [start, 1])), span, zone).toString();
}
const hourly = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);

describe('telemetry counts by time', () => {
  test.each`
    rows                                                          | hours                                                       | zone               | expected
    ${'from noon to noon'}                                        | ${hourly(12, 36)}                                           | ${'UTC'}           | ${'1'}
    ${'ten days of UTC, for a tier file in Berlin'}               | ${hourly(0, 240)}                                           | ${'Europe/Berlin'} | ${'10'}
    ${'the first six hours of a day'}                             | ${hourly(0, 6)}                                             | ${'UTC'}           | ${'0.25'}
    ${'one hour'}                                                 | ${[7]}                                                      | ${'UTC'}           | ${'0.041666666667'}
    ${'one row a day, at midnight, for ten days'}                 | ${hourly(0, 10).map((day) => 24 * day)}                     | ${'UTC'}           | ${'10'}
    ${'three days with quiet nights: none from 22 to 6 o’clock'}  | ${hourly(0, 72).filter((h) => h % 24 >= 6 && h % 24 < 22)}  | ${'UTC'}           | ${'3'}
    ${'the same from 18 to 18 o’clock'}                           | ${hourly(18, 66).filter((h) => h % 24 >= 6 && h % 24 < 22)} | ${'UTC'}           | ${'2'}
    ${'from noon to noon four days later, an outage of 13 hours'} | ${hourly(12, 108).filter((h) => h < 40 || h >= 53)}         | ${'UTC'}           | ${'4'}
  `('$rows: $expected', ({ hours, zone, expected }) => {
    expect(days(hours, zone)).toBe(expected);
  });
});

const TIERS = 'pricing_tiers: { a: { cost: 10, limits: { requests: 1M/mo }, overage: { requests: 1/1M } } }';
/** 96 000 requests in 24 hours from noon to noon, 20 s of compute and 40 MB for each 4 000 of them. */
const EXPORT = [
  'timestamp,customer_id,route,requests,compute_seconds,egress_bytes',
  ...hourly(12, 36).map((hour) => {
    const at = new Date(Date.UTC(2026, 9, 5) + hour * HOUR + HOUR / 2).toISOString();
    return `${at},c,GET /a,4000,20,40000000`;
  }),
].join('\n');

async function measured(edge: string, ...more: string[]) {
  const cwd = temporaryDirectory({ 'edge.yaml': edge, 'tiers.yaml': TIERS, 'usage.csv': `${EXPORT}\n` });
  const args = ['estimate', 'edge.yaml', '--usage', 'usage.csv', '--format', 'json', '--quiet', ...more];
  const { stdout, stderr } = await runMeter(args, { cwd });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test('24 hours are one day: 96 000 × 30 = 2 880 000 requests a month, 24 × 20 s × 30 = 14 400 s, 24 × 40 MB × 30 = 28.8 GB', async () => {
  const { usage, measuredDays } = await measured('routes: [{ match: GET /a }]');
  expect(measuredDays).toBe(1);
  expect(usage).toEqual({ requests: '2880000', compute: '14400', egress: '28800000000' });
});

test('requests that middleware and mirrors made were measured, and are not made again', async () => {
  // With 0.5 further requests for each and a mirror of 10 %, 1.6 requests arrive for each own one: 2.88M ÷ 1.6 = 1.8M
  // own, 900k of the middleware, 180k mirrored. Compute and egress are what was measured, whoever took them: of
  // 14 400 s the middleware has 1.8M × 2 ms = 3 600 s, and the mirror, which runs it too, 180k × 2 ms = 360 s of its own.
  const edge = `middleware: { auth: { compute: 2ms, bytes: 1kB, requests: 0.5, before_cache: true } }
routes: [{ match: GET /a, middleware: [auth], cache_hit: 80%, mirror: 10% }]`;
  const { usage, routes } = await measured(edge);
  // A mean per request is rounded to 12 digits: of 1.8M requests less than a microsecond is lost.
  expect({ ...usage, compute: Number(usage.compute).toFixed(6) }).toEqual({
    requests: '2880000',
    compute: '14400.000000',
    egress: '28800000000',
  });
  const [{ parts, inputs }] = routes;
  expect(inputs.traffic.value.expected).toBe('1800000');
  expect(parts.map((part: { kind: string; usage: { requests: string } }) => [part.kind, part.usage.requests])).toEqual([
    ['own', '1800000'],
    ['middleware', '900000'],
    ['mirror', '180000'],
  ]);
});

test('the days that were measured are told', async () => {
  const cwd = temporaryDirectory({
    'edge.yaml': 'routes: [{ match: GET /a }]',
    'tiers.yaml': TIERS,
    'usage.csv': `${EXPORT}\n`,
  });
  for (const format of ['table', 'md']) {
    const { stdout } = await runMeter(
      ['estimate', 'edge.yaml', '--usage', 'usage.csv', '--format', format, '--quiet'],
      { cwd },
    );
    expect(stdout).toContain('measured over 1 day of telemetry');
  }
});

describe('shares of regions that telemetry contradicts', () => {
  const rows = (fra: number, iad: number, syd: number) =>
    [
      'timestamp,customer_id,route,region,requests',
      ...Object.entries({ fra, iad, syd }).map(
        ([region, requests]) => `2026-10-05T00:00:00Z,c,GET /a,${region},${requests}`,
      ),
    ].join('\n');
  async function warningsFor(guess: string, usage: string): Promise<string> {
    const cwd = temporaryDirectory({
      'edge.yaml': `routes: [{ match: GET /a, traffic: 24k/day, regions: { ${guess} }, compute: 5ms, response: 1kB }]`,
      'tiers.yaml': TIERS,
      'usage.csv': `${usage}\n`,
    });
    return (await runMeter(['estimate', 'edge.yaml', '--usage', 'usage.csv'], { cwd })).stderr;
  }

  test('are named with how many requests are elsewhere: 30 % + 10 % of them', async () => {
    // Guessed 80:20:0, measured 40:50:10. More than guessed: iad by 30 points, syd by 10.
    const stderr = await warningsFor('fra: 80%, iad: 20%', rows(400, 500, 100));
    expect(stderr.replaceAll(' %', '%')).toContain(
      '40% of the requests of "GET /a" are elsewhere in telemetry: iad 50%, fra 40%, syd 10% [edge/guess-differs]',
    );
    expect(stderr).toContain('hint: correct the shares, or leave them out to take the measured ones');
  });

  test.each`
    measured         | warned   | elsewhere
    ${[55, 45, 0]}   | ${false} | ${'25 % are no more than a quarter'}
    ${[549, 451, 0]} | ${true}  | ${'25.1 %'}
    ${[80, 20, 0]}   | ${false} | ${'nothing'}
  `('are let pass up to a quarter: $elsewhere', async ({ measured: [fra, iad, syd], warned }) => {
    const stderr = await warningsFor('fra: 80%, iad: 20%', rows(fra, iad, syd));
    expect(stderr.includes('elsewhere in telemetry')).toBe(warned);
  });
});
