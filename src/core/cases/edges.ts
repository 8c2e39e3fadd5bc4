/**
 * Edges of a price list: quantities at which something of an invoice begins or ends – limits, steps, packages, bounds,
 * packs. A first suite of cases tries each of them, one unit below it and one above.
 */

import type { CreditPack } from '../catalog/credit.ts';
import { customerOn } from '../catalog/customer.ts';
import { isLevel } from '../catalog/meter.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { type Charge, dimensionValues, type ListedTier } from '../catalog/tier.ts';
import { Decimal, ONE, ZERO } from '../decimal.ts';
import { monthAt } from '../period.ts';
import type { Price } from '../pricing/index.ts';
import { limitWithin } from '../rating/limits.ts';
import type { Billed } from './coverage.ts';
import { type BilledCase, issueCase } from './issueCase.ts';
import { IN_STANDARD_MONTH } from './priceCase.ts';

/** A case that is proposed: one meter's usage on a tier, and the invoice of today. */
export type Proposal = {
  /** The edge in words: `the limit of 200k`. */
  readonly edge: string;
  /** Units from the edge: −1, 0 or 1; absent: an example that is at no edge. */
  readonly offset?: -1 | 0 | 1;
  readonly tier: string;
  /** Absent: no usage. */
  readonly meter?: string;
  readonly quantity: Decimal;
  readonly dimensions: ReadonlyMap<string, string>;
  /** A pack that the customer has. */
  readonly pack?: CreditPack;
  readonly billed: Billed;
};

/** Proposals by tier, in the order of the file; tiers that need a contract have none. */
export function proposals(rateCard: RateCard): Proposal[] {
  const found = [...rateCard.tiers.values()].flatMap((tier) =>
    tier.kind === 'listed' ? proposalsFor(tier, rateCard) : [],
  );
  return [...found, ...packProposals(rateCard)];
}

type Point = Pick<Proposal, 'edge' | 'offset' | 'quantity' | 'dimensions'> & { readonly meter?: string };

