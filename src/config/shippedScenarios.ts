/** The three pricing models that are compared when no scenarios file is given. `fixtures/pricing-models/scenarios.yaml` is this text. */

const MODELS = `# Three pricing models on the same usage. Only price terms and policies may differ between scenarios: how customers react
# and what running it costs (behaviour, costs) is one set of numbers for all of them.

scenarios:
  # A fixed fee. Beyond the 500 000 requests, the plan's own unit price: 29 / 50 for each 10 000.
  flat:
    pricing_tiers:
      flat: { cost: 29 flat, limits: { requests: 500k/mo }, overage: { requests: 0.58/10k } }
    free_tier: { requests: 50k, rate_limit: 10/s }
    policies: none

  # No fee, nothing included: the unit price inside the hybrid's entry bundle, 19 / 20 for each 10 000.
  usage:
    pricing_tiers:
      payg: { cost: usage, overage: { requests: 0.95/10k, egress: 0.05/GB } }
    free_tier: { requests: 50k, rate_limit: 10/s }
    policies: none
`;

const HYBRID_HEAD = `
  # A fee that includes a quantity, prices beyond it, and everything that keeps a bill from being a surprise.
  hybrid:
`;

const HYBRID_TIERS = `    pricing_tiers:
      sandbox: { cost: 0, limits: { requests: 50k/mo, egress: 10GB }, overage: null, rate_limit: 50/s }
      production:
        cost: 19 + usage
        limits: { requests: 200k/mo, egress: 50GB }
        overage: { requests: 0.40/10k, egress: 0.05/GB }
      scale:
        cost: 79 flat
        limits: { requests: 2M/mo, egress: 200GB }
        overage: { requests: 0.25/10k, egress: 0.03/GB }
`;

const HYBRID_POLICIES = '    policies: [notify, oneClick, credits, spot, autoscale, mapped]\n';

export const SHIPPED_SCENARIOS: string = MODELS + HYBRID_HEAD + HYBRID_TIERS + HYBRID_POLICIES;

/** Rate limit of a free tier that has none of its own, in the scenario made of a tier file. */
const HYBRID_FREE_TIER = '    free_tier: { rate_limit: 50/s }\n';

/** Scenarios around a tier file, which takes the hybrid's place: its currency and timezone count for all. */
export function scenariosAround(
  tierFile: string,
  { currency, timezone, hasRateLimit }: { currency: string; timezone: string; hasRateLimit: boolean },
): string {
  const head = `currency: ${currency}\ntimezone: ${timezone}\n`;
  const free = hasRateLimit ? '' : HYBRID_FREE_TIER;
  return `${head}${MODELS}${HYBRID_HEAD}    tiers: ${JSON.stringify(tierFile)}\n${free}${HYBRID_POLICIES}`;
}
