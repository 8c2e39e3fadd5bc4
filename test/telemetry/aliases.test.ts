/** Other ids of customers, and customers without invoices. */
import { describe, expect, test } from 'vitest';
import { aliasResolver, matchesId } from '../../src/core/catalog/idPattern.ts';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('a pattern', () => {
  test.each`
    pattern    | id            | matches
    ${'a'}     | ${'a'}        | ${true}
    ${'a'}     | ${'ab'}       | ${false}
    ${'*'}     | ${''}         | ${true}
    ${'a*'}    | ${'a'}        | ${true}
    ${'*.com'} | ${'.com'}     | ${true}
    ${'*.com'} | ${'x.com.au'} | ${false}
    ${'a*b*c'} | ${'a-b-c'}    | ${true}
    ${'a*b*c'} | ${'acb'}      | ${false}
    ${'ab*ba'} | ${'aba'}      | ${false}
    ${'*a*a*'} | ${'a'}        | ${false}
    ${'.*'}    | ${'x'}        | ${false}
    ${'a**b'}  | ${'ab'}       | ${true}
  `('$pattern matches $id: $matches', ({ pattern, id, matches }) => {
    expect(matchesId(pattern, id)).toBe(matches);
  });
});

test('an id of the file is itself, an alias without * goes before patterns, a longer pattern before a shorter one', () => {
  const aliases = [
    { pattern: 'x-*', customer: 'a' },
    { pattern: 'x-long-*', customer: 'b' },
    { pattern: 'x-long-1', customer: 'c' },
    { pattern: '*-gnol-x', customer: 'd' },
  ];
  const resolve = aliasResolver(aliases, new Set(['x-me']));
  const found = ['x-me', 'x-1', 'x-long-2', 'x-long-1', 'y', 'x-long--gnol-x'].map(resolve);
  expect(found).toEqual([...['x-me', 'a', 'b', 'c', 'y'].map((customer) => ({ customer })), { between: ['b', 'd'] }]);
});

const CUSTOMERS = `customers:
  acme: { tier: pro, aliases: [old, 'k-*'] }
  beta: { history: [{ tier: pro, from: 2026-10-10 }], aliases: [b2] }
`;
const TIERS = `
meters:
  requests: { field: requests, unit: request }
  seats: { field: seats, unit: seat, aggregate: last }
pricing_tiers: { pro: { cost: usage, overage: { requests: 0.01/1, seats: 1 } } }
`;
const HEADER = 'timestamp,event_id,customer_id,requests,seats\n';

async function invoice(rows: string, args: readonly string[] = []) {
  const cwd = temporaryDirectory({ 'u.csv': HEADER + rows, 'c.yaml': CUSTOMERS, 'tiers.yaml': TIERS });
  return runMeter(['invoice', 'u.csv', '--customers', 'c.yaml', '--format', 'json', ...args], { cwd });
}
type Result = {
  invoices: { customer: string; usage: Record<string, string> }[];
  customersExcluded?: string[];
};

test('rows of all its ids are one customer: sums add up, the latest value is the latest of all, an event counts once', async () => {
  const { stdout, stderr } = await invoice(`2026-10-01T00:00:00Z,e1,old,5,9
2026-10-02T00:00:00Z,e2,k-1,7,4
2026-10-02T00:00:00Z,e2,acme,7,4
2026-10-01T12:00:00Z,e3,acme,1,8
2026-10-11T00:00:00Z,e4,b2,2,
`);
  const { invoices } = JSON.parse(stdout) as Result;
  expect(invoices.map(({ customer, usage }) => `${customer} ${usage.requests} ${usage.seats}`)).toEqual([
    'acme 13 4',
    'beta 2 0',
  ]);
  expect(stderr).toContain('3 ids are aliases of customers: b2, k-1, old');
  expect(stderr).toContain('5 rows read = 4 rated + 1 duplicate');
});

test('an alias is on the tiers of its customer, and on none where that is on none', async () => {
  const { stderr, exitCode } = await invoice('2026-10-09T00:00:00Z,e1,b2,5,\n');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('[row/no-tier-then]');
});

test('who is excluded gets no invoice, needs no tier, and is named', async () => {
  const rows =
    '2026-10-01T00:00:00Z,e1,acme,5,\n2026-10-01T00:00:00Z,e2,test-1,5,\n2026-10-01T00:00:00Z,e3,test-2,5,\n';
  const { stdout, stderr } = await invoice(rows, ['--exclude', 'test-*', 'beta']);
  const { invoices, customersExcluded } = JSON.parse(stdout) as Result;
  expect(invoices.map(({ customer }) => customer)).toEqual(['acme']);
  expect(customersExcluded).toEqual(['test-1', 'test-2']);
  expect(stderr).toContain('excluded: 2 customers, "test-1", "test-2"');
  const nobody = await invoice('2026-10-01T00:00:00Z,e1,acme,5,\n', ['--exclude', 'tset-*']);
  expect(nobody.stderr).toContain('--exclude excludes nobody');
});
