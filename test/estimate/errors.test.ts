/** The gallery of what can be wrong with route configurations and what belongs to them, laid out as the one of tier files. */
import { readdirSync } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Area } from '../../src/core/problemCodes.ts';
import { ALL_CODES, missingCodes } from '../support/codes.ts';
import { transcript } from '../support/pages.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';

const SHOP = ['--tiers', 'fixtures/edge-shop/tiers.yaml'];
const REGIONAL = ['--tiers', 'test/estimate/regional.tiers.yaml'];
/** Tier files of the entries that the shop's does not suit. */
const TIERS_OF: Record<string, string[]> = {
  'unpriced-region': REGIONAL,
  blocked: ['--tiers', 'tiers.example.yaml'],
};
const EDGE = 'fixtures/edge-shop/edge.yaml';

const COMMANDS: Record<string, (file: string) => string[]> = {
  edge: (file) => ['estimate', file, ...(TIERS_OF[parse(file).name] ?? SHOP)],
  traffic: (file) => ['estimate', EDGE, ...SHOP, '--traffic', file],
  wrangler: (file) => ['estimate', file, ...SHOP],
  httproute: (file) => ['estimate', file, ...SHOP],
  checks: (file) => ['estimate', file, ...SHOP],
  baseline: (file) => ['estimate', EDGE, ...SHOP, '--baseline', file],
};

/** Shown on the pages, because they need an export or several files. */
const ON_PAGES = [
  'edge/above-cpu-limit',
  'edge/guess-differs',
  'edge/unread-format',
  'edge/unmatched-telemetry',
  'wrangler/unknown-environment',
];

const entries = Object.keys(COMMANDS).flatMap((area) =>
  readdirSync(resolve(ROOT, 'test/errors', area))
    .filter((name) => !name.endsWith('.txt'))
    .map((name) => ({
      file: join('test/errors', area, name),
      code: `${area}/${parse(name).name.replace(/--.*/, '')}`,
    })),
);

describe('what is wrong is said with its place, the offending text and what to write instead', () => {
  test.each(entries)('$file', async ({ file, code }) => {
    const args = COMMANDS[code.split('/')[0]!]!(file);
    const result = await runMeter(args);
    expect(result.stderr).toContain(`[${code}]`);
    const isError = / error: /.test(result.stderr);
    expect(result.exitCode).toBe(isError ? 2 : 0);
    const shown = isError ? result : { ...result, stdout: '' };
    const text = [`$ meter ${args.join(' ')}`, ...transcript(shown)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(ROOT, file.replace(/\.\w+$/, '.txt')));
  });
});

test('every problem of routes, traffic, checks and baselines is in the gallery or on a page', () => {
  const shown = new Set([...entries.map(({ code }) => code), ...ON_PAGES]);
  expect(missingCodes(Object.keys(COMMANDS) as Area[], shown)).toEqual([]);
});

test('every entry of the gallery is about a problem that exists', () => {
  expect(entries.filter(({ code }) => !ALL_CODES.has(code)).map(({ file }) => file)).toEqual([]);
});
