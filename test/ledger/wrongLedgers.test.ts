/**
 * The gallery of ledgers that cannot be read, or not for what a run needs: each is made of a sound one (test/errors/ledgers).
 * `vitest -u` rewrites the answers.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { missingCodes } from '../support/codes.ts';
import { transcript } from '../support/pages.ts';
import { ROOT, runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const USAGE = `timestamp,event_id,customer_id,route,requests
2026-10-05T10:00:00Z,e1,acme,/a,5
2026-10-05T10:30:00Z,e2,acme,/b,7
`;
const TIERS = 'default_tier: pro\npricing_tiers: { pro: { cost: 19, overage: { requests: 0.40/10k } } }\n';
const CUSTOMERS = `customers:
  acme: { history: [{ tier: pro, from: 2026-10-05T10:15:00Z }] }
`;
const SEATS = 'meters: { requests: { field: requests, unit: request, aggregate: max } }\n';

type Wrong = {
  /** Makes another sound ledger. */
  readonly sound?: (lines: string[]) => string[];
  /** Makes the ledger wrong. */
  readonly edit?: (lines: string[]) => string[];
  readonly tiers?: string;
  readonly args: string;
};

const replaced = (from: string, to: string) => (lines: string[]) => lines.map((line) => line.replace(from, to));

const READING =
  '{"customer":"acme","meter":"requests","dimensions":{},"series":{"pod":"a"},"at":"1791196200000000000","value":"12"}';
const COUNTERS = `"counters":{"counters":1,"baselines":0,"resets":0,"findings":[],"closing":[${READING}]}`;
const SAMPLE = '"sample":{"rate":"0.1","weights":false}';

const withCounter = (line: string) =>
  line
    .replace('"event_ids":2', `"event_ids":2,${COUNTERS}`)
    .replace('"dedupe"', '"months":{"zone":"UTC","anchors":{}},"dedupe"');
const ofOtherSource = (line: string) => line.replace(/"sha256":"[0-9a-f]{8}/, '"sha256":"01234567');

const WRONG: Record<string, Wrong> = {
  damaged: { edit: replaced('"quantity":"12"', '"quantity":"1e2"'), args: 'invoice wrong.ndjson' },
  'damaged--json': { edit: replaced('"events":2', '"events":'), args: 'invoice wrong.ndjson' },
  'damaged--values': {
    edit: replaced('"aggregation":"sum"', '"aggregation":"unique"'),
    args: 'invoice wrong.ndjson',
    tiers: TIERS + SEATS.replace('max', 'unique'),
  },
  'damaged--other-rows': { edit: replaced('"rows":2', '"rows":3'), args: 'invoice wrong.ndjson' },
  'damaged--without-a-record': {
    edit: (lines) => lines.filter((line) => !line.includes('"quantity"')),
    args: 'invoice wrong.ndjson',
  },
  truncated: { edit: (lines) => lines.slice(0, 4), args: 'invoice wrong.ndjson' },
  'unknown-version': { edit: replaced('"meter_ledger":1', '"meter_ledger":2'), args: 'invoice wrong.ndjson' },
  mixed: { args: 'invoice sound.ndjson usage.csv' },
  'source-twice': { edit: (lines) => lines, args: 'invoice sound.ndjson wrong.ndjson' },
  'unknown-meter': { tiers: `${TIERS}meters: { jobs: { field: jobs, unit: job } }\n`, args: 'invoice sound.ndjson' },
  'other-meter': { tiers: TIERS + SEATS, args: 'invoice sound.ndjson' },
  'unknown-dimension': { tiers: `${TIERS}dimensions: [route]\n`, args: 'invoice sound.ndjson' },
  coarse: { args: 'invoice sound.ndjson --customers customers.yaml' },
  'coarse--half-hour-zone': { tiers: `${TIERS}timezone: Asia/Kolkata\n`, args: 'invoice sound.ndjson' },
  'other-dedupe': { args: 'invoice sound.ndjson --no-dedupe' },
  'other-period': {
    // From 1 to 8 October.
    edit: replaced('"dedupe"', '"period":{"start":"1790812800000000000","end":"1791417600000000000"},"dedupe"'),
    args: 'invoice wrong.ndjson --period 2026-10',
  },
  'other-period--of-counters': {
    edit: (lines) => lines.map(withCounter),
    args: 'invoice wrong.ndjson --period 2026-10-05..2026-10-06',
  },
  'mixed--sample': {
    edit: (lines) => lines.map(ofOtherSource).map((line) => line.replace('"dedupe"', `${SAMPLE},"dedupe"`)),
    args: 'invoice sound.ndjson wrong.ndjson',
  },
  'shared-counter': {
    sound: (lines) => lines.map(withCounter),
    edit: (lines) => lines.map(withCounter).map(ofOtherSource),
    args: 'invoice sound.ndjson wrong.ndjson',
  },
  'needs-rows': { args: 'rows sound.ndjson --customer acme' },
};

let sound: string;
beforeAll(async () => {
  const cwd = resolve(ROOT, 'fixtures/first-month');
  const { stdout } = await runMeter(['ledger', '-', '--tiers', '../../tiers.example.yaml'], { cwd, stdin: USAGE });
  sound = stdout;
});

describe('a ledger that cannot stand for its rows is refused', () => {
  test.each(Object.entries(WRONG))('%s', async (name, { sound: other, edit, tiers = TIERS, args }) => {
    const cwd = temporaryDirectory({ 'usage.csv': USAGE, 'customers.yaml': CUSTOMERS, 'tiers.yaml': tiers });
    const of = (lines: readonly string[]) => `${lines.join('\n')}\n`;
    writeFileSync(join(cwd, 'sound.ndjson'), other ? of(other(sound.trimEnd().split('\n'))) : sound);
    if (edit) {
      writeFileSync(join(cwd, 'wrong.ndjson'), of(edit(sound.trimEnd().split('\n'))));
    }
    const result = await runMeter(args.split(' '), { cwd });
    expect(result).toMatchObject({ exitCode: name === 'needs-rows' ? 2 : 3, stdout: '' });
    expect(result.stderr).toContain(`[ledger/${name.replace(/--.*/, '')}]`);
    const text = [`$ meter ${args}`, ...transcript(result)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(resolve(ROOT, 'test/errors/ledgers', `${name}.txt`));
  });

  test('and every such problem has an entry in the gallery', () => {
    const shown = new Set(Object.keys(WRONG).map((name) => `ledger/${name.replace(/--.*/, '')}`));
    expect(missingCodes(['ledger'], shown)).toEqual([]);
  });
});
