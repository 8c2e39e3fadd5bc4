/**
 * Decisions of the Monte Carlo engine: one customer, one plan, one draw for each decision.
 *
 * A walk takes one uniform for the start and five for each month {one-click, churn, pack, slow switch, dispute}, whether they
 * are used or not: scenarios with the same stream meet the same luck, and differ by their terms (common random numbers).
 */
import type { Reaction } from './behaviour.ts';
import type { Decisions, Start } from './decisions.ts';
import type { RandomStream } from './random.ts';

export class Draw implements Decisions {
  /** 1 where the customer is; all 0 when it has left. */
  readonly weights: Float64Array;
  private plan = 0;
  private holdsPacks = false;
  private random: RandomStream | undefined;
  private readonly luck = { click: 0, churn: 0, pack: 0, switch: 0, dispute: 0 };

  constructor(plans: number) {
    this.weights = new Float64Array(plans * 2);
  }

  /** The stream that the next walk draws from. */
  drawFrom(random: RandomStream): this {
    this.random = random;
    return this;
  }

  /** The unit interval is cut into the weights of the expected values, plan by plan, without packs first. */
  begin({ shares, packHolders }: Start): void {
    const uniform = this.random!.next();
    let below = 0;
    [this.plan, this.holdsPacks] = [shares.length - 1, false];
    for (let plan = 0; plan < shares.length; plan++) {
      const withoutPacks = below + shares[plan]! * (1 - packHolders[plan]!);
      below += shares[plan]!;
      if (uniform >= below) continue;
      [this.plan, this.holdsPacks] = [plan, uniform >= withoutPacks];
      break;
    }
    this.place();
  }

  beginMonth(): void {
    const { luck } = this;
    const random = this.random!;
    luck.click = random.next();
    luck.churn = random.next();
    luck.pack = random.next();
    luck.switch = random.next();
    luck.dispute = random.next();
  }

  upgrade(plan: number, probability: number): number {
    if (plan !== this.plan || !this.isThere() || !(this.luck.click < probability)) return 0;
    this.moveTo(plan + 1);
    return 1;
  }

  settle(reaction: Reaction): void {
    const { luck } = this;
    const disputed = luck.dispute < reaction.dispute ? 1 : 0;
    reaction.tickets += disputed - reaction.dispute;
    reaction.dispute = disputed;
    reaction.churn = luck.churn < reaction.churn ? 1 : 0;
  }

  adoptPacks(plan: number, probability: number): void {
    if (plan !== this.plan || !this.isThere() || !(this.luck.pack < probability)) return;
    this.holdsPacks = true;
    this.place();
  }

  /** One uniform for both directions: small values go up, large ones down. */
  switchPlans(leanings: Float64Array, first: number, switching: number): number {
    const { plan, luck } = this;
    if (!this.isThere()) return 0;
    const isTop = plan * 2 + 2 === this.weights.length;
    if (!isTop && luck.switch < switching * leanings[first + plan]!) {
      this.moveTo(plan + 1);
      return 1;
    }
    if (plan > 0 && 1 - luck.switch < switching * (1 - leanings[first + plan - 1]!)) this.moveTo(plan - 1);
    return 0;
  }

  private moveTo(plan: number): void {
    this.plan = plan;
    this.place();
  }

  private place(): void {
    this.weights.fill(0);
    this.weights[this.plan * 2 + (this.holdsPacks ? 1 : 0)] = 1;
  }

  private isThere(): boolean {
    return this.weights[this.plan * 2 + (this.holdsPacks ? 1 : 0)] === 1;
  }
}
