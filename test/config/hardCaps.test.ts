/** When a limit may go without a price. */
import { describe, expect, test } from 'vitest';
import { loadCustomers } from '../../src/config/customers/loadCustomers.ts';
import { invoiceFor, totalOf } from '../support/invoices.ts';
import { errorCodesOf, rateCardOf } from '../support/rateCards.ts';

const tier = (limits: string, overage: string) =>
  `pricing_tiers: { p: { cost: 19, limits: { ${limits} }${overage && `, overage: ${overage}`} } }`;

describe('a limit without a price', () => {
  test.each`
    limits                         | overage                                                          | codes
    ${'compute: 10s, requests: 5'} | ${'{ requests: 0.1 }'}                                           | ${['tiers/limit-without-price']}
    ${'compute: 10s, requests: 5'} | ${'{ requests: 0.1, compute: null }'}                            | ${[]}
    ${'compute: 10s, requests: 5'} | ${'{ egress: 1/GB }'}                                            | ${['tiers/limit-without-price', 'tiers/limit-without-price']}
    ${'compute: 10s, requests: 5'} | ${'null'}                                                        | ${[]}
    ${'compute: 10s, requests: 5'} | ${''}                                                            | ${[]}
    ${'compute: 10s, requests: 5'} | ${'{ requests: null, compute: null }'}                           | ${[]}
    ${'compute: 10s, requests: 5'} | ${'{ requests: null }'}                                          | ${[]}
    ${'compute: 0, requests: 5'}   | ${'{ requests: 0.1, compute: null }'}                            | ${['tiers/blocks-everything']}
    ${'requests: 5'}               | ${'{ requests: 0.1, compute: null }'}                            | ${['tiers/null-without-limit']}
    ${'requests: 5'}               | ${'{ requests: 0.1, compte: null }'}                             | ${['tiers/unknown-meter']}
    ${'egress: 5GB'}               | ${'{ e: { meter: egress, by: region, prices: { fra: 1/GB } } }'} | ${[]}
  `('limits { $limits } with overage $overage: $codes', ({ limits, overage, codes }) => {
    expect(errorCodesOf(tier(limits, overage))).toEqual(codes);
  });

  test('blocks where the tier says so', () => {
    const tiers = tier('compute: 10s, requests: 5k', '{ requests: 0.1, compute: null }');
    const invoice = invoiceFor({ tiers, usage: { requests: '5000', compute: '50' } });
    // 50 s − 10 s
    expect(String(invoice.blocked.get('compute'))).toBe('40');
    expect(totalOf(invoice)).toBe('19.00');
  });

  const TIERS = `
pricing_tiers:
  capped: { cost: 0, limits: { requests: 5k, egress: 1GB }, overage: null }
  priced: { cost: 9, limits: { requests: 5k, egress: 1GB }, overage: { requests: 0.1, egress: 1/GB } }
  mixed: { cost: 9, limits: { requests: 5k, egress: 1GB }, overage: { requests: 0.1, egress: null } }
  open: { cost: 9, limits: { requests: 5k, egress: 1GB }, overage: negotiated }
`;

  test.each`
    contract                                                               | codes
    ${'tier: capped, limits: { requests: 9k }'}                            | ${[]}
    ${'tier: capped, overage: { requests: 0.2 }'}                          | ${[]}
    ${'tier: capped, limits: { compute: 9s }'}                             | ${[]}
    ${'tier: capped, limits: { compute: 9s }, overage: { requests: 0.2 }'} | ${['customers/limit-without-price']}
    ${'tier: priced, limits: { compute: 9s }'}                             | ${['customers/limit-without-price']}
    ${'tier: priced, limits: { compute: 9s }, overage: { compute: null }'} | ${[]}
    ${'tier: priced, overage: { egress: null }'}                           | ${[]}
    ${'tier: mixed, limits: { egress: 2GB }'}                              | ${[]}
    ${'tier: open, overage: { requests: 0.1 }'}                            | ${['customers/limit-without-price']}
    ${'tier: open, overage: { requests: 0.1, egress: null }'}              | ${[]}
  `('of a contract ($contract): $codes', ({ contract, codes }) => {
    const { problems } = loadCustomers(`customers: { acme: { ${contract} } }`, 'customers.yaml', rateCardOf(TIERS));
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  test('a contract’s null takes the price away that the tier has', () => {
    const rateCard = rateCardOf(TIERS);
    const { customers } = loadCustomers(
      'customers: { acme: { tier: priced, overage: { egress: null } } }',
      'customers.yaml',
      rateCard,
    );
    const charges = customers?.get('acme')?.history[0]?.tier.charges;
    expect([...charges!.keys()]).toEqual(['requests']);
  });
});
