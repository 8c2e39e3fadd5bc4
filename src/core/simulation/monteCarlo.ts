/**
 * The Monte Carlo engine: one customer, one plan, one draw for each decision.
 *
 * Every month takes the same five uniforms {one-click, churn, pack, slow switch, dispute}, whether they are used or not,
 * after one for where the customer starts: scenarios with the same stream meet the same luck, and differ by their terms.
 */
import { CAUSES, type CustomerMonth, Expectation, logistic, Reaction, Reactions } from './behaviour.ts';
import { BILL_FIELDS, GIGABYTES, OVERAGE, SERVED, type Tariff, THROTTLING, TOTAL } from './billing.ts';
import type { Behaviour } from './parameters.ts';
import type { Population } from './population.ts';
import type { RandomStream } from './random.ts';
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

export class MonteCarloEngine {
  readonly sums: Float64Array;
  private readonly tariff: Tariff;
  private readonly population: Population;
  private readonly behaviour: Behaviour;
  private readonly reactions: Reactions;
  private readonly reaction = new Reaction();
  private readonly expectations: Expectation[];

  constructor(tariff: Tariff, population: Population, behaviour: Behaviour, policies: Policies) {
    this.tariff = tariff;
    this.population = population;
    this.behaviour = behaviour;
    this.reactions = new Reactions(behaviour, policies);
    this.expectations = tariff.terms.map(() => new Expectation());
    this.sums = new Float64Array(sumsLength(population.horizon, tariff.terms.length));
  }

  run(account: number, bills: Float64Array, offset: number, random: RandomStream): Float64Array {
    const { sums, population, tariff, expectations, reactions, reaction, behaviour } = this;
    const { pre, horizon, days, quantities, meters } = population;
    const plans = expectations.length;
    const first = account * days.length;
    const bill = (month: number, plan: number, field: number) =>
      bills[offset + (month * plans + plan) * BILL_FIELDS + field]!;
    const requestsAt = (month: number) => quantities[(first + month) * meters.length + population.requests]!;
    const customer: CustomerMonth = { requests: 0, peakDayRequests: 0, expectedRequests: 0, tenure: 0 };
    const kap = reactions.packAdoption();
    sums.fill(0);

    for (let month = 0; month < pre; month++) {
      for (const [plan, expectation] of expectations.entries()) {
        const [total, overage] = [bill(month, plan, TOTAL), bill(month, plan, OVERAGE)];
        if (month === 0) expectation.start(total, overage);
        else expectation.learn(total, overage, behaviour.billMemory);
      }
      if (month === 0) customer.expectedRequests = requestsAt(0);
      else customer.expectedRequests += behaviour.billMemory * (requestsAt(month) - customer.expectedRequests);
    }
    let { plan, holdsPacks } = this.startingPlace(random.next(), (at) => {
      let unaware = 1;
      for (let month = 0; kap > 0 && month < pre; month++) if (bill(month, at, OVERAGE) > 0) unaware *= 1 - kap;
      return 1 - unaware;
    });
    const startWeights = this.startWeights();
    let startBill = 0;

    for (let t = 0; t <= horizon; t++) {
      const month = pre + t;
      const luck = {
        click: random.next(),
        churn: random.next(),
        pack: random.next(),
        switch: random.next(),
        dispute: random.next(),
      };
      customer.requests = requestsAt(month);
      customer.peakDayRequests = population.peakDays[first + month]!;
      customer.tenure = population.tenures[account]! + t;
      reactions.begin(customer);
      // The account's expected bill of month 0 is what the bridge starts from; it does not depend on the draw.
      if (t === 0) startBill = this.expectedStart(startWeights, (at) => bill(month, at, TOTAL), month);

      const from = plan;
      const isPrompted = plan < plans - 1 && reactions.isPrompted(tariff.terms[plan]![month]!);
      if (isPrompted) {
        const [own, next] = [expectations[plan]!, expectations[plan + 1]!];
        const taken = reactions.takesUpgrade(own, bill(month, plan, TOTAL), next, bill(month, plan + 1, TOTAL));
        if (luck.click < taken) plan++;
        if (plan !== from && t < horizon) sums[SUM.upgrades]! += 1;
      }
      const total = bill(month, plan, TOTAL);
      const overage = bill(month, plan, OVERAGE);
      sums[monthIndex(t, MONTH_REVENUE)] = total;
      sums[monthIndex(t, MONTH_NORMALISED)] = total - overage + (overage * MEAN_MONTH_DAYS) / days[month]!;
      sums[monthIndex(t, MONTH_MASS)] = 1;
      if (t === 0) {
        sums[SUM.startRevenue] = total;
        sums[planIndex(horizon, plans, plan, 'start')] = 1;
      }
      if (t === horizon) {
        sums[SUM.endRevenue] = total;
        sums[SUM.keptRevenue] = Math.min(total, startBill);
        sums[SUM.contraction] = Math.max(0, startBill - total);
        sums[SUM.expansion] = Math.max(0, total - startBill);
        sums[SUM.survivors] = 1;
        sums[planIndex(horizon, plans, plan, 'end')] = 1;
        break;
      }
      const throttling = bill(month, plan, THROTTLING);
      // Who is on a plan whose customers are prompted counts as prompted, as in the expected value.
      const counts = plan < plans - 1 && reactions.isPrompted(tariff.terms[plan]![month]!);
      reactions.to(tariff.terms[plan]![month]!, expectations[plan]!, total, throttling, holdsPacks, counts, reaction);
      const served = bill(month, plan, SERVED);
      const computeSeconds = quantities[(first + month) * meters.length + population.compute]!;
      sums[SUM.mass]! += 1;
      sums[SUM.revenue]! += total;
      sums[SUM.overage]! += overage;
      const disputes = luck.dispute < reaction.dispute ? 1 : 0;
      sums[SUM.disputes]! += disputes;
      sums[SUM.tickets]! += reaction.tickets - reaction.dispute + disputes;
      sums[SUM.computeSeconds]! += customer.requests > 0 ? computeSeconds * (served / customer.requests) : 0;
      sums[SUM.requests]! += served;
      sums[SUM.gigabytes]! += bill(month, plan, GIGABYTES);
      sums[SUM.surprise]! += reaction.surprise;
      sums[SUM.unpredictability]! += reaction.unpredictability;
      sums[SUM.valueGap]! += reaction.valueGap;
      sums[SUM.throttling]! += throttling;
      if (luck.churn < reaction.churn) {
        sums[SUM.churned]! += 1;
        sums[SUM.churnedRevenue] = startBill;
        for (let cause = 0; cause < CAUSES.length; cause++)
          sums[FIRST_CAUSE + cause]! += reaction.hazard > 0 ? reaction.hazards[cause]! / reaction.hazard : 0;
        break;
      }
      if (kap > 0 && overage > 0 && luck.pack < kap) holdsPacks = true;
      for (const [at, expectation] of expectations.entries())
        expectation.learn(bill(month, at, TOTAL), bill(month, at, OVERAGE), behaviour.billMemory);
      customer.expectedRequests += behaviour.billMemory * (customer.requests - customer.expectedRequests);
      const moved = this.slowMove(plan, luck.switch);
      if (moved > plan) sums[SUM.upgrades]! += 1;
      plan = moved;
    }
    return sums;
  }

