import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../src/core/calendar.ts';
import {
  billed,
  creditsOf,
  customersOf,
  invoiceOf,
  invoicesOf,
  labelOf,
  printed,
  usageOfAcme,
  usageRows,
} from '../../support/billing.ts';
import { linesOf, totalOf } from '../../support/invoices.ts';
import { rateCardOf } from '../../support/rateCards.ts';

const TIERS = `
pricing_tiers:
  small: { cost: 31, limits: { requests: 3100 }, overage: { requests: 0.01 } }
  large: { cost: 62, limits: { requests: 6200 }, overage: { requests: 0.005 } }
  capped: { cost: 0, limits: { requests: 310 }, overage: null }
  enterprise: { cost: custom, limits: { requests: 1000 }, overage: negotiated }
`;

describe('a change of tier within a month', () => {
  const history = 'customer_id,tier,from,to\nacme,small,,2026-10-11\nacme,large,2026-10-11,\n';

  test('each part has its share of fee and included quantity, and its own prices', async () => {
    const usage = usageOfAcme('2026-10-10 1100', '2026-10-11T00:00:00Z 4300');
    const invoice = await invoiceOf({ tiers: TIERS, customers: history, usage });
    expect(linesOf(invoice)).toEqual(['fee 10.00', 'usage:requests 1.00', 'fee/2 42.00', 'usage:requests/2 0.50']);
    expect(invoice.tier).toBe('large');
    expect(invoice.lines.map(({ description }) => description)).toEqual([
      'small, monthly fee × 10/31',
      'requests beyond 3100 × 10/31',
      'large, monthly fee × 21/31',
      'requests beyond 6200 × 21/31',
    ]);
  });

  test('what one part leaves of its included quantity does not help the other', async () => {
    const usage = usageOfAcme('2026-10-10 0', '2026-10-12 4400');
    const invoice = await invoiceOf({ tiers: TIERS, customers: history, usage });
    expect(linesOf(invoice)).toEqual(['fee 10.00', 'usage:requests 0.00', 'fee/2 42.00', 'usage:requests/2 1.00']);
  });

  test('usage at the instant of the change is on the new tier', async () => {
    const usage = (at: string) => usageOfAcme(`${at} 100000`);
    const [before, at] = await Promise.all([
      invoiceOf({ tiers: TIERS, customers: history, usage: usage('2026-10-10T23:59:59.999Z') }),
      invoiceOf({ tiers: TIERS, customers: history, usage: usage('2026-10-11T00:00:00.000Z') }),
    ]);
    expect(linesOf(before)[1]).toBe('usage:requests 990.00');
    expect(linesOf(at)[3]).toBe('usage:requests/2 479.00');
  });

  test('in the middle of a day, the day is the new tier’s, and usage goes by the instant', async () => {
    const customers = history.replaceAll('2026-10-11', '2026-10-11T08:30:00Z');
    const usage = usageOfAcme('2026-10-11T08:29:59.999Z 1100', '2026-10-11T08:30:00Z 4300');
    const invoice = await invoiceOf({ tiers: TIERS, customers, usage });
    expect(linesOf(invoice)).toEqual(['fee 10.00', 'usage:requests 1.00', 'fee/2 42.00', 'usage:requests/2 0.50']);
  });

  test('a hard cap that begins with the month holds in full, and blocks only what was used before the change', async () => {
    const customers = 'customer_id,tier,from,to\nacme,capped,,2026-10-11\nacme,small,2026-10-11,\n';
    const usage = usageOfAcme('2026-10-05 360', '2026-10-15 2100');
    const invoice = await invoiceOf({ tiers: TIERS, customers, usage });
    // 360 − 310
    expect(Object.fromEntries([...invoice.blocked].map(([meter, amount]) => [meter, amount.toString()]))).toEqual({
      requests: '50',
    });
    expect(totalOf(invoice)).toBe('21.00');
  });

  test('the fees of all parts add up to a fee if the tiers cost the same, whatever the days', async () => {
    const tiers = TIERS.replace('cost: 62', 'cost: 31');
    for (const day of ['02', '09', '17', '31']) {
      const customers = history.replaceAll('2026-10-11', `2026-10-${day}`);
      const invoice = await invoiceOf({ tiers, customers, period: '2026-10' });
      expect(totalOf(invoice)).toBe('31.00');
    }
  });

  test('changes within the first and the last day, and there and back again', async () => {
    const customers = `customer_id,tier,from,to
acme,small,,2026-10-01T06:00:00Z
acme,large,2026-10-01T06:00:00Z,2026-10-31T18:00:00Z
acme,small,2026-10-31T18:00:00Z,
`;
    const invoice = await invoiceOf({ tiers: TIERS, customers, period: '2026-10' });
    expect(linesOf(invoice).filter((line) => line.startsWith('fee'))).toEqual([
      'fee 0.00',
      'fee/2 60.00',
      'fee/3 1.00',
    ]);
  });

  test('a customer who comes or goes pays for the days that they were there', async () => {
    const customers = 'customer_id,tier,from,to\nacme,small,2026-10-11,2026-12-06\n';
    const invoices = await invoicesOf({ tiers: TIERS, customers, usage: usageOfAcme('2026-10-11 1', '2026-12-05 1') });
    expect(invoices.map((invoice) => [labelOf(invoice), totalOf(invoice)])).toEqual([
      ['2026-10', '21.00'],
      ['2026-11', '31.00'],
      ['2026-12', '5.00'],
    ]);
  });

  test('a change in a chosen period of some hours is a share of its time: it has no days', async () => {
    const customers = history.replaceAll('2026-10-11', '2026-10-11T06:00:00Z');
    const period = '2026-10-11T00:00:00Z..2026-10-11T08:00:00Z';
    const invoice = await invoiceOf({ tiers: TIERS, customers, period });
    const shares = invoice.lines.map((line) => (line.kind === 'fee' ? line.quantity.times(line.quantity) : undefined));
    expect(shares[0]!.cmp(shares[2] ?? shares[1]!)).toBeGreaterThan(0);
    expect(invoice.lines[0]!.description).toBe('small, monthly fee × 0.75');
  });
});

