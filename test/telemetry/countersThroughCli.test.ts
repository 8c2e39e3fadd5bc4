/** Counters through the program: months one by one, tiers that begin later, timelines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TIERS = 'pricing_tiers: { pro: { cost: usage, limits: { requests: 10 }, overage: { requests: 1.00/1 } } }\n';
const MAP = 'temporality: cumulative\nseries: [pod]\nmeters: { requests: total }\n';
const HEADER = 'timestamp,customer_id,pod,total\n';
const SEPTEMBER = `${HEADER}2026-09-10T00:00:00Z,acme,a,100\n2026-09-30T12:00:00Z,acme,a,130\n2026-09-20T00:00:00Z,acme,b,7\n`;
// Of pod a 130 → 140 → (reset) 5: 15. Of pod b 7 → 9: 2.
const OCTOBER = `${HEADER}2026-10-05T00:00:00Z,acme,a,140\n2026-10-06T00:00:00Z,acme,a,5\n2026-10-06T00:00:00Z,acme,b,9\n`;
const FILES = { 'tiers.yaml': TIERS, 'map.yaml': MAP, 'sep.csv': SEPTEMBER, 'oct.csv': OCTOBER };
const FLAGS = ['--tier', 'pro', '--map', 'map.yaml', '--quiet'];

type Result = { invoices: { period: { start: string }; usage: { requests: string } }[] };
const usageOf = (stdout: string) =>
  (JSON.parse(stdout) as Result).invoices.map(({ period, usage }) => `${period.start.slice(0, 7)} ${usage.requests}`);

test('months one by one, each opened with the readings that closed the one before, are the months of one run', async () => {
  const cwd = temporaryDirectory(FILES);
  const json = [...FLAGS, '--format', 'json'];
  const both = await runMeter(['invoice', 'sep.csv', 'oct.csv', '--period', 'all', ...json], { cwd });
  expect(usageOf(both.stdout)).toEqual(['2026-09 30', '2026-10 17']);
  const first = await runMeter(['invoice', 'sep.csv', ...json, '--closing', 'b.json'], { cwd });
  const second = await runMeter(['invoice', 'oct.csv', ...json, '--opening', 'b.json', '--closing', 'c.json'], { cwd });
  expect([...usageOf(first.stdout), ...usageOf(second.stdout)]).toEqual(usageOf(both.stdout));
  const { counters } = JSON.parse(readFileSync(join(cwd, 'c.json'), 'utf8')) as { counters: unknown[] };
  expect(counters).toEqual([
    {
      customer: 'acme',
      meter: 'requests',
      dimensions: {},
      series: { pod: 'a' },
      at: '2026-10-06T00:00:00Z',
      value: '5',
    },
    {
      customer: 'acme',
      meter: 'requests',
      dimensions: {},
      series: { pod: 'b' },
      at: '2026-10-06T00:00:00Z',
      value: '9',
    },
  ]);
});

test('a reading at midnight closes the month before, also where the next month has no row', async () => {
  const cwd = temporaryDirectory({
    ...FILES,
    'mid.csv': `${HEADER}2026-10-31T00:00:00Z,acme,a,1\n2026-11-01T00:00:00Z,acme,a,4\n`,
  });
  const { stdout } = await runMeter(['invoice', 'mid.csv', ...FLAGS, '--format', 'json'], { cwd });
  expect(usageOf(stdout)).toEqual(['2026-10 3']);
});

test('a reading from before a customer was on a tier is compared with, and is no usage; usage then is an error', async () => {
  const customers = 'customers:\n  acme: { history: [{ tier: pro, from: 2026-10-06 }] }\n';
  const rows = `${HEADER}2026-10-05T12:00:00Z,acme,a,50\n2026-10-06T12:00:00Z,acme,a,58\n`;
  const cwd = temporaryDirectory({
    ...FILES,
    'customers.yaml': customers,
    'usage.csv': rows,
    'more.csv': `${rows}2026-10-05T13:00:00Z,acme,a,51\n`,
  });
  const args = ['--map', 'map.yaml', '--customers', 'customers.yaml', '--format', 'json'];
  const found = await runMeter(['invoice', 'usage.csv', ...args], { cwd });
  expect(usageOf(found.stdout)).toEqual(['2026-10 8']);
  expect(found.stderr).toContain('2 rows read = 1 rated + 0 duplicate + 1 out of period + 0 rejected');
  const refused = await runMeter(['invoice', 'more.csv', ...args], { cwd });
  expect(refused).toMatchObject({ exitCode: 3 });
  expect(refused.stderr).toContain('[row/no-tier-then]');
});

test('a timeline of counters finds the reading with which a limit was reached', async () => {
  const cwd = temporaryDirectory(FILES);
  const args = ['timeline', 'sep.csv', 'oct.csv', '--period', '2026-10', ...FLAGS, '--format', 'ndjson'];
  const { stdout } = await runMeter(args, { cwd });
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { at: string; used: string });
  // 10 with the reading of 5 October, whose time ends before it; 17 with those of the next day, of which b's 2 and a's 5.
  expect(entries.map(({ at, used }) => `${at} ${used}`)).toEqual([
    '2026-10-04T23:59:59.999999999Z 10',
    '2026-10-04T23:59:59.999999999Z 10',
  ]);
});

test('a row may hold a counter and an amount; each counts at its own instant, and the row once', async () => {
  const map = 'series: [pod]\nmeters:\n  requests: { field: total, temporality: cumulative }\n  egress: sent\n';
  const rows =
    'timestamp,customer_id,pod,total,sent\n2026-10-01T00:00:00Z,acme,a,5,100\n2026-11-01T00:00:00Z,acme,a,9,50\n';
  const cwd = temporaryDirectory({ 'map.yaml': map, 'usage.csv': rows });
  const { stdout, stderr } = await runMeter(['usage', 'usage.csv', '--map', 'map.yaml'], { cwd });
  // requests: 4 of October; egress: 100 of October, 50 of November.
  expect(stdout.split('\n').slice(1, 3)).toEqual(['acme,2026-10,4,0,100,4,', 'acme,2026-11,0,0,50,0,']);
  expect(stderr).toContain('2 rows read = 2 rated');
});
