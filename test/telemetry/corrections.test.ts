/** Rows that take usage back, through the program. */
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HEADER = 'timestamp,event_id,customer_id,region,corrects,requests,egress_bytes';
const MAP = 'corrections: allow\ncorrects: corrects\nregion: region\n';
const TIERS = `
meters: { requests: { field: requests, unit: request }, egress: { field: egress_bytes, unit: B } }
default_tier: pro
pricing_tiers:
  pro:
    cost: usage
    limits: { requests: 3/day }
    overage: { requests: 1/1, egress: { by: region, prices: { fra: 1/1B }, default: 2/1B } }
`;

async function run(rows: readonly string[], args: readonly string[] = [], command = 'invoice') {
  const cwd = temporaryDirectory({ 'u.csv': `${[HEADER, ...rows].join('\n')}\n`, 'm.yaml': MAP, 'tiers.yaml': TIERS });
  return runMeter([command, 'u.csv', '--map', 'm.yaml', ...args], { cwd });
}

type Result = { invoices: { usage: Record<string, string>; total: string }[] };
async function billed(rows: readonly string[]) {
  const { stdout } = await run(rows, ['--format', 'json', '--quiet']);
  const [invoice] = (JSON.parse(stdout) as Result).invoices;
  return `${invoice!.usage.requests} requests, ${invoice!.usage.egress} B, ${invoice!.total}`;
}

const E1 = '2026-10-01T00:00:00Z,e1,acme,fra,,5,0.5';
const E2 = '2026-10-01T01:00:00Z,e2,acme,fra,,2,0.25';

describe('a correction', () => {
  // On 1 October 3 requests are included.
  test.each`
    rows                                                                                      | found                         | why
    ${[E1, E2]}                                                                               | ${'7 requests, 0.75 B, 4.75'} | ${'none'}
    ${[E1, E2, '2026-10-01T02:00:00Z,c1,acme,,,-3,']}                                         | ${'4 requests, 0.75 B, 1.75'} | ${'an amount below zero'}
    ${[E1, E2, '2026-10-01T02:00:00Z,c1,acme,,e1,,']}                                         | ${'2 requests, 0.25 B, 0.25'} | ${'all of an event, in its region'}
    ${[E1, E2, '2026-10-01T02:00:00Z,c1,acme,,e1,1,']}                                        | ${'6 requests, 0.75 B, 3.75'} | ${'a part of an event'}
    ${[E1, E2, '2026-10-01T02:00:00Z,c1,acme,,e1,-1,']}                                       | ${'6 requests, 0.75 B, 3.75'} | ${'with a sign it is the same'}
    ${[E1, E2, '2026-10-01T02:00:00Z,c1,acme,,e1,1,', '2026-10-01T02:00:00Z,c1,acme,,e1,1,']} | ${'6 requests, 0.75 B, 3.75'} | ${'delivered twice it counts once'}
  `('$why: $found', async ({ rows, found }) => {
    expect(await billed(rows)).toBe(found);
    expect(await billed([...rows].reverse())).toBe(found);
  });

  test('one with the same id and another sign is a conflict', async () => {
    const { stderr, exitCode } = await run([
      E1,
      '2026-10-01T02:00:00Z,c1,acme,,,1,',
      '2026-10-01T02:00:00Z,c1,acme,,,-1,',
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('[row/conflict]');
  });

  test('of a correction is none', async () => {
    const { stderr } = await run([E1, '2026-10-01T02:00:00Z,c1,acme,,e1,,', '2026-10-01T02:00:00Z,c2,acme,,c1,,']);
    expect(stderr).toContain('[row/corrects-nothing]');
  });
});

describe('a total below zero', () => {
  const rows = [E1, '2026-10-31T00:00:00Z,c1,acme,,,-6,'];

  test('is an error with the customer, the meter and the month', async () => {
    const { stderr, exitCode } = await run(rows);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('customer "acme": the total of requests is -1 in 2026-10 [billing/below-zero]');
  });

  test('also of a month, where account-months are made', async () => {
    const { stderr, exitCode } = await run([E1, '2026-11-01T00:00:00Z,c1,acme,,,-5,'], [], 'usage');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('the total of requests is -5 in 2026-11');
  });

  test('is an error of a region, too, where that has a price', async () => {
    const { stderr } = await run([E1, E2, '2026-10-01T02:00:00Z,c1,acme,,,,-0.125']);
    expect(stderr).toContain('the total of egress without region is -0.125 in 2026-10');
  });

  test('of a day is none, if the month has more', async () => {
    // 5 on the first, of which 3 are included; −1 on the next day, which includes 3 that nobody uses.
    expect(await billed([E1, '2026-10-02T00:00:00Z,c1,acme,fra,,-1,'])).toBe('4 requests, 0.5 B, 2.50');
  });
});

test('a timeline has the first instant with enough usage, whatever is taken back later', async () => {
  const rows = [E1, '2026-10-01T02:00:00Z,c1,acme,fra,,-4,', '2026-10-01T03:00:00Z,e9,acme,fra,,3,'];
  const { stdout } = await run(rows, ['--format', 'ndjson', '--quiet', '--threshold', '100%'], 'timeline');
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { at: string; kind: string });
  expect(entries.map(({ at, kind }) => `${kind} ${at}`)).toEqual(['limit 2026-10-01T00:00:00Z']);
});
