/**
 * Every number of the behavioural model that no price list gives: name, unit, default and range in one table.
 *
 * One vector of these serves every scenario; nothing here may depend on the pricing model. `symbol` is the letter in the
 * equations of behaviour.ts. A `calibrated` default was fitted to published rates; all others were fixed beforehand.
 */

export type ParameterSpec = {
  /** The letter of the equations. */
  readonly symbol: string;
  readonly unit: string;
  readonly value: number;
  /** What can be believed; a value outside is taken, with a warning. For calibrated ones the 95 % range of the fit. */
  readonly plausible: readonly [number, number];
  /** What has a meaning at all; a value outside is refused. */
  readonly possible: readonly [number, number];
  readonly calibrated: boolean;
  readonly meaning: string;
};

const PROBABILITY = [0, 1] as const;
const POSITIVE = [1e-9, 1e12] as const;
const FROM_ZERO = [0, 1e12] as const;

function fixed(
  symbol: string,
  unit: string,
  value: number,
  plausible: readonly [number, number],
  possible: readonly [number, number],
  meaning: string,
): ParameterSpec {
  return { symbol, unit, value, plausible, possible, meaning, calibrated: false };
}

const fitted: typeof fixed = (...of) => ({ ...fixed(...of), calibrated: true });

/** How customers react. */
export const BEHAVIOUR = {
  baseChurn: fitted(
    'λ₀',
    '1/month',
    0.015,
    [0.01, 0.023],
    [0, 1],
    'churn hazard of a new customer of the reference size for no reason of its own, failed payments included',
  ),
  sizeEffect: fitted(
    'γ',
    'exponent',
    0.529,
    [0.43, 0.65],
    [0, 2],
    'hazards × (usage ÷ reference)^−γ, between 0.2 and 5: leaving costs more the larger one is',
  ),
  unpredictabilityChurn: fitted(
    'β_R',
    '1/month',
    0.453,
    [0.4, 0.52],
    [0, 10],
    'hazard per unit of bill unpredictability',
  ),
  surpriseChurn: fixed(
    'β_S',
    '1/month per log unit',
    0.2,
    [0, 0.8],
    [0, 10],
    'hazard per log unit of a bill above what was expected; published rates cannot tell it from unpredictability',
  ),
  throttleChurn: fitted(
    'β_T',
    '1/month per log unit',
    0.165,
    [0.09, 0.29],
    [0, 10],
    'hazard per log unit of requests refused at a hard cap',
  ),
  valueGapChurn: fixed(
    'β_V',
    '1/month per log unit',
    0.01,
    [0, 0.03],
    [0, 10],
    'hazard per log unit of a bill above the value of the service',
  ),
  promptBackfire: fixed('β_P', '1/month', 0, [0, 0.013], [0, 1], 'hazard of an upgrade prompt that was not followed'),
  tenureHalving: fixed('K', 'months', 48, [23, 96], POSITIVE, 'hazards × K ÷ (K + tenure)'),
  referenceRequests: fixed(
    'u₀',
    'requests/month',
    200_000,
    [100_000, 400_000],
    POSITIVE,
    'size of customer at which the size effect is 1',
  ),
  billMemory: fixed(
    'α',
    'share',
    0.4,
    [0.2, 0.6],
    [1e-6, 1],
    'weight of the last bill in what the next one is expected to be',
  ),
  feeAnchor: fitted(
    'ν',
    'share',
    0.39,
    [0.33, 0.46],
    PROBABILITY,
    'weight of the posted fee in what a bill is expected to be',
  ),
  surpriseTolerance: fixed('tol', 'log units', 0.15, [0.05, 0.25], [0, 5], 'bill increase that is not noticed'),
  materiality: fixed('m', 'money', 5, [2, 10], POSITIVE, 'amounts below it hardly count'),
  valueAtReference: fitted(
    'W₀',
    'money/month',
    21.7,
    [6, 85],
    POSITIVE,
    'value of the service to a customer of the reference size',
  ),
  valueExponent: fixed('ρ_W', 'exponent', 0.6, [0.4, 0.8], [0, 2], 'how that value grows with usage'),
  valueSharpness: fixed(
    'θ_V',
    '–',
    4,
    [2, 8],
    POSITIVE,
    'sharpness of the hinge between a bill below and above the value',
  ),
  priceSensitivity: fitted('θ', '–', 1.48, [1.1, 2.1], [0, 50], 'price sensitivity of the choice to pay'),
  riskAversion: fixed('ρ', '–', 0.5, [0, 1], [0, 50], 'aversion to an unpredictable bill in that choice'),
  genuineShare: fitted('π', 'share', 0.425, [0.33, 0.53], PROBABILITY, 'share of sign-ups with a genuine project'),
  prototypeSensitivity: fixed(
    'κ_A',
    '–',
    4,
    [2, 8],
    [0, 100],
    'how sharply a free tier below the needed requests per second stops a prototype',
  ),
  productionRamp: fixed('ramp', '×', 3, [1.5, 6], POSITIVE, 'production usage ÷ usage of the prototype'),
  forecastError: fixed(
    'σ_P',
    'log units',
    0.45,
    [0.2, 0.8],
    [0, 3],
    'standard deviation with which future usage is known',
  ),
  alertReach: fitted('a_N', 'probability', 0.948, [0.54, 0.997], PROBABILITY, 'a limit alert arrives and is acted on'),
  ownBudgetShare: fixed(
    'a_B',
    'probability',
    0.35,
    [0.15, 0.55],
    PROBABILITY,
    'customers with a budget alert of their own, where a plan includes nothing',
  ),
  packAwareness: fixed('a_0', 'probability', 0.15, [0.05, 0.3], PROBABILITY, 'credit packs are known without alerts'),
  packAdoption: fixed(
    'κ_C',
    'probability/month',
    0.15,
    [0.05, 0.3],
    PROBABILITY,
    'a customer who knows them takes credit packs after a month with overage',
  ),
  packSize: fixed('pack', 'money', 25, [10, 100], POSITIVE, 'size of a credit pack'),
  oneClickAcceptance: fixed(
    'up₁',
    'probability',
    0.25,
    [0.1, 0.5],
    PROBABILITY,
    'an offered one-click upgrade that pays is taken',
  ),
  slowSwitching: fixed(
    'up₀',
    'probability/month',
    0.03,
    [0.01, 0.05],
    PROBABILITY,
    'a customer looks for a better plan unasked',
  ),
  planChoiceSharpness: fixed('θ_P', '–', 6, [3, 12], [0, 100], 'how surely the cheaper plan is chosen'),
  baseDisputes: fitted('δ₀', '1/invoice', 0.0116, [0.008, 0.017], [0, 1], 'disputes for no reason of the bill’s own'),
  surpriseDisputes: fitted(
    'δ_S',
    '1/invoice per log unit',
    0.69,
    [0.46, 1.05],
    [0, 20],
    'dispute hazard per log unit of unexplained surprise',
  ),
  surpriseTickets: fitted(
    'τ',
    'tickets per log unit',
    0.27,
    [0.05, 1.4],
    [0, 20],
    'billing tickets per log unit of surprise or refused requests',
  ),
} as const satisfies Record<string, ParameterSpec>;

