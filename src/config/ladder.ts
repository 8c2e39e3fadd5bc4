/** Plans in the order of upgrades. */
import { type ListedTier, monthlyFee } from '../core/catalog/tier.ts';

/** A ladder with each of the added plans put before the first one with a higher fee. */
export function byFee(plans: readonly ListedTier[], added: readonly string[]): readonly ListedTier[] {
  const ladder = plans.filter(({ name }) => !added.includes(name));
  for (const plan of plans.filter(({ name }) => added.includes(name))) {
    const next = ladder.findIndex((other) => monthlyFee(other.fee).cmp(monthlyFee(plan.fee)) > 0);
    ladder.splice(next < 0 ? ladder.length : next, 0, plan);
  }
  return ladder;
}
