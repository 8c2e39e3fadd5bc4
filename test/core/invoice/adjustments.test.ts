import { describe, expect, test } from 'vitest';
import { invoiceFor, linesOf, totalOf } from '../../support/invoices.ts';
import { check, fc } from '../../support/properties.ts';
import { errorCodesOf, tiersWithPrice } from '../../support/rateCards.ts';
import { shown as digits, plus, type Rational, rational, rounded, times } from '../../support/rationals.ts';

/** Lines of an invoice over `used` units at 1 each, on a tier without a fee. */
function lines(used: string, tier: string, file = ''): string[] {
  return linesOf(invoiceFor({ tiers: tiersWithPrice('1', tier, file), usage: { units: used } }));
}

describe('discount, maximum and minimum', () => {
  test.each`
    used        | tier                             | shown
    ${'100'}    | ${'discount: 10%'}               | ${['usage:units 100.00', 'discount -10.00']}
    ${'0'}      | ${'discount: 10%'}               | ${['usage:units 0.00']}
    ${'0.05'}   | ${'discount: 10%'}               | ${['usage:units 0.05', 'discount -0.01']}
    ${'0.04'}   | ${'discount: 10%'}               | ${['usage:units 0.04', 'discount 0.00']}
    ${'100'}    | ${'discount: 100%'}              | ${['usage:units 100.00', 'discount -100.00']}
    ${'99.99'}  | ${'maximum: 100'}                | ${['usage:units 99.99']}
    ${'100'}    | ${'maximum: 100'}                | ${['usage:units 100.00']}
    ${'100.01'} | ${'maximum: 100'}                | ${['usage:units 100.01', 'maximum -0.01']}
    ${'5'}      | ${'maximum: 0'}                  | ${['usage:units 5.00', 'maximum -5.00']}
    ${'0'}      | ${'minimum: 100'}                | ${['usage:units 0.00', 'minimum 100.00']}
    ${'99.99'}  | ${'minimum: 100'}                | ${['usage:units 99.99', 'minimum 0.01']}
    ${'100'}    | ${'minimum: 100'}                | ${['usage:units 100.00']}
    ${'99.996'} | ${'minimum: 100'}                | ${['usage:units 100.00']}
    ${'200'}    | ${'maximum: 100, minimum: 100'}  | ${['usage:units 200.00', 'maximum -100.00']}
    ${'110'}    | ${'discount: 10%, maximum: 100'} | ${['usage:units 110.00', 'discount -11.00']}
    ${'200'}    | ${'discount: 10%, maximum: 100'} | ${['usage:units 200.00', 'discount -20.00', 'maximum -80.00']}
    ${'105'}    | ${'discount: 10%, minimum: 100'} | ${['usage:units 105.00', 'discount -10.50', 'minimum 5.50']}
  `('$used at 1 each with $tier: $shown', ({ used, tier, shown }) => {
    expect(lines(used, tier)).toEqual(shown);
  });

  test('the fee counts for none of them', () => {
    const tiers = tiersWithPrice('1', 'discount: 10%, minimum: 20').replace('cost: usage', 'cost: 50');
    expect(linesOf(invoiceFor({ tiers, usage: { units: '10' } }))).toEqual([
      'fee 50.00',
      'usage:units 10.00',
      'discount -1.00',
      'minimum 11.00',
    ]);
  });

  test('in half a period they are half as high', () => {
    const half = (used: string) =>
      linesOf(
        invoiceFor({
          tiers: tiersWithPrice('1', 'limits: { units: 10 }, minimum: 10, maximum: 20').replace(
            'cost: usage',
            'cost: 50',
          ),
          period: '2026-09',
          covered: '2026-09-16..2026-10-01',
          usage: { units: used },
        }),
      );
    expect(half('6')).toEqual(['fee 25.00', 'usage:units 1.00', 'minimum 4.00']);
    expect(half('11')).toEqual(['fee 25.00', 'usage:units 6.00']);
    expect(half('30')).toEqual(['fee 25.00', 'usage:units 25.00', 'maximum -15.00']);
  });

  // 31 and 62 are for a billing month: 15/31 of it is 15 and 30; a year is 372 and 744; 90 days of a year × 90/365.
  test.each`
    period                      | covered                     | used      | shown                                         | description
    ${'2026-10-01..2026-10-16'} | ${undefined}                | ${'1'}    | ${['usage:units 1.00', 'minimum 14.00']}      | ${'up to the minimum of 31 × 15/31'}
    ${'2026-10-01..2026-10-16'} | ${undefined}                | ${'31'}   | ${['usage:units 31.00', 'maximum -1.00']}     | ${'usage capped at 62 × 15/31'}
    ${'2026-10-01..2026-12-01'} | ${undefined}                | ${'1'}    | ${['usage:units 1.00', 'minimum 61.00']}      | ${'up to the minimum of 31 × 2'}
    ${'2026-01-01..2027-01-01'} | ${undefined}                | ${'1'}    | ${['usage:units 1.00', 'minimum 371.00']}     | ${'up to the minimum of 31 × 12'}
    ${'2026-01-01..2027-01-01'} | ${undefined}                | ${'1000'} | ${['usage:units 1000.00', 'maximum -256.00']} | ${'usage capped at 62 × 12'}
    ${'2026-01-01..2027-01-01'} | ${'2026-01-01..2026-04-01'} | ${'1'}    | ${['usage:units 1.00', 'minimum 90.73']}      | ${'up to the minimum of 31 × 12 × 90/365'}
  `('$used in $period, of which $covered: $description', ({ period, covered, used, shown, description }) => {
    const tiers = tiersWithPrice('1', 'minimum: 31, maximum: 62');
    const invoice = invoiceFor({ tiers, period, ...(covered && { covered }), usage: { units: used } });
    expect(linesOf(invoice)).toEqual(shown);
    expect(invoice.lines.at(-1)!.description).toBe(description);
  });

  test('a minimum is the fee that it would be, for any days of any period (300 runs)', () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
    check(
      fc.property(
        // Days that every month has, so that a month is from a day to the same day.
        fc.integer({ min: 0, max: 1000 }).filter((n) => Number(day(n).slice(8)) < 28),
        fc.uniqueArray(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 3 }),
        (first, ends) => {
          ends.sort((a, b) => a - b);
          const parts = ends.map((end, i) => `${day(first + (ends[i - 1] ?? 0))}..${day(first + end)}`);
          const orders = parts.map((covered) => ({ covered, usage: { units: '0' } }));
          const invoice = invoiceFor({
            tiers: tiersWithPrice('1', 'minimum: 31'),
            period: `${day(first)}..${day(first + ends.at(-1)!)}`,
            ...orders[0],
            next: orders.slice(1),
          });
          const months = monthsFrom(first, ends.at(-1)!);
          const expected = ends.map((end, i) => {
            const share = rational(`${end - (ends[i - 1] ?? 0)}/${ends.at(-1)!}`);
            return digits(rounded(times(times(rational(31), months), share), 2), 2);
          });
          expect(
            linesOf(invoice)
              .filter((line) => line.startsWith('min'))
              .map((line) => line.split(' ')[1]),
          ).toEqual(expected);
        },
      ),
    );

    /** Day by day: whole months while the day of the month comes again, then days ÷ days of the month that is begun. */
    function monthsFrom(from: number, days: number): Rational {
      const dayOfMonth = (n: number) => Number(day(from + n).slice(8));
      let [whole, sinceBegin, rest] = [0, 0, 0];
      for (let n = 1; ; n++) {
        sinceBegin++;
        const isBegin = dayOfMonth(n) === dayOfMonth(0);
        if (isBegin && n > days) return plus(rational(whole), rational(`${rest}/${sinceBegin}`));
        if (isBegin) [whole, sinceBegin] = [whole + 1, 0];
        if (n === days) rest = sinceBegin;
      }
    }
  });

  test('a minimum above the maximum, and a discount of more than the whole, are refused', () => {
    expect(errorCodesOf(tiersWithPrice('1', 'minimum: 2, maximum: 1'))).toEqual(['tiers/minimum-above-maximum']);
    expect(errorCodesOf(tiersWithPrice('1', 'discount: 101%'))).toEqual(['tiers/share-out-of-range']);
  });
});