/** What running and supporting it costs. */
export const COSTS = {
  computeSecond: fitted(
    'c_cpu',
    'money/CPU-s',
    1.34e-5,
    [1.27e-5, 1.41e-5],
    FROM_ZERO,
    'a CPU second on demand, at full utilisation',
  ),
  staticUtilisation: fixed('util₀', 'share', 0.25, [0.15, 0.4], [0.001, 1], 'fleet utilisation without autoscaling'),
  autoscaledUtilisation: fixed('util₁', 'share', 0.65, [0.5, 0.75], [0.001, 1], 'fleet utilisation with autoscaling'),
  spotShare: fixed('s', 'share', 0.8, [0.5, 0.9], PROBABILITY, 'compute that can run on spot instances'),
  spotDiscount: fixed('d', 'share', 0.68, [0.5, 0.9], PROBABILITY, 'spot price below the price on demand'),
  unmappedShare: fixed('w', 'share', 0.34, [0.1, 0.5], PROBABILITY, 'infrastructure that maps to no metered feature'),
  millionRequests: fixed('c_req', 'money/1M requests', 0.3, [0.1, 1], FROM_ZERO, 'handling a million requests'),
  egressGigabyte: fixed('c_GB', 'money/GB', 0.02, [0.005, 0.09], FROM_ZERO, 'a gigabyte of egress'),
  account: fixed('c_acct', 'money/month', 0.122, [0.05, 5], FROM_ZERO, 'an account: storage, mail, payment records'),
  ticket: fixed('c_tkt', 'money', 16, [12, 35], FROM_ZERO, 'a billing ticket'),
  dispute: fixed('c_disp', 'money', 23, [15, 200], FROM_ZERO, 'a disputed invoice'),
} as const satisfies Record<string, ParameterSpec>;

export type BehaviourName = keyof typeof BEHAVIOUR;
export type CostName = keyof typeof COSTS;
export type Behaviour = Readonly<Record<BehaviourName, number>>;
export type Costs = Readonly<Record<CostName, number>>;
export type Parameters = { readonly behaviour: Behaviour; readonly costs: Costs };

export const BEHAVIOUR_NAMES: readonly BehaviourName[] = Object.keys(BEHAVIOUR) as BehaviourName[];
export const COST_NAMES: readonly CostName[] = Object.keys(COSTS) as CostName[];

export const DEFAULT_PARAMETERS: Parameters = {
  behaviour: defaults(BEHAVIOUR),
  costs: defaults(COSTS),
};

function defaults<Name extends string>(table: Record<Name, ParameterSpec>): Record<Name, number> {
  const entries = (Object.keys(table) as Name[]).map((name) => [name, table[name].value] as const);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** The name in YAML and JSON: `feeAnchor` is `fee_anchor`. */
export function writtenName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