describe('a change that changes nothing splits nothing', () => {
  test('two stays on the same tier are one', async () => {
    const customers = 'customer_id,tier,from,to\nacme,small,,2026-10-11\nacme,small,2026-10-11,\n';
    const invoice = await invoiceOf({ tiers: TIERS, customers, usage: usageOfAcme('2026-10-05 3100', '2026-10-15 1') });
    expect(linesOf(invoice)).toEqual(['fee 31.00', 'usage:requests 0.01']);
  });

  test('also under a contract, and if both stays say the same themselves', async () => {
    const whole = 'customers: { acme: { tier: enterprise, cost: 500, overage: { requests: 0.02 } } }';
    const contract = `
customers:
  acme: { cost: 500, overage: { requests: 0.02 }, history: [{ tier: enterprise, to: 2026-10-11 }, { tier: enterprise, from: 2026-10-11 }] }
`;
    const each = `
customers:
  acme:
    history:
      - { tier: enterprise, to: 2026-10-11, cost: 500, overage: { requests: 0.02 } }
      - { tier: enterprise, from: 2026-10-11, overage: { requests: 0.02 }, cost: 500 }
`;
    const usage = usageOfAcme('2026-10-05 900', '2026-10-15 200');
    const [expected, ...others] = await Promise.all(
      [whole, contract, each].map(async (customers) => linesOf(await invoiceOf({ tiers: TIERS, customers, usage }))),
    );
    expect(expected).toEqual(['fee 500.00', 'usage:requests 2.00']);
    expect(others).toEqual([expected, expected]);
  });

  test('stays on other terms are two', async () => {
    const customers = `
customers:
  acme: { history: [{ tier: small, to: 2026-10-11 }, { tier: small, from: 2026-10-11, cost: 62 }] }
`;
    expect(linesOf(await invoiceOf({ tiers: TIERS, customers, period: '2026-10' }))[2]).toBe('fee/2 42.00');
  });
});

describe('a contract', () => {
  test('replaces fee, limits and prices, and leaves the meters that it does not name', async () => {
    const tiers = `
pricing_tiers:
  base: { cost: 19, limits: { requests: 100, egress: 1GB }, overage: { requests: 1, egress: 1/GB }, discount: 50% }
`;
    const customers = `
customers: { acme: { tier: base, cost: 7, limits: { requests: 200 }, overage: { egress: 2/GB } } }
`;
    const usage = 'timestamp,customer_id,requests,egress_bytes\n2026-10-05T00:00:00Z,acme,210,3000000000\n';
    expect(linesOf(await invoiceOf({ tiers, customers, usage }))).toEqual([
      'fee 7.00',
      'usage:requests 10.00',
      'usage:egress 4.00',
      'discount -7.00',
    ]);
  });

  test('a stay’s own terms come before the customer’s, meter by meter', async () => {
    const customers = `
customers:
  acme:
    limits: { requests: 62 }
    cost: 310
    history: [{ tier: small, to: 2026-10-11 }, { tier: small, from: 2026-10-11, limits: { egress: 1GB }, cost: 3.10, overage: { egress: 1/GB } }]
`;
    const usage = usageOfAcme('2026-10-05 21', '2026-10-15 43');
    expect(linesOf(await invoiceOf({ tiers: TIERS, customers, usage }))).toEqual([
      'fee 100.00',
      'usage:requests 0.01',
      'fee/2 2.10',
      'usage:requests/2 0.01',
      'usage:egress/2 0.00',
    ]);
  });

  test('overage: null makes limits hard caps, and takes prices away', async () => {
    const customers = 'customers: { acme: { tier: small, overage: null } }';
    const invoice = await invoiceOf({ tiers: TIERS, customers, usage: usageOfAcme('2026-10-05 3110') });
    expect([totalOf(invoice), invoice.blocked.get('requests')?.toString()]).toEqual(['31.00', '10']);
  });

  test('what is wrong with a contract is said once, where it stands', () => {
    const customers = `customers:
  acme:
    cost: much
    history: [{ tier: small, to: 2026-10-11 }, { tier: large, from: 2026-10-11 }, ]
`;
    expect(() => customersOf(customers, rateCardOf(TIERS))).toThrow(/^3: "much" is not a cost$/);
  });
});

