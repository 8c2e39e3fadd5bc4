/**
 * The causes of the difference between two saved invoices, of which only lines are known and no price list.
 *
 * Usage lines with the same terms differ by `usage`. Where prices differ, too, `price` is the difference of the prices of
 * one unit × the quantity after; the rest is `usage`, or, of the same usage, `included`.
 */
import { assert } from '../assert.ts';
import { type Decimal, minus, sum, ZERO } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import { type Currency, roundToMinorUnit } from '../money.ts';
import { addedCauses, type Causes, explained } from './causes.ts';
import type { BookedInvoice, BookedLine } from './matchLines.ts';

export type SavedLine = BookedLine & {
  /** Usage lines with the same group are steps of one price. */
  readonly group: string;
  /** Texts of a usage line, as they were saved. */
  readonly used: string;
  readonly included: string;
  readonly price: string;
  readonly quantity: Fraction;
  readonly exact: Fraction;
};

export type SavedInvoice = BookedInvoice & {
  readonly customer: string;
  /** Begin of the period, RFC 3339 in UTC. */
  readonly start: string;
  /** Tiers of the stretches, in time order. */
  readonly tiers: readonly string[];
  readonly lines: readonly SavedLine[];
  readonly blocked: ReadonlyMap<string, Fraction>;
};

export function savedCauses(before: SavedInvoice, after: SavedInvoice, currency: Currency): Causes {
  const difference = (...kinds: string[]) => minus(amountOf(after, kinds), amountOf(before, kinds));
  const fee = difference('fee');
  const adjustments = difference('discount', 'maximum', 'minimum');
  const isMoved = before.tiers.join('\n') !== after.tiers.join('\n');
  const causes = addedCauses([
    isMoved ? { tier: fee.plus(difference('usage')).plus(adjustments) } : { fee, adjustments },
    ...(isMoved ? [] : usageCauses(before, after, currency)),
    { credits: difference('pack', 'credits'), tax: difference('tax') },
  ]);
  assert(
    explained(causes).eq(minus(after.total, before.total)),
    () => `causes of ${explained(causes)} for a change from ${before.total} to ${after.total} of "${after.customer}"`,
  );
  return causes;
}

function amountOf({ lines }: SavedInvoice, kinds: readonly string[]): Decimal {
  return sum(lines.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount));
}

function usageCauses(before: SavedInvoice, after: SavedInvoice, currency: Currency): Causes[] {
  const [one, other] = [byGroup(before), byGroup(after)];
  return [...new Set([...one.keys(), ...other.keys()])].map((group) => {
    return groupCauses(one.get(group) ?? [], other.get(group) ?? [], currency);
  });
}

function byGroup({ lines }: SavedInvoice): Map<string, SavedLine[]> {
  const groups = new Map<string, SavedLine[]>();
  for (const line of lines) {
    if (line.kind !== 'usage') continue;
    const own = groups.get(line.group);
    if (own) own.push(line);
    else groups.set(line.group, [line]);
  }
  return groups;
}

function groupCauses(before: readonly SavedLine[], after: readonly SavedLine[], currency: Currency): Causes {
  const total = (lines: readonly SavedLine[]) => sum(lines.map(({ amount }) => amount));
  const change = minus(total(after), total(before));
  const steps = new Map(before.map((line) => [line.key, line]));
  const price = after.reduce((amount: Decimal, line) => {
    const own = steps.get(line.key);
    return own && own.price !== line.price ? amount.plus(priceChange(own, line, currency)) : amount;
  }, ZERO);
  const isSameUsage = before[0]?.used === after[0]?.used;
  if (!isSameUsage) return { price, usage: minus(change, price) };
  return before[0]?.included === after[0]?.included ? { price: change } : { price, included: minus(change, price) };
}

/** Difference of the prices of a unit × the quantity after, rounded. */
function priceChange(before: SavedLine, after: SavedLine, currency: Currency): Decimal {
  if (before.quantity.isZero() || after.quantity.isZero()) return ZERO;
  const unit = after.exact.dividedBy(after.quantity).minus(before.exact.dividedBy(before.quantity));
  return roundToMinorUnit(unit.times(after.quantity), currency);
}
