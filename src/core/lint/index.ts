/** The registry of lints, in the order of the production checklist. A new one is a file beside this one and a line here. */
import { belowCost } from './belowCost.ts';
import { cliff } from './cliff.ts';
import { dominatedTier } from './dominatedTier.ts';
import { estimator } from './estimator.ts';
import { freeTierLoadTest } from './freeTierLoadTest.ts';
import { type Finding, isUndecided, type Lint, type Subject } from './lint.ts';
import { noAlert } from './noAlert.ts';
import { limitWithoutOverage, overageWithoutLimit } from './openEnds.ts';
import { pack } from './pack.ts';
import { rounding } from './rounding.ts';
import { tierOrder } from './tierOrder.ts';
import { unmappedFeature } from './unmappedFeature.ts';
import { unpricedMeter } from './unpricedMeter.ts';
import { unreachableStep } from './unreachableStep.ts';

export { cliffsInContracts } from './cliff.ts';
export type { EdgeUse, Finding, Lint, LintPath, Subject, Used, Written } from './lint.ts';

/** A point of the production checklist, and the lints that decide it. */
export type Point = { readonly title: string; readonly lints: readonly Lint[] };

export const POINTS: readonly Point[] = [
  { title: 'More usage never costs less', lints: [cliff] },
  { title: 'Every step and every tier has its use', lints: [unreachableStep, dominatedTier] },
  { title: 'Upgrading pays where it should', lints: [tierOrder] },
  { title: 'Hard caps and open ends are meant', lints: [limitWithoutOverage, overageWithoutLimit] },
  { title: 'Every meter has a price or a limit', lints: [unpricedMeter] },
  { title: 'Every feature maps to a cost', lints: [unmappedFeature] },
  { title: 'No price is below cost', lints: [belowCost] },
  { title: 'Customers are notified in time and can upgrade', lints: [noAlert] },
  { title: 'The free tier survives a load test', lints: [freeTierLoadTest] },
  { title: 'Credit packs expire, are worth their price and can be used', lints: [pack] },
  { title: 'No price rounds to nothing', lints: [rounding] },
  { title: 'The estimator knows what routes use', lints: [estimator] },
];

export const LINTS: readonly Lint[] = POINTS.flatMap(({ lints }) => lints);

/** Answer of a lint: what it found, or the reason why it cannot say. */
export type LintResult = { readonly lint: Lint; readonly findings: readonly Finding[]; readonly undecided?: string };

/** The answers of all lints, in the order of the registry. Looks at each edge of the price list; nothing is sampled. */
export function lintPriceList(subject: Subject): LintResult[] {
  return LINTS.map((lint) => {
    const answer = lint.find(subject);
    return isUndecided(answer) ? { lint, findings: [], undecided: answer.undecided } : { lint, findings: answer };
  });
}
