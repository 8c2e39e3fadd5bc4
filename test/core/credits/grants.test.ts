import { describe, expect, test } from 'vitest';
import { formatMoney } from '../../../src/core/money.ts';
import { creditsOf, invoiceOf, invoicesOf, usageOfAcme } from '../../support/billing.ts';
import { linesOf, totalOf } from '../../support/invoices.ts';

/** One dollar a request and nothing else: amounts are what was used. */
const tiers = (more = '', file = '') => `
${file}
pricing_tiers: { only: { cost: usage, overage: { requests: 1 }, ${more} } }
`;
const acme = (...credits: readonly string[]) => `customers: { acme: { tier: only, credits: [${credits.join(', ')}] } }`;

describe('grants are drawn', () => {
  test.each`
    first                                    | second                                   | why
    ${'{ amount: 10, priority: 1 }'}         | ${'{ amount: 10, priority: 2 }'}         | ${'lower priority first'}
    ${'{ amount: 10, priority: 99 }'}        | ${'{ amount: 10 }'}                      | ${'100 is the default priority'}
    ${'{ amount: 10, priority: 1 }'}         | ${'{ amount: 10, expires: 2026-11-02 }'} | ${'priority before expiry'}
    ${'{ amount: 10, expires: 2026-12-01 }'} | ${'{ amount: 10, expires: 2026-12-02 }'} | ${'the sooner lost first'}
    ${'{ amount: 10, expires: 2099-01-01 }'} | ${'{ amount: 10 }'}                      | ${'those that never expire last'}
    ${'{ amount: 10, from: 2026-01-01 }'}    | ${'{ amount: 10, from: 2026-01-02 }'}    | ${'the older first'}
    ${'{ amount: 10 }'}                      | ${'{ amount: 10, from: 2026-01-02 }'}    | ${'those without a start first'}
    ${'{ amount: 10 }'}                      | ${'{ amount: 10 }'}                      | ${'otherwise by id'}
  `('$why: $first before $second', async ({ first, second }) => {
    for (const [credits, ids] of [
      [
        [first, second],
        ['grant-1', 'grant-2'],
      ],
      [[second, first], first === second ? ['grant-1', 'grant-2'] : ['grant-2', 'grant-1']],
    ] as const) {
      const invoice = await invoiceOf({
        tiers: tiers(),
        customers: acme(...credits),
        usage: usageOfAcme('2026-10-05 12'),
      });
      expect(creditsOf(invoice).map((text) => text.replace(' 0.00 expired,', ''))).toEqual([
        `${ids[0]} 10.00 drawn, 0.00 left`,
        `${ids[1]} 2.00 drawn, 8.00 left`,
      ]);
    }
  });
});

