/** The fast way to a bill and the invoice itself come to the same amount, to the minor unit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadRateCard } from '../../../src/config/loadRateCard.ts';
import { Decimal } from '../../../src/core/decimal.ts';
import { issueInvoice } from '../../../src/core/invoice/issueInvoice.ts';
import { monthAt } from '../../../src/core/period.ts';
import { billerFor } from '../../../src/core/simulation/tierBiller.ts';
import { listedTier } from '../../support/rateCards.ts';

const METERS = ['requests', 'compute', 'egress'];
const TIERS = `
pricing_tiers:
  linear: { cost: 19.99 + usage, limits: { requests: 200k/mo, egress: 50GB }, overage: { requests: 0.40/10k, egress: 0.05/GB } }
  odd: { cost: usage, limits: { requests: 7/day, egress: 1GiB/week }, overage: { requests: 0.333/7, egress: 0.07/3GB, compute: 0.000012/s } }
  capped: { cost: 29 flat, limits: { requests: 500k/mo }, overage: null }
  yearly: { cost: 190.99/yr + usage, limits: { requests: 200k/mo }, overage: { requests: 0.40/10k } }
  halves: { cost: 0, overage: { requests: 0.005/1 } }
  tiny: { cost: 1, overage: { requests: 0.000000000001/1 } }
  large: { cost: 1, overage: { requests: 999999/1 } }
  climbing:
    cost: 5 + usage
    limits: { requests: 7/day }
    overage:
      requests: { model: graduated, steps: [{ up_to: 1k, amount: 0.01 }, { up_to: 10.5k, amount: 0.333, per: 7, flat: 2.005 }, { amount: 0.0005, flat: 0.1 }] }
      egress: { model: package, amount: 5.125, per: 3GB }
  bulk:
    cost: usage
    overage:
      requests: { model: volume, steps: [{ up_to: 200k, amount: 0.40, per: 10k, flat: 1.005 }, { amount: 0.30, per: 10k }] }
      egress: { model: stairstep, steps: [{ up_to: 1GB, flat: 3 }, { up_to: 50GB, flat: 2.5 }, { flat: 99.995 }] }
  bulk_beyond:
    cost: usage
    limits: { requests: 100k/mo, egress: 1GiB/week }
    overage:
      requests: { model: volume, steps: [{ up_to: 100k, amount: 0.40, per: 10k, flat: 1.005 }, { amount: 0.30, per: 10k }] }
      egress: { model: stairstep, steps: [{ up_to: 1GB, flat: 3 }, { flat: 99.995 }] }
      compute: { model: package, amount: 0.333, per: 7 }
  steps:
    cost: 5 + usage
    limits: { requests: 100/mo }
    overage:
      requests: { model: graduated, steps: [{ up_to: 1k, amount: 0.01 }, { amount: 0.005, flat: 2 }] }
      egress: { model: package, amount: 5, per: GB }
    discount: 10%
    minimum: 3
    maximum: 500
`;
const RATE_CARD = loadRateCard(TIERS).rateCard!;
const period = monthAt(Date.UTC(2026, 1, 1), 'UTC');

/** Subtotal of the invoice, in minor units. */
function invoiced(tierName: string, quantities: readonly string[], minorUnit: number): string {
  const usage = new Map(
    METERS.map((meter, i) => {
      const quantity = new Decimal(quantities[i]!);
      return [meter, { quantity, events: quantity.isZero() ? 0 : 1, by: new Map() }];
    }),
  );
  const tier = listedTier(RATE_CARD, tierName);
  const card = { ...RATE_CARD, currency: { code: 'USD', minorUnit } };
  const invoice = issueInvoice({ rateCard: card, customer: 'one', period, stretches: [{ tier, period, usage }] });
  return invoice.subtotal.times(10 ** minorUnit).toFixed();
}

function quick(tierName: string, quantities: readonly string[], minorUnit: number): string {
  const card = { ...RATE_CARD, currency: { code: 'USD', minorUnit } };
  const biller = billerFor({ rateCard: card, tier: listedTier(card, tierName), period, meters: METERS });
  return new Decimal(biller.fee).plus(biller.usageCharges(quantities.map(Number), 0)).toFixed();
}

const TIER_NAMES = [...RATE_CARD.tiers.keys()];

describe.each(TIER_NAMES)('on tier %s', (tier) => {
  test('any whole usage costs what its invoice says', () => {
    const requests = fc.oneof(
      fc.nat(300_000),
      fc.maxSafeNat().map((n) => n % 1e13),
      fc.constantFrom(0, 1, 199_999, 200_000, 200_001),
      fc.constantFrom(195, 196, 197, 1195, 1196, 1197, 10_696, 10_697, 100_000, 100_001), // 7 × 28 and the ends of steps
    );
    const bytes = fc.oneof(
      fc.nat(2e9),
      fc.maxSafeNat().map((n) => n % 1e15),
      fc.constantFrom(0, 1, 1e9, 1e9 + 1, 3e9, 3e9 + 1, 50e9, 4 * 2 ** 30, 4 * 2 ** 30 + 1, 4 * 2 ** 30 + 1e9),
    );
    fc.assert(
      fc.property(requests, fc.nat(1e6), bytes, fc.constantFrom(0, 2, 3, 6), (r, seconds, b, minorUnit) => {
        const quantities = [r, seconds, b].map(String);
        // Beyond 2⁵³ minor units a sum of doubles is not exact; no bill is that large.
        const expected = invoiced(tier, quantities, minorUnit);
        if (new Decimal(expected).gt(Number.MAX_SAFE_INTEGER)) return;
        expect(quick(tier, quantities, minorUnit)).toBe(expected);
      }),
      { numRuns: 150, seed: 20261 },
    );
  });

  test('a fraction of a unit is billed as the invoice bills it', () => {
    for (const quantities of [
      ['200000.5', '0.25', '0'],
      ['1000.125', '24217.12798746662', '51000000000.5'],
    ])
      expect(quick(tier, quantities, 2)).toBe(invoiced(tier, quantities, 2));
  });
});

test.each`
  requests | cents
  ${'1'}   | ${'1'}
  ${'2'}   | ${'1'}
  ${'3'}   | ${'2'}
`('half a cent is rounded away from zero: $requests requests at 0.005 cost $cents cents', ({ requests, cents }) => {
  expect(quick('halves', [requests, '0', '0'], 2)).toBe(cents);
});

test('a quantity with more digits than a double has is billed by all of them', () => {
  const biller = billerFor({ rateCard: RATE_CARD, tier: listedTier(RATE_CARD, 'halves'), period, meters: METERS });
  const exact = new Map([[0, new Decimal('9007199254740993')]]);
  expect(biller.usageCharges([9007199254740992, 0, 0], 0, exact)).toBe(4503599627370497);
});

test('where dimensions are not known, a price by two of them is its default price', () => {
  const { rateCard } = loadRateCard(`
pricing_tiers:
  a: { cost: usage, overage: { egress: { by: [region, cache], prices: { syd: { hit: 0.01/GB } }, default: 0.05/GB } } }
`);
  const biller = billerFor({ rateCard: rateCard!, tier: listedTier(rateCard!, 'a'), period, meters: METERS });
  // 3 GB × 0.05
  expect(biller.usageCharges([0, 0, 3e9], 0)).toBe(15);
});
