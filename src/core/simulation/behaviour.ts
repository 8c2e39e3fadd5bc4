/**
 * How a customer reacts to bills: expectations, surprise, churn, disputes, tickets and moves between plans.
 *
 * The equations are the same for every pricing model. Expectations belong to the plan, not to the customer's path: someone
 * who changes plan is shown what it will cost, and expects that. This is what lets the expected-value engine be exact.
 */
import { logistic, softplus } from './curves.ts';
import { ALERT_SHARE, LEAD_BOUNDS, SIZE_EFFECT_BOUNDS } from './defaults.ts';
import { type NamedArray, namedArray } from './namedArray.ts';
import type { Behaviour } from './parameters.ts';
import type { Policies } from './scenario.ts';

/** What the equations need to know of a plan. Money in major units. */
export type PlanTerms = {
  readonly fee: number;
  /** Requests that the fee includes in the month; 0: none. */
  readonly includedRequests: number;
};

/** Causes of churn; their hazards add up. */
export const CAUSES = ['base', 'value', 'throttle', 'surprise', 'unpredictability', 'prompt', 'migration'] as const;
export type Cause = (typeof CAUSES)[number];

const [LEAST_SIZE, MOST_SIZE] = SIZE_EFFECT_BOUNDS;
const [LEAST_LEAD, MOST_LEAD] = LEAD_BOUNDS;
/** Share of the limit that is left when the alert is sent; not 1 − 0.8, which is not 0.2 in binary. */
const UNALERTED_SHARE = 0.2;

/** A number for each cause of churn. */
export const HazardsByCause: NamedArray<Cause> = namedArray(CAUSES);
export type HazardsByCause = InstanceType<typeof HazardsByCause>;

/** Moving averages of a plan's bills on this customer's usage. Money in major units. */
export class BillAverages {
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

/** One month of one customer: the part that does not depend on the plan. */
export type CustomerMonth = {
  requests: number;
  peakDayRequests: number;
  /** Moving average of requests up to the month before. */
  expectedRequests: number;
  /** Months since the customer came, at this month. */
  tenure: number;
};

/** What a change of the price list does to a customer's hazards in a month. */
export type PricePressure = {
  /** Factor of the hazards of every other cause: e^(η·D). */
  factor: number;
  /** Hazard of the switch itself for a customer of scale 1: β_M·(D − tol_M)₊·ρ_M^months. */
  shock: number;
};

export const NO_PRESSURE: Readonly<PricePressure> = { factor: 1, shock: 0 };

/** One invoice as its receiver meets it. */
export type InvoiceMet = {
  terms: PlanTerms;
  /** Averages over the months before. */
  averages: BillAverages;
  /** Amount of the invoice, in major units. */
  bill: number;
  /** ln(used ÷ served); 0 if nothing was refused. */
  throttling: number;
  holdsPacks: boolean;
  /** An upgrade was offered and not taken. Without an allowance only those with a budget of their own are offered one. */
  isPrompted: boolean;
};

/** How an invoice strikes its receiver, whatever the policies are. */
export type Impression = {
  surprise: number;
  unpredictability: number;
  valueGap: number;
  /** Probability that an alert, where alerts are sent, turns the invoice into an expected one. */
  foreseeable: number;
};

/** Scale of an account's hazards in a month: of all causes but the switch of the price list, and the hazard of the switch. */
export type HazardScale = { multiplier: number; migration: number };

/** Bills of the month so far on two neighbouring plans, and the averages of both. */
export type UpgradeOffer = {
  /** Of the smaller plan. */
  readonly terms: PlanTerms;
  readonly own: BillAverages;
  readonly ownBill: number;
  readonly next: BillAverages;
  readonly nextBill: number;
};

/** Probabilities and expected numbers that follow from one month's invoice. Written by {@link Reactions.reactTo}. */
export class Reaction {
  surprise = 0;
  unpredictability = 0;
  valueGap = 0;
  /** Probabilities for the month. */
  churn = 0;
  dispute = 0;
  /** Expected number, disputes included. */
  tickets = 0;
  /** Hazards weighted by how many customers they act on; they add up to `hazard`. */
  readonly hazards: HazardsByCause = new HazardsByCause();
  hazard = 0;
}

export class Reactions implements HazardScale {
  private readonly behaviour: Behaviour;
  private readonly policies: Policies;
  /** For the customer month that {@link begin} was given. */
  multiplier = 1;
  migration = 0;
  /** Value of the service to the customer in that month. */
  private worth = 0;
  /** Probability of a dispute of an invoice that is no surprise. */
  private readonly usualDispute: number;
  private readonly impression: Impression = { surprise: 0, unpredictability: 0, valueGap: 0, foreseeable: 0 };
  private readonly pressure: PricePressure = { factor: 1, shock: 0 };
  private month: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };

