/** Every preset: what it needs so that a stranger can use it. Totals are on its page in docs/platforms, worked out by hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetFields } from '../../../src/app/presetFields.ts';
import { presetNames, presetText } from '../../../src/app/presets.ts';
import { knownFormats, presetsLike } from '../../../src/app/recognise.ts';
import { loadMapping } from '../../../src/config/loadMapping.ts';
import { loadRateCard } from '../../../src/config/loadRateCard.ts';
import { ROOT, runMeter } from '../../support/runMeter.ts';

const FIXTURES = readdirSync(join(ROOT, 'fixtures/presets'));

/** Files of a preset: `NAME.log`, `NAME--v2.log`. */
function fixturesOf(preset: string): string[] {
  return FIXTURES.filter((file) => file.replace(/(--.*)?\..*$/, '') === preset);
}

describe.each(presetNames())('preset %s', (name) => {
  test('says what it reads, and takes a customer and an instant', () => {
    const { title, fields } = presetFields(name);
    expect(title).toMatch(/\w/);
    expect(fields.get('customer')).toBeTruthy();
    expect(fields.get('instant')).toBeTruthy();
  });

  test('is valid for whoever copies it, too', async () => {
    const cwd = join(ROOT, 'presets');
    // A copy is held to the meters of the tier file: lambda's has GB-seconds.
    const tiers = name === 'lambda' ? ['--tiers', join(ROOT, 'fixtures/mappings/memory-tiers.yaml')] : [];
    expect(await runMeter(['validate', `${name}.yaml`, ...tiers], { cwd })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('has an export in the form of its platform, a page that reads it, and is recognised in it alone', async () => {
    const files = fixturesOf(name);
    expect(files).not.toEqual([]);
    const page = readFileSync(join(ROOT, 'docs/platforms', `${name}.md`), 'utf8');
    for (const file of files) {
      expect(page).toMatch(new RegExp(`meter .*fixtures/presets/${file.replaceAll('.', '\\.')} .*--preset ${name}\\b`));
      const path = join(ROOT, 'fixtures/presets', file);
      const source = { kind: 'file', name: file, path } as const;
      const known = await knownFormats([source]);
      expect(known.map(({ hint }) => /--preset (\S+);/.exec(hint!)?.[1])).toEqual([name]);
      expect(await presetsLike(source)).toEqual([name]);
    }
  });
});

test('every export of a platform belongs to a preset', () => {
  const known = presetNames().flatMap(fixturesOf);
  expect(FIXTURES.filter((file) => !known.includes(file))).toEqual([]);
});

test('meter preset NAME prints the file, and a name that there is not is answered with the nearest one', async () => {
  expect((await runMeter(['preset', 'combined'])).stdout).toBe(presetText('combined'));
  const missing = await runMeter(['preset', 'cloudfornt']);
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toMatch(/there is no preset "cloudfornt".*\n.*did you mean cloudfront\?/);
});

test('meters that a tier file lacks are left out of a preset, and are an error in anybody’s own mapping', () => {
  const { meters } = loadRateCard('pricing_tiers: { free: { cost: 0 } }', 'tiers.yaml').rateCard!;
  const text = 'timestamp: t\nmeters: { requests: 1, tokens: n }\n';
  const preset = loadMapping(text, 'x', meters, { isPreset: true });
  expect([...preset.mapping!.meters!.keys()]).toEqual(['requests']);
  expect(loadMapping(text, 'x', meters).problems.map(({ code }) => code)).toEqual(['mapping/unknown-meter']);
  const none = loadMapping('meters: { tokens: n }\n', 'x', meters, { isPreset: true });
  expect(none.problems.map(({ code }) => code)).toEqual(['mapping/unknown-meter']);
});

test('--map and --preset together are an error', async () => {
  const { exitCode, stderr } = await runMeter([...'usage x.csv --map presets/alb.yaml --preset alb'.split(' ')]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('[usage/two-mappings]')]);
});