describe('a grant pays for what is used', () => {
  test.each`
    used                             | drawn      | why
    ${'2026-10-14T23:59:59.999Z 10'} | ${'10.00'} | ${'the last instant before it expires'}
    ${'2026-10-15T00:00:00Z 10'}     | ${'0.00'}  | ${'at the instant of its expiry it cannot pay'}
  `('until it expires: $why', async ({ used, drawn }) => {
    const customers = acme('{ amount: 10, expires: 2026-10-15 }');
    const invoice = await invoiceOf({ tiers: tiers(), customers, usage: usageOfAcme(used) });
    expect(formatMoney(invoice.creditsApplied, invoice.currency)).toBe(drawn);
  });

  test.each`
    used                             | drawn
    ${'2026-10-14T23:59:59.999Z 10'} | ${'0.00'}
    ${'2026-10-15T00:00:00Z 10'}     | ${'10.00'}
  `('from its start on: $used draws $drawn', async ({ used, drawn }) => {
    const customers = acme('{ amount: 10, from: 2026-10-15 }');
    const invoice = await invoiceOf({ tiers: tiers(), customers, usage: usageOfAcme(used) });
    expect(formatMoney(invoice.creditsApplied, invoice.currency)).toBe(drawn);
  });

  test('also where it begins and ends inside one hour', async () => {
    const customers = acme('{ amount: 10, from: 2026-10-15T08:10:00Z, expires: 2026-10-15T08:20:30.5Z }');
    const usage = usageOfAcme(
      '2026-10-15T08:09:59.999Z 1',
      '2026-10-15T08:10:00Z 2',
      '2026-10-15T08:20:30.499Z 4',
      '2026-10-15T08:20:30.5Z 8',
    );
    expect(creditsOf(await invoiceOf({ tiers: tiers(), customers, usage }))).toEqual([
      'grant-1 6.00 drawn, 4.00 expired, 0.00 left',
    ]);
  });

  test('a later one does not pay for what was used before it, an expired one leaves the rest to others', async () => {
    const customers = acme(
      '{ amount: 10, expires: 2026-10-10 }',
      '{ amount: 10, from: 2026-10-20 }',
      '{ amount: 3, priority: 200 }',
    );
    const usage = usageOfAcme('2026-10-05 6', '2026-10-15 4', '2026-10-25 5');
    const invoice = await invoiceOf({ tiers: tiers(), customers, usage });
    expect(creditsOf(invoice)).toEqual([
      'grant-1 6.00 drawn, 4.00 expired, 0.00 left',
      'grant-2 5.00 drawn, 0.00 expired, 5.00 left',
      'grant-3 3.00 drawn, 0.00 expired, 0.00 left',
    ]);
    expect(totalOf(invoice)).toBe('1.00');
  });

  test('the order of rows does not matter, only when they happened', async () => {
    const customers = acme('{ amount: 10, expires: 2026-10-10 }');
    const usage = usageOfAcme('2026-10-25 5', '2026-10-15 4', '2026-10-05 6');
    expect(creditsOf(await invoiceOf({ tiers: tiers(), customers, usage }))).toEqual([
      'grant-1 6.00 drawn, 4.00 expired, 0.00 left',
    ]);
  });
});

describe('a credit pays for usage charges and nothing else', () => {
  test('not for the fee', async () => {
    const invoice = await invoiceOf({
      tiers: tiers().replace('cost: usage', 'cost: 19 + usage'),
      customers: acme('{ amount: 100 }'),
      usage: usageOfAcme('2026-10-05 6'),
    });
    expect([totalOf(invoice), ...creditsOf(invoice)]).toEqual([
      '19.00',
      'grant-1 6.00 drawn, 0.00 expired, 94.00 left',
    ]);
  });

  test('after discount and maximum: it pays for what is really charged', async () => {
    const order = { customers: acme('{ amount: 100 }'), usage: usageOfAcme('2026-10-05 60') };
    expect(creditsOf(await invoiceOf({ ...order, tiers: tiers('discount: 10%') }))[0]).toMatch(/^grant-1 54.00 drawn/);
    expect(creditsOf(await invoiceOf({ ...order, tiers: tiers('maximum: 20') }))[0]).toMatch(/^grant-1 20.00 drawn/);
  });

  test('a minimum is reached by usage, not by what is left after credits: a credit cannot trigger a top-up', async () => {
    const order = { customers: acme('{ amount: 75 }'), tiers: tiers('minimum: 50') };
    const enough = await invoiceOf({ ...order, usage: usageOfAcme('2026-10-05 60') });
    expect(linesOf(enough)).toEqual(['usage:requests 60.00']);
    expect(totalOf(enough)).toBe('0.00');
    const tooLittle = await invoiceOf({ ...order, usage: usageOfAcme('2026-10-05 20') });
    expect(linesOf(tooLittle)).toEqual(['usage:requests 20.00', 'minimum 30.00']);
    expect(creditsOf(tooLittle)).toEqual(['grant-1 50.00 drawn, 0.00 expired, 25.00 left']);
  });

  test('what tops up to a minimum is owed at the end: a grant that expired before cannot pay for it', async () => {
    const customers = acme('{ amount: 75, expires: 2026-10-20 }');
    const invoice = await invoiceOf({ tiers: tiers('minimum: 50'), customers, usage: usageOfAcme('2026-10-05 20') });
    expect(creditsOf(invoice)).toEqual(['grant-1 20.00 drawn, 55.00 expired, 0.00 left']);
    expect(totalOf(invoice)).toBe('30.00');
  });

  test('tax is on what is left after credits', async () => {
    const order = { customers: acme('{ amount: 15 }'), usage: usageOfAcme('2026-10-05 60') };
    const added = await invoiceOf({ ...order, tiers: tiers('', 'tax: { rate: 20% }') });
    expect([formatMoney(added.tax, added.currency), totalOf(added)]).toEqual(['9.00', '54.00']);
    const included = await invoiceOf({ ...order, tiers: tiers('', 'tax: { rate: 20%, included: true }') });
    expect([formatMoney(included.taxIncluded!, included.currency), totalOf(included)]).toEqual(['7.50', '45.00']);
  });

  test('where one more unit makes the whole cheaper, no more is drawn than is charged in the end', async () => {
    const price = '{ model: volume, steps: [{ up_to: 10, amount: 2 }, { amount: 1 }] }';
    const invoice = await invoiceOf({
      tiers: `pricing_tiers: { only: { cost: usage, overage: { requests: ${price} } } }`,
      customers: acme('{ amount: 100, expires: 2026-10-10 }', '{ amount: 100 }'),
      usage: usageOfAcme('2026-10-05 10', '2026-10-15 1'),
    });
    expect(creditsOf(invoice)).toEqual([
      'grant-1 11.00 drawn, 89.00 expired, 0.00 left',
      'grant-2 0.00 drawn, 0.00 expired, 100.00 left',
    ]);
    expect(totalOf(invoice)).toBe('0.00');
  });
});

