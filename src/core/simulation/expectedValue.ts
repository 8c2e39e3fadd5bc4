/**
 * The expected-value engine: probabilities instead of draws, so that nothing in a comparison is noise.
 *
 * A customer is spread over (plan, holds credit packs) with weights that add up to the probability of still being there.
 * Expectations belong to plans (behaviour.ts), hence this is the exact expectation of what the Monte Carlo engine draws.
 */

import { CAUSES, type CustomerMonth, Expectation, logistic, Reaction, Reactions } from './behaviour.ts';
import { BILL_FIELDS, GIGABYTES, OVERAGE, SERVED, type Tariff, THROTTLING, TOTAL } from './billing.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import type { Policies } from './scenario.ts';
import {
  FIRST_CAUSE,
  MONTH_MASS,
  MONTH_NORMALISED,
  MONTH_REVENUE,
  monthIndex,
  planIndex,
  SUM,
  sumsLength,
} from './sums.ts';

const MEAN_MONTH_DAYS = 30.4375;

/** Told each bill with the weight of the account-months that receive it. */
export type BillObserver = (bill: number, weight: number) => void;

export class ExpectedValueEngine {
  /** Sums of the account that {@link run} was last called with. */
  readonly sums: Float64Array;
  private readonly tariff: Tariff;
  private readonly population: Population;
  private readonly behaviour: Behaviour;
  private readonly reactions: Reactions;
  private readonly reaction = new Reaction();
  private readonly expectations: Expectation[];
  /** By plan, without and with credit packs. */
  private readonly weights: Float64Array;
  private readonly prompted: Uint8Array;
  private readonly shift: Float64Array;
  private readonly customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };

  constructor(tariff: Tariff, population: Population, behaviour: Behaviour, policies: Policies) {
    const plans = tariff.terms.length;
    this.tariff = tariff;
    this.population = population;
    this.behaviour = behaviour;
    this.reactions = new Reactions(behaviour, policies);
    this.expectations = tariff.terms.map(() => new Expectation());
    this.weights = new Float64Array(plans * 2);
    this.prompted = new Uint8Array(plans);
    this.shift = new Float64Array(plans * 2);
    this.sums = new Float64Array(sumsLength(population.horizon, plans));
  }

  /** Simulates one account; its bills begin at `offset` of `bills`. */
  run(account: number, bills: Float64Array, offset: number, observe?: BillObserver): Float64Array {
    const { sums, population, tariff, expectations, weights, customer, reactions, prompted, reaction } = this;
    const { pre, horizon, days, quantities, meters } = population;
    const plans = expectations.length;
    const months = days.length;
    const stride = plans * BILL_FIELDS;
    const kap = reactions.packAdoption();
    const first = account * months;
    sums.fill(0);
    const requestsAt = (month: number) => quantities[(first + month) * meters.length + population.requests]!;
    const bill = (month: number, plan: number, field: number) =>
      bills[offset + month * stride + plan * BILL_FIELDS + field]!;

    this.learnBefore(pre, bill, requestsAt);
    this.spread(pre, bill, kap);
    let startBill = 0;

    for (let t = 0; t <= horizon; t++) {
      const month = pre + t;
      customer.requests = requestsAt(month);
      customer.peakDayRequests = population.peakDays[first + month]!;
      customer.tenure = population.tenures[account]! + t;
      reactions.begin(customer);
      this.upgradeAtOnce(month, bill, t < horizon);

      let [revenue, overage, mass] = [0, 0, 0];
      for (let plan = 0; plan < plans; plan++) {
        const weight = weights[plan * 2]! + weights[plan * 2 + 1]!;
        revenue += weight * bill(month, plan, TOTAL);
        overage += weight * bill(month, plan, OVERAGE);
        mass += weight;
        if (t === 0) sums[planIndex(horizon, plans, plan, 'start')]! += weight;
        if (t === horizon) sums[planIndex(horizon, plans, plan, 'end')]! += weight;
      }
      sums[monthIndex(t, MONTH_REVENUE)] = revenue;
      sums[monthIndex(t, MONTH_NORMALISED)] = revenue - overage + (overage * MEAN_MONTH_DAYS) / days[month]!;
      sums[monthIndex(t, MONTH_MASS)] = mass;
      if (t === 0) {
        startBill = revenue;
        sums[SUM.startRevenue] = revenue;
      }
      if (t === horizon) {
        this.closeBridge(month, startBill, bill);
        break;
      }
      sums[SUM.mass]! += mass;
      sums[SUM.revenue]! += revenue;
      sums[SUM.overage]! += overage;

      const computeSeconds = quantities[(first + month) * meters.length + population.compute]!;
      for (let cell = 0; cell < weights.length; cell++) {
        const weight = weights[cell]!;
        if (weight === 0) continue;
        const plan = cell >> 1;
        const total = bill(month, plan, TOTAL);
        const throttling = bill(month, plan, THROTTLING);
        const terms = tariff.terms[plan]![month]!;
        reactions.to(terms, expectations[plan]!, total, throttling, (cell & 1) === 1, prompted[plan] === 1, reaction);
        const leaving = weight * reaction.churn;
        const served = bill(month, plan, SERVED);
        sums[SUM.churned]! += leaving;
        sums[SUM.disputes]! += weight * reaction.dispute;
        sums[SUM.tickets]! += weight * reaction.tickets;
        sums[SUM.computeSeconds]! += customer.requests > 0 ? weight * computeSeconds * (served / customer.requests) : 0;
        sums[SUM.requests]! += weight * served;
        sums[SUM.gigabytes]! += weight * bill(month, plan, GIGABYTES);
        sums[SUM.surprise]! += weight * reaction.surprise;
        sums[SUM.unpredictability]! += weight * reaction.unpredictability;
        sums[SUM.valueGap]! += weight * reaction.valueGap;
        sums[SUM.throttling]! += weight * throttling;
        const perHazard = reaction.hazard > 0 ? leaving / reaction.hazard : 0;
        for (let cause = 0; cause < CAUSES.length; cause++)
          sums[FIRST_CAUSE + cause]! += perHazard * reaction.hazards[cause]!;
        observe?.(total, weight);
        weights[cell] = weight - leaving;
      }
      this.adoptPacks(month, bill, kap);
      for (let plan = 0; plan < plans; plan++)
        expectations[plan]!.learn(bill(month, plan, TOTAL), bill(month, plan, OVERAGE), this.behaviour.billMemory);
      customer.expectedRequests += this.behaviour.billMemory * (customer.requests - customer.expectedRequests);
      this.switchSlowly();
    }
    return sums;
  }

  /** Forms expectations over the months before month 0; the first of them is where they start. */
  private learnBefore(pre: number, bill: BillAt, requestsAt: (month: number) => number): void {
    const { expectations, customer } = this;
    const { billMemory } = this.behaviour;
    for (let month = 0; month < pre; month++) {
      for (let plan = 0; plan < expectations.length; plan++) {
        const [total, overage] = [bill(month, plan, TOTAL), bill(month, plan, OVERAGE)];
        if (month === 0) expectations[plan]!.start(total, overage);
        else expectations[plan]!.learn(total, overage, billMemory);
      }
      if (month === 0) customer.expectedRequests = requestsAt(0);
      else customer.expectedRequests += billMemory * (requestsAt(month) - customer.expectedRequests);
    }
  }

  /** The customer's plan and packs before month 0, as probabilities. */
  private spread(pre: number, bill: BillAt, kap: number): void {
    const { weights, expectations, reactions } = this;
    weights.fill(0);
    let rest = 1;
    for (let plan = 0; plan < expectations.length; plan++) {
      const next = expectations[plan + 1];
      const moving = next ? rest * logistic(reactions.advantageOfNext(expectations[plan]!, next)) : 0;
      let unaware = 1;
      for (let month = 0; kap > 0 && month < pre; month++) if (bill(month, plan, OVERAGE) > 0) unaware *= 1 - kap;
      weights[plan * 2] = (rest - moving) * unaware;
      weights[plan * 2 + 1] = (rest - moving) * (1 - unaware);
      rest = moving;
    }
  }

  /** One-click upgrades, before the invoice; from the top, so that nobody climbs two rungs in a month. */
  private upgradeAtOnce(month: number, bill: BillAt, isCounted: boolean): void {
    const { weights, expectations, reactions, prompted } = this;
    for (let plan = expectations.length - 1; plan >= 0; plan--) {
      const isPrompted = plan < expectations.length - 1 && reactions.isPrompted(this.tariff.terms[plan]![month]!);
      prompted[plan] = isPrompted ? 1 : 0;
      if (!isPrompted) continue;
      const taken = reactions.takesUpgrade(
        expectations[plan]!,
        bill(month, plan, TOTAL),
        expectations[plan + 1]!,
        bill(month, plan + 1, TOTAL),
      );
      for (let packs = 0; packs < 2; packs++) {
        const moving = weights[plan * 2 + packs]! * taken;
        weights[plan * 2 + packs]! -= moving;
        weights[plan * 2 + 2 + packs]! += moving;
        if (isCounted) this.sums[SUM.upgrades]! += moving;
      }
    }
  }

  private closeBridge(month: number, startBill: number, bill: BillAt): void {
    const { sums, weights } = this;
    let survivors = 0;
    for (let cell = 0; cell < weights.length; cell++) {
      const weight = weights[cell]!;
      const total = bill(month, cell >> 1, TOTAL);
      survivors += weight;
      sums[SUM.endRevenue]! += weight * total;
      sums[SUM.keptRevenue]! += weight * Math.min(total, startBill);
      sums[SUM.contraction]! += weight * Math.max(0, startBill - total);
      sums[SUM.expansion]! += weight * Math.max(0, total - startBill);
    }
    sums[SUM.survivors] = survivors;
    sums[SUM.churnedRevenue] = startBill * (1 - survivors);
  }

  private adoptPacks(month: number, bill: BillAt, kap: number): void {
    const { weights } = this;
    if (kap === 0) return;
    for (let plan = 0; plan * 2 < weights.length; plan++) {
      if (!(bill(month, plan, OVERAGE) > 0)) continue;
      const adopting = weights[plan * 2]! * kap;
      weights[plan * 2]! -= adopting;
      weights[plan * 2 + 1]! += adopting;
    }
  }

  /** Unprompted moves after the invoice, up and down; both from the weights before any of them. */
  private switchSlowly(): void {
    const { weights, expectations, reactions, shift } = this;
    if (expectations.length < 2) return;
    const { slowSwitching } = this.behaviour;
    shift.fill(0);
    for (let plan = 0; plan + 1 < expectations.length; plan++) {
      const up = logistic(reactions.advantageOfNext(expectations[plan]!, expectations[plan + 1]!));
      for (let packs = 0; packs < 2; packs++) {
        const [here, above] = [plan * 2 + packs, plan * 2 + 2 + packs];
        const rising = weights[here]! * slowSwitching * up;
        const falling = weights[above]! * slowSwitching * (1 - up);
        shift[here]! += falling - rising;
        shift[above]! += rising - falling;
        this.sums[SUM.upgrades]! += rising;
      }
    }
    for (let cell = 0; cell < weights.length; cell++) weights[cell]! += shift[cell]!;
  }
}

type BillAt = (month: number, plan: number, field: number) => number;