  constructor(behaviour: Behaviour, policies: Policies) {
    this.behaviour = behaviour;
    this.policies = policies;
    this.usualDispute = 1 - Math.exp(-behaviour.baseDisputes);
  }

  /** Sets the customer month that the following calls are about. */
  begin(month: CustomerMonth, { factor, shock }: Readonly<PricePressure> = NO_PRESSURE): void {
    const { behaviour: b } = this;
    const size = month.expectedRequests / b.referenceRequests;
    const bySize = Math.min(MOST_SIZE, Math.max(LEAST_SIZE, size ** -b.sizeEffect));
    const scale = (bySize * b.tenureHalving) / (b.tenureHalving + month.tenure);
    this.multiplier = scale * factor;
    this.migration = scale * shock;
    this.worth = b.valueAtReference * size ** b.valueExponent;
    this.month = month;
  }

  /**
   * The pressure of a change of the price list with D = `rise`, `since` months after the switch; none before it. The object is
   * overwritten by the next call.
   */
  pressureOf(rise: number, since: number): Readonly<PricePressure> {
    const { priceReaction, migrationShock, migrationTolerance, migrationFading } = this.behaviour;
    const { pressure } = this;
    if (since < 0) return NO_PRESSURE;
    pressure.factor = Math.exp(priceReaction * rise);
    pressure.shock = migrationShock * Math.max(0, rise - migrationTolerance) * migrationFading ** since;
    return pressure;
  }

  /** Writes the reaction to one invoice of the customer month that {@link begin} was given. */
  reactTo(invoice: InvoiceMet, reaction: Reaction): void {
    this.impress(invoice, this.impression);
    this.respond(this.impression, invoice, this, reaction);
  }

  /** Writes how an invoice of the customer month that {@link begin} was given strikes its receiver. */
  impress(invoice: InvoiceMet, impression: Impression): void {
    const { terms, averages } = invoice;
    const b = this.behaviour;
    const m = b.materiality;
    const gap = Math.log((averages.bill + m) / (this.worth + m));
    impression.valueGap = softplus(b.valueSharpness * gap) / b.valueSharpness;
    impression.foreseeable = this.foreseeable(terms);
    this.surprise(invoice, impression);
  }

  /** The part of an impression that packs change: how much of a surprise the invoice is, and how hard it is to foresee. */
  surprise({ terms, averages, bill, holdsPacks }: InvoiceMet, impression: Impression): void {
    const b = this.behaviour;
    const m = b.materiality;
    const anchored = this.expectedBill(terms, averages);
    const cushion = holdsPacks ? unspentCredit(averages.overage, b.packSize) : 0;
    impression.surprise = Math.max(0, Math.log((bill + m) / (anchored + cushion + m)) - b.surpriseTolerance);
    impression.unpredictability = Math.max(0, Math.sqrt(averages.variance) - cushion) / (anchored + m);
  }

  /** Writes the reaction to an invoice that has made this impression. */
  respond(
    { surprise, unpredictability, valueGap, foreseeable }: Impression,
    { terms, throttling, isPrompted }: Pick<InvoiceMet, 'terms' | 'throttling' | 'isPrompted'>,
    { multiplier, migration }: Readonly<HazardScale>,
    reaction: Reaction,
  ): void {
    const b = this.behaviour;
    const aware = this.policies.notify ? foreseeable : 0;
    const unaware = 1 - aware;
    const base = multiplier * b.baseChurn;
    const value = multiplier * b.valueGapChurn * valueGap;
    const throttle = multiplier * b.throttleChurn * throttling;
    const prompt = isPrompted ? multiplier * b.promptBackfire * this.alertedShare(terms) : 0;
    const always = base + value + throttle + prompt + migration;
    const bySurprise = multiplier * b.surpriseChurn * surprise;
    const byUnpredictability = multiplier * b.unpredictabilityChurn * unpredictability;
    const survivesUnaware = Math.exp(-always - bySurprise - byUnpredictability);
    const survivesAware = aware === 0 ? survivesUnaware : Math.exp(-always);

    reaction.surprise = surprise;
    reaction.unpredictability = unpredictability;
    reaction.valueGap = valueGap;
    reaction.churn = aware * (1 - survivesAware) + unaware * (1 - survivesUnaware);
    reaction.dispute =
      surprise === 0 ? this.usualDispute : 1 - Math.exp(-(b.baseDisputes + b.surpriseDisputes * unaware * surprise));
    reaction.tickets = b.surpriseTickets * (unaware * surprise + throttling) + reaction.dispute;
    const { hazards } = reaction;
    hazards.base = base;
    hazards.value = value;
    hazards.throttle = throttle;
    hazards.surprise = unaware * bySurprise;
    hazards.unpredictability = unaware * byUnpredictability;
    hazards.prompt = prompt;
    hazards.migration = migration;
    reaction.hazard = always + unaware * (bySurprise + byUnpredictability);
  }