describe('tax', () => {
  test.each`
    used       | tax                                | total       | added      | contained
    ${'100'}   | ${'{ rate: 20% }'}                 | ${'120.00'} | ${'20.00'} | ${undefined}
    ${'0.12'}  | ${'{ rate: 20% }'}                 | ${'0.14'}   | ${'0.02'}  | ${undefined}
    ${'0.125'} | ${'{ rate: 20% }'}                 | ${'0.16'}   | ${'0.03'}  | ${undefined}
    ${'100'}   | ${'{ rate: 0% }'}                  | ${'100.00'} | ${'0.00'}  | ${undefined}
    ${'100'}   | ${'{ rate: 7.7% }'}                | ${'107.70'} | ${'7.70'}  | ${undefined}
    ${'120'}   | ${'{ rate: 20%, included: true }'} | ${'120.00'} | ${'0.00'}  | ${'20.00'}
    ${'100'}   | ${'{ rate: 20%, included: true }'} | ${'100.00'} | ${'0.00'}  | ${'16.67'}
    ${'100'}   | ${'{ rate: 7%, included: true }'}  | ${'100.00'} | ${'0.00'}  | ${'6.54'}
  `('of $tax on $used: total $total', ({ used, tax, total, added, contained }) => {
    const invoice = invoiceFor({ tiers: tiersWithPrice('1', '', `tax: ${tax}`), usage: { units: used } });
    expect(totalOf(invoice)).toBe(total);
    expect(invoice.tax.toFixed(2)).toBe(added);
    expect(invoice.taxIncluded?.toFixed(2)).toBe(contained);
  });
});

