/**
 * Tiers that are never the cheapest, decided for every mix of usage: costs are straight lines between the edges of all
 * tiers, so that within a cell between edges "cheaper than all others" is a system of linear inequalities.
 */
import { haveSameTerms } from '../catalog/terms.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { Fraction } from '../fraction.ts';
import { costOn, type MeterCost, type Piece, type TierCost, tierCost, totalAt } from './curve.ts';
import type { Finding, Lint } from './lint.ts';
import { amountText, includedInMonth, listedTiers } from './prices.ts';
import { canAllHold, type Inequality } from './systems.ts';

export const dominatedTier: Lint = {
  code: 'lint/dominated-tier',
  severity: 'warning',
  title: 'a tier that is never the cheapest for any usage',
  explanation:
    'For every mix of usage that the tier serves, another tier that has all of its features and at least its rate limit costs as much or less. Monthly costs before rounding are compared exactly; prices by a dimension and packages count with the bound that is in favour of the tier. Tiers without a fee, with a spend cap or with a contract are not judged.',
  reason: 'Whoever is on the tier pays too much and will find out.',
  remedy: 'Lower its fee or its overage, include more, give it a feature of its own, or remove it.',
  example:
    'pricing_tiers: { basic: { cost: 29, limits: { requests: 100k }, overage: null }, pro: { cost: 19, limits: { requests: 1M }, overage: null } }',
  find({ rateCard }) {
    const tiers = listedTiers(rateCard);
    const unsure: string[] = [];
    const findings = tiers.flatMap((tier): Finding[] => {
      const others = tiers.filter((other) => other !== tier && isSubstitute(other, tier));
      const verdict = judge(tier, others);
      if (verdict === 'unsure') unsure.push(tier.name);
      if (typeof verdict !== 'object') return [];
      const { by, own, less } = verdict;
      const [mine, theirs] = [own, less].map((amount) => amountText(amount, rateCard.currency));
      return [
        {
          path: ['pricing_tiers', tier.name],
          part: 'key',
          message: `${tier.name} is never the cheapest tier: ${verdict.where} it costs ${mine} a month, and ${by} ${theirs}`,
          hint: `lower its fee or overage, include more, or remove it; if it is kept for old customers, say so with # meter-ignore lint/dominated-tier`,
        },
      ];
    });
    if (findings.length > 0 || unsure.length === 0) return findings;
    return { undecided: `too many combinations of steps to compare ${unsure.join(', ')} with all others` };
  },
};

/** True if the tier gives at least what the other one does besides quantities. */
function isSubstitute(other: ListedTier, tier: ListedTier): boolean {
  if (haveSameTerms(other, tier)) return false;
  if (!tier.features.every((feature) => other.features.includes(feature))) return false;
  if (!other.rateLimit) return true;
  return tier.rateLimit !== undefined && other.rateLimit.perSecond.gte(tier.rateLimit.perSecond);
}

type Dominated = { readonly by: string; readonly where: string; readonly own: Fraction; readonly less: Fraction };

function judge(tier: ListedTier, others: readonly ListedTier[]): Dominated | 'fine' | 'unsure' {
  const own = tierCost(tier, 'low');
  // Unused, a tier without a fee costs nothing, and no other is cheaper.
  if (!own || own.fee.isZero()) return 'fine';
  const rivals = others.flatMap((other) => {
    const cost = tierCost(other, 'high');
    return cost ? [{ name: other.name, cost }] : [];
  });
  const cheaper = cheaperAt(tier, own, rivals);
  if (!cheaper) return 'fine';
  const isBest = canBeCheapest(
    own,
    rivals.map(({ cost }) => cost),
  );
  return isBest === 'unsure' ? 'unsure' : isBest ? 'fine' : cheaper;
}

type Rival = { readonly name: string; readonly cost: TierCost };

/** The cheapest rival at what the tier includes, or one unit beyond it, if any is cheaper there. */
function cheaperAt(tier: ListedTier, own: TierCost, rivals: readonly Rival[]): Dominated | undefined {
  const included = new Map([...tier.limits].map(([meter, limit]) => [meter, includedInMonth(limit)]));
  const points = [
    { where: included.size > 0 ? 'at what it includes' : 'without usage', usage: included },
    ...[...tier.charges.keys()].map((meter) => {
      const usage = new Map(included).set(meter, (included.get(meter) ?? Fraction.ZERO).plus(Fraction.of(1_000_000)));
      return { where: `with 1 000 000 more of ${meter}`, usage };
    }),
  ];
  for (const { where, usage } of points) {
    const mine = totalAt(own, usage)!;
    let best: Dominated | undefined;
    for (const { name, cost } of rivals) {
      const less = totalAt(cost, usage);
      if (less && less.cmp(best?.less ?? mine) < 0) best = { by: name, where, own: mine, less };
    }
    if (best) return best;
  }
  return undefined;
}

/** Cells that are looked at, at most. */
const MOST_CELLS = 4000;