describe('an anchor', () => {
  const anchored = (anchor: number, more = '') => `customers: { acme: { tier: small, anchor: ${anchor}, ${more} } }`;
  const starts = async (anchor: number, from: string, to: string) => {
    const usage = usageOfAcme(`${from} 1`, `${to} 1`);
    const invoices = await invoicesOf({ tiers: TIERS, customers: anchored(anchor), usage });
    return invoices.map(({ period }) => formatInstant(period.start).slice(0, 10)).join(' ');
  };

  test.each`
    anchor | from            | to              | periods
    ${31}  | ${'2026-01-31'} | ${'2026-04-29'} | ${'2026-01-31 2026-02-28 2026-03-31'}
    ${31}  | ${'2028-01-31'} | ${'2028-03-30'} | ${'2028-01-31 2028-02-29'}
    ${30}  | ${'2026-01-30'} | ${'2026-03-30'} | ${'2026-01-30 2026-02-28 2026-03-30'}
    ${30}  | ${'2028-02-29'} | ${'2028-03-29'} | ${'2028-02-29'}
    ${29}  | ${'2026-02-27'} | ${'2026-03-29'} | ${'2026-01-29 2026-02-28 2026-03-29'}
    ${29}  | ${'2028-02-28'} | ${'2028-03-28'} | ${'2028-01-29 2028-02-29'}
    ${15}  | ${'2026-10-14'} | ${'2026-10-15'} | ${'2026-09-15 2026-10-15'}
    ${1}   | ${'2026-10-31'} | ${'2026-11-01'} | ${'2026-10-01 2026-11-01'}
  `('of $anchor: from $from to $to periods begin on $periods', async ({ anchor, from, to, periods }) => {
    expect(await starts(anchor, from, to)).toBe(periods);
  });

  test.each([29, 30, 31])('of %i: every period owes one fee and includes one month’s quantity', async (anchor) => {
    const invoices = await invoicesOf({
      tiers: TIERS.replace('3100', '3100/mo'),
      customers: anchored(anchor),
      usage: usageOfAcme('2027-12-31 1', '2028-12-31 1'),
    });
    expect(invoices.length).toBeGreaterThan(12);
    for (const invoice of invoices) {
      expect(`${labelOf(invoice)} ${totalOf(invoice)}`).toBe(`${labelOf(invoice)} 31.00`);
      const [, usage] = invoice.lines;
      expect(usage?.kind === 'usage' && usage.included.toString()).toBe('3100');
    }
  });

  test('of a chosen month the period that begins in it is billed, and rows of that period alone', async () => {
    const usage = usageOfAcme(
      '2026-10-14T23:59:59Z 5000',
      '2026-10-15T00:00:00Z 3200',
      '2026-11-14T23:59:59Z 1',
      '2026-11-15T00:00:00Z 9',
    );
    const invoice = await invoiceOf({ tiers: TIERS, customers: anchored(15), usage, period: '2026-10' });
    expect(labelOf(invoice)).toBe('2026-10-15..2026-11-15');
    expect(linesOf(invoice)).toEqual(['fee 31.00', 'usage:requests 1.01']);
  });

  test('credits carry over from one anchored period to the next', async () => {
    const usage = usageOfAcme('2026-01-31 3200', '2026-02-28 3300', '2026-03-31 3100');
    const customers = anchored(31, 'credits: [{ amount: 5, expires: 2026-03-31 }]');
    const invoices = await invoicesOf({ tiers: TIERS, customers, usage });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      ['grant-1 1.00 drawn, 0.00 expired, 4.00 left'],
      ['grant-1 2.00 drawn, 2.00 expired, 0.00 left'],
      [],
    ]);
  });
});

