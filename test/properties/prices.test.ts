import { expect, test } from 'vitest';
import { Fraction } from '../../src/core/fraction.ts';
import { invoiceFor, linesOfKind } from '../support/invoices.ts';
import { check, fc } from '../support/properties.ts';
import {
  anyPrice,
  costsOf,
  graduatedPrice,
  packagePrice,
  priceText,
  quantityFor,
  unitPrice,
} from '../support/randomPrices.ts';
import { tiersWithPrice } from '../support/rateCards.ts';
import { compare, ofFraction, plus, rational, shown, times, total, ZERO } from '../support/rationals.ts';

function usageLines(price: string, used: string) {
  return linesOfKind(invoiceFor({ tiers: tiersWithPrice(price), usage: { units: used } }), 'usage');
}

function costOf(price: string, used: string) {
  return total(usageLines(price, used).map((line) => ofFraction(line.exact)));
}

test('every price costs to the last digit what BigInt arithmetic says', () => {
  const input = anyPrice.chain((price) => fc.tuple(fc.constant(price), quantityFor(price)));
  check(
    fc.property(input, ([price, used]) => {
      const costs = usageLines(priceText(price), used).map((line) => ofFraction(line.exact));
      const expected = costsOf(price, rational(used));
      expect(costs.length).toBe(expected.length);
      for (const [i, cost] of costs.entries()) expect(compare(cost, expected[i]!)).toBe(0);
    }),
    { runs: 500 },
  );
});

test('the steps of a price add up to the quantity that is priced', () => {
  const input = anyPrice.chain((price) => fc.tuple(fc.constant(price), quantityFor(price)));
  check(
    fc.property(input, ([price, used]) => {
      const lines = usageLines(priceText(price), used);
      const quantities = lines.map((line) => (line.kind === 'usage' ? line.quantity : Fraction.ZERO));
      expect(compare(ofFraction(Fraction.sum(quantities)), rational(used))).toBe(0);
    }),
  );
});

test('whole units cost what charging them one at a time would', () => {
  const ends = fc
    .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 })
    .map((all) => all.sort((a, b) => a - b));
  const cents = fc.integer({ min: 0, max: 500 });
  const steps = fc.tuple(ends, fc.array(fc.tuple(cents, cents), { minLength: 4, maxLength: 4 }));
  check(
    fc.property(steps, fc.integer({ min: 0, max: 60 }), ([upTos, prices], units) => {
      const text = prices
        .slice(0, upTos.length + 1)
        .map(([amount, flat], i) => {
          const end = upTos[i] === undefined ? '' : `up_to: ${upTos[i]}, `;
          return `{ ${end}amount: ${shown(rational(`${amount}/100`), 2)}, flat: ${shown(rational(`${flat}/100`), 2)} }`;
        })
        .join(', ');

      let owed = prices[0]![1]; // the first flat, before any unit
      let entered = 0;
      for (let unit = 1; unit <= units; unit++) {
        const at = upTos.filter((end) => end < unit).length;
        for (; entered < at; entered++) owed += prices[entered + 1]![1];
        owed += prices[at]![0];
      }
      const cost = costOf(`{ model: graduated, steps: [${text}] }`, String(units));
      expect(compare(cost, rational(`${owed}/100`))).toBe(0);
    }),
  );
});

test('more of a graduated price never costs less', () => {
  const input = graduatedPrice.chain((price) => fc.tuple(fc.constant(price), quantityFor(price), quantityFor(price)));
  check(
    fc.property(input, ([price, a, b]) => {
      const text = priceText(price);
      const order = compare(rational(a), rational(b));
      expect(compare(costOf(text, a), costOf(text, b)) * order).toBeGreaterThanOrEqual(0);
    }),
    { runs: 200 },
  );
});

test('a graduated or volume price of one step is a unit price', () => {
  const input = unitPrice.chain((price) => fc.tuple(fc.constant(price), quantityFor(price)));
  check(
    fc.property(input, fc.constantFrom('graduated', 'volume'), ([price, used], model) => {
      if ('steps' in price) throw new Error('a unit price has no steps');
      const stepped = `{ model: ${model}, steps: [{ amount: ${price.amount}, per: ${price.per} }] }`;
      expect(compare(costOf(stepped, used), costOf(priceText(price), used))).toBe(0);
    }),
    { runs: 100 },
  );
});

test('packages are counted up, and cost at most one package more than their units would by themselves', () => {
  const input = packagePrice.chain((price) => fc.tuple(fc.constant(price), quantityFor(price)));
  check(
    fc.property(input, ([price, used]) => {
      if ('steps' in price) throw new Error('a package price has no steps');
      // In whole billionths, the finest that the quantities above have, and a package a multiple of 0.1
      const [units, size] = [used, price.per].map((text) => times(rational(text), rational('1000000000')));
      const [whole, part] = [units!.n / units!.d, size!.n / size!.d];
      const packages = (whole + part - 1n) / part;
      const cost = costOf(priceText(price), used);
      expect(compare(cost, times({ n: packages, d: 1n }, rational(price.amount)))).toBe(0);
      const linear = costOf(`{ model: unit, amount: ${price.amount}, per: ${price.per} }`, used);
      expect(compare(cost, linear)).toBeGreaterThanOrEqual(0);
      expect(compare(cost, plus(linear, rational(price.amount)))).toBeLessThanOrEqual(0);
    }),
    { runs: 200 },
  );
});

test('a limit of 50k includes 50 000 units and one of 1.5M 1 500 000, whatever the digits', () => {
  const scales = { k: 1_000n, M: 1_000_000n, B: 1_000_000_000n };
  check(
    fc.property(fc.stringMatching(/^\d{1,6}(\.\d{1,3})?$/), fc.constantFrom('k', 'M', 'B'), (number, suffix) => {
      const limit = times(rational(number), { n: scales[suffix as 'k'], d: 1n });
      if (compare(limit, ZERO) === 0) return;
      const invoice = invoiceFor({
        tiers: tiersWithPrice('1', `limits: { units: ${number}${suffix} }`),
        usage: { units: '1000000000000000' },
      });
      const line = linesOfKind(invoice, 'usage')[0]!;
      expect(line.kind === 'usage' && compare(ofFraction(line.included), limit)).toBe(0);
    }),
    { runs: 100 },
  );
});
