/** The tier on which a customer's usage would cost least. */
import type { Customer } from '../catalog/customer.ts';
import type { ListedTier } from '../catalog/tier.ts';
import { type Decimal, plus, sum, ZERO } from '../decimal.ts';
import { Fraction } from '../fraction.ts';
import { billingProblems } from '../invoice/billingProblems.ts';
import type { Billing, BillingRun } from '../invoice/billingRun.ts';
import { issueInvoice } from '../invoice/issueInvoice.ts';

export type CheaperTier = { readonly tier: string; readonly total: Decimal };

/**
 * The cheapest other tier of the list, if it costs less than `billings` do and blocks no more. Undefined for a customer
 * with prices of a contract, or on more than one tier within a period. Annual fees count with a twelfth for each month.
 */
export function cheaperTier(
  { rateCard }: BillingRun,
  customer: Customer,
  billings: readonly Billing[],
): CheaperTier | undefined {
  const names = new Set(customer.history.map(({ tier }) => tier.name));
  const isListed = customer.history.every(({ tier }) => rateCard.tiers.get(tier.name) === tier);
  if (names.size !== 1 || !isListed || billings.some(({ input }) => input.stretches.length !== 1)) return undefined;
  let best: CheaperTier | undefined;
  const owed = sum(billings.map(({ invoice }) => invoice.total));
  for (const tier of rateCard.tiers.values()) {
    if (tier.kind !== 'listed' || names.has(tier.name)) continue;
    const total = totalOn(tier, billings);
    if (total?.lt(best?.total ?? owed)) best = { tier: tier.name, total };
  }
  return best;
}

/** Undefined where the tier blocks more of the usage, or has no price for a part of it. */
function totalOn(tier: ListedTier, billings: readonly Billing[]): Decimal | undefined {
  let total: Decimal = ZERO;
  for (const { input, invoice } of billings) {
    const [{ parts: _, feeYears: __, ...stretch }] = input.stretches as [(typeof input.stretches)[number]];
    if (billingProblems(input.customer, tier, stretch.usage).length > 0) return undefined;
    const quote = issueInvoice({ ...input, stretches: [{ ...stretch, tier }] });
    for (const [meter, quantity] of quote.blocked) {
      if (quantity.cmp(invoice.blocked.get(meter) ?? Fraction.ZERO) > 0) return undefined;
    }
    total = plus(total, quote.total);
  }
  return total;
}
