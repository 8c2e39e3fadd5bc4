/** `usage --follow`: days and months as they end, worked out by hand. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Following, type Line, linesOf } from '../../support/following.ts';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const HEADER = 'timestamp,customer_id,requests,compute_seconds\n';
const row = (at: string, requests: number, customer = 'acme') => `${at},${customer},${requests},0.5\n`;
const ARGS = ['usage', '--follow', '--quiet'];
const brief = ({ id, corrected, usage }: Line) => {
  const { requests } = usage as { requests: string };
  return corrected === undefined ? [id, requests] : [id, requests, corrected];
};

test('a day is told once a row behind it came, and told again, as corrected, after a late row', async () => {
  const stdin = new PassThrough();
  const run = new Following([...ARGS, '-'], { cwd: temporaryDirectory({}), stdin });
  stdin.write(HEADER + row('2026-10-05T08:00:00Z', 3) + row('2026-10-05T23:59:59Z', 4));
  stdin.write(row('2026-10-06T00:00:00Z', 5, 'other'));
  // 3 + 4 on the 5th; the 6th goes on.
  expect((await run.until(1)).map(brief)).toEqual([['acme/2026-10-05', '7']]);
  stdin.write(row('2026-10-05T09:00:00Z', 10));
  expect((await run.until(2)).slice(1).map(brief)).toEqual([['acme/2026-10-05/corrected/1', '17', 'acme/2026-10-05']]);
  stdin.write(row('2026-11-01T00:00:00Z', 1));
  expect((await run.until(5)).slice(2).map(brief)).toEqual([
    ['other/2026-10-06', '5'],
    ['acme/2026-10', '17'],
    ['other/2026-10', '5'],
  ]);
  expect(run.lines[3]).toEqual({
    id: 'acme/2026-10',
    kind: 'month',
    customer: 'acme',
    month: '2026-10',
    // Three rows of half a second.
    usage: { requests: '17', compute_seconds: '1.5', egress_bytes: '0' },
    peakDayRequests: '17',
    tenureMonths: null,
  });
  expect(await run.stop()).toMatchObject({ exitCode: 130 });
});

test('with restarts in any order, the months that stand are the account-months of a batch run', async () => {
  const cwd = temporaryDirectory({ 'tiers.yaml': 'timezone: Asia/Kolkata\npricing_tiers: { free: { cost: 0 } }\n' });
  // In Kolkata, five and a half hours ahead, the first row is of 1 November, the second of 31 October.
  const rows = [
    row('2026-10-31T18:30:00Z', 1),
    row('2026-10-31T18:29:59Z', 2),
    row('2026-12-05T00:00:00Z', 4, 'other'),
    row('2026-12-05T00:00:00Z', 8),
    row('2026-09-15T00:00:00Z', 16, 'other'),
  ];
  const flags = ['--tiers', 'tiers.yaml'];
  const batch = await runMeter(['usage', '-', ...flags, '--quiet'], { cwd, stdin: HEADER + rows.join('') });
  const [, ...expected] = batch.stdout.trimEnd().split('\n');
  const told = new Map<unknown, string>();
  for (const one of rows) {
    const { stdout } = await runMeter([...ARGS, '-', ...flags, '--state', 's'], { cwd, stdin: HEADER + one });
    for (const line of linesOf(stdout)) {
      if (line.kind !== 'month') continue;
      const { requests, compute_seconds: compute, egress_bytes: egress } = line.usage as Record<string, string>;
      const fields = [line.customer, line.month, requests, compute, egress, line.peakDayRequests, line.tenureMonths];
      told.set(line.corrected ?? line.id, fields.map((field) => field ?? '').join(','));
    }
  }
  expect([...told.values()].sort()).toEqual(expected.sort());
  // Acme came in October, a month after the first row of all: December is two months later.
  expect(told.get('acme/2026-12')).toBe('acme,2026-12,8,0.5,0,8,2');
});

test('-o does not go with it', async () => {
  const { exitCode, stderr } = await runMeter([...ARGS, '-', '-o', 'x'], { cwd: temporaryDirectory({}) });
  expect(stderr).toContain('and -o names a file');
  expect(exitCode).toBe(2);
});
