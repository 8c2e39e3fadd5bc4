import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../src/core/calendar.ts';
import { creditsOf, invoiceOf, invoicesOf, usageOfAcme } from '../../support/billing.ts';
import { linesOf, totalOf } from '../../support/invoices.ts';

const tiers = ({ most = 100, price = 25, expires = '', more = '', zone = 'UTC' } = {}) => `
timezone: ${zone}
credit_packs: { burst: { price: ${price}, credit: 25, ${expires} auto_purchase: { max_per_period: ${most} } } }
pricing_tiers: { only: { cost: usage, limits: { requests: 100 }, overage: { requests: 0.01 }, ${more} } }
`;
const MANUAL = `
credit_packs: { burst: { price: 25, credit: 25, expires_after: 90d } }
pricing_tiers: { only: { cost: usage, limits: { requests: 100 }, overage: { requests: 0.01 } } }
`;
const acme = (...credits: readonly string[]) => `customers: { acme: { tier: only, credits: [${credits.join(', ')}] } }`;
/** Requests that make an overage of so many cents. */
const overage = (cents: number, day = '2026-10-05') => `${day} ${100 + cents}`;

describe('packs that are bought by themselves', () => {
  test.each`
    cents     | packs | total        | left
    ${0}      | ${0}  | ${'0.00'}    | ${[]}
    ${1}      | ${1}  | ${'25.00'}   | ${['24.99']}
    ${2500}   | ${1}  | ${'25.00'}   | ${['0.00']}
    ${2501}   | ${2}  | ${'50.00'}   | ${['0.00', '24.99']}
    ${100000} | ${40} | ${'1000.00'} | ${[...Array(40).fill('0.00')]}
  `('an overage of $cents cents takes $packs of them', async ({ cents, packs, total, left }) => {
    const invoice = await invoiceOf({ tiers: tiers(), tier: 'only', usage: usageOfAcme(overage(cents)) });
    const bought = invoice.lines.find(({ kind }) => kind === 'pack');
    expect(bought?.kind === 'pack' ? bought.quantity.toString() : '0').toBe(String(packs));
    expect(totalOf(invoice)).toBe(total);
    expect(creditsOf(invoice).map((text) => /([\d.]+) left/.exec(text)![1])).toEqual(left);
  });

  test('credit that is there is used up first: 10 and an overage of 40 take two packs and leave 20', async () => {
    const usage = usageOfAcme(overage(4000));
    const invoice = await invoiceOf({ tiers: tiers(), customers: acme('{ amount: 10 }'), usage });
    expect(linesOf(invoice)).toEqual(['usage:requests 40.00', 'pack:burst 50.00']);
    expect(totalOf(invoice)).toBe('50.00');
    expect(creditsOf(invoice)).toEqual([
      'grant-1 10.00 drawn, 0.00 expired, 0.00 left',
      'burst-2026-10-1 25.00 drawn, 0.00 expired, 0.00 left',
      'burst-2026-10-2 5.00 drawn, 0.00 expired, 20.00 left',
    ]);
  });

  test('no more than max_per_period are bought; what they do not cover is owed as usage', async () => {
    const invoice = await invoiceOf({ tiers: tiers({ most: 2 }), tier: 'only', usage: usageOfAcme(overage(6000)) });
    expect(linesOf(invoice)).toEqual(['usage:requests 60.00', 'pack:burst 50.00']);
    expect(totalOf(invoice)).toBe('60.00');
  });

  test('the next month may buy as many again, and first uses what is left', async () => {
    const usage = usageOfAcme(overage(1000), overage(4500, '2026-11-05'));
    const invoices = await invoicesOf({ tiers: tiers({ most: 1 }), tier: 'only', usage });
    expect(invoices.map((invoice) => [totalOf(invoice), ...creditsOf(invoice)])).toEqual([
      ['25.00', 'burst-2026-10-1 10.00 drawn, 0.00 expired, 15.00 left'],
      [
        '30.00',
        'burst-2026-10-1 15.00 drawn, 0.00 expired, 0.00 left',
        'burst-2026-11-1 25.00 drawn, 0.00 expired, 0.00 left',
      ],
    ]);
  });

  test('a pack is bought on the day that needs it, and its days count from that day', async () => {
    const order = { tiers: tiers({ expires: 'expires_after: 30d,' }), tier: 'only' };
    const invoice = await invoiceOf({ ...order, usage: usageOfAcme('2026-10-05 100', '2026-10-12T15:30:00Z 10') });
    const { grant } = invoice.credits[0]!;
    expect([grant.start, grant.expires].map((at) => formatInstant(at!))).toEqual([
      '2026-10-12T00:00:00Z',
      '2026-11-11T00:00:00Z',
    ]);
  });

  test('also if the overage begins when another credit expires in the middle of an hour', async () => {
    const invoices = await invoicesOf({
      tiers: tiers({ expires: 'expires_after: 30d,' }),
      customers: acme('{ amount: 50, expires: 2026-10-05T08:17:23.250Z }'),
      usage: usageOfAcme('2026-10-05T08:00:00Z 200', '2026-10-05T09:00:00Z 300', '2026-11-20 200'),
    });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      ['grant-1 1.00 drawn, 49.00 expired, 0.00 left', 'burst-2026-10-1 3.00 drawn, 0.00 expired, 22.00 left'],
      ['burst-2026-10-1 0.00 drawn, 22.00 expired, 0.00 left', 'burst-2026-11-1 1.00 drawn, 0.00 expired, 24.00 left'],
    ]);
  });

  test('no overage, no pack: a minimum is not overage', async () => {
    const invoice = await invoiceOf({
      tiers: tiers({ more: 'minimum: 10' }),
      tier: 'only',
      usage: usageOfAcme('2026-10-05 50'),
    });
    expect(linesOf(invoice)).toEqual(['usage:requests 0.00', 'minimum 10.00']);
    expect(totalOf(invoice)).toBe('10.00');
  });

  test('what is left of a pack pays for a minimum, too', async () => {
    const order = { tiers: tiers({ more: 'minimum: 10' }), tier: 'only', usage: usageOfAcme(overage(4)) };
    const invoice = await invoiceOf(order);
    expect(linesOf(invoice)).toEqual(['usage:requests 0.04', 'minimum 9.96', 'pack:burst 25.00']);
    expect(creditsOf(invoice)).toEqual(['burst-2026-10-1 10.00 drawn, 0.00 expired, 15.00 left']);
  });

  test('on a tier with a hard cap nothing is bought, because nothing is charged', async () => {
    const capped = tiers().replace('overage: { requests: 0.01 }', 'overage: null').replace('cost: usage', 'cost: 0');
    const invoice = await invoiceOf({ tiers: capped, tier: 'only', usage: usageOfAcme(overage(9999)) });
    expect(linesOf(invoice)).toEqual(['fee 0.00']);
  });

  test('tax is on the pack, and not again on what it pays for', async () => {
    const invoice = await invoiceOf({
      tiers: `tax: { rate: 20% }${tiers()}`,
      tier: 'only',
      usage: usageOfAcme(overage(1000)),
    });
    expect(totalOf(invoice)).toBe('30.00');
  });

  test('a day is a day of the file’s timezone', async () => {
    const order = { tiers: tiers({ expires: 'expires_after: 1d,', zone: 'Asia/Kolkata' }), tier: 'only' };
    const invoice = await invoiceOf({
      ...order,
      usage: usageOfAcme('2026-10-05T18:29:59Z 200', '2026-10-05T18:30:00Z 100'),
    });
    expect(invoice.credits.map(({ grant }) => formatInstant(grant.start!))).toEqual([
      '2026-10-04T18:30:00Z',
      '2026-10-05T18:30:00Z',
    ]);
    expect(creditsOf(invoice)).toEqual([
      'burst-2026-10-1 1.00 drawn, 24.00 expired, 0.00 left',
      'burst-2026-10-2 1.00 drawn, 24.00 expired, 0.00 left',
    ]);
  });
});

