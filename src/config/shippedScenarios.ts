/**
 * The three pricing models that are compared when no scenarios file is given: as they were published, each with policies of its own
 * (`fixtures/pricing-models/scenarios.yaml` is this text), or as price lists alone, all under the same policies.
 */

/** Free tier and policies of a model, as lines of YAML. */
type Terms = { readonly metered: string; readonly hybrid: string };

const HEAD = `# Three pricing models on the same usage. Only price terms and policies may differ between scenarios: how customers react
# and what running it costs (behaviour, costs) is one set of numbers for all of them.
`;

const POLICIES_ON = '    policies: [notify, oneClick, credits, spot, autoscale, mapped]\n';

/** The models as published: flat and usage have nothing, the hybrid has every policy, and a free tier that admits five times as much. */
const PUBLISHED: Terms = {
  metered: '    free_tier: { requests: 50k, rate_limit: 10/s }\n    policies: none\n',
  hybrid: POLICIES_ON,
};

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

function modelsWith({ metered, hybrid }: Terms, hybridTiers: string): string {
  return `${HEAD}
scenarios:
  # A fixed fee. Beyond the 500 000 requests, the plan's own unit price: 29 / 50 for each 10 000.
  flat:
    pricing_tiers:
      flat: { cost: 29 flat, limits: { requests: 500k/mo }, overage: { requests: 0.58/10k } }
${metered}
  # No fee, nothing included: the unit price inside the hybrid's entry bundle, 19 / 20 for each 10 000.
  usage:
    pricing_tiers:
      payg: { cost: usage, overage: { requests: 0.95/10k, egress: 0.05/GB } }
${metered}
  # A fee that includes a quantity, prices beyond it, and everything that keeps a bill from being a surprise.
  hybrid:
${hybridTiers}${hybrid}`;
}

export const SHIPPED_SCENARIOS: string = modelsWith(PUBLISHED, HYBRID_TIERS);

/** The tier file that takes the place of the hybrid's price list. */
export type OwnList = {
  readonly file: string;
  /** They count for all. */
  readonly currency: string;
  readonly timezone: string;
  /** Requests that its free tier includes, and admits a second; undefined where it says nothing of it. */
  readonly freeRequests: number | undefined;
  readonly freeRate: number | undefined;
};

/** Free tier of the shipped lists where no tier file says otherwise. */
const FREE_REQUESTS = 50_000;
const FREE_RATE = 50;

/** Price lists alone: every policy is on for all of them, and the free tier is the same. */
export function priceLists(own?: OwnList): string {
  const requests = own ? (own.freeRequests ?? 0) : FREE_REQUESTS;
  const rate = own?.freeRate ?? FREE_RATE;
  const same = `    free_tier: { requests: ${requests}, rate_limit: ${rate}/s }\n${POLICIES_ON}`;
  return `${headOf(own)}${modelsWith({ metered: same, hybrid: same }, tiersOf(own))}`;
}

/** The models as published, with a tier file in the place of the hybrid's list. */
export function scenariosAround(own: OwnList): string {
  const hybrid =
    own.freeRate === undefined ? `    free_tier: { rate_limit: ${FREE_RATE}/s }\n${POLICIES_ON}` : POLICIES_ON;
  return `${headOf(own)}${modelsWith({ ...PUBLISHED, hybrid }, tiersOf(own))}`;
}

function headOf(own: OwnList | undefined): string {
  return own ? `currency: ${own.currency}\ntimezone: ${own.timezone}\n` : '';
}

function tiersOf(own: OwnList | undefined): string {
  return own ? `    tiers: ${JSON.stringify(own.file)}\n` : HYBRID_TIERS;
}
