/** Rates and money of the arms of a comparison, from the sums of their runs. */
import type { Steps } from '../pauses.ts';
import type { Arm } from './arms.ts';
import { mean } from './conversion.ts';
import type { Conversions } from './conversions.ts';
import { profitOf, totalOf } from './money.ts';
import { ratesOf } from './outcomes.ts';
import { type Interval, intervalsOf, type MeasureName, type Measures } from './ranking.ts';
import type { RunResult } from './run.ts';
import type { SignupWorth, Worth } from './signupWorth.ts';
import type { SimulationInput } from './simulationInput.ts';
import type { RateSums } from './sums.ts';

export type MeasuredArm = {
  readonly measures: Measures;
  /** Over resamples of customers and sign-ups, the same ones for every arm; over replicates under Monte Carlo. */
  readonly replicates: readonly Measures[];
  readonly intervals: Partial<Record<MeasureName, Interval>>;
  /** Share of those who pay that no account is like, within a factor of 2; undefined without sign-ups. */
  readonly farShare: number | undefined;
};

type Found = {
  readonly results: readonly RunResult[];
  readonly conversions: Conversions;
  readonly worth: SignupWorth | undefined;
};

export class ArmMeasures {
  private readonly input: SimulationInput;
  private readonly found: Found;

  constructor(input: SimulationInput, found: Found) {
    this.input = input;
    this.found = found;
  }

  of(arm: Arm): Measures {
    const { results, worth } = this.found;
    const paying = this.payingOf(arm);
    return this.measuresOf(arm, results[arm.run]!.sums, mean(paying), worth?.worth(arm, paying));
  }

  /** Step by step. */
  *ofReplicated(arm: Arm): Steps<MeasuredArm> {
    const { results, worth } = this.found;
    const paying = this.payingOf(arm);
    const conversions = worth?.conversions(paying);
    const worths = worth && (yield* worth.replicates(arm, paying));
    const replicates = results[arm.run]!.replicates.map((sums, b) =>
      this.measuresOf(arm, sums, conversions?.[b], worths?.[b]),
    );
    return {
      measures: this.of(arm),
      replicates,
      intervals: intervalsOf(replicates),
      farShare: worth?.farShare(paying),
    };
  }

  private payingOf(arm: Arm): Float64Array {
    return this.found.conversions.payingOf(arm.scenario, arm);
  }

  private measuresOf(
    { policies }: Arm,
    sums: RateSums,
    conversion: number | undefined,
    worth: Worth | undefined,
  ): Measures {
    const { population, parameters, signupsPerMonth } = this.input;
    const profit = profitOf(sums, parameters.costs, policies, population.accounts.length);
    return {
      ...ratesOf(sums, conversion, parameters.costs, policies),
      ...profit,
      grossProfitPerSignup: worth?.each,
      total: totalOf(profit, worth, signupsPerMonth),
    };
  }
}