describe('packs that were bought in advance', () => {
  test('are grants one after another, from the day on which they were bought until they expire', async () => {
    const customers = acme('{ pack: burst, quantity: 2, purchased: 2026-09-15 }');
    const invoice = await invoiceOf({ tiers: MANUAL, customers, usage: usageOfAcme(overage(3000)) });
    expect(linesOf(invoice)).toEqual(['usage:requests 30.00']); // paid for when they were bought
    expect(totalOf(invoice)).toBe('0.00');
    expect(creditsOf(invoice)).toEqual([
      'burst-1 25.00 drawn, 0.00 expired, 0.00 left',
      'burst-2 5.00 drawn, 0.00 expired, 20.00 left',
    ]);
    expect(formatInstant(invoice.credits[0]!.grant.expires!)).toBe('2026-12-14T00:00:00Z');
  });

  test('in the middle of a month they pay only for what is used afterwards', async () => {
    const customers = acme('{ pack: burst, purchased: 2026-10-10 }');
    const usage = usageOfAcme(overage(700), '2026-10-10T00:00:00Z 300');
    const invoice = await invoiceOf({ tiers: MANUAL, customers, usage });
    expect(creditsOf(invoice)).toEqual(['burst-1 3.00 drawn, 0.00 expired, 22.00 left']);
    expect(totalOf(invoice)).toBe('7.00');
  });

  test('are never bought again by themselves if the pack does not say so', async () => {
    const invoice = await invoiceOf({ tiers: MANUAL, tier: 'only', usage: usageOfAcme(overage(3000)) });
    expect(linesOf(invoice)).toEqual(['usage:requests 30.00']);
    expect(totalOf(invoice)).toBe('30.00');
  });

  test('90 days are days of the calendar: a clock change between does not move the hour', async () => {
    const customers = acme('{ pack: burst, purchased: 2026-09-15T12:00:00Z }');
    const berlin = `timezone: Europe/Berlin${MANUAL}`;
    const invoice = await invoiceOf({ tiers: berlin, customers, usage: usageOfAcme(overage(1)) });
    expect(formatInstant(invoice.credits[0]!.grant.expires!)).toBe('2026-12-14T13:00:00Z');
  });
});