/** True if for some usage that it serves the tier costs less than each rival that serves it. */
export function canBeCheapest(own: TierCost, rivals: readonly TierCost[]): boolean | 'unsure' {
  const meters = [...new Set([own, ...rivals].flatMap((cost) => [...cost.meters.keys()]))];
  const intervals = meters.map((meter) => intervalsOf(meter, own, rivals));
  if (rivals.some((rival) => isNeverDearer(rival, own, meters, intervals))) return false;
  if (intervals.reduce((cells, { length }) => cells * length, 1) > MOST_CELLS) return 'unsure';
  return cellsOf(intervals).some((cell) => {
    const serving = rivals.filter(({ meters: costs }) =>
      meters.every((meter, m) => serves(costs.get(meter), cell[m]!)),
    );
    const lines = [own, ...serving].map((cost) => lineIn(cost, meters, cell));
    const [mine, ...theirs] = lines;
    const inequalities = theirs.map(
      (line): Inequality => ({
        factors: mine!.slopes.map((slope, m) => slope.minus(line.slopes[m]!)),
        bound: line.at.minus(mine!.at),
      }),
    );
    return canAllHold(
      inequalities,
      cell.map(({ from, to }) => to?.minus(from)),
    );
  });
}

/** Quantities of a meter above `from`, at most `to`; the one quantity 0 where both are 0. */
type Interval = { readonly from: Fraction; readonly to?: Fraction };

/** Intervals of what the tier serves, between which no cost has an edge. */
function intervalsOf(meter: string, own: TierCost, rivals: readonly TierCost[]): Interval[] {
  const costs = [own, ...rivals].flatMap((cost) => cost.meters.get(meter) ?? []);
  const cap = own.meters.get(meter)?.cap;
  const edges = costs.flatMap((cost) => [
    ...cost.curve.pieces.flatMap(({ to }) => to ?? []),
    ...(cost.cap ? [cost.cap] : []),
  ]);
  const inside = edges.filter((edge) => edge.isPositive() && (!cap || edge.cmp(cap) <= 0)).sort((a, b) => a.cmp(b));
  const ends = inside.filter((edge, i) => i === 0 || !edge.eq(inside[i - 1]!));
  const starts = [Fraction.ZERO, ...ends];
  const ranges = starts.map((from, i): Interval => ({ from, ...(ends[i] && { to: ends[i] }) }));
  const open = cap ? ranges.slice(0, -1) : ranges;
  return [{ from: Fraction.ZERO, to: Fraction.ZERO }, ...open];
}

function cellsOf(intervals: readonly (readonly Interval[])[]): Interval[][] {
  return intervals.reduce<Interval[][]>(
    (cells, next) => cells.flatMap((cell) => next.map((interval) => [...cell, interval])),
    [[]],
  );
}

function serves(cost: MeterCost | undefined, { to }: Interval): boolean {
  return !cost?.cap || (to !== undefined && to.cmp(cost.cap) <= 0);
}

/** A cost within a cell: `at` its lower corner, and by how much it grows with each meter. */
function lineIn({ fee, meters: costs }: TierCost, meters: readonly string[], cell: readonly Interval[]) {
  let at = fee;
  const slopes = meters.map((meter, m) => {
    const cost = costs.get(meter);
    const { from, to } = cell[m]!;
    if (!cost || to?.isZero()) {
      if (cost) at = at.plus(cost.curve.atZero);
      return Fraction.ZERO;
    }
    const piece = pieceFrom(cost, from);
    at = at.plus(piece.at).plus(piece.slope.times(from.minus(piece.from)));
    return piece.slope;
  });
  return { at, slopes };
}

function pieceFrom({ curve }: MeterCost, from: Fraction): Piece {
  return curve.pieces.find(({ to }) => !to || from.cmp(to) < 0)!;
}

/**
 * True if one rival costs as much or less wherever the tier serves. Its lead is a sum over meters, so that the greatest
 * is the sum of the greatest: no combinations are needed.
 */
function isNeverDearer(
  rival: TierCost,
  own: TierCost,
  meters: readonly string[],
  intervals: readonly (readonly Interval[])[],
): boolean {
  let most = rival.fee.minus(own.fee);
  for (const [m, meter] of meters.entries()) {
    const lead = greatestLead(rival.meters.get(meter), own.meters.get(meter), intervals[m]!);
    if (!lead) return false;
    most = most.plus(lead);
  }
  return most.cmp(Fraction.ZERO) <= 0;
}

/** The most by which the rival is dearer in a meter; undefined: there is no end to it, or it does not serve everything. */
function greatestLead(
  rival: MeterCost | undefined,
  own: MeterCost | undefined,
  intervals: readonly Interval[],
): Fraction | undefined {
  let most: Fraction | undefined;
  for (const { from, to } of intervals) {
    if (!serves(rival, { from, ...(to && { to }) })) return undefined;
    if (to?.isZero()) {
      most = difference(rival, own, (cost) => cost.curve.atZero);
      continue;
    }
    const slope = difference(rival, own, (cost) => pieceFrom(cost, from).slope);
    if (!to && slope.isPositive()) return undefined;
    const start = difference(rival, own, (cost) => {
      const piece = pieceFrom(cost, from);
      return piece.at.plus(piece.slope.times(from.minus(piece.from)));
    });
    const end = to ? difference(rival, own, (cost) => costOn(cost.curve, to)) : start;
    most = [start, end].reduce((a, b) => Fraction.max(a, b), most ?? start);
  }
  return most;
}

function difference(
  rival: MeterCost | undefined,
  own: MeterCost | undefined,
  of: (cost: MeterCost) => Fraction,
): Fraction {
  return (rival ? of(rival) : Fraction.ZERO).minus(own ? of(own) : Fraction.ZERO);
}
