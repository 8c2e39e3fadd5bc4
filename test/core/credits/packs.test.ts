import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../src/core/calendar.ts';
import { creditsOf, customersOf, invoiceOf, invoicesOf, usageOfAcme } from '../../support/billing.ts';
import { linesOf, totalOf } from '../../support/invoices.ts';
import { errorCodesOf, rateCardOf } from '../../support/rateCards.ts';

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
});

describe('for whom packs are bought by themselves', () => {
  const several = (tiers = '') => `
credit_packs: { burst: { price: 25, credit: 25, auto_purchase: { max_per_period: 9${tiers} } } }
pricing_tiers:
  small: { cost: 31, overage: { requests: 0.01 } }
  large: { cost: 62, overage: { requests: 0.01 } }
  enterprise: { cost: custom, overage: { requests: 0.01 } }
`;
  const bought = async (tiers: string, customers: string, usage = usageOfAcme('2026-10-05 500', '2026-10-20 700')) => {
    const invoice = await invoiceOf({ tiers, customers, usage });
    return [linesOf(invoice).filter((line) => line.startsWith('pack')), creditsOf(invoice)];
  };
  const on = (tier: string, more = '') => `customers: { acme: { tier: ${tier}${more} } }`;
  const one = [['pack:burst 25.00'], ['burst-2026-10-1 12.00 drawn, 0.00 expired, 13.00 left']];
  const none = [[], []];

  test('for customers on the tiers that are listed', async () => {
    const listed = several(', tiers: [large]');
    expect(await bought(listed, on('large'))).toEqual(one);
    expect(await bought(listed, on('small'))).toEqual(none);
  });

  test('without a list, on tiers with a list price, not under contracts', async () => {
    expect(await bought(several(), on('small'))).toEqual(one);
    expect(await bought(several(), on('small', ', cost: 1'))).toEqual(one);
    expect(await bought(several(), on('enterprise', ', cost: 1000'))).toEqual(none);
    expect(await bought(several(', tiers: [enterprise]'), on('enterprise', ', cost: 1000'))).toEqual(one);
  });

  test('not for a customer who says no', async () => {
    expect(await bought(several(), on('small', ', auto_purchase: false'))).toEqual(none);
    expect(await bought(several(), on('small', ', auto_purchase: true'))).toEqual(one);
  });

  test.each`
    history                                                                                       | paid       | left
    ${'[{ tier: small, to: 2026-10-11 }, { tier: large, from: 2026-10-11 }]'}                     | ${'7.00'}  | ${'18.00'}
    ${'[{ tier: large, to: 2026-10-11 }, { tier: small, from: 2026-10-11 }]'}                     | ${'12.00'} | ${'13.00'}
    ${'[{ tier: small, to: 2026-10-20T12:00:00Z }, { tier: large, from: 2026-10-20T12:00:00Z }]'} | ${'7.00'}  | ${'18.00'}
  `('in a month of $history what the listed tier charges makes the purchase', async ({ history, paid, left }) => {
    // 5.00 are charged on the 5th, 7.00 at noon on the 20th. A pack that is there pays for both tiers.
    const customers = `customers: { acme: { history: ${history} } }`;
    expect(await bought(several(', tiers: [large]'), customers)).toEqual([
      ['pack:burst 25.00'],
      [`burst-2026-10-1 ${paid} drawn, 0.00 expired, ${left} left`],
    ]);
  });

  test('also where the tiers have the same terms and are one stretch', async () => {
    const tiers = several(', tiers: [large]').replace('cost: 62', 'cost: 31');
    const customers =
      'customers: { acme: { history: [{ tier: small, to: 2026-10-11 }, { tier: large, from: 2026-10-11 }] } }';
    expect(await bought(tiers, customers)).toEqual([
      ['pack:burst 25.00'],
      ['burst-2026-10-1 7.00 drawn, 0.00 expired, 18.00 left'],
    ]);
  });

  test('a list with a tier that the file does not have is a problem', () => {
    expect(errorCodesOf(several(', tiers: [larg]'))).toEqual(['tiers/unknown-tier']);
  });
});

describe('when a pack ends, of 30 days in which clocks are put back', () => {
  const expiry = (purchased: string) => {
    const rateCard = rateCardOf(`timezone: Europe/Berlin${MANUAL.replace('90d', '30d')}`);
    const customers = customersOf(acme(`{ pack: burst, purchased: ${purchased} }`), rateCard);
    return formatInstant(customers.get('acme')!.grants[0]!.expires!);
  };

  test('bought on a day: at the begin of a day', () => {
    expect(expiry('2026-10-10')).toBe('2026-11-08T23:00:00Z'); // 9 November, 00:00 in Berlin
  });

  test('bought at an instant: 30 × 24 hours after it', () => {
    expect(expiry('2026-10-10T08:30:00Z')).toBe('2026-11-09T08:30:00Z');
    expect(expiry('2026-10-09T22:00:00Z')).toBe('2026-11-08T22:00:00Z'); // midnight in Berlin, but not a day
  });
});
