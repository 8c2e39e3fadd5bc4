/** Free to paid: a discrete choice of one sign-up between the best paid plan, staying free and leaving. */

import type { Tariff } from './billing.ts';
import { logistic } from './curves.ts';
import type { Behaviour } from './parameters.ts';
import type { Policies, Scenario } from './scenario.ts';
import type { TierBiller } from './tierBiller.ts';

/** What a sign-up tried to do on the free tier. */
export type Signup = {
  readonly id: string;
  /** Requests a month, refused ones included. */
  readonly attemptedRequests: number;
  readonly egressBytesPerRequest: number;
  /** 99th percentile of attempted requests per second. */
  readonly peakRequestsPerSecond: number;
};

/**
 * Five-point Gauss–Hermite quadrature for a standard normal: Σ weight × f(node) is the mean of f, exact for polynomials up to
 * degree 9. Nodes are √2 × x and weights w ÷ √π of Abramowitz & Stegun, Handbook of Mathematical Functions, table 25.10.
 */
export const NODES: readonly number[] = [
  -2.856970013872806, -1.355626179974266, 0, 1.355626179974266, 2.856970013872806,
];
export const WEIGHTS: readonly number[] = [
  0.01125741132772069, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.01125741132772069,
];

/** Mean and standard deviation of a sign-up's bill in production, by sign-up and plan: all that depends on prices. */
export type ExpectedBills = { readonly means: Float64Array; readonly deviations: Float64Array };

export type MeterPositions = { readonly meters: readonly string[]; readonly requests: number; readonly egress: number };

/** Rates each sign-up's uncertain future usage on every plan, in the month at index `month` of the tariff. */
export function expectedBills(
  signups: readonly Signup[],
  tariff: Tariff,
  month: number,
  { productionRamp, forecastError }: Pick<Behaviour, 'productionRamp' | 'forecastError'>,
  { meters, requests, egress }: MeterPositions,
): ExpectedBills {
  const plans = tariff.billers.map((months) => months[month]!);
  const means = new Float64Array(signups.length * plans.length);
  const deviations = new Float64Array(signups.length * plans.length);
  const quantities = new Float64Array(meters.length);
  for (const [s, signup] of signups.entries()) {
    const usage = productionRamp * signup.attemptedRequests;
    for (const [p, biller] of plans.entries()) {
      let [mean, square] = [0, 0];
      for (const [n, node] of NODES.entries()) {
        const future = usage * Math.exp(forecastError * node - forecastError ** 2 / 2);
        const bill = billOf(biller, future, signup) / tariff.minorUnits;
        mean += WEIGHTS[n]! * bill;
        square += WEIGHTS[n]! * bill * bill;
      }
      means[s * plans.length + p] = mean;
      deviations[s * plans.length + p] = Math.sqrt(Math.max(0, square - mean * mean));
    }
  }
  return { means, deviations };

  function billOf(biller: TierBiller, future: number, signup: Signup): number {
    const served = Math.min(future, biller.caps[requests]!);
    quantities.fill(0);
    quantities[requests] = Math.round(served);
    if (egress >= 0) quantities[egress] = Math.floor((served * signup.egressBytesPerRequest) / 1e6) * 1e6;
    return biller.fee + biller.usageCharges(quantities, 0);
  }
}

export type ConversionInput = {
  readonly signups: readonly Signup[];
  readonly bills: ExpectedBills;
  readonly tariff: Tariff;
  readonly month: number;
  readonly behaviour: Behaviour;
  readonly policies: Policies;
  readonly freeTier: Scenario['freeTier'];
};

/** Probability that each sign-up ever pays. */
export function conversionOf(input: ConversionInput): Float64Array {
  const { signups, bills, tariff, month, behaviour: b, policies, freeTier } = input;
  const terms = tariff.terms.map((months) => months[month]!);
  const m = b.materiality;
  const probabilities = new Float64Array(signups.length);
  for (const [s, signup] of signups.entries()) {
    const usage = b.productionRamp * signup.attemptedRequests;
    const worth = b.valueAtReference * (usage / b.referenceRequests) ** b.valueExponent;
    let best = Number.NEGATIVE_INFINITY;
    for (const [p, plan] of terms.entries()) {
      const mean = bills.means[s * terms.length + p]!;
      const deviation = bills.deviations[s * terms.length + p]!;
      const expected = plan.fee > 0 ? b.feeAnchor * plan.fee + (1 - b.feeAnchor) * mean : mean;
      let risk = deviation / (expected + m);
      if (policies.credits) {
        const cushioned = Math.max(0, deviation - b.packSize) / (expected + m);
        risk = b.packAdoption * cushioned + (1 - b.packAdoption) * risk;
      }
      if (policies.notify) risk *= 1 - b.alertReach * (plan.includedRequests > 0 ? 1 : b.ownBudgetShare);
      best = Math.max(best, b.priceSensitivity * Math.log((worth + m) / (expected + m)) - b.riskAversion * risk);
    }
    const freeWorth = usage > 0 ? Math.min(1, freeTier.requests / usage) * worth : 0;
    const free = b.priceSensitivity * Math.log((freeWorth + m) / m);
    const adequate = logistic(
      b.prototypeSensitivity * Math.log(freeTier.requestsPerSecond / signup.peakRequestsPerSecond),
    );
    const paying = Math.exp(best) / (Math.exp(best) + Math.exp(free) + 1);
    probabilities[s] = b.genuineShare * adequate * paying;
  }
  return probabilities;
}

export function mean(values: Float64Array): number | undefined {
  if (values.length === 0) return undefined;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