  /** Plan and packs before month 0 from one uniform: the unit interval is cut into the weights of the expected value. */
  private startingPlace(uniform: number, awareShare: (plan: number) => number): { plan: number; holdsPacks: boolean } {
    let below = 0;
    const weights = this.startWeights();
    for (const [plan, weight] of weights.entries()) {
      const aware = awareShare(plan);
      if (uniform < below + weight * (1 - aware)) return { plan, holdsPacks: false };
      below += weight;
      if (uniform < below) return { plan, holdsPacks: true };
    }
    return { plan: weights.length - 1, holdsPacks: false };
  }

  private startWeights(): number[] {
    let rest = 1;
    return this.expectations.map((own, plan) => {
      const next = this.expectations[plan + 1];
      const moving = next ? rest * logistic(this.reactions.advantageOfNext(own, next)) : 0;
      const staying = rest - moving;
      rest = moving;
      return staying;
    });
  }

  private expectedStart(weights: readonly number[], billOf: (plan: number) => number, month: number): number {
    const after = [...weights];
    for (let plan = weights.length - 2; plan >= 0; plan--) {
      if (!this.reactions.isPrompted(this.tariff.terms[plan]![month]!)) continue;
      const [own, next] = [this.expectations[plan]!, this.expectations[plan + 1]!];
      const moving = after[plan]! * this.reactions.takesUpgrade(own, billOf(plan), next, billOf(plan + 1));
      after[plan]! -= moving;
      after[plan + 1]! += moving;
    }
    return after.reduce((sum, weight, plan) => sum + weight * billOf(plan), 0);
  }

  /** Up, down or nowhere, from one uniform: small values go up, large ones down. */
  private slowMove(plan: number, uniform: number): number {
    const { expectations, reactions } = this;
    const { slowSwitching } = this.behaviour;
    const [own, next, below] = [expectations[plan]!, expectations[plan + 1], expectations[plan - 1]];
    if (next && uniform < slowSwitching * logistic(reactions.advantageOfNext(own, next))) return plan + 1;
    if (below && 1 - uniform < slowSwitching * logistic(-reactions.advantageOfNext(below, own))) return plan - 1;
    return plan;
  }
}