describe('included quantities of a period', () => {
  const priced = (limit: string, period: string) =>
    invoiceFor({
      tiers: `pricing_tiers: { only: { cost: usage, limits: { requests: ${limit} }, overage: { requests: 1 } } }`,
      period,
      usage: { requests: '1000000' },
    }).lines.map((line) => line.kind === 'usage' && line.included.toString());

  test.each`
    limit          | period                      | included
    ${'310'}       | ${'2026-10'}                | ${'310'}
    ${'310'}       | ${'2026-10-01..2026-10-11'} | ${'310'}
    ${'310/mo'}    | ${'2026-10'}                | ${'310'}
    ${'310/month'} | ${'2026-10-01..2026-10-11'} | ${'100'}
    ${'310/mo'}    | ${'2026-10-01..2026-12-01'} | ${'620'}
    ${'10/day'}    | ${'2026-10'}                | ${'310'}
    ${'10/day'}    | ${'2028-02'}                | ${'290'}
    ${'70/week'}   | ${'2026-10'}                | ${'310'}
    ${'70/week'}   | ${'2026-02'}                | ${'280'}
    ${'10/week'}   | ${'2026-10'}                | ${'44.285714285714'}
    ${'1200/year'} | ${'2026-10'}                | ${'100'}
    ${'100/year'}  | ${'2026-10'}                | ${'8.333333333333'}
    ${'1200/year'} | ${'2026-01-01..2027-01-01'} | ${'1200'}
  `('$limit includes $included in $period', ({ limit, period, included }) => {
    expect(priced(limit, period)).toEqual([included]);
  });
});

describe('prices by region', () => {
  const tiers = `
pricing_tiers:
  only:
    cost: usage
    limits: { egress: 90GB }
    overage:
      egress: { by: region, prices: { syd: 0.12/GB, gru: 0.10/GB }, default: 0.05/GB }
`;
  const egress = (values: Record<string, string>) => ({ egress: { by: 'region', values } });

  test('each region has its part of the included quantity, in proportion to its usage', () => {
    const invoice = invoiceFor({ tiers, usage: egress({ syd: '100e9', fra: '200e9', gru: '0' }) });
    // 90 of 300 GB are included: 30 of syd's 100, 60 of fra's 200
    expect(linesOf(invoice)).toEqual(['usage:egress@fra 7.00', 'usage:egress@syd 8.40']);
    expect(invoice.lines.map((line) => line.kind === 'usage' && line.included.toString())).toEqual([
      '60000000000',
      '30000000000',
    ]);
  });

  test('usage within the included quantity costs nothing in any region', () => {
    expect(linesOf(invoiceFor({ tiers, usage: egress({ syd: '45e9', fra: '45e9' }) }))).toEqual([
      'usage:egress@fra 0.00',
      'usage:egress@syd 0.00',
    ]);
  });

  test('usage without a region has the default price', () => {
    expect(linesOf(invoiceFor({ tiers, usage: egress({ '': '190e9' }) }))).toEqual(['usage:egress@ 5.00']);
  });
});