describe('over several months', () => {
  const usage = usageOfAcme('2026-10-05 6', '2026-11-05 5', '2026-12-05 4');

  test('what is left is carried over, and what was drawn is gone', async () => {
    const invoices = await invoicesOf({ tiers: tiers(), customers: acme('{ amount: 12 }'), usage });
    expect(invoices.map((invoice) => [totalOf(invoice), ...creditsOf(invoice)])).toEqual([
      ['0.00', 'grant-1 6.00 drawn, 0.00 expired, 6.00 left'],
      ['0.00', 'grant-1 5.00 drawn, 0.00 expired, 1.00 left'],
      ['3.00', 'grant-1 1.00 drawn, 0.00 expired, 0.00 left'],
    ]);
  });

  test('what expires is lost in the month in which it expires, and is not seen again', async () => {
    const invoices = await invoicesOf({
      tiers: tiers(),
      customers: acme('{ amount: 20, expires: 2026-11-20 }'),
      usage,
    });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      ['grant-1 6.00 drawn, 0.00 expired, 14.00 left'],
      ['grant-1 5.00 drawn, 9.00 expired, 0.00 left'],
      [],
    ]);
  });

  test('a grant that expires with its month is lost in that month', async () => {
    const invoices = await invoicesOf({
      tiers: tiers(),
      customers: acme('{ amount: 20, expires: 2026-11-01 }'),
      usage,
    });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      ['grant-1 6.00 drawn, 14.00 expired, 0.00 left'],
      [],
      [],
    ]);
  });

  test('a grant that is still to come is in none of the months before', async () => {
    const invoices = await invoicesOf({ tiers: tiers(), customers: acme('{ amount: 20, from: 2026-12-01 }'), usage });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      [],
      [],
      ['grant-1 4.00 drawn, 0.00 expired, 16.00 left'],
    ]);
  });

  test('an exhausted grant is not listed again', async () => {
    const invoices = await invoicesOf({ tiers: tiers(), customers: acme('{ amount: 6 }'), usage });
    expect(invoices.map((invoice) => creditsOf(invoice))).toEqual([
      ['grant-1 6.00 drawn, 0.00 expired, 0.00 left'],
      [],
      [],
    ]);
  });
});
