/** Customers whose days and months begin in a zone of their own. */
import { expect, test } from 'vitest';
import { runMeter } from '../../support/runMeter.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const TIERS = `
meters: { requests: { field: requests, unit: request } }
pricing_tiers:
  pro: { cost: 31, limits: { requests: 5/day }, overage: { requests: 1/1 } }
  max: { cost: 62, overage: { requests: 2/1 } }
`;
const HEADER = 'timestamp,customer_id,requests\n';

type Result = {
  invoices: { customer: string; period: Record<string, string>; usage: Record<string, string>; total: string }[];
};

async function billed(customers: string, rows: readonly string[], args: readonly string[] = ['--period', '2026-10']) {
  const cwd = temporaryDirectory({
    'tiers.yaml': TIERS,
    'c.yaml': `customers:\n${customers}`,
    'u.csv': `${HEADER}${rows.join('\n')}\n`,
  });
  const run = (format: string) =>
    runMeter(['invoice', 'u.csv', '--customers', 'c.yaml', '--format', format, ...args], { cwd });
  const { stdout, stderr } = await run('json');
  if (stdout === '') throw new Error(stderr);
  const { invoices } = JSON.parse(stdout) as Result;
  const shown = invoices.map(
    ({ customer, period, usage, total }) => `${customer} ${period.start}..${period.end} ${usage.requests} ${total}`,
  );
  return { shown, stderr, table: (await run('table')).stdout };
}

// October in New York is from 04:00 UTC on 1 October to 04:00 UTC on 1 November.
const ROWS = ['2026-10-01T03:59:59Z,ny,100', '2026-10-01T04:00:00Z,ny,3', '2026-11-01T03:59:59Z,ny,4'];

test('a month is that of the customer’s zone', async () => {
  const { shown, stderr, table } = await billed('  ny: { tier: pro, timezone: America/New_York }\n', ROWS);
  expect(shown).toEqual(['ny 2026-10-01T04:00:00Z..2026-11-01T04:00:00Z 7 31.00']);
  expect(stderr).toContain('3 rows read = 2 rated + 0 duplicate + 1 out of period');
  expect(table).toContain('pro, 2026-10');
});

test('all others have those of the tier file', async () => {
  const rows = [...ROWS, ...ROWS.map((row) => row.replace('ny', 'utc'))];
  const { shown } = await billed('  ny: { tier: pro, timezone: America/New_York }\n  utc: { tier: max }\n', rows);
  // max has no limit: 62 + 2 × 103 = 268.
  expect(shown.at(-1)).toBe('utc 2026-10-01T00:00:00Z..2026-11-01T00:00:00Z 103 268.00');
});

test('a limit for a day is for a day of that zone, also where it begins at half past', async () => {
  // In Kolkata 18:29:59 UTC is the last second of a day: 5 + 5 are two days' limits; in UTC they would be 10 in one.
  const rows = ['2026-10-05T18:29:59Z,in,5', '2026-10-05T18:30:00Z,in,5'];
  expect((await billed('  in: { tier: pro, timezone: Asia/Kolkata }\n', rows)).shown[0]).toMatch(/ 10 31\.00$/);
  expect((await billed('  in: { tier: pro }\n', rows)).shown[0]).toMatch(/ 10 36\.00$/);
});

test('days of the customers file are days of that zone', async () => {
  // 17 October in Tokyo begins at 15:00 UTC on the 16th. 31 × 16/31 + 62 × 15/31 = 46; 2 requests on max cost 4.
  const history = '{ history: [{ tier: pro, to: 2026-10-17 }, { tier: max, from: 2026-10-17 }], timezone: Asia/Tokyo }';
  const rows = ['2026-10-16T14:59:59Z,jp,1', '2026-10-16T15:00:00Z,jp,2'];
  expect((await billed(`  jp: ${history}\n`, rows)).shown).toEqual([
    'jp 2026-09-30T15:00:00Z..2026-10-31T15:00:00Z 3 50.00',
  ]);
});

test('an anchor is a day of that zone', async () => {
  const rows = ['2026-10-15T06:59:59Z,la,9', '2026-10-15T07:00:00Z,la,2'];
  expect((await billed('  la: { tier: pro, anchor: 15, timezone: America/Los_Angeles }\n', rows)).shown).toEqual([
    'la 2026-10-15T07:00:00Z..2026-11-15T08:00:00Z 2 31.00',
  ]);
});

test('without a period, rows in another month of that zone are pointed out, and owe no fee', async () => {
  const { shown, stderr } = await billed('  ny: { tier: pro, timezone: America/New_York }\n', ROWS.slice(0, 2), []);
  expect(shown).toEqual(['ny 2026-10-01T04:00:00Z..2026-11-01T04:00:00Z 3 31.00']);
  expect(stderr).toContain(
    'warning: 1 row of customer "ny" lies in a month of America/New_York that is not billed [usage/outside-own-months]',
  );
});

test('a timeline meets the limit of a day in that zone', async () => {
  const cwd = temporaryDirectory({
    'tiers.yaml': TIERS,
    'c.yaml': 'customers: { in: { tier: pro, timezone: Asia/Kolkata } }\n',
    'u.csv': `${HEADER}2026-10-05T18:29:59Z,in,4\n2026-10-05T18:30:00Z,in,5\n`,
  });
  const args = ['timeline', 'u.csv', '--customers', 'c.yaml', '--period', '2026-10', '--threshold', '100%'];
  const { stdout } = await runMeter([...args, '--format', 'ndjson', '--quiet'], { cwd });
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { at: string; kind: string });
  expect(entries.map(({ at, kind }) => `${kind} ${at}`)).toEqual(['limit 2026-10-05T18:30:00Z']);
});
