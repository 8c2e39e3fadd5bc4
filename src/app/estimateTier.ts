/** The tier that an estimate is billed on, and what keeps it from billing the configuration. */
import type { RoutesFile } from '../config/edge/drafts.ts';
import type { RateCard } from '../core/catalog/rateCard.ts';
import type { EdgeConfig } from '../core/estimate/edge.ts';
import { project, usageOf } from '../core/estimate/project.ts';
import { cheapestOf, quoteOf } from '../core/estimate/quotes.ts';
import type { Period } from '../core/period.ts';
import { didYouMean, type Problem, type ProblemSource } from '../core/problem.ts';
import { Refusal, usageProblem } from './refusal.ts';

/** `--tier`, the file's own, the tier file's default, or else the cheapest that takes all of it. */
export function tierFor(
  file: RoutesFile,
  traffic: RoutesFile | undefined,
  {
    rateCard,
    config,
    period,
    named,
    say,
  }: { rateCard: RateCard; config: EdgeConfig; period: Period; named: string | undefined; say: (text: string) => void },
): string {
  const unknown = (name: string, source?: ProblemSource): Refusal => {
    const meant = didYouMean(name, rateCard.tiers.keys());
    const hint = meant ? `did you mean ${meant}?` : `the tiers are ${[...rateCard.tiers.keys()].join(', ')}`;
    const problem = source
      ? ({ severity: 'error', code: 'edge/unknown-tier', source, message: `there is no tier "${name}"`, hint } as const)
      : usageProblem('unknown-tier', `--tier ${name}: there is no such tier`, hint);
    return new Refusal('usage', [problem]);
  };
  const inFile = file.tier ?? traffic?.tier;
  if (named !== undefined && !rateCard.tiers.has(named)) throw unknown(named);
  if (named === undefined && inFile && !rateCard.tiers.has(inFile.value)) throw unknown(inFile.value, inFile.source);
  const chosen = named ?? inFile?.value ?? rateCard.defaultTier;
  if (chosen !== undefined) return chosen;
  const usage = usageOf(project(config, 'expected'), rateCard);
  const quotes = [...rateCard.tiers.values()].map((tier) => quoteOf(rateCard, tier, usage, period));
  const cheapest = cheapestOf(quotes)?.tier.name;
  if (cheapest === undefined) {
    const hint = `name one with --tier, or write tier: in ${file.name}: ${[...rateCard.tiers.keys()].join(', ')}`;
    throw new Refusal('usage', [usageProblem('no-tier', 'no tier was named, and none takes all of this', hint)]);
  }
  say(`no tier was named: on ${cheapest}, the cheapest that takes all of this\n`);
  return cheapest;
}

/** Problems that keep the chosen tier from billing this: a region without a price, at the place where it is written; no list price. */
export function refusalsOf(
  name: string,
  {
    rateCard,
    config,
    period,
    regionSources,
    file,
  }: {
    rateCard: RateCard;
    config: EdgeConfig;
    period: Period;
    regionSources: ReadonlyMap<string, ReadonlyMap<string, ProblemSource>>;
    file: RoutesFile;
  },
): Problem[] {
  const tier = rateCard.tiers.get(name)!;
  const problems = new Map<string, Problem>();
  for (const [meter, charge] of tier.charges ?? []) {
    if (charge.kind !== 'byDimension' || charge.dimension !== 'region' || charge.otherwise) continue;
    const priced = [...charge.prices.keys()];
    for (const { match, region } of regionsIn(config)) {
      if (charge.prices.has(region)) continue;
      const source = regionSources.get(match)?.get(region) ?? sourceOf(file, match);
      const place = `${source.line}:${source.column}:${region}:${meter}`;
      problems.set(place, unpricedRegion({ tier: name, meter, match, region, priced, source }));
    }
  }
  if (problems.size > 0) return [...problems.values()];
  const quote = quoteOf(rateCard, tier, usageOf(project(config, 'expected'), rateCard), period);
  if (quote.invoice) return [];
  const usable = [...rateCard.tiers.values()].filter((one) => one.kind === 'listed');
  const hint = `estimate another tier with --tier: ${usable.map((one) => one.name).join(', ')}`;
  const message = `tier ${name} cannot be estimated: ${quote.reason}`;
  return [{ severity: 'error', code: 'edge/no-price', source: { file: file.name }, message, hint }];
}

/** Regions that have a share of a route's traffic. */
function regionsIn({ routes }: EdgeConfig): { readonly match: string; readonly region: string }[] {
  return routes.flatMap(({ match, regions }) =>
    [...regions].filter(([, weight]) => !weight.isZero()).map(([region]) => ({ match, region })),
  );
}

function unpricedRegion({
  tier,
  meter,
  match,
  region,
  priced,
  source,
}: {
  readonly tier: string;
  readonly meter: string;
  /** The route's. */
  readonly match: string;
  /** '': the route names none. */
  readonly region: string;
  /** Regions that have a price. */
  readonly priced: readonly string[];
  readonly source: ProblemSource;
}): Problem {
  const meant = didYouMean(region, priced);
  const message =
    region === ''
      ? `"${match}" names no regions, but tier ${tier} prices ${meter} by region`
      : `tier ${tier} has no price for ${meter} in region "${region}"`;
  const remedy =
    region === ''
      ? `write regions: { ${priced[0]}: 100% }`
      : `use ${priced.join(', ')}, or give the price a default in the tier file`;
  const hint = meant ? `did you mean ${meant}?` : remedy;
  return { severity: 'error', code: 'edge/unpriced-region', source, message, hint };
}

function sourceOf(file: RoutesFile, match: string): ProblemSource {
  return file.routes.find((route) => route.match === match)?.source ?? { file: file.name };
}
