/** The page of an estimate without a browser: what it is given, what its sliders ask for, and the points of its chart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Decimal } from '../../src/core/decimal.ts';
import { costCurves } from '../../src/core/estimate/curve.ts';
import { type Estimate, estimate } from '../../src/core/estimate/estimate.ts';
import { type WhatIf, whatIf } from '../../src/core/estimate/whatIf.ts';
import { decodePageData, encodePageData, type PageData } from '../../src/report/estimate/pageData.ts';
import { pageParts } from '../../src/report/estimate/pageView.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SHOP = join(ROOT, 'fixtures/edge-shop');
const EDGE = readFileSync(join(SHOP, 'edge.yaml'), 'utf8');
const TIERS = readFileSync(join(SHOP, 'tiers.yaml'), 'utf8');

type Result = {
  readonly total: string;
  readonly tiers: Readonly<
    Record<string, { readonly total: string | null; readonly low: string | null; readonly high: string | null }>
  >;
  readonly routes: readonly { readonly route: string; readonly total: string }[];
  readonly breakEvens: readonly { readonly requests: string; readonly total: string }[];
};

async function run(edge: string, tiers: string, ...more: string[]): Promise<string> {
  const cwd = temporaryDirectory({ 'edge.yaml': edge, 'tiers.yaml': tiers });
  const { stdout, stderr } = await runMeter(['estimate', 'edge.yaml', '--quiet', ...more], { cwd });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}
const estimateOf = async (edge: string, tiers = TIERS, ...more: string[]): Promise<Result> =>
  JSON.parse(await run(edge, tiers, '--format', 'json', ...more)) as Result;
const pageOf = (edge: string, tiers = TIERS) => run(edge, tiers, '--format', 'html');

function dataIn(html: string): PageData {
  return decodePageData(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)![1]!);
}

const AS_CONFIGURED: WhatIf = { traffic: new Decimal(1), routes: new Map(), regions: new Map(), middleware: new Map() };

/** What the page's program does when a slider has moved. */
function moved(data: PageData, by: Partial<WhatIf>, tier = data.tier): Estimate {
  const { rateCard, period, config } = data;
  return estimate({ rateCard, period, config: whatIf(config, { ...AS_CONFIGURED, ...by }), tier });
}

function numbersOf({ invoice, quotes, routes }: Estimate) {
  const text = (amount: Decimal | undefined) => amount?.toFixed(2) ?? null;
  return {
    total: text(invoice.total),
    tiers: quotes.map(({ tier, invoice: one, range }) => [
      tier.name,
      text(range?.low),
      text(one?.total),
      text(range?.high),
    ]),
    routes: routes.map(({ route, amount }) => [route.match, text(amount)]),
  };
}
function numbersIn({ total, tiers, routes }: Result) {
  return {
    total,
    tiers: Object.entries(tiers).map(([name, one]) => [name, one.low, one.total, one.high]),
    routes: routes.map((one) => [one.route, one.total]),
  };
}

describe('the data of the page', () => {
  test('rates to the numbers of the command', async () => {
    expect(numbersOf(moved(dataIn(await pageOf(EDGE)), {}))).toEqual(numbersIn(await estimateOf(EDGE)));
  });

  test('is the same after it was written and read', async () => {
    const data = dataIn(await pageOf(EDGE));
    const text = encodePageData({ ...data, name: '</script><b>' });
    expect(text).not.toContain('<');
    expect(decodePageData(text)).toEqual({ ...data, name: '</script><b>' });
  });
});

describe('a slider shows what the command says for a configuration that is written so', () => {
  const many = (key: string, percent: string) => new Map([[key, new Decimal(percent)]]);
  const twice = EDGE.replaceAll(
    /(\d+)(M\/month|k\/month|k\/day|\/s\b)/g,
    (_, count, unit) => `${Number(count) * 2}${unit}`,
  );
  const cases: [string, Partial<WhatIf>, string][] = [
    ['twice the traffic', { traffic: new Decimal(2) }, twice],
    ['a route at 150 %', { routes: many('POST /v1/events', '1.5') }, EDGE.replace('25M/month', '37500k/month')],
    [
      'no traffic in two of four regions',
      { regions: new Map([...many('syd', '0'), ...many('gru', '0')]) },
      EDGE.replace('{ fra: 45%, iad: 35%, gru: 12%, syd: 8% }', '{ fra: 56.25%, iad: 43.75% }'),
    ],
    [
      'middleware for half of the requests',
      { middleware: many('images', '0.5') },
      EDGE.replace('compute: 9ms }', 'compute: 4.5ms }'),
    ],
  ];
  test.each(cases)('%s', async (_, by, edge) => {
    const found = numbersOf(moved(dataIn(await pageOf(EDGE)), by));
    expect(found).toEqual(numbersIn(await estimateOf(edge)));
    expect(found).not.toEqual(numbersIn(await estimateOf(EDGE)));
  });

  test('no traffic in any region leaves it where it was: it must be somewhere', async () => {
    const data = dataIn(await pageOf(EDGE));
    const regions = new Map(['fra', 'iad', 'gru', 'syd'].map((name) => [name, new Decimal(0)]));
    expect(numbersOf(moved(data, { regions }))).toEqual(numbersOf(moved(data, {})));
  });

  test('another tier', async () => {
    const found = moved(dataIn(await pageOf(EDGE)), {}, 'volume');
    expect(numbersOf(found)).toEqual(numbersIn(await estimateOf(EDGE, TIERS, '--tier', 'volume')));
  });

  test('the parts of the page tell the change, and by how much', async () => {
    const data = dataIn(await pageOf(EDGE));
    const [before, after] = [moved(data, {}), moved(data, { traffic: new Decimal(2) })];
    const configured = { tier: before.tier, total: before.invoice.total };
    expect(pageParts(before, configured).total).toContain('as configured');
    const change = after.invoice.total.minus(before.invoice.total).toFixed(2);
    const { total, tiers, routes } = pageParts(after, configured) as Record<'total' | 'tiers' | 'routes', string>;
    const withoutBlanks = (text: string) => text.replaceAll(/[\s\u00a0]/g, '');
    expect(withoutBlanks(total)).toContain(
      `+${change}against${before.invoice.total.toFixed(2)}on${before.tier}asconfigured`,
    );
    for (const { tier, invoice } of after.quotes)
      expect(withoutBlanks(tiers)).toContain(
        withoutBlanks(`value="${tier.name}"`) + (tier.name === after.tier ? 'checked' : invoice ? '' : 'disabled'),
      );
    for (const { amount } of after.routes) expect(withoutBlanks(routes)).toContain(`>${amount.toFixed(2)}<`);
  });
});

