/** Plans in the order of upgrades. */
import type { ListedTier } from '../core/catalog/tier.ts';
import { type Decimal, ZERO } from '../core/decimal.ts';

/** A ladder with each of the added plans put before the first one with a higher fee. */
export function byFee(plans: readonly ListedTier[], added: readonly string[]): readonly ListedTier[] {
  const ladder = plans.filter(({ name }) => !added.includes(name));
  for (const plan of plans.filter(({ name }) => added.includes(name))) {
    const next = ladder.findIndex((other) => amountOf(other).gt(amountOf(plan)));
    ladder.splice(next < 0 ? ladder.length : next, 0, plan);
  }
  return ladder;
}

function amountOf({ fee }: ListedTier): Decimal {
  return fee.kind === 'fixed' ? fee.amount : ZERO;
}
