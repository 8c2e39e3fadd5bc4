/** Lints that search every quantity, against an oracle that tries those that can matter, with arithmetic of its own. */
import { expect, test } from 'vitest';
import { Fraction } from '../../src/core/fraction.ts';
import { tierCost } from '../../src/core/lint/curve.ts';
import { canBeCheapest } from '../../src/core/lint/dominatedTier.ts';
import { canAllHold } from '../../src/core/lint/systems.ts';
import { findingsOf, tiersOf } from '../support/lints.ts';
import { check, fc } from '../support/properties.ts';
import { listedTier, rateCardOf } from '../support/rateCards.ts';
import { compare, divide, minus, plus, type Rational, rational, times } from '../support/rationals.ts';

const cents = fc.integer({ min: 0, max: 40 });

test('a volume price has a cliff exactly at the ends of steps above which a millionth more costs less', () => {
  const steps = fc.tuple(
    fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 })
      .map((ends) => ends.sort((a, b) => a - b)),
    fc.array(fc.tuple(cents, cents), { minLength: 5, maxLength: 5 }),
    fc.boolean(),
  );
  check(
    fc.property(steps, ([ends, prices, isFlat]) => {
      const amount = (i: number) => (isFlat ? 0 : prices[i]![0]);
      const rows = [...ends, undefined].map((end, i) => {
        const upTo = end === undefined ? '' : `up_to: ${end}, `;
        return `{ ${upTo}${isFlat ? '' : `amount: ${amount(i)}, `}flat: ${prices[i]![1]} }`;
      });
      const model = isFlat ? 'stairstep' : 'volume';
      const yaml = tiersOf(
        `a: { cost: usage, overage: { requests: { model: ${model}, steps: [${rows.join(', ')}] } } }`,
      );
      const costOf = (i: number, quantity: Rational) =>
        plus(times(rational(amount(i)), quantity), rational(prices[i]![1]));
      const falls = ends.filter((end, i) => {
        const above = plus(rational(end), rational('0.000001'));
        return compare(costOf(i + 1, above), costOf(i, rational(end))) < 0;
      });
      const found = findingsOf('lint/cliff', yaml) as readonly string[];
      expect(found.map((message) => Number(/^\d+/.exec(message)![0]))).toEqual(falls);
    }),
  );
});

type Plan = { readonly fee: number; readonly limit: number; readonly price: number | undefined };
const plan = fc.record({
  fee: fc.integer({ min: 0, max: 30 }),
  limit: fc.integer({ min: 1, max: 20 }),
  price: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
});

/** Undefined: blocked. */
function totalOf({ fee, limit, price }: Plan, quantity: Rational): Rational | undefined {
  const over = minus(quantity, rational(limit));
  if (compare(over, rational(0)) <= 0) return rational(fee);
  return price === undefined ? undefined : plus(rational(fee), times(rational(price), over));
}

test('of one meter, a tier can be the cheapest exactly if it is at an edge, between two, or beyond all', () => {
  check(
    fc.property(fc.array(plan, { minLength: 2, maxLength: 5 }), (plans) => {
      const rateCard = rateCardOf(tiersOf(...plans.map((one, i) => `t${i}: { ${textOf([one], ['requests'])} }`)));
      const costs = (side: 'low' | 'high') => plans.map((_, i) => tierCost(listedTier(rateCard, `t${i}`), side)!);
      const isCheapest = plans.map((one, i) => {
        const others = plans.filter((_, j) => j !== i);
        return quantitiesThatMatter(plans).some((quantity) => {
          const own = totalOf(one, quantity);
          return own !== undefined && others.every((other) => isDearer(totalOf(other, quantity), own));
        });
      });
      const found = plans.map((_, i) =>
        canBeCheapest(
          costs('low')[i]!,
          costs('high').filter((_, j) => j !== i),
        ),
      );
      expect(found).toEqual(isCheapest);
    }),
  );
});

function isDearer(other: Rational | undefined, own: Rational): boolean {
  return other === undefined || compare(other, own) > 0;
}