describe('the chart', () => {
  // The tiers are those of chart.tiers.yaml. Now: 20M. a = b at 30M.
  const edge = 'tier: a\nroutes: [{ match: /x, traffic: 20M/month }]\n';
  let svg: string;
  beforeAll(async () => {
    const { rateCard, period, config, tier } = await dataFor(edge);
    svg = pageParts(estimate({ rateCard, period, config, tier }), { tier, total: new Decimal(0) }).chart!;
  });
  const dataFor = async (text: string): Promise<PageData> => {
    const args = [
      'estimate',
      '-',
      '--tiers',
      join(ROOT, 'test/estimate/chart.tiers.yaml'),
      '--quiet',
      '--format',
      'html',
    ];
    const { stdout, stderr } = await runMeter(args, { stdin: text });
    if (stdout === '') throw new Error(stderr);
    return dataIn(stdout);
  };

  type Point = { readonly x: number; readonly y: number };
  const linesIn = (text: string): Point[][] =>
    [...text.matchAll(/<path d="([^"]*)" class="line line\d"/g)].map(([, path]) =>
      [...path!.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) })),
    );

  test('has a line for each tier, through its amounts', () => {
    const [a, b, c] = linesIn(svg) as [Point[], Point[], Point[]];
    const now = Number(/<line x1="([\d.]+)"[^>]* class="now"/.exec(svg)![1]);
    const turn = /<circle cx="([\d.]+)" cy="([\d.]+)" r="5" class="turn"/.exec(svg)!.slice(1).map(Number);
    // Requests to x, amounts to y: both linear, from the ends of what is known: 0 and 20M, 40.00 and 10.00.
    const requestsAt = (x: number) => (20e6 * (x - a[0]!.x)) / (now - a[0]!.x);
    const amountAt = (y: number) => 10 + (30 * (y - a[0]!.y)) / (b[0]!.y - a[0]!.y);
    // A pixel is about 130 000 requests and 0.20; coordinates are rounded to a tenth of one.
    for (const { x, y } of a) expect(Math.abs(amountAt(y) - (10 + requestsAt(x) / 1e6))).toBeLessThan(0.05);
    for (const { y } of b) expect(amountAt(y)).toBeCloseTo(40, 6);
    expect(c.length).toBeGreaterThan(1);
    for (const { y } of c) expect(Math.abs(amountAt(y) - 5)).toBeLessThan(0.05);
    expect(requestsAt(c.at(-1)!.x)).toBeLessThanOrEqual(5e6 + 1e4); // nothing is drawn where it blocks
    expect(Math.abs(requestsAt(turn[0]!) - 30e6)).toBeLessThan(1e5);
    expect(Math.abs(amountAt(turn[1]!) - 40)).toBeLessThan(0.1);
    // Up to twice the traffic, at the right end of every line that goes so far.
    expect(requestsAt(a.at(-1)!.x) / 1e6).toBeCloseTo(40, 0);
  });

  test('says in words what it shows, and which tier blocks', () => {
    expect(/aria-label="([^"]*)"/.exec(svg)![1]).toBe(
      'Monthly cost against traffic. At 40M requests: a 50.00, b 40.00, c 5.00',
    );
    expect(svg).toContain('>c (blocks)</text>');
    expect(svg).toContain('>now 20M</text>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('without traffic there is nothing to draw', async () => {
    const { rateCard, period, config } = await dataFor(edge);
    const still = estimate({
      rateCard,
      period,
      tier: 'a',
      config: whatIf(config, { ...AS_CONFIGURED, traffic: new Decimal(0) }),
    });
    expect(pageParts(still, { tier: 'a', total: new Decimal(0) }).chart).toContain('There is no traffic');
    expect(costCurves(still, { upTo: 10, points: 3, also: [] })).toEqual([]);
  });

  test('its curves are the totals of each tier at evenly spaced requests', async () => {
    const { rateCard, period, config } = await dataFor(edge);
    const curves = costCurves(estimate({ rateCard, period, config, tier: 'a' }), {
      upTo: 10_000_000,
      points: 3,
      also: [1_000_000, 99e6],
    });
    const text = curves.map(({ tier, points }) => [
      tier,
      ...points.map(({ requests, total, serves }) => `${requests} ${total.toFixed(2)}${serves ? '' : ' blocks'}`),
    ]);
    // 0, 5M and 10M, and the one in between; 99M lies beyond the end.
    expect(text).toEqual([
      ['a', '0 10.00', '1000000 11.00', '5000000 15.00', '10000000 20.00'],
      ['b', '0 40.00', '1000000 40.00', '5000000 40.00', '10000000 40.00'],
      ['c', '0 5.00', '1000000 5.00', '5000000 5.00', '10000000 5.00 blocks'],
    ]);
  });
});
