/**
 * Every number of the behavioural model that no price list gives: name, unit, default, range, and what it acts on.
 *
 * One vector of these serves every scenario; no entry may depend on the pricing model. `symbol` is the letter in the equations of
 * docs/how-the-simulation-thinks.md. A `calibrated` default was fitted to published rates; all others were fixed beforehand. The
 * plausible range of a fitted one is not the range of that fit, but what other companies may show: about a third to three
 * times the default (of the odds, for a share), narrower where a benchmark says so.
 */

import { CHANGE_PARAMETERS } from './changeParameters.ts';
import { FROM_ZERO, fitted, fixed, type ParameterSpec, POSITIVE, PROBABILITY } from './parameterSpec.ts';

/** Parameters of how customers react. */
export const BEHAVIOUR = {
  baseChurn: fitted('λ₀', '1/month', 0.015, {
    plausible: [0.005, 0.045],
    possible: [0, 1],
    actsOn: ['churn'],
    meaning: 'churn hazard of a new customer of the reference size for no reason of its own, failed payments included',
  }),
  sizeEffect: fitted('γ', 'exponent', 0.529, {
    plausible: [0.2, 0.9],
    possible: [0, 2],
    actsOn: ['churn'],
    meaning: 'hazards × (usage ÷ reference)^−γ, between 0.2 and 5: leaving costs more the larger one is',
  }),
  unpredictabilityChurn: fitted('β_R', '1/month', 0.453, {
    plausible: [0.15, 1.35],
    possible: [0, 10],
    actsOn: ['churn'],
    meaning: 'hazard per unit of bill unpredictability',
  }),
  surpriseChurn: fixed('β_S', '1/month per log unit', 0.2, {
    plausible: [0, 0.8],
    possible: [0, 10],
    actsOn: ['churn'],
    meaning:
      'hazard per log unit of a bill above what was expected; published rates cannot tell it from unpredictability',
  }),
  throttleChurn: fitted('β_T', '1/month per log unit', 0.165, {
    plausible: [0.055, 0.5],
    possible: [0, 10],
    actsOn: ['churn'],
    meaning: 'hazard per log unit of requests refused at a hard cap',
  }),
  valueGapChurn: fixed('β_V', '1/month per log unit', 0.01, {
    plausible: [0, 0.03],
    possible: [0, 10],
    actsOn: ['churn'],
    meaning: 'hazard per log unit of a bill above the value of the service',
  }),
  promptBackfire: fixed('β_P', '1/month', 0, {
    plausible: [0, 0.013],
    possible: [0, 1],
    actsOn: ['churn'],
    meaning: 'hazard of an upgrade prompt that was not followed',
  }),
  tenureHalving: fixed('K', 'months', 48, {
    plausible: [23, 96],
    possible: POSITIVE,
    actsOn: ['churn'],
    meaning: 'hazards × K ÷ (K + tenure)',
  }),
  referenceRequests: fixed('u₀', 'requests/month', 200_000, {
    plausible: [100_000, 400_000],
    possible: POSITIVE,
    actsOn: ['churn', 'conversion'],
    meaning: 'size of customer at which the size effect is 1',
  }),
  billMemory: fixed('α', 'share', 0.4, {
    plausible: [0.2, 0.6],
    possible: [1e-6, 1],
    actsOn: ['churn', 'disputes', 'tickets', 'plans'],
    meaning: 'weight of the last bill in what the next one is expected to be',
  }),
  feeAnchor: fitted('ν', 'share', 0.39, {
    plausible: [0.18, 0.66],
    possible: PROBABILITY,
    actsOn: ['churn', 'disputes', 'tickets', 'conversion'],
    meaning: 'weight of the posted fee in what a bill is expected to be',
  }),
  surpriseTolerance: fixed('tol', 'log units', 0.15, {
    plausible: [0.05, 0.25],
    possible: [0, 5],
    actsOn: ['churn', 'disputes', 'tickets'],
    meaning: 'bill increase that is not noticed',
  }),
  materiality: fixed('m', 'money', 5, {
    plausible: [2, 10],
    possible: POSITIVE,
    actsOn: ['churn', 'disputes', 'tickets', 'plans', 'conversion'],
    meaning: 'amounts below it hardly count',
  }),
  valueAtReference: fitted('W₀', 'money/month', 21.7, {
    plausible: [6, 85],
    possible: POSITIVE,
    actsOn: ['churn', 'conversion'],
    meaning: 'value of the service to a customer of the reference size',
  }),
  valueExponent: fixed('ρ_W', 'exponent', 0.6, {
    plausible: [0.4, 0.8],
    possible: [0, 2],
    actsOn: ['churn', 'conversion'],
    meaning: 'how that value grows with usage',
  }),
  valueSharpness: fixed('θ_V', '–', 4, {
    plausible: [2, 8],
    possible: POSITIVE,
    actsOn: ['churn'],
    meaning: 'sharpness of the hinge between a bill below and above the value',
  }),
  priceSensitivity: fitted('θ', '–', 1.48, {
    plausible: [0.5, 4.5],
    possible: [0, 50],
    actsOn: ['conversion'],
    meaning: 'price sensitivity of the choice to pay',
  }),
  riskAversion: fixed('ρ', '–', 0.5, {
    plausible: [0, 1],
    possible: [0, 50],
    actsOn: ['conversion'],
    meaning: 'aversion to an unpredictable bill in that choice',
  }),
  genuineShare: fitted('π', 'share', 0.425, {
    plausible: [0.2, 0.69],
    possible: PROBABILITY,
    actsOn: ['conversion'],
    meaning: 'share of sign-ups with a genuine project',
  }),
  prototypeSensitivity: fixed('κ_A', '–', 4, {
    plausible: [2, 8],
    possible: [0, 100],
    actsOn: ['conversion'],
    meaning: 'how sharply a free tier below the needed requests per second stops a prototype',
  }),
  productionRamp: fixed('ramp', '×', 3, {
    plausible: [1.5, 6],
    possible: POSITIVE,
    actsOn: ['conversion'],
    meaning: 'production usage ÷ usage of the prototype',
  }),
  forecastError: fixed('σ_P', 'log units', 0.45, {
    plausible: [0.2, 0.8],
    possible: [0, 3],
    actsOn: ['conversion'],
    meaning: 'standard deviation with which future usage is known',
  }),
  alertReach: fitted('a_N', 'probability', 0.948, {
    plausible: [0.5, 0.99],
    prior: 1.5,
    possible: PROBABILITY,
    actsOn: ['churn', 'disputes', 'tickets', 'plans', 'packs', 'conversion'],
    meaning: 'a limit alert arrives and is acted on',
  }),
  ownBudgetShare: fixed('a_B', 'probability', 0.35, {
    plausible: [0.15, 0.55],
    possible: PROBABILITY,
    actsOn: ['churn', 'disputes', 'tickets', 'plans', 'conversion'],
    meaning: 'customers with a budget alert of their own, where a plan includes nothing',
  }),
  packAwareness: fixed('a_0', 'probability', 0.15, {
    plausible: [0.05, 0.3],
    possible: PROBABILITY,
    actsOn: ['packs'],
    meaning: 'credit packs are known without alerts',
  }),
  packAdoption: fixed('κ_C', 'probability/month', 0.15, {
    plausible: [0.05, 0.3],
    possible: PROBABILITY,
    actsOn: ['packs', 'conversion'],
    meaning: 'a customer who knows them takes credit packs after a month with overage',
  }),
  packSize: fixed('pack', 'money', 25, {
    plausible: [10, 100],
    possible: POSITIVE,
    actsOn: ['churn', 'disputes', 'tickets', 'conversion'],
    meaning: 'size of a credit pack',
  }),
  oneClickAcceptance: fixed('up₁', 'probability', 0.25, {
    plausible: [0.1, 0.5],
    possible: PROBABILITY,
    actsOn: ['plans'],
    meaning: 'an offered one-click upgrade that pays is taken',
  }),
  slowSwitching: fixed('up₀', 'probability/month', 0.03, {
    plausible: [0.01, 0.05],
    possible: PROBABILITY,
    actsOn: ['plans'],
    meaning: 'a customer looks for a better plan unasked',
  }),
  planChoiceSharpness: fixed('θ_P', '–', 6, {
    plausible: [3, 12],
    possible: [0, 100],
    actsOn: ['plans'],
    meaning: 'how surely the cheaper plan is chosen',
  }),
  baseDisputes: fitted('δ₀', '1/invoice', 0.0116, {
    plausible: [0.004, 0.035],
    possible: [0, 1],
    actsOn: ['disputes', 'tickets'],
    meaning: 'disputes for no reason of the bill’s own',
  }),
  surpriseDisputes: fitted('δ_S', '1/invoice per log unit', 0.69, {
    plausible: [0.23, 2.1],
    possible: [0, 20],
    actsOn: ['disputes', 'tickets'],
    meaning: 'dispute hazard per log unit of unexplained surprise',
  }),
  surpriseTickets: fitted('τ', 'tickets per log unit', 0.27, {
    plausible: [0.05, 1.4],
    possible: [0, 20],
    actsOn: ['tickets'],
    meaning: 'billing tickets per log unit of surprise or refused requests',
  }),
  ...CHANGE_PARAMETERS,
} as const satisfies Record<string, ParameterSpec>;

