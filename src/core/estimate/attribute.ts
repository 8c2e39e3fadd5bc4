/**
 * Whose cost it is: every amount of an invoice, spread over the parts of the routes.
 *
 * A usage line is spread by what each part used of its meter (and in its region, on its route, where the price is by these); the
 * fee by requests, because it is owed for serving them; discount, maximum and minimum by the usage amounts they act on;
 * tax by all of these. Each by largest remainder, so that parts add up to the line, and all parts to the total.
 */
import { allocate } from '../allocate.ts';
import type { RateCard } from '../catalog/rateCard.ts';
import { Decimal, sum, ZERO } from '../decimal.ts';
import type { Invoice, InvoiceLine } from '../invoice/invoice.ts';
import { countedRows, dimensionOf, type Part, projectedAs } from './project.ts';

export type PartCost = { readonly part: Part; readonly amount: Decimal };

export type Attribution = {
  readonly parts: readonly PartCost[];
  /** What no part can be blamed for: the fee of a configuration without traffic. */
  readonly unassigned: Decimal;
};

/** `meters` are those of the invoice's rate card. */
export function attribute(invoice: Invoice, parts: readonly Part[], meters: RateCard['meters']): Attribution {
  const unit = new Decimal(10).pow(-invoice.currency.minorUnit);
  const usage = parts.map(() => ZERO);
  const other = parts.map(() => ZERO);
  let unassigned: Decimal = ZERO;
  const byRequests = parts.map((part) => part.total.requests);

  const spread = (amount: Decimal, weights: readonly Decimal[], into: Decimal[]) => {
    if (amount.isZero()) return;
    const usable = [weights, byRequests].find((some) => some.some((weight) => weight.gt(ZERO)));
    if (!usable) {
      unassigned = unassigned.plus(amount);
      return;
    }
    const shares = allocate({ total: amount.abs(), weights: usable, unit });
    for (const [i, share] of shares.entries()) into[i] = into[i]!.plus(amount.isNegative() ? share.neg() : share);
  };

  for (const line of invoice.lines) {
    if (line.kind === 'usage') spread(line.amount, weightsOf(line, parts, meters), usage);
  }
  const charged = [...usage];
  for (const line of invoice.lines) {
    if (line.kind === 'fee') spread(line.amount, byRequests, other);
    else if (line.kind !== 'usage') spread(line.amount, charged, other);
  }
  const before = parts.map((_, i) => usage[i]!.plus(other[i]!));
  spread(invoice.tax, before, other);
  spread(invoice.creditsApplied.neg(), charged, other);
  return { parts: parts.map((part, i) => ({ part, amount: usage[i]!.plus(other[i]!) })), unassigned };
}

function weightsOf(
  line: Extract<InvoiceLine, { kind: 'usage' }>,
  parts: readonly Part[],
  meters: RateCard['meters'],
): Decimal[] {
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
