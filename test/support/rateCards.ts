/** Tier files as tests write them: YAML text, read by the parser that users meet. */
import { loadRateCard } from '../../src/config/loadRateCard.ts';
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import type { ListedTier } from '../../src/core/catalog/tier.ts';
import { isError, type Problem } from '../../src/core/problem.ts';

/** The rate card of a tier file. A text with errors in it fails the test with all of them. */
export function rateCardOf(yaml: string): RateCard {
  const { rateCard, problems } = loadRateCard(yaml);
  if (!rateCard) throw new Error(`this tier file does not load:\n${problems.map(problemText).join('\n')}\n${yaml}`);
  return rateCard;
}

/** The tier of that name, or the first. One that needs a contract fails the test. */
export function listedTier({ tiers }: RateCard, name?: string): ListedTier {
  const tier = tiers.get(name ?? [...tiers.keys()][0]!);
  if (tier?.kind !== 'listed') throw new Error(`there is no tier ${name} that can be billed`);
  return tier;
}

/** The codes of the errors in a tier file, in the order in which they are reported. */
export function errorCodesOf(yaml: string): string[] {
  return loadRateCard(yaml)
    .problems.filter(isError)
    .map(({ code }) => code);
}

/**
 * A tier file with one tier, `only`, that charges the meter `units` (unit: unit) by one price. `more` is what else the
 * tier says, as YAML flow pairs (`limits: { units: 10 }, minimum: 5`), `file` further top-level lines (`currency: JPY`).
 */
export function tiersWithPrice(price: string, more = '', file = ''): string {
  const rest = more === '' ? '' : `, ${more}`;
  return `
meters: { units: { field: units, unit: unit } }
${file}
pricing_tiers:
  only: { cost: usage, overage: { units: ${price} }${rest} }
`;
}

function problemText({ code, message, source, hint }: Problem): string {
  return `${source?.line}:${source?.column} ${message} [${code}]${hint ? ` – ${hint}` : ''}`;
}
