/** What graduated, volume and stairstep prices have in common. */
import { describe, expect, test } from 'vitest';
import { invoiceFor, linesOf } from '../../support/invoices.ts';
import { priced } from '../../support/prices.ts';

// 3 for the first step, 1 a unit where a step has a price for each; all in step 1, which ends at 10.
const PRICES = {
  graduated: '{ model: graduated, steps: [{ up_to: 10, amount: 1, flat: 3 }, { amount: 2 }] }',
  volume: '{ model: volume, steps: [{ up_to: 10, amount: 1, flat: 3 }, { amount: 2 }] }',
  stairstep: '{ model: stairstep, steps: [{ up_to: 10, flat: 3 }, { flat: 9 }] }',
};

describe.each(Object.entries(PRICES))('the first step’s flat of a %s price', (model, price) => {
  const unit = model === 'stairstep' ? 0 : 1;

  test.each(['', 'limits: { units: 0 }'])('is owed without any usage where nothing is included (%s)', (tier) => {
    expect(priced(price, '0', tier)).toBe('1: 0 for 3');
    expect(priced(price, '0.5', tier)).toBe(`1: 0.5 for ${3 + 0.5 * unit}`);
  });

  // 100 are included: usage up to there is paid for by the fee, and the first unit beyond it enters step 1.
  test.each([
    ['0', '1: 0 for 0'],
    ['99', '1: 0 for 0'],
    ['100', '1: 0 for 0'],
    ['100.000000001', `1: 0.000000001 for ${unit === 0 ? '3' : '3.000000001'}`],
    ['101', `1: 1 for ${3 + unit}`],
  ])('with 100 included, %s units are %s', (used, lines) => {
    expect(priced(price, used, 'limits: { units: 100 }')).toBe(lines);
  });

  test('is owed for each region in which something is beyond the included quantity', () => {
    const charged = (limits: string, values: Record<string, string>) =>
      linesOf(
        invoiceFor({
          tiers: `
meters: { units: { field: units, unit: unit } }
pricing_tiers:
  only: { cost: usage, limits: { ${limits} }, overage: { units: { by: region, prices: { fra: ${price}, syd: 1 } } } }
`,
          usage: { units: { by: 'region', values } },
        }),
      );
    // 10 included of 20: 5 of fra’s 10 and 5 of syd’s 10 are beyond
    expect(charged('units: 10', { fra: '10', syd: '10' })).toEqual([
      `usage:units:1@fra ${(3 + 5 * unit).toFixed(2)}`,
      'usage:units@syd 5.00',
    ]);
    expect(charged('units: 20', { fra: '10', syd: '10' })).toEqual(['usage:units:1@fra 0.00', 'usage:units@syd 0.00']);
    // Without usage there is no region whose flat could be owed.
    expect(charged('', {})).toEqual([]);
  });
});
