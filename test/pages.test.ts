/** Every page is replayed and compared whole; `vitest -u` rewrites it. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayPage } from './support/pages.ts';
import { ROOT } from './support/runMeter.ts';

const pages = [
  'README.md',
  'fixtures/plan-change/README.md',
  'fixtures/price-lists/README.md',
  ...['test/cli', 'docs', 'docs/platforms'].flatMap((folder) =>
    readdirSync(resolve(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

describe('what a page shows is what meter prints', () => {
  test.each(pages)('%s', async (page) => {
    await expect(await replayPage(page)).toMatchFileSnapshot(resolve(ROOT, page));
  });
});
