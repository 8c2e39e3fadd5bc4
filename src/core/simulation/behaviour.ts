/**
 * How a customer reacts to bills: expectations, surprise, churn, disputes, tickets and moves between plans.
 *
 * The equations are the same for every pricing model. Expectations belong to the plan, not to the customer's path: someone
 * who changes plan is shown what it will cost, and expects that. This is what lets the expected-value engine be exact.
 */
import type { Behaviour } from './parameters.ts';
import type { Policies } from './scenario.ts';

/** What the equations need to know of a plan. Money in major units. */
export type PlanTerms = {
  readonly fee: number;
  /** Requests that the fee includes in the month; 0: none. */
  readonly includedRequests: number;
};

/** Causes of churn; their hazards add up. */
export const CAUSES = ['base', 'value', 'throttle', 'surprise', 'unpredictability', 'prompt'] as const;
export type Cause = (typeof CAUSES)[number];

/** What a customer on a plan expects: moving averages of the plan's bills on this customer's usage. */
export class Expectation {
  bill = 0;
  variance = 0;
  /** Part of the bill beyond the fee. */
  overage = 0;

  start(bill: number, overage: number): void {
    this.bill = bill;
    this.variance = 0;
    this.overage = overage;
  }

  learn(bill: number, overage: number, memory: number): void {
    const difference = bill - this.bill;
    this.bill += memory * difference;
    this.variance = (1 - memory) * (this.variance + memory * difference * difference);
    this.overage += memory * (overage - this.overage);
  }
}

/** One month of one customer, as far as it does not depend on the plan. */
export type CustomerMonth = {
  requests: number;
  peakDayRequests: number;
  /** Moving average of requests up to the month before. */
  expectedRequests: number;
  /** Months since the customer came, at this month. */
  tenure: number;
};

/** What one month's invoice on one plan does. Written by {@link Reactions.to}. */
export class Reaction {
  surprise = 0;
  unpredictability = 0;
  valueGap = 0;
  anticipation = 0;
  /** Probabilities for the month. */
  churn = 0;
  dispute = 0;
  /** Expected number, disputes included. */
  tickets = 0;
  /** Hazard by cause, in the order of {@link CAUSES}, weighted as they act: they add up to `hazard`. */
  readonly hazards: Float64Array = new Float64Array(CAUSES.length);
  hazard = 0;
}

