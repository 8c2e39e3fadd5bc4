/** Pages in a real browser: no window from a small telephone to a large screen scrolls sideways, and charts can be read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';

const SHOP = 'fixtures/edge-shop';
const MODELS = 'fixtures/pricing-models';
const IMPORTED = 'fixtures/edge-importers';
const PAGES = {
  estimate: ['estimate', `${SHOP}/edge.yaml`, '--tiers', `${SHOP}/tiers.yaml`, '--baseline', `${SHOP}/before.yaml`],
  estimates: [
    ...['estimate', `${IMPORTED}/wrangler.jsonc`, `${IMPORTED}/gateway.yaml`],
    ...['--traffic', `${IMPORTED}/both-traffic.yaml`, '--tiers', 'tiers.example.yaml'],
  ],
  simulation: [
    ...['simulate', `${MODELS}/history.csv.gz`, '--scenarios', `${MODELS}/variants.yaml`, '--baseline', 'hybrid'],
    ...['--bootstrap', '0', '--months', '2', '--sensitivity'],
  ],
} as const;

let place: string;
let browser: Browser;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'meter-pages-'));
  for (const [name, args] of Object.entries(PAGES)) {
    const file = join(place, `${name}.html`);
    const { exitCode, stderr } = await runMeter([...args, '--quiet', '-o', file], { cwd: ROOT });
    if (exitCode !== 0) throw new Error(stderr);
  }
  browser = await launchChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(place, { recursive: true, force: true });
});

/** In pixels: how much wider the content is than the window, and the smallest writing in a chart. */
async function measured(name: string, width: number, colorScheme: 'light' | 'dark') {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  try {
    await page.goto(`file://${place}/${name}.html`);
    return (await page.evaluate(`({
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      smallest: Math.min(...[...document.querySelectorAll('svg text')].map((text) => {
        const svg = text.ownerSVGElement;
        return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      })),
      paper: getComputedStyle(document.body).backgroundColor,
    })`)) as { over: number; smallest: number; paper: string };
  } finally {
    await page.close();
  }
}

describe.each(Object.keys(PAGES))('the page of %s', (name) => {
  test.each([320, 390, 768, 1280, 1920])('in a window of %i pixels does not scroll sideways', async (width) => {
    expect((await measured(name, width, 'light')).over).toBe(0);
  });

  test('has charts that can be read on a telephone', async () => {
    // 12 units of 440 at most, on the 358 pixels or fewer that margins leave of 390: 9 pixels at least.
    expect((await measured(name, 390, 'light')).smallest).toBeGreaterThan(9);
  });

  test('is dark where the reader wants it', async () => {
    expect((await measured(name, 390, 'light')).paper).toBe('rgb(255, 255, 255)');
    expect((await measured(name, 390, 'dark')).paper).toMatch(/^rgb\((\d|[1-3]\d), /);
  });
});
