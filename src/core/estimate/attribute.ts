/**
 * Attributes costs: every amount of an invoice is spread over the parts of the routes.
 *
 * A usage line – of a price with steps each step – is spread by what each part used of the line's meter, in the line's
 * region and on its route where the price is by these. A fee is spread by requests, because it is owed for serving
 * them. Discount, maximum and minimum are spread by the usage amounts that they act on; a minimum beside no usage
 * amount is owed for serving, like a fee. Tax is spread by all of these.
 *
 * A part's cost is the exact sum of its shares of all lines. It is rounded once: routes to the total, then the parts of
 * each route to the route, both by largest remainder, so that routes and parts are less than one minor unit from their
 * exact cost.
 */
import type { RateCard } from '../catalog/rateCard.ts';
import { Decimal, sum, ZERO } from '../decimal.ts';
import type { Invoice } from '../invoice/invoice.ts';
import type { UsageLine } from '../rating/line.ts';
import { countedRows, dimensionOf, type Part, projectedAs } from './project.ts';
import { addShares, inProportion, nothingFor, type Shares, wholeShares, wholeWeights } from './shares.ts';

export type PartCost = { readonly part: Part; readonly amount: Decimal };

export type Attribution = {
  /** In the order of the parts. */
  readonly parts: readonly PartCost[];
  /** Amounts that no route causes: the fee of a configuration without traffic, a charge for a meter that no part uses. */
  readonly unassigned: Decimal;
};

/** `parts` of one route follow each other; `meters` are those of the invoice's rate card. */
export function attribute(invoice: Invoice, parts: readonly Part[], meters: RateCard['meters']): Attribution {
  const scale = new Decimal(10).pow(invoice.currency.minorUnit);
  const unitsOf = (amount: Decimal) => BigInt(amount.times(scale).toFixed());
  const amountOf = (units: bigint) => new Decimal(units.toString()).div(scale);
  const exact = exactCosts(invoice, parts, { unitsOf, meters });

  const routes = [...new Set(parts.map(({ route }) => route))];
  const membersOf = new Map(routes.map((route) => [route, [] as number[]]));
  for (const [i, { route }] of parts.entries()) membersOf.get(route)!.push(i);
  const members = [...membersOf.values(), [parts.length]];
  const totals = wholeShares(
    { tops: members.map((own) => own.reduce((all, i) => all + exact.tops[i]!, 0n)), bottom: exact.bottom },
    unitsOf(invoice.total),
  );
  const units = members.flatMap((own, r) =>
    wholeShares({ tops: own.map((i) => exact.tops[i]!), bottom: exact.bottom }, totals[r]!),
  );
  return {
    parts: parts.map((part, i) => ({ part, amount: amountOf(units[i]!) })),
    unassigned: amountOf(units[parts.length]!),
  };
}

/** Cost of each part in minor units; the last entry, behind the parts, is the cost that belongs to none of them. */
function exactCosts(
  invoice: Invoice,
  parts: readonly Part[],
  { unitsOf, meters }: { unitsOf: (amount: Decimal) => bigint; meters: RateCard['meters'] },
): Shares {
  const nobody = [...parts.map(() => 0n), 1n];
  const requests = [...wholeWeights(parts.map((part) => part.total.requests)), 0n];
  const spread = (amount: Decimal, weights: readonly bigint[]): Shares =>
    inProportion(unitsOf(amount), weights) ?? inProportion(unitsOf(amount), nobody)!;

  let usage = nothingFor(parts.length + 1);
  for (const line of invoice.lines) {
    if (line.kind !== 'usage' || line.amount.isZero()) continue;
    usage = addShares(usage, spread(line.amount, [...wholeWeights(weightsOf(line, parts, meters)), 0n]));
  }
  const charged = usage.tops.some((top) => top !== 0n) ? usage.tops : requests;
  let costs = usage;
  for (const { kind, amount } of invoice.lines) {
    if (kind === 'usage' || amount.isZero()) continue;
    costs = addShares(costs, spread(amount, kind === 'fee' ? requests : charged));
  }
  const tax = invoice.tax.isZero() ? undefined : spread(invoice.tax, costs.tops);
  const withTax = tax ? addShares(costs, tax) : costs;
  return invoice.creditsApplied.isZero() ? withTax : addShares(withTax, spread(invoice.creditsApplied.neg(), charged));
}

/** Usage of each part that counts for the line. */
function weightsOf(line: UsageLine, parts: readonly Part[], meters: RateCard['meters']): Decimal[] {
  const meter = projectedAs(meters, line.meter);
  if (!meter) return parts.map(() => ZERO);
  const counts = countedRows(meters.get(line.meter)!.where);
  const { dimensions = [] } = line;
  return parts.map(({ route, byRegion }) => {
    const isPriced = (region: string) =>
      counts(region, route) && dimensions.every(({ name, value }) => dimensionOf(name, region, route) === value);
    return sum([...byRegion].flatMap(([region, amounts]) => (isPriced(region) ? [amounts[meter]] : [])));
  });
}
