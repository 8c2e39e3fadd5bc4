/** Price lists that follow each other: who is on which, and what lists can have wrong with each other. */
import { describe, expect, test } from 'vitest';
import { runMeter } from '../support/runMeter.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const list = (head: string, fee: number, price: string, tier = 'pro') =>
  `${head}\npricing_tiers:\n  ${tier}: { cost: ${fee} + usage, limits: { requests: 100 }, overage: { requests: ${price} } }\n`;

const FILES = {
  'p2025.yaml': list('', 31, '0.10'),
  'next.yaml': list('name: "2026"\nvalid_from: 2026-10-11', 62, '0.20'),
  'now.yaml': list('valid_from: 2026-10-11\napplies: at_once', 62, '0.20'),
  'new.yaml': list('valid_from: 2026-10-11\napplies: new_customers', 62, '0.20'),
  'dropped.yaml': list('valid_from: 2026-10-01', 62, '0.20', 'starter'),
  'later.yaml': list('valid_from: 2026-10-11', 31, '0.10'),
  'euro.yaml': `${list('valid_from: 2027-01-01\ncurrency: EUR\ntimezone: Europe/Berlin', 1, '1')}`,
  'customers.yaml': `customers:
  acme: { tier: pro }
  late: { history: [{ tier: pro, from: 2026-10-11 }] }
  mid: { tier: pro, anchor: 15 }
  own: { tier: pro, cost: 7, overage: { requests: 0.01 } }
  pinned: { tier: pro, price_list: p2025 }
  short: { tier: pro, price_list: p2025, price_list_until: 2026-11-01 }
`,
  'lost.yaml': 'customers: { acme: { tier: pro, price_list: p2024 } }\n',
  'pins.csv': 'customer_id,tier,price_list,price_list_until\nacme,pro,p2025,2026-11-01\n',
  'edge.yaml': 'routes: [{ match: /a, traffic: 200/month, compute: 0s, response: 0B }]\n',
  'usage.csv': `timestamp,customer_id,requests
2026-10-05T00:00:00Z,acme,200
2026-10-20T00:00:00Z,acme,200
2026-11-20T00:00:00Z,acme,200
`,
};
async function meter(command: string) {
  return runMeter(command.split(' '), { cwd: temporaryDirectory(FILES) });
}