  /** The bill that a customer reckons with: past bills, pulled towards the posted fee. */
  expectedBill({ fee }: PlanTerms, { bill }: BillAverages): number {
    const { feeAnchor } = this.behaviour;
    return fee > 0 ? feeAnchor * fee + (1 - feeAnchor) * bill : bill;
  }

  /**
   * Probability that an alert turns the invoice into an expected one, where alerts are sent. It needs lead time: where a single peak
   * day uses more than the last fifth of the limit, the alert at 80 % comes too late for some.
   */
  private foreseeable(plan: PlanTerms): number {
    const { alertReach } = this.behaviour;
    const limit = plan.includedRequests || this.month.expectedRequests;
    const lead = Math.min(MOST_LEAD, Math.max(LEAST_LEAD, (UNALERTED_SHARE * limit) / this.month.peakDayRequests));
    return alertReach * this.alertedShare(plan) * (Number.isNaN(lead) ? 1 : lead);
  }

  /** Share of a plan's customers that an alert is sent to: without an allowance, those with a budget of their own. */
  private alertedShare({ includedRequests }: PlanTerms): number {
    return includedRequests > 0 ? 1 : this.behaviour.ownBudgetShare;
  }

  /** True if usage is so near to what the plan includes that customers are alerted, and can be shown an upgrade. */
  isNearLimit(plan: PlanTerms): boolean {
    return this.month.requests >= ALERT_SHARE * plan.includedRequests;
  }

  /** True if those who are alerted are shown an upgrade. */
  get prompts(): boolean {
    return this.policies.oneClick && this.policies.notify;
  }

  /** Probability that a prompted customer takes the one-click upgrade. */
  takesUpgrade({ terms, own, ownBill, next, nextBill }: UpgradeOffer): number {
    const { oneClickAcceptance, alertReach, planChoiceSharpness } = this.behaviour;
    const m = this.behaviour.materiality;
    const ownCost = Math.max(ownBill, own.bill) + Math.sqrt(own.variance) + m;
    const nextCost = Math.max(nextBill, next.bill) + Math.sqrt(next.variance) + m;
    const advantage = Math.log(ownCost / nextCost);
    return oneClickAcceptance * alertReach * this.alertedShare(terms) * logistic(planChoiceSharpness * advantage);
  }

  /**
   * θ_P × the log ratio of the costs of a plan and of the next larger one: positive if the larger one is cheaper. A cost is the
   * bill and one standard deviation of it, because people pay to be safe from the taxi meter.
   */
  advantageOfNext(own: BillAverages, next: BillAverages): number {
    const { materiality: m, planChoiceSharpness } = this.behaviour;
    const ownCost = own.bill + Math.sqrt(own.variance) + m;
    const nextCost = next.bill + Math.sqrt(next.variance) + m;
    return planChoiceSharpness * Math.log(ownCost / nextCost);
  }

  /** Probability of adopting credit packs after a month with overage; 0 where there are none. */
  packAdoption(): number {
    if (!this.policies.credits) return 0;
    const { packAdoption, alertReach, packAwareness } = this.behaviour;
    return packAdoption * (this.policies.notify ? alertReach : packAwareness);
  }
}

/** Expected prepaid balance left after the overage of a month, bought in whole packs. */
function unspentCredit(overage: number, pack: number): number {
  return pack * Math.max(1, Math.ceil(overage / pack)) - overage;
}
