/**
 * Decisions of the expected-value engine: probabilities instead of draws, so that no comparison has noise.
 *
 * A customer is split over (plan, holds credit packs), with weights that add up to the probability of still being there. What a
 * customer expects belongs to the plan and not to the path that led to it (behaviour.ts), hence the sums of one walk are the
 * exact expectation of the sums under `Draw`.
 */
import type { Decisions, Start } from './decisions.ts';

export class Expectation implements Decisions {
  readonly weights: Float64Array;
  private readonly shift: Float64Array;

  constructor(plans: number) {
    this.weights = new Float64Array(plans * 2);
    this.shift = new Float64Array(plans * 2);
  }

  begin({ shares, packHolders }: Start): void {
    for (let plan = 0; plan < shares.length; plan++) {
      this.weights[plan * 2] = shares[plan]! * (1 - packHolders[plan]!);
      this.weights[plan * 2 + 1] = shares[plan]! * packHolders[plan]!;
    }
  }

  beginMonth(): void {}

  upgrade(plan: number, probability: number): number {
    const { weights } = this;
    let moved = 0;
    for (let packs = 0; packs < 2; packs++) {
      const moving = weights[plan * 2 + packs]! * probability;
      weights[plan * 2 + packs]! -= moving;
      weights[plan * 2 + 2 + packs]! += moving;
      moved += moving;
    }
    return moved;
  }

  settle(): void {}

  adoptPacks(plan: number, probability: number): void {
    const adopting = this.weights[plan * 2]! * probability;
    this.weights[plan * 2]! -= adopting;
    this.weights[plan * 2 + 1]! += adopting;
  }

  /** Both directions are worked out from the weights before any of them. */
  switchPlans(leanings: Float64Array, first: number, switching: number): number {
    const { weights, shift } = this;
    let moved = 0;
    shift.fill(0);
    for (let plan = 0; plan * 2 + 2 < weights.length; plan++) {
      const up = leanings[first + plan]!;
      for (let packs = 0; packs < 2; packs++) {
        const [here, above] = [plan * 2 + packs, plan * 2 + 2 + packs];
        const rising = weights[here]! * switching * up;
        const falling = weights[above]! * switching * (1 - up);
        shift[here]! += falling - rising;
        shift[above]! += rising - falling;
        moved += rising;
      }
    }
    for (let cell = 0; cell < weights.length; cell++) weights[cell]! += shift[cell]!;
    return moved;
  }
}
