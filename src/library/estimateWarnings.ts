/** Warnings of a finished estimate: usage that the tier does not serve. */
import type { RoutesFile } from '../config/edge/drafts.ts';
import type { Estimate } from '../core/estimate/estimate.ts';
import { ASSUMED_PEAK, aboveRateLimit } from '../core/estimate/peak.ts';
import { blockedBy } from '../core/estimate/quotes.ts';
import { rateIn } from '../core/estimate/traffic.ts';
import type { Problem, ProblemSource } from '../core/problem.ts';
import { blockedText, rateText } from '../report/estimate/words.ts';
import { moneyText, percentText } from '../report/words.ts';

/** Inputs of an estimate. `busiestSecond`: requests in it, where telemetry has them. */
type Made = {
  readonly file: RoutesFile;
  readonly traffic: RoutesFile | undefined;
  readonly busiestSecond: number | undefined;
};

export function estimateWarnings(estimate: Estimate, made: Made): readonly Problem[] {
  return [...blocked(estimate, made.file), ...beyondRateLimit(estimate, made)];
}

/** A total that leaves out what is blocked looks like a good price, and passes a check on it. */
function blocked({ tier, invoice, rateCard, cheapest, quotes }: Estimate, file: RoutesFile): Problem[] {
  const found = blockedBy(invoice);
  if (found.length === 0) return [];
  const serving = quotes.find((quote) => quote.tier.name === cheapest);
  const hint = serving
    ? `the cheapest tier that takes all of it is ${serving.tier.name}: ${moneyText(serving.invoice!.total, rateCard.currency)}`
    : 'no tier takes all of it';
  const message = `tier ${tier} blocks ${blockedText(found, rateCard)}, and its total is no price of that`;
  return [{ severity: 'warning', code: 'edge/blocked', source: sourceOfTier(tier, file), message, hint }];
}

function beyondRateLimit(estimate: Estimate, { file, traffic, busiestSecond: observed }: Made): Problem[] {
  const { tier: name, rateCard, usage, period } = estimate;
  const tier = rateCard.tiers.get(name)!;
  const given = file.peak ?? traffic?.peak;
  const perSecond = given && rateIn(given.value, period, rateCard.timezone);
  const above = aboveRateLimit(tier, usage.get('requests')!.quantity, period, { file: perSecond, observed });
  if (!above) return [];
  const { peak, mean, share } = above;
  const assumption = ` (${ASSUMED_PEAK} × the mean of ${rateText(mean)}, assumed)`;
  const how = { file: '', observed: ' (observed in the telemetry)', assumed: assumption }[peak.origin];
  return [
    {
      severity: 'warning',
      code: 'edge/above-rate-limit',
      source: given?.source ?? sourceOfTier(name, file),
      message: `tier ${name} admits ${tier.rateLimit!.text}, and the busiest second has ${rateText(peak.perSecond)}${how}: ${percentText(share, 1)} of its requests are above that`,
      hint:
        peak.origin !== 'assumed'
          ? 'take a tier that admits more, or spread the traffic'
          : 'say how many requests the busiest second has: peak: 900/s',
    },
  ];
}

function sourceOfTier(tier: string, file: RoutesFile): ProblemSource {
  return file.tier?.value === tier ? file.tier.source : { file: file.name };
}