function proposalsFor(tier: ListedTier, rateCard: RateCard): Proposal[] {
  const points: Point[] = [{ edge: 'no usage', quantity: ZERO, dimensions: NONE }];
  for (const meter of new Set([...tier.limits.keys(), ...tier.charges.keys()]))
    points.push(...pointsOf(tier, meter, rateCard));
  points.push(...boundPoints(tier, rateCard));
  const seen = new Set<string>();
  return points.flatMap((point): Proposal[] => {
    const key = JSON.stringify([point.meter ?? '', point.quantity.toFixed(), [...point.dimensions]]);
    if (seen.has(key)) return [];
    seen.add(key);
    const billed = billedAt(tier, point, rateCard);
    return billed ? [{ ...point, tier: tier.name, billed }] : [];
  });
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The edge and its neighbours; a unit is one of the meter's own. */
function around(edge: string, at: Decimal, about: Pick<Point, 'meter' | 'dimensions'>): Point[] {
  return ([-1, 0, 1] as const)
    .map((offset) => ({ edge, offset, quantity: at.plus(offset), ...about }))
    .filter(({ quantity }) => !quantity.isNegative());
}

/** Edges of one meter: its limit, then, beyond that, steps and packages of its prices. */
function pointsOf(tier: ListedTier, name: string, rateCard: RateCard): Point[] {
  const { timezone } = rateCard;
  const period = monthAt(IN_STANDARD_MONTH, timezone);
  const meter = rateCard.meters.get(name)!;
  const place = { tier, stretch: period, period, timezone, isLevel: isLevel(meter) };
  const limit = limitWithin(place, name);
  const included = limit?.included.round(0) ?? ZERO;
  const charge = tier.charges.get(name);
  const groups = charge ? pricesIn(charge) : [];
  const [first] = groups;
  const about = { meter: name, dimensions: first?.dimensions ?? NONE };
  return [
    ...(limit ? around(`the limit of ${limit.text}`, included, about) : []),
    ...groups.flatMap(({ price, dimensions }) =>
      edgesOf(price).flatMap(({ edge, beyond, isExample }): Point[] => {
        const at = included.plus(beyond);
        const own = { meter: name, dimensions };
        return isExample ? [{ edge, quantity: at, ...own }] : around(edge, at, own);
      }),
    ),
  ];
}

/** The prices of a charge, and rows for which each of them holds. */
function pricesIn(charge: Charge): { readonly price: Price; readonly dimensions: ReadonlyMap<string, string> }[] {
  if (charge.kind === 'single') return [{ price: charge.price, dimensions: NONE }];
  const listed = [...charge.prices].map(([group, price]) => ({
    price,
    dimensions: new Map(dimensionValues(charge, group).map(({ name, value }) => [name, value])),
  }));
  if (!charge.otherwise) return listed;
  const dimensions = new Map(charge.dimensions.map((name) => [name, UNLISTED]));
  return [...listed, { price: charge.otherwise, dimensions }];
}

/** A value that has no price of its own. */
const UNLISTED = 'elsewhere';

type PriceEdge = {
  readonly edge: string;
  /** Units beyond the included quantity. */
  readonly beyond: Decimal;
  readonly isExample?: boolean;
};

function edgesOf(price: Price): PriceEdge[] {
  if ('steps' in price) {
    const ends = price.steps.flatMap(({ upTo }, i): PriceEdge[] =>
      upTo ? [{ edge: `the end of step ${i + 1}`, beyond: upTo }] : [],
    );
    return ends.length > 0 ? ends : [{ edge: 'the first unit of the only step', beyond: ONE, isExample: true }];
  }
  if (price.model === 'package') return [{ edge: 'the end of the first package', beyond: price.per }];
  if (price.model === 'percentage') return [{ edge: 'an amount of 100', beyond: HUNDRED, isExample: true }];
  return [{ edge: `${price.text} beyond`, beyond: price.per, isExample: true }];
}

const HUNDRED = new Decimal(100);

/** Begin of a discount, end of a minimum, begin of a maximum, purchase of a pack. */
function boundPoints(tier: ListedTier, rateCard: RateCard): Point[] {
  const about = searchedMeter(tier);
  if (!about) return [];
  const has = (kind: string) => (billed: Billed) => billed.invoice.lines.some((line) => line.kind === kind);
  const bounds: readonly (readonly [boolean, string, (billed: Billed) => boolean])[] = [
    [tier.discount !== undefined, 'the begin of the discount', has('discount')],
    [tier.minimum !== undefined, 'the end of the minimum', (billed) => !has('minimum')(billed)],
    [tier.maximum !== undefined, 'the begin of the maximum', has('maximum')],
    [rateCard.creditPacks.size > 0, 'the purchase of a pack', has('pack')],
  ];
  return bounds.flatMap(([exists, edge, holds]) => {
    const at = exists
      ? firstQuantity((quantity) => billedAt(tier, { ...about, quantity }, rateCard), holds)
      : undefined;
    return at ? around(edge, at, about) : [];
  });
}

/** The first meter of a tier with a price, and rows that it is for. */
function searchedMeter({
  charges,
}: ListedTier): { readonly meter: string; readonly dimensions: ReadonlyMap<string, string> } | undefined {
  for (const [meter, charge] of charges) {
    const [first] = pricesIn(charge);
    if (first) return { meter, dimensions: first.dimensions };
  }
  return undefined;
}

/** Above this nobody's usage lies. */
const MOST = new Decimal('1e18');

/** The smallest whole quantity for which something holds, which holds from there on; undefined if there is none. */
function firstQuantity(
  bill: (quantity: Decimal) => Billed | undefined,
  holds: (billed: Billed) => boolean,
): Decimal | undefined {
  const isAt = (quantity: Decimal) => {
    const billed = bill(quantity);
    return billed !== undefined && holds(billed);
  };
  let [low, high] = [ZERO, ONE];
  while (!isAt(high)) {
    low = high;
    high = high.times(2);
    if (high.gt(MOST)) return undefined;
  }
  while (high.minus(low).gt(ONE)) {
    const middle = low.plus(high).divToInt(2);
    if (isAt(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** A pack that customers buy pays for the charges of the first tier that has some. */
function packProposals(rateCard: RateCard): Proposal[] {
  const tier = [...rateCard.tiers.values()].find(
    (one): one is ListedTier => one.kind === 'listed' && searchedMeter(one) !== undefined,
  );
  const about = tier && searchedMeter(tier);
  if (!about) return [];
  return [...rateCard.creditPacks.values()].flatMap((pack): Proposal[] => {
    if (pack.autoPurchase) return [];
    const bill = (quantity: Decimal) => billedAt(tier, { ...about, quantity }, rateCard, pack);
    const isEmpty = ({ invoice }: Billed) => invoice.credits.some(({ drawn }) => drawn.eq(pack.credit));
    const at = firstQuantity(bill, isEmpty);
    if (!at) return [];
    return around(`the end of pack ${pack.name}`, at, about).map((point) => ({
      ...{ ...point, tier: tier.name, pack },
      billed: bill(point.quantity)!,
    }));
  });
}

/** Undefined: it cannot be billed. */
function billedAt(
  tier: ListedTier,
  { meter, quantity, dimensions }: Pick<Point, 'meter' | 'quantity' | 'dimensions'>,
  rateCard: RateCard,
  pack?: CreditPack,
): Billed | undefined {
  const period = monthAt(IN_STANDARD_MONTH, rateCard.timezone);
  const grant = pack && {
    ...{ id: `${pack.name}-1`, amount: pack.credit, priority: 100, start: period.start, pack: pack.name },
  };
  // A year of an annual fee has to begin on some day.
  const history = tier.fee.kind === 'annual' ? [{ tier, from: period.start }] : [{ tier }];
  const one: BilledCase = {
    customer: { ...customerOn(tier, 'customer'), history, grants: grant ? [grant] : [] },
    period,
    usage: meter === undefined ? [] : [{ rows: 1, quantities: new Map([[meter, quantity]]), dimensions }],
  };
  const issued = issueCase(one, rateCard);
  return issued.invoice ? issued : undefined;
}