/** Parameters of what running and supporting the service costs. */
export const COSTS = {
  computeSecond: fitted('c_cpu', 'money/CPU-s', 1.34e-5, {
    plausible: [4.5e-6, 4e-5],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'a CPU second on demand, at full utilisation',
  }),
  staticUtilisation: fixed('util₀', 'share', 0.25, {
    plausible: [0.15, 0.4],
    possible: [0.001, 1],
    actsOn: ['cost'],
    meaning: 'fleet utilisation without autoscaling',
  }),
  autoscaledUtilisation: fixed('util₁', 'share', 0.65, {
    plausible: [0.5, 0.75],
    possible: [0.001, 1],
    actsOn: ['cost'],
    meaning: 'fleet utilisation with autoscaling',
  }),
  spotShare: fixed('s', 'share', 0.8, {
    plausible: [0.5, 0.9],
    possible: PROBABILITY,
    actsOn: ['cost'],
    meaning: 'compute that can run on spot instances',
  }),
  spotDiscount: fixed('d', 'share', 0.68, {
    plausible: [0.5, 0.9],
    possible: PROBABILITY,
    actsOn: ['cost'],
    meaning: 'spot price below the price on demand',
  }),
  unmappedShare: fixed('w', 'share', 0.34, {
    plausible: [0.1, 0.5],
    possible: PROBABILITY,
    actsOn: ['cost'],
    meaning: 'infrastructure that maps to no metered feature',
  }),
  millionRequests: fixed('c_req', 'money/1M requests', 0.3, {
    plausible: [0.1, 1],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'handling a million requests',
  }),
  egressGigabyte: fixed('c_GB', 'money/GB', 0.02, {
    plausible: [0.005, 0.09],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'a gigabyte of egress',
  }),
  account: fixed('c_acct', 'money/month', 0.122, {
    plausible: [0.05, 5],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'an account: storage, mail, payment records',
  }),
  ticket: fixed('c_tkt', 'money', 16, {
    plausible: [12, 35],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'a billing ticket',
  }),
  dispute: fixed('c_disp', 'money', 23, {
    plausible: [15, 200],
    possible: FROM_ZERO,
    actsOn: ['cost'],
    meaning: 'a disputed invoice',
  }),
  freeMonths: fixed('f', 'months', 3, {
    plausible: [1, 12],
    possible: [0, 1200],
    actsOn: ['cost'],
    meaning: 'median time that a sign-up who never pays uses the free tier',
  }),
} as const satisfies Record<string, ParameterSpec>;