describe('days and months are those of the file’s timezone', () => {
  const zoned = (zone: string) => `timezone: ${zone}\n${TIERS}`;
  const change = (day: string) => `customer_id,tier,from,to\nacme,small,,${day}\nacme,large,${day},\n`;

  test.each`
    zone                     | day             | before                        | lines
    ${'Asia/Kolkata'}        | ${'2026-10-11'} | ${'2026-10-10T18:29:59.999Z'} | ${['fee 10.00', 'fee/2 42.00']}
    ${'Asia/Kathmandu'}      | ${'2026-10-11'} | ${'2026-10-10T18:14:59.999Z'} | ${['fee 10.00', 'fee/2 42.00']}
    ${'America/St_Johns'}    | ${'2026-10-11'} | ${'2026-10-11T02:29:59.999Z'} | ${['fee 10.00', 'fee/2 42.00']}
    ${'Australia/Lord_Howe'} | ${'2026-10-11'} | ${'2026-10-10T12:59:59.999Z'} | ${['fee 10.00', 'fee/2 42.00']}
    ${'Europe/Berlin'}       | ${'2026-10-26'} | ${'2026-10-25T22:59:59.999Z'} | ${['fee 25.00', 'fee/2 12.00']}
    ${'Europe/Berlin'}       | ${'2026-03-30'} | ${'2026-03-29T21:59:59.999Z'} | ${['fee 29.00', 'fee/2 4.00']}
    ${'America/New_York'}    | ${'2027-03-15'} | ${'2027-03-15T03:59:59.999Z'} | ${['fee 14.00', 'fee/2 34.00']}
  `('$zone, change on $day: the last instant before it is $before', async ({ zone, day, before, lines }) => {
    const after = formatInstant(Date.parse(before) + 1);
    const usage = usageOfAcme(`${before} 1`, `${after} 2`);
    const invoice = await invoiceOf({ tiers: zoned(zone), customers: change(day), usage, period: day.slice(0, 7) });
    expect(linesOf(invoice).filter((line) => line.startsWith('fee'))).toEqual(lines);
    const used = invoice.lines.map((line) => (line.kind === 'usage' ? line.used.toFixed() : '')).filter(Boolean);
    expect(used).toEqual(['1', '2']);
  });

  test('a grant ends at local midnight', async () => {
    const customers =
      'customers: { acme: { tier: small, limits: { requests: 1 }, credits: [{ amount: 5, expires: 2026-10-15 }] } }';
    const usage = usageOfAcme('2026-10-14T18:29:59.999Z 101', '2026-10-14T18:30:00Z 100');
    expect(creditsOf(await invoiceOf({ tiers: zoned('Asia/Kolkata'), customers, usage }))).toEqual([
      'grant-1 1.00 drawn, 4.00 expired, 0.00 left',
    ]);
  });
});

describe('a level in a part of a month', () => {
  const tiers = `
meters: { seats: { field: seats, unit: seat, aggregate: max } }
pricing_tiers:
  p: { cost: 0, limits: { seats: 2 }, overage: { seats: { model: graduated, steps: [{ up_to: 5, amount: 10 }, { amount: 20 }] } } }
  q: { cost: 0, limits: { seats: 4 } }
`;
  const customers = 'customer_id,tier,from,to\nacme,p,,2026-10-16\nacme,q,2026-10-16,\n';

  test('has the full included quantity and full steps, and costs its share of the days', async () => {
    const usage = usageRows('seats', ['2026-10-05 10', '2026-10-20 9']);
    const invoice = await invoiceOf({ tiers, customers, usage, period: '2026-10' });
    // 10 − 2 seats: 5 × 10 and 3 × 20 a month, of which 15/31: 24.19 and 29.03. Of 9 seats 5 are beyond the hard cap.
    expect(linesOf(invoice)).toEqual(['fee 0.00', 'usage:seats:1 24.19', 'usage:seats:2 29.03', 'fee/2 0.00']);
    expect(invoice.lines[1]).toMatchObject({ description: 'seats beyond 2, step 1, × 15/31', share: '15/31' });
    expect(invoice.blocked.get('seats')?.toString()).toBe('5');
    const report = await billed({ tiers, customers, usage, period: '2026-10' });
    expect(printed(report, 'md')).toContain(' at 20/seat × 15/31');
  });

  test('a credit that ends within it pays what the level then costs for all of the part', async () => {
    const granted = `customers: { acme: { credits: [{ amount: 99, expires: 2026-10-11 }], history: [{ tier: p, to: 2026-10-16 }, { tier: q, from: 2026-10-16 }] } }`;
    const usage = usageRows('seats', ['2026-10-05 3', '2026-10-12 4']);
    const invoice = await invoiceOf({ tiers, customers: granted, usage, period: '2026-10' });
    // One seat beyond 2 by the 11th: 10 × 15/31 = 4.84. Two on the 12th: 9.68.
    expect(linesOf(invoice)[1]).toBe('usage:seats:1 9.68');
    expect(creditsOf(invoice)).toEqual(['grant-1 4.84 drawn, 94.16 expired, 0.00 left']);
  });
});
