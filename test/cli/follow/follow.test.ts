/** `--follow`: what comes out while rows arrive, worked out by hand. */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const TIERS = `notifications: { thresholds: [80%] }
pricing_tiers:
  free: { cost: 0, limits: { requests: 100 } }
`;
const HEADER = 'timestamp,event_id,customer_id,requests\n';
const ARGS = ['timeline', '--follow', '--tiers', 'tiers.yaml', '--tier', 'free'];

type Line = Readonly<Record<string, unknown>>;
const brief = ({ id, corrected, at, kind, used }: Line) => ({ id, corrected, at, kind, used });
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

test('a finished file on standard input: the entries of a batch run', async () => {
  const cwd = temporaryDirectory({ 'tiers.yaml': TIERS });
  const rows = `${HEADER}2026-10-05T00:00:00Z,e1,acme,79\n2026-10-05T00:00:01Z,e2,acme,1\n2026-10-06T00:00:00Z,e3,acme,20\n`;
  const { stdout, stderr, exitCode } = await runMeter([...ARGS, '-'], { cwd, stdin: rows });
  expect(stderr).toBe('3 rows read = 3 rated + 0 duplicate + 0 out of period + 0 rejected\n');
  expect(exitCode).toBe(0);
  // 80 of 100 requests are reached by the second row, all of them by the third.
  expect(linesOf(stdout).map(brief)).toEqual([
    {
      id: 'acme/2026-10-01T00:00:00Z/free/threshold/requests/0.8',
      at: '2026-10-05T00:00:01Z',
      kind: 'threshold',
      used: '80',
    },
    { id: 'acme/2026-10-01T00:00:00Z/free/limit/requests/1', at: '2026-10-06T00:00:00Z', kind: 'limit', used: '100' },
  ]);
});
