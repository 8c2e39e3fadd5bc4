/**
 * Cost of a quantity as straight pieces, so that questions about every quantity can be answered exactly, not by trying some.
 *
 * The pieces are taken from the rating engine: between two edges of a price two quantities give the line through them.
 * A price that is no line between its edges (packages, a fee for each event) has two curves that hold it between them.
 */

import { type Charge, type ListedTier, monthlyFee, type Tier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { type Price, ratePrice } from '../pricing/index.ts';
import { isWindow } from '../rating/windows.ts';
import { includedInMonth } from './prices.ts';

/** Cost = `at` + `slope` × (quantity − `from`) for `from` < quantity ≤ `to`; without `to` it is open. */
export type Piece = {
  readonly from: Fraction;
  readonly to?: Fraction;
  /** Limit of the cost as the quantity comes down to `from`. */
  readonly at: Fraction;
  readonly slope: Fraction;
};

/** Cost of quantities ≥ 0. `pieces` are in order, without gaps, and the last one is open. */
export type Curve = { readonly atZero: Fraction; readonly pieces: readonly Piece[] };

export const FREE: Curve = {
  atZero: Fraction.ZERO,
  pieces: [{ from: Fraction.ZERO, at: Fraction.ZERO, slope: Fraction.ZERO }],
};

/** `low` is never above the cost, `high` never below it. Where the cost is straight, both are the cost. */
export type Side = 'low' | 'high';

/** Undefined: no line is a bound, as for a fee for each event from above. */
export function priceCurve(price: Price, side: Side, isPartlyIncluded = false): Curve | undefined {
  const context = { events: 0, isPartlyIncluded };
  const costAt = (quantity: Fraction) => Fraction.sum(ratePrice(price, quantity, context).map(({ exact }) => exact));
  if (price.model === 'percentage' && side === 'high' && !price.fixed.isZero()) return undefined;
  if (price.model === 'package') {
    const amount = Fraction.of(price.amount);
    const slope = amount.dividedBy(Fraction.of(price.per));
    return {
      atZero: Fraction.ZERO,
      pieces: [{ from: Fraction.ZERO, at: side === 'low' ? Fraction.ZERO : amount, slope }],
    };
  }
  const ends = 'steps' in price ? price.steps.flatMap(({ upTo }) => (upTo ? [Fraction.of(upTo)] : [])) : [];
  const edges = [Fraction.ZERO, ...ends.filter((end) => end.isPositive())];
  return { atZero: costAt(Fraction.ZERO), pieces: edges.map((from, i) => pieceOf(costAt, from, edges[i + 1])) };
}

const THREE = Fraction.of(3);

function pieceOf(costAt: (quantity: Fraction) => Fraction, from: Fraction, to: Fraction | undefined): Piece {
  const third = to ? to.minus(from).dividedBy(THREE) : Fraction.ONE;
  const [first, second] = [from.plus(third), from.plus(third).plus(third)];
  const slope = costAt(second).minus(costAt(first)).dividedBy(third);
  return { from, ...(to && { to }), at: costAt(first).minus(slope.times(third)), slope };
}

/** Cost of a quantity. */
export function costOn({ atZero, pieces }: Curve, quantity: Fraction): Fraction {
  if (quantity.isZero()) return atZero;
  const piece = pieces.find(({ to }) => !to || quantity.cmp(to) <= 0)!;
  return piece.at.plus(piece.slope.times(quantity.minus(piece.from)));
}

/** Cost of a month of a meter on a tier beside the fee, and the quantity up to which the tier serves it. */
export type MeterCost = { readonly curve: Curve; readonly cap?: Fraction };

/** Monthly cost of a tier: the fee, and what each meter adds. Before rounding. */
export type TierCost = {
  readonly fee: Fraction;
  /** Meters that the tier limits or prices; any other is free and without end. */
  readonly meters: ReadonlyMap<string, MeterCost>;
};

/** Undefined: there is no such bound in straight lines. */
export function tierCost(tier: ListedTier, side: Side): TierCost | undefined {
  // A spend cap bends the sum of all charges, not the cost of a meter; from above it can be left out.
  if (tier.maximum && side === 'low') return undefined;
  const meters = new Map<string, MeterCost>();
  for (const meter of new Set([...tier.limits.keys(), ...tier.charges.keys()])) {
    const cost = meterCost(tier, meter, side);
    if (!cost) return undefined;
    meters.set(meter, cost);
  }
  const minimum = tier.minimum && side === 'high' ? Fraction.of(tier.minimum) : Fraction.ZERO;
  return { fee: monthlyFee(tier.fee).plus(minimum), meters };
}

function meterCost(tier: ListedTier, meter: string, side: Side): MeterCost | undefined {
  const limit = tier.limits.get(meter);
  const charge = tier.charges.get(meter);
  // What a day or a week does not use is gone: at worst all usage falls into one of them.
  const isWorst = side === 'high' && limit !== undefined && isWindow(limit.per);
  const included = limit ? (isWorst ? Fraction.of(limit.quantity) : includedInMonth(limit)) : Fraction.ZERO;
  if (!charge) return { curve: FREE, cap: included };
  const curve = chargeCurve(charge, side, included.isPositive());
  return curve && { curve: beyond(discounted(curve, tier), included) };
}

/** A price by a dimension is held between its cheapest and its dearest value; only prices without steps have such bounds. */
function chargeCurve(charge: Charge, side: Side, isPartlyIncluded: boolean): Curve | undefined {
  if (charge.kind === 'single') return priceCurve(charge.price, side, isPartlyIncluded);
  const prices = [...charge.prices.values(), ...(charge.otherwise ? [charge.otherwise] : [])];
  const curves = prices.map((price) => (price.model === 'unit' ? priceCurve(price, side) : undefined));
  let best: Curve | undefined;
  for (const curve of curves) {
    if (!curve) return undefined;
    const order = best ? curve.pieces[0]!.slope.cmp(best.pieces[0]!.slope) : -1;
    if (!best || (side === 'low' ? order < 0 : order > 0)) best = curve;
  }
  return best;
}

function discounted({ atZero, pieces }: Curve, { discount }: Pick<Tier, 'discount'>): Curve {
  if (!discount) return { atZero, pieces };
  const share = Fraction.ONE.minus(Fraction.of(discount.share));
  return {
    atZero: atZero.times(share),
    pieces: pieces.map((piece) => ({ ...piece, at: piece.at.times(share), slope: piece.slope.times(share) })),
  };
}

/** The curve of usage of which `included` costs nothing. */
function beyond(curve: Curve, included: Fraction): Curve {
  if (included.isZero()) return curve;
  const shifted = curve.pieces.map(({ from, to, ...line }) => ({
    ...line,
    from: from.plus(included),
    ...(to && { to: to.plus(included) }),
  }));
  return {
    atZero: curve.atZero,
    pieces: [{ from: Fraction.ZERO, to: included, at: curve.atZero, slope: Fraction.ZERO }, ...shifted],
  };
}

/** The cost at usage by meter; undefined where a hard cap blocks some of it. */
export function totalAt({ fee, meters }: TierCost, usage: ReadonlyMap<string, Fraction>): Fraction | undefined {
  let total = fee;
  for (const [meter, { curve, cap }] of meters) {
    const quantity = usage.get(meter) ?? Fraction.ZERO;
    if (cap && quantity.cmp(cap) > 0) return undefined;
    total = total.plus(costOn(curve, quantity));
  }
  return total;
}