/** Edges, crossings of any two straight lines, a point between each two of these, and one beyond all. */
function quantitiesThatMatter(plans: readonly Plan[]): Rational[] {
  const edges = [0, ...plans.map(({ limit }) => limit)].map(rational);
  const crossings = plans.flatMap((a) =>
    plans.flatMap((b): Rational[] => {
      if (a.price === undefined) return [];
      // a.fee + a.price × (q − a.limit) = b.fee + slope × (q − b.limit), where b is flat or rises.
      return [0, b.price ?? 0].flatMap((slope) => {
        if (slope === a.price) return [];
        const rest = b.fee - slope * b.limit - a.fee + a.price! * a.limit;
        const at = divide(rational(rest), rational(a.price! - slope));
        return compare(at, rational(0)) > 0 ? [at] : [];
      });
    }),
  );
  const all = [...edges, ...crossings].sort(compare);
  const between = all.slice(1).map((high, i) => divide(plus(high, all[i]!), rational(2)));
  return [...all, ...between, plus(all.at(-1)!, rational(1))];
}

test('of two meters, no tier that is the cheapest somewhere on a grid is called dominated', () => {
  const grid = [0, 1, 3, 7, 10, 15, 19, 20, 21, 40, 1000];
  const pair = fc.tuple(plan, plan);
  check(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 4 }), (pairs) => {
      const lines = pairs.map((both, i) => `t${i}: { ${textOf(both, ['requests', 'egress'])} }`);
      const rateCard = rateCardOf(tiersOf(...lines));
      const total = ([a, b]: readonly [Plan, Plan], x: number, y: number): Rational | undefined => {
        const [one, two] = [totalOf(a, rational(x)), totalOf({ ...b, fee: 0 }, rational(y))];
        return one && two && plus(one, two);
      };
      for (const [i, own] of pairs.entries()) {
        const others = pairs.filter((_, j) => j !== i);
        const isCheapest = grid.some((x) =>
          grid.some((y) => {
            const mine = total(own, x, y);
            return mine !== undefined && others.every((other) => isDearer(total(other, x, y), mine));
          }),
        );
        const costOf = (j: number, side: 'low' | 'high') => tierCost(listedTier(rateCard, `t${j}`), side)!;
        const rivals = pairs.flatMap((_, j) => (j === i ? [] : [costOf(j, 'high')]));
        if (isCheapest) expect(canBeCheapest(costOf(i, 'low'), rivals)).toBe(true);
      }
    }),
    { runs: 100 },
  );
});

/** A tier's fee is that of its first plan; its meters have the limits and prices of each. */
function textOf(plans: readonly Plan[], meters: readonly string[]): string {
  const limits = plans.map(({ limit }, i) => `${meters[i]}: ${limit}`);
  const prices = plans.map(({ price }, i) => `${meters[i]}: ${price ?? 'null'}`);
  return `cost: ${plans[0]!.fee}, limits: { ${limits.join(', ')} }, overage: { ${prices.join(', ')} }`;
}

test('a system of inequalities holds somewhere exactly if it does at a corner of it, moved inside', () => {
  const row = fc.tuple(
    fc.integer({ min: -4, max: 4 }),
    fc.integer({ min: -4, max: 4 }),
    fc.integer({ min: -6, max: 6 }),
  );
  check(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const system = rows.map(([a, b, bound]) => ({
        factors: [Fraction.of(a), Fraction.of(b)],
        bound: Fraction.of(bound),
      }));
      expect(canAllHold(system, [Fraction.of(8), Fraction.of(8)])).toBe(hasInterior(rows));
    }),
  );
});

/**
 * Of a box of 8 × 8: if some region meets all rows strictly, the mean of its corners does. Its corners are among the
 * crossings of all lines, those of the box included.
 */
function hasInterior(rows: readonly (readonly [number, number, number])[]): boolean {
  const box = [
    [-1, 0, 0],
    [0, -1, 0],
    [1, 0, 8],
    [0, 1, 8],
  ] as const;
  const lines = [...rows, ...box];
  const crossings = lines.flatMap(([a, b, c], i) =>
    lines.slice(i + 1).flatMap(([d, e, f]): [Rational, Rational][] => {
      const determinant = a * e - b * d;
      if (determinant === 0) return [];
      return [
        [
          divide(rational(c * e - b * f), rational(determinant)),
          divide(rational(a * f - c * d), rational(determinant)),
        ],
      ];
    }),
  );
  const value = (a: number, b: number, [x, y]: readonly [Rational, Rational]) =>
    plus(times(rational(a), x), times(rational(b), y));
  const corners = crossings.filter((point) =>
    lines.every(([a, b, c]) => compare(value(a, b, point), rational(c)) <= 0),
  );
  if (corners.length === 0) return false;
  const mean = ([0, 1] as const).map((axis) =>
    divide(corners.map((point) => point[axis]).reduce(plus), rational(corners.length)),
  ) as unknown as [Rational, Rational];
  return rows.every(([a, b, c]) => compare(value(a, b, mean), rational(c)) < 0);
}
