/** The questions of a walk over an account's months to its engine: probabilities go in, outcomes come back as weights. */
import type { Reaction } from './behaviour.ts';

/** Plans and packs before month 0, as probabilities by plan. */
export type Start = {
  /** Share of customers on the plan; the shares add up to 1. */
  readonly shares: Float64Array;
  /** Share of the plan's customers who hold credit packs. */
  readonly packHolders: Float64Array;
};

/** How the probabilities of a walk become outcomes. */
export type Decisions = {
  /**
   * Where the customer is: a weight for each plan without packs (position 2 × plan) and with them (2 × plan + 1). The weights add
   * up to the probability, or to the fact, of being a customer who has not decided to leave.
   */
  readonly weights: Float64Array;
  begin(start: Start): void;
  /** Called once a month, before anything is decided in it. */
  beginMonth(): void;
  /** One-click upgrade from a plan to the next one, taken with this probability. Returns the weight that moved. */
  upgrade(plan: number, probability: number): number;
  /** Replaces the probabilities of a reaction by outcomes, where outcomes are drawn. */
  settle(reaction: Reaction): void;
  /** Adoption of credit packs on a plan. */
  adoptPacks(plan: number, probability: number): void;
  /**
   * Unprompted moves between neighbouring plans, up with probability `switching` × `leanings[first + plan]` and down with `switching` ×
   * (1 − `leanings[first + plan]`). Returns the weight that moved up.
   */
  switchPlans(leanings: Float64Array, first: number, switching: number): number;
};