/** `2026-10 p2025 fee 31.00`, for each line of a customer. */
async function linesOf(customer: string, lists: string, customers = 'customers.yaml'): Promise<string[]> {
  const { stdout } = await meter(`invoice usage.csv ${lists} --period all --format csv --customers ${customers}`);
  const rows = stdout.trim().split('\n').slice(1);
  return rows
    .map((row) => row.replace(/"[^"]*"/g, 'text').split(','))
    .filter(([id]) => id === customer)
    .map((cells) => `${cells[15]} ${cells[24]} ${cells[4]} ${cells[13]}`);
}

describe('a list that follows another', () => {
  test('holds from the billing period that begins on or after its day', async () => {
    // October under the old list: 300 beyond the limit at 0.10. November under the new one: 100 at 0.20.
    expect(await linesOf('acme', '--tiers p2025.yaml --tiers next.yaml')).toEqual([
      '2026-10 p2025 fee 31.00',
      '2026-10 p2025 usage:requests 30.00',
      '2026-11 next fee 62.00',
      '2026-11 next usage:requests 20.00',
    ]);
  });

  test('holds for an anchored customer from their own next period', async () => {
    // Periods begin on the 15th: the one of 15 September ends on 15 October, the first that begins after the 11th.
    const lines = await linesOf('mid', '--tiers p2025.yaml --tiers next.yaml');
    expect(lines.filter((line) => line.includes('fee'))).toEqual([
      '2026-09-15..2026-10-15 p2025 fee 31.00',
      '2026-10-15..2026-11-15 next fee 62.00',
      '2026-11-15..2026-12-15 next fee 62.00',
    ]);
  });

  test('may apply at once, and then splits the period like a change of tier', async () => {
    // 10 of 31 days at 31 and 21 at 62: 10.00 and 42.00. Of the limit 100 × 10/31 and 100 × 21/31 are included:
    // (200 − 32.258…) × 0.10 = 16.774…, (200 − 67.741…) × 0.20 = 26.451…
    const lines = await linesOf('acme', '--tiers p2025.yaml --tiers now.yaml');
    expect(lines.slice(0, 4)).toEqual([
      '2026-10 p2025 fee 10.00',
      '2026-10 p2025 usage:requests 16.77',
      '2026-10 now fee/2 42.00',
      '2026-10 now usage:requests/2 26.45',
    ]);
  });

  test('may be for new customers alone', async () => {
    const fees = async (customer: string) =>
      (await linesOf(customer, '--tiers p2025.yaml --tiers new.yaml')).filter((line) => line.includes('fee'));
    expect(await fees('acme')).toEqual(['2026-10 p2025 fee 31.00', '2026-11 p2025 fee 31.00']);
    // 21 of 31 days at 31 until the period ends, then the list for new customers.
    expect(await fees('late')).toEqual(['2026-10 p2025 fee 21.00', '2026-11 new fee 62.00']);
  });

  test('leaves a contract its own prices, and whoever is pinned on their list', async () => {
    const fees = async (customer: string) =>
      (await linesOf(customer, '--tiers p2025.yaml --tiers now.yaml')).filter((line) => line.includes('fee'));
    // The terms are the same under both lists, so nothing is split.
    expect(await fees('own')).toEqual(['2026-10 now fee 7.00', '2026-11 now fee 7.00']);
    expect(await fees('pinned')).toEqual(['2026-10 p2025 fee 31.00', '2026-11 p2025 fee 31.00']);
    expect(await fees('short')).toEqual(['2026-10 p2025 fee 31.00', '2026-11 now fee 62.00']);
  });

  test('is found by a glob, and a CSV customers file can pin as well', async () => {
    const lines = await linesOf('acme', '--tiers {p2025,now}.yaml', 'pins.csv');
    expect(lines.filter((line) => line.includes('fee'))).toEqual(['2026-10 p2025 fee 31.00', '2026-11 now fee 62.00']);
  });

  test('holds for an estimate of a month after it, and for one of no month', async () => {
    const total = async (period: string) => {
      const command = `estimate edge.yaml --tiers p2025.yaml --tiers next.yaml --tier pro --format json${period}`;
      return JSON.parse((await meter(command)).stdout).total;
    };
    // 200 requests: the fee, and 100 beyond the limit.
    expect(await total(' --period 2026-10')).toBe('41.00');
    expect(await total(' --period 2026-11')).toBe('82.00');
    expect(await total('')).toBe('82.00');
  });
});

describe('what lists can have wrong with each other', () => {
  test.each`
    what                                   | command                                                                                              | says
    ${'the same day'}                      | ${'invoice usage.csv --tiers next.yaml --tiers later.yaml --tier pro --period all'}                  | ${/later\.yaml:1:13: error: it is valid from the same day, as next\.yaml:2 is \[lists\/overlap\]/}
    ${'time before the first list'}        | ${'invoice usage.csv --tiers next.yaml --tier pro --period 2026-10'}                                 | ${/first price list, next, is not valid before 2026-10-11, and on pro then: "acme" \[billing\/no-price-list\]/}
    ${'a tier that is gone'}               | ${'invoice usage.csv --tiers p2025.yaml --tiers dropped.yaml --customers pins.csv --period 2026-11'} | ${/price list dropped has no tier pro with prices, and on it then: "acme" \[billing\/no-tier-in-list\]/}
    ${'another currency and zone'}         | ${'invoice usage.csv --tiers p2025.yaml --tiers euro.yaml --tier pro --period all'}                  | ${/euro\.yaml:2:11: error: it is in EUR[\s\S]*euro\.yaml:3:11: error: its months begin in Europe\/Berlin/}
    ${'a pin to a list that is not there'} | ${'invoice usage.csv --tiers p2025.yaml --customers lost.yaml --period all'}                         | ${/there is no price list "p2024" \[customers\/unknown-price-list\]/}
  `('$what', async ({ command, says }) => {
    expect((await meter(command)).stderr).toMatch(says);
  });

  test('a tier that a later list drops is no problem before it', async () => {
    const { exitCode } = await meter(
      'invoice usage.csv --tiers p2025.yaml --tiers dropped.yaml --tier pro --period 2026-09 --allow-empty',
    );
    expect(exitCode).toBe(0);
  });
});
