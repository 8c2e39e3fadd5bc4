/** The page in a real browser: its numbers are the command's, before and after a slider moves. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, launchChromium, skipWithoutChromium } from '../support/chromium.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const SHOP = join(ROOT, 'fixtures/edge-shop');
const EDGE = readFileSync(join(SHOP, 'edge.yaml'), 'utf8');

let place: string;
let browser: Browser;
let page: Page;
const noise: string[] = [];

/** The estimate of an edge file as the command tells it. */
async function estimateOf(edge: string, ...more: string[]): Promise<Result> {
  const directory = temporaryDirectory({ 'edge.yaml': edge });
  const args = [
    'estimate',
    join(directory, 'edge.yaml'),
    '--tiers',
    join(SHOP, 'tiers.yaml'),
    '--format',
    'json',
    '--quiet',
  ];
  const { stdout, stderr } = await runMeter([...args, ...more]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}
type Result = {
  readonly total: string;
  readonly tiers: Readonly<
    Record<string, { readonly total: string | null; readonly low: string | null; readonly high: string | null }>
  >;
  readonly routes: readonly { readonly route: string; readonly total: string }[];
};

skipWithoutChromium();

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'meter-page-'));
  if (CHROMIUM === undefined) return;
  const file = join(place, 'shop.html');
  const { exitCode, stderr } = await runMeter(['estimate', 'edge.yaml', '--tier', 'growth', '-o', file], { cwd: SHOP });
  if (exitCode !== 0) throw new Error(stderr);
  browser = await launchChromium();
  page = await browser.newPage();
  page.on('console', (message) => noise.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) noise.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}`);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  rmSync(place, { recursive: true, force: true });
});

async function slide(kind: string, name: string, percent: string): Promise<void> {
  await page.locator(`input[data-kind="${kind}"][data-name="${name}"]`).fill(percent);
  await settled();
}

/** Numbers are drawn once for each frame. */
async function settled(): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

async function numbers(): Promise<{ total: string; tiers: (string | null)[][]; routes: string[][] }> {
  const amount = await page.locator('#amount').textContent();
  const cells = (rows: string) =>
    page
      .locator(rows)
      .evaluateAll((all) =>
        all.map((row) =>
          [...(row as unknown as { cells: Iterable<{ textContent: string }> }).cells].map((cell) =>
            cell.textContent.trim(),
          ),
        ),
      );
  const tiers = await cells('#tiers tbody tr');
  const routes = await cells('#routes tbody tr:not(.part)');
  return {
    total: plain(amount!),
    tiers: tiers.map((row) => [row[0]!, ...row.slice(1, 4).map((cell) => (cell === '–' ? null : plain(cell)))]),
    routes: routes.map((row) => [row[0]!, plain(row.at(-1)!)]),
  };
}

function plain(amount: string): string {
  return amount.replaceAll(/[\s\u00a0]/g, '');
}

function expected(result: Result): Awaited<ReturnType<typeof numbers>> {
  return {
    total: result.total,
    tiers: Object.entries(result.tiers).map(([name, { low, total, high }]) => [name, low, total, high]),
    routes: result.routes.map(({ route, total }) => [route, total]),
  };
}

describe('the page', () => {
  beforeEach(async () => {
    await page.evaluate(`document.getElementById('controls').reset()`);
    await settled();
  });

  test('begins with the numbers of the command', async () => {
    expect(await numbers()).toEqual(expected(await estimateOf(EDGE)));
  });

  test('shows, with twice the traffic, what the command says for twice the traffic', async () => {
    await slide('traffic', '', '200');
    const twice = EDGE.replaceAll(
      /(\d+)(M\/month|k\/month|k\/day|\/s\b)/g,
      (_, count, unit) => `${Number(count) * 2}${unit}`,
    );
    expect(await numbers()).toEqual(expected(await estimateOf(twice)));
    await page.getByRole('button', { name: 'As configured' }).click();
    await settled();
    expect(await numbers()).toEqual(expected(await estimateOf(EDGE)));
  });

  test('shows one route at 150 % as the command does', async () => {
    await slide('route', 'POST /v1/events', '150');
    expect(await numbers()).toEqual(expected(await estimateOf(EDGE.replace('25M/month', '37500k/month'))));
    await slide('route', 'POST /v1/events', '100');
  });

  test('shows traffic that moves between regions as the command does', async () => {
    await slide('region', 'syd', '0');
    await slide('region', 'gru', '0');
    const moved = EDGE.replace('{ fra: 45%, iad: 35%, gru: 12%, syd: 8% }', '{ fra: 56.25%, iad: 43.75% }');
    expect(await numbers()).toEqual(expected(await estimateOf(moved)));
    await slide('region', 'syd', '100');
    await slide('region', 'gru', '100');
  });

  test('shows middleware that runs for half of the requests as the command does', async () => {
    await slide('middleware', 'images', '50');
    expect(await numbers()).toEqual(expected(await estimateOf(EDGE.replace('compute: 9ms }', 'compute: 4.5ms }'))));
    await slide('middleware', 'images', '100');
  });

  test('bills another tier when it is chosen with the keyboard, and keeps the focus there', async () => {
    await page.locator('input[name=tier]:checked').focus();
    await page.keyboard.press('ArrowDown');
    await settled();
    expect((await numbers()).total).toBe((await estimateOf(EDGE, '--tier', 'volume')).total);
    expect(await page.evaluate('document.activeElement.value')).toBe('volume');
    await page.getByRole('button', { name: 'As configured' }).click();
    await settled();
    expect((await numbers()).total).toBe((await estimateOf(EDGE)).total);
  });

  test('can be used with the keyboard alone: every slider and every tier is reached with Tab and has a name', async () => {
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('input, button')].filter((control) => control.tabIndex < 0 || !(control.labels?.[0]?.textContent ?? control.textContent).trim()).length`,
    );
    expect(unnamed).toBe(0);
    const slider = page.locator('input[data-kind=traffic]');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await settled();
    expect(await slider.getAttribute('aria-valuetext')).toBe('105 %, 189.5M');
    await page.getByRole('button', { name: 'As configured' }).click();
  });

  test('draws a line for every tier that can be rated, and the break-even points', async () => {
    await settled();
    expect(await page.locator('#chart path.line').count()).toBe(3);
    expect(await page.locator('#chart circle.turn').count()).toBe(2);
  });

  test('is light and dark, and prints without its sliders', async () => {
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await paper()).toBe('rgb(20, 24, 31)');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#controls').isVisible()).toBe(false);
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  });

  test('says nothing on the console, and asks nobody for anything', () => {
    expect(noise).toEqual([]);
  });
});

test('names out of a configuration are text on the page, never markup', async () => {
  const hostile = '/<img src=x onerror=alert(1)></script><script>alert(2)</script>';
  const directory = temporaryDirectory({});
  const [edge, file] = [join(directory, 'edge.yaml'), join(directory, 'page.html')];
  writeFileSync(
    edge,
    `tier: growth\nroutes:\n  - { match: ${JSON.stringify(hostile)}, traffic: 1M/month, regions: { "<b>x": 50%, y: 50% } }\n`,
  );
  const { exitCode, stderr } = await runMeter([
    'estimate',
    edge,
    '--tiers',
    join(SHOP, 'tiers.yaml'),
    '-o',
    file,
    '--quiet',
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const other = await browser.newPage();
  const events: string[] = [];
  other.on('dialog', (dialog) => {
    events.push(dialog.message());
    void dialog.dismiss();
  });
  other.on('pageerror', (error) => events.push(error.message));
  await other.goto(`file://${file}`);
  await other.locator('input[data-kind=traffic]').fill('200');
  await other.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  expect(await other.locator('#routes tbody th').first().textContent()).toBe(hostile);
  expect(await other.locator('img, b:not(.good)').count()).toBe(0);
  expect(events).toEqual([]);
  await other.close();
});
