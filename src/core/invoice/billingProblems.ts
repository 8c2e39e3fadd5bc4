/** Reasons that a customer cannot be billed for some usage on a tier. */

import { valuesIn } from '../catalog/grouping.ts';
import { type ContractTier, dimensionValues, type ListedTier, type Tier } from '../catalog/tier.ts';
import type { Problem } from '../problem.ts';
import { pricedGroups } from '../rating/pricedGroups.ts';
import type { Usage } from '../usage/ledger.ts';

/** Empty: an invoice can be issued. */
export function billingProblems(customer: string, tier: Tier, usage: Usage): Problem[] {
  if (tier.kind === 'contract') return [withoutContract(customer, tier)];
  return unpricedValues(tier, usage).map(({ message, hint }) => ({
    severity: 'error',
    code: 'billing/unpriced-value',
    message: `customer "${customer}": ${message}`,
    hint,
  }));
}

/** The problem of a customer on a contract tier: no contract gives the fee or the prices. */
export function withoutContract(customer: string, tier: ContractTier): Problem {
  const missing = [
    ...(tier.fee ? [] : ['no list price (cost: custom)']),
    ...(tier.charges ? [] : ['no overage prices (overage: negotiated)']),
  ];
  return {
    severity: 'error',
    code: 'billing/no-contract',
    message: `customer "${customer}": tier ${tier.name} has ${missing.join(' and ')}, and the customer has no contract that gives them`,
    hint: 'put the customer on a tier with prices',
  };
}

/** Used dimension values, or combinations of several, for which the tier has no price and no default. */
export function unpricedValues(tier: ListedTier, usage: Usage): { readonly message: string; readonly hint: string }[] {
  const found: { message: string; hint: string }[] = [];
  for (const [meter, charge] of tier.charges) {
    if (charge.kind !== 'byDimension' || charge.otherwise) continue;
    const priced = [...charge.prices.keys()].map((group) => valuesIn(group, charge.dimensions).join(' × ')).join(', ');
    const metered = usage.get(meter);
    for (const [group, used] of metered ? pricedGroups(charge, metered) : []) {
      if (charge.prices.has(group)) continue;
      const values = dimensionValues(charge, group);
      const what = values.map(({ name, value }) => `${name} "${value}"`).join(' and ');
      const quoted = values.map(({ value }) => `"${value}"`).join(' and ');
      found.push({
        message: `${used.quantity.toFixed()} of ${meter} with ${what}, for which tier ${tier.name} has no price`,
        hint: `add a price for ${quoted} or a default; ${charge.dimensions.join(' × ')} is priced for ${priced}`,
      });
    }
  }
  return found;
}
