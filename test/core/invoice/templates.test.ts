/** The four tiers of tiers.example.yaml, with amounts anybody can work out by hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { billingProblems } from '../../../src/core/invoice/billingProblems.ts';
import { invoiceFor, linesOf, totalOf } from '../../support/invoices.ts';
import { rateCardOf } from '../../support/rateCards.ts';
import { usageOf } from '../../support/usage.ts';

const TIERS = readFileSync(new URL('../../../tiers.example.yaml', import.meta.url), 'utf8');
const GB = '000000000';

describe('the example tiers', () => {
  test('230 000 requests and 61 GB on production cost 20.75', () => {
    const invoice = invoiceFor({ tiers: TIERS, tier: 'production', usage: { requests: '230000', egress: `61${GB}` } });
    // 19.00; 30 000 requests beyond 200k at 0.40/10k: 3 × 0.40 = 1.20; 11 GB beyond 50 at 0.05: 0.55
    expect(linesOf(invoice)).toEqual(['fee 19.00', 'usage:requests 1.20', 'usage:egress 0.55']);
    expect(totalOf(invoice)).toBe('20.75');
  });

  test('3 500 000 requests and 150 GB on scale cost 116.50', () => {
    const invoice = invoiceFor({ tiers: TIERS, tier: 'scale', usage: { requests: '3500000', egress: `150${GB}` } });
    // 79.00; 1 500 000 requests beyond 2M at 0.25/10k: 150 × 0.25 = 37.50; 150 GB are within the 200
    expect(linesOf(invoice)).toEqual(['fee 79.00', 'usage:requests 37.50', 'usage:egress 0.00']);
    expect(totalOf(invoice)).toBe('116.50');
  });

  test('60 000 requests on sandbox cost nothing, and 10 000 of them were blocked', () => {
    const invoice = invoiceFor({ tiers: TIERS, tier: 'sandbox', usage: { requests: '60000', egress: `10${GB}` } });
    expect(linesOf(invoice)).toEqual(['fee 0.00']);
    expect(totalOf(invoice)).toBe('0.00');
    expect([...invoice.blocked].map(([meter, quantity]) => `${meter} ${quantity}`)).toEqual(['requests 10000']);
  });

  test('exactly 50 000 requests on sandbox are all served, one more is blocked', () => {
    expect(invoiceFor({ tiers: TIERS, tier: 'sandbox', usage: { requests: '50000' } }).blocked.size).toBe(0);
    const { blocked } = invoiceFor({ tiers: TIERS, tier: 'sandbox', usage: { requests: '50001' } });
    expect(blocked.get('requests')?.toString()).toBe('1');
  });

  test('exactly 200 000 requests on production are included, one more costs 0.00004 and shows as 0.00', () => {
    const lineOf = (requests: string) =>
      invoiceFor({ tiers: TIERS, tier: 'production', usage: { requests } }).lines.find(
        (line) => line.kind === 'usage' && line.meter === 'requests',
      )!;
    expect(lineOf('200000').exact.toString()).toBe('0');
    expect(lineOf('200001').exact.toString()).toBe('0.00004');
    expect(lineOf('200001').amount.toFixed(2)).toBe('0.00');
    expect(lineOf('200125').amount.toFixed(2)).toBe('0.01'); // 125 × 0.00004 = 0.005
    expect(lineOf('200124').amount.toFixed(2)).toBe('0.00');
  });

  test('compute has no price and no limit: it is measured, and costs nothing', () => {
    const invoice = invoiceFor({ tiers: TIERS, tier: 'production', usage: { compute: '12345.678' } });
    expect(totalOf(invoice)).toBe('19.00');
    expect(invoice.usage.get('compute')?.toFixed()).toBe('12345.678');
  });

  test('a customer on enterprise needs a contract: there is no list price and no overage price', () => {
    const rateCard = rateCardOf(TIERS);
    const [problem, ...more] = billingProblems('acme', rateCard.tiers.get('enterprise')!, usageOf(rateCard, {}));
    expect(more).toEqual([]);
    expect(problem?.code).toBe('billing/no-contract');
    expect(problem?.message).toContain('customer "acme": tier enterprise has no list price');
    expect(problem?.message).toContain('no overage prices');
  });
});