export class Reactions {
  private readonly behaviour: Behaviour;
  private readonly policies: Policies;
  /** Scale of all hazards and value of the service, for the customer month that {@link begin} was given. */
  private multiplier = 1;
  private worth = 0;
  private month: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };

  constructor(behaviour: Behaviour, policies: Policies) {
    this.behaviour = behaviour;
    this.policies = policies;
  }

  /** Sets the customer month that the following calls are about. */
  begin(month: CustomerMonth): void {
    const { behaviour: b } = this;
    const size = month.expectedRequests / b.referenceRequests;
    const bySize = Math.min(5, Math.max(0.2, size ** -b.sizeEffect));
    this.multiplier = (bySize * b.tenureHalving) / (b.tenureHalving + month.tenure);
    this.worth = b.valueAtReference * size ** b.valueExponent;
    this.month = month;
  }

  /** `throttling`: ln(used ÷ served), 0 if nothing was refused. `prompted`: offered an upgrade and did not take it. */
  to(
    plan: PlanTerms,
    expected: Expectation,
    bill: number,
    throttling: number,
    holdsPacks: boolean,
    prompted: boolean,
    reaction: Reaction,
  ): void {
    const b = this.behaviour;
    const m = b.materiality;
    const anchored = this.expectedBill(plan, expected);
    const cushion = holdsPacks ? unspentCredit(expected.overage, b.packSize) : 0;
    const surprise = Math.max(0, Math.log((bill + m) / (anchored + cushion + m)) - b.surpriseTolerance);
    const unpredictability = Math.max(0, Math.sqrt(expected.variance) - cushion) / (anchored + m);
    const gap = Math.log((expected.bill + m) / (this.worth + m));
    const valueGap = softplus(b.valueSharpness * gap) / b.valueSharpness;
    const unaware = 1 - this.anticipation(plan);

    const { multiplier } = this;
    const base = multiplier * b.baseChurn;
    const value = multiplier * b.valueGapChurn * valueGap;
    const throttle = multiplier * b.throttleChurn * throttling;
    const prompt = prompted ? multiplier * b.promptBackfire : 0;
    const always = base + value + throttle + prompt;
    const bySurprise = multiplier * b.surpriseChurn * surprise;
    const byUnpredictability = multiplier * b.unpredictabilityChurn * unpredictability;
    const survivesAware = Math.exp(-always);
    const survivesUnaware = Math.exp(-always - bySurprise - byUnpredictability);

    reaction.surprise = surprise;
    reaction.unpredictability = unpredictability;
    reaction.valueGap = valueGap;
    reaction.anticipation = 1 - unaware;
    reaction.churn = (1 - unaware) * (1 - survivesAware) + unaware * (1 - survivesUnaware);
    reaction.dispute = 1 - Math.exp(-(b.baseDisputes + b.surpriseDisputes * unaware * surprise));
    reaction.tickets = b.surpriseTickets * (unaware * surprise + throttling) + reaction.dispute;
    const { hazards } = reaction;
    hazards[0] = base;
    hazards[1] = value;
    hazards[2] = throttle;
    hazards[3] = unaware * bySurprise;
    hazards[4] = unaware * byUnpredictability;
    hazards[5] = prompt;
    reaction.hazard = always + unaware * (bySurprise + byUnpredictability);
  }

  /** The bill that a customer reckons with: past bills, pulled towards the posted fee. */
  expectedBill(plan: PlanTerms, expected: Expectation): number {
    const { feeAnchor } = this.behaviour;
    return plan.fee > 0 ? feeAnchor * plan.fee + (1 - feeAnchor) * expected.bill : expected.bill;
  }

  /**
   * Probability that an alert turns the invoice into an expected one. It needs lead time: where a single peak day uses more
   * than the last fifth of the limit, the alert at 80 % comes too late for some.
   */
  anticipation(plan: PlanTerms): number {
    if (!this.policies.notify) return 0;
    const { alertReach, ownBudgetShare } = this.behaviour;
    const limit = plan.includedRequests || this.month.expectedRequests;
    const lead = Math.min(1, Math.max(0.5, (0.2 * limit) / this.month.peakDayRequests));
    return alertReach * (plan.includedRequests > 0 ? 1 : ownBudgetShare) * (Number.isNaN(lead) ? 1 : lead);
  }

  /** True if the upgrade prompt is shown to a customer on this plan, who has a larger one to go to. */
  isPrompted(plan: PlanTerms): boolean {
    return (
      this.policies.oneClick &&
      this.policies.notify &&
      plan.includedRequests > 0 &&
      this.month.requests >= 0.8 * plan.includedRequests
    );
  }

  /** Probability that a prompted customer takes the one-click upgrade, given the month's bills on both plans so far. */
  takesUpgrade(own: Expectation, ownBill: number, next: Expectation, nextBill: number): number {
    const { oneClickAcceptance, alertReach, planChoiceSharpness } = this.behaviour;
    const advantage = this.logCostRatio(
      Math.max(ownBill, own.bill),
      own.variance,
      Math.max(nextBill, next.bill),
      next.variance,
    );
    return oneClickAcceptance * alertReach * logistic(planChoiceSharpness * advantage);
  }

  /** θ_P × the log cost ratio of a plan to the next larger one: positive if the larger one is cheaper. */
  advantageOfNext(own: Expectation, next: Expectation): number {
    return this.behaviour.planChoiceSharpness * this.logCostRatio(own.bill, own.variance, next.bill, next.variance);
  }

  /** Probability of adopting credit packs after a month with overage; 0 where there are none. */
  packAdoption(): number {
    if (!this.policies.credits) return 0;
    const { packAdoption, alertReach, packAwareness } = this.behaviour;
    return packAdoption * (this.policies.notify ? alertReach : packAwareness);
  }

  /** Cost means the bill and one standard deviation of it: people pay to be safe from the taxi meter. */
  private logCostRatio(a: number, varianceA: number, b: number, varianceB: number): number {
    const m = this.behaviour.materiality;
    return Math.log((a + Math.sqrt(varianceA) + m) / (b + Math.sqrt(varianceB) + m));
  }
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** ln(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** Expected prepaid balance left after the overage of a month, bought in whole packs. */
function unspentCredit(overage: number, pack: number): number {
  return pack * Math.max(1, Math.ceil(overage / pack)) - overage;
}
