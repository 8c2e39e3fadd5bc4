/** Random prices, as data that an oracle can price and as text for a tier file. */
import { fc } from './properties.ts';
import { ceiling, compare, divide, least, minus, plus, type Rational, rational, times, ZERO } from './rationals.ts';

export type StepData = {
  readonly upTo?: string | undefined;
  readonly amount?: string | undefined;
  readonly per?: string | undefined;
  readonly flat?: string | undefined;
};
export type PriceData =
  | { readonly model: 'unit' | 'package'; readonly amount: string; readonly per: string }
  | { readonly model: 'graduated' | 'volume' | 'stairstep'; readonly steps: readonly StepData[] };

/** `0` to `999999999999999999.999999999999`, the likely ones more often. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('0', '0.40', '0.05', '1', '2', '0.000012', '19', '0.005', '0.333333333333', '10'),
  fc.stringMatching(/^[1-9]\d{0,3}\.\d{1,4}$/),
  fc.stringMatching(/^\d{1,18}(\.\d{1,12})?$/),
);
/** Above 0. */
const perText = fc.constantFrom(
  '1',
  '1000',
  '10000',
  '1000000',
  '3',
  '7',
  '0.3',
  '60',
  '1000000007',
  '999999999999999999',
);

const step = fc.record({
  amount: numberText,
  per: fc.option(perText, { nil: undefined }),
  flat: fc.option(numberText, { nil: undefined }),
});
const stair = fc.record({ flat: numberText });

function stepsOf(one: fc.Arbitrary<StepData>): fc.Arbitrary<StepData[]> {
  const widths = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom('', '.5', '.125', '.000000001')), {
    maxLength: 4,
  });
  return widths.chain((all) => {
    let end = 0;
    const ends = all.map(([width, fraction]) => {
      end += width;
      return `${end}${fraction}`;
    });
    return fc
      .array(one, { minLength: ends.length + 1, maxLength: ends.length + 1 })
      .map((steps) => steps.map((data, i) => (ends[i] === undefined ? data : { ...data, upTo: ends[i] })));
  });
}

export const unitPrice: fc.Arbitrary<PriceData> = fc.record({
  model: fc.constant('unit' as const),
  amount: numberText,
  per: perText,
});
export const packagePrice: fc.Arbitrary<PriceData> = fc.record({
  model: fc.constant('package' as const),
  amount: numberText,
  per: perText,
});
export const graduatedPrice: fc.Arbitrary<PriceData> = stepsOf(step).map((steps) => ({ model: 'graduated', steps }));
export const anyPrice: fc.Arbitrary<PriceData> = fc.oneof(
  unitPrice,
  packagePrice,
  graduatedPrice,
  stepsOf(step).map((steps): PriceData => ({ model: 'volume', steps })),
  stepsOf(stair).map((steps): PriceData => ({ model: 'stairstep', steps })),
);

/** A quantity for a price: anything, or just below, at or just above an end of a step, `limit` further up. */
export function quantityFor(price: PriceData, limit = '0'): fc.Arbitrary<string> {
  const ends = 'steps' in price ? price.steps.flatMap(({ upTo }) => upTo ?? []) : [price.per];
  const edges = ['0', ...ends].map((end) => plus(rational(end), rational(limit)));
  const around = fc.tuple(
    fc.constantFrom(...edges),
    fc.constantFrom('0', '1', '-1', '0.000000001', '-0.000000001', '0.5'),
  );
  return fc.oneof(
    fc.stringMatching(/^\d{1,4}(\.\d{1,3})?$/),
    fc.stringMatching(/^\d{1,21}(\.\d{1,9})?$/),
    around.map(([edge, delta]) => {
      const sum = plus(edge, rational(delta));
      return sum.n < 0n ? '0' : digitsOf(sum);
    }),
  );
}

/** The price as it stands under `overage`. */
export function priceText(price: PriceData): string {
  if (!('steps' in price)) return `{ model: ${price.model}, amount: ${price.amount}, per: ${price.per} }`;
  const steps = price.steps.map(({ upTo, ...rest }) => {
    const pairs = Object.entries({ up_to: upTo, ...rest }).filter(([, text]) => text !== undefined);
    return `{ ${pairs.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
  });
  return `{ model: ${price.model}, steps: [${steps.join(', ')}] }`;
}

/** What a quantity costs, line by line, as a patient person would work it out. `quantity` is what is beyond the included. */
export function costsOf(price: PriceData, quantity: Rational, isPartlyIncluded = false): Rational[] {
  if (!('steps' in price)) {
    if (price.model === 'unit') return [linear(price, quantity)];
    return [times(rational(price.amount), ceiling(divide(quantity, rational(price.per))))];
  }
  // Within what the tier includes no step is entered.
  if (isPartlyIncluded && quantity.n === 0n) return [ZERO];
  if (price.model !== 'graduated') {
    const at = price.steps.find(({ upTo }) => upTo === undefined || compare(quantity, rational(upTo)) <= 0)!;
    return [plus(linear(at, quantity), rational(at.flat ?? '0'))];
  }
  const costs: Rational[] = [];
  let begin = ZERO;
  for (const [i, one] of price.steps.entries()) {
    if (i > 0 && compare(quantity, begin) <= 0) break;
    const end = one.upTo === undefined ? quantity : least(quantity, rational(one.upTo));
    costs.push(plus(linear(one, minus(end, begin)), rational(one.flat ?? '0')));
    begin = end;
  }
  return costs;
}

function linear({ amount = '0', per = '1' }: StepData, quantity: Rational): Rational {
  return divide(times(rational(amount), quantity), rational(per));
}

function digitsOf({ n, d }: Rational): string {
  const places = String(d).length - 1;
  const scaled = (n * 10n ** BigInt(places)) / d;
  const text = String(scaled).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}
