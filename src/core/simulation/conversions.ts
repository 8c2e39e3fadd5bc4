/** Conversion of every scenario and variant. */
import type { Tariff } from './billing.ts';
import { conversionOf, type ExpectedBills, expectedBills, mean, type Signup } from './conversion.ts';
import type { Behaviour, Parameters } from './parameters.ts';
import type { Population } from './population.ts';
import type { Policies, Scenario } from './scenario.ts';

export type ConversionsInput = {
  readonly population: Population;
  readonly signups: readonly Signup[] | undefined;
  readonly scenarios: readonly Scenario[];
  readonly parameters: Parameters;
};

/** Conversion by scenario and variant; the bills behind it are rated once for each tariff. */
export class Conversions {
  private readonly input: ConversionsInput;
  private readonly tariffs: readonly Tariff[];
  private readonly bills: (ExpectedBills | undefined)[] = [];

  constructor(input: ConversionsInput, tariffs: readonly Tariff[]) {
    this.input = input;
    this.tariffs = tariffs;
  }

  rate(scenario: number, policies: Policies, freeTier: Scenario['freeTier']): number | undefined {
    return mean(this.payingOf(scenario, { policies, freeTier }));
  }

  /** Probability that each sign-up ever pays. */
  payingOf(scenario: number, { policies, freeTier }: Pick<Scenario, 'policies' | 'freeTier'>): Float64Array {
    return this.probabilities(scenario, policies, freeTier, this.input.parameters.behaviour);
  }

  /** With other parameters; bills are rated anew only where the usage that is billed changes. */
  rateWith(scenario: number, behaviour: Behaviour): number | undefined {
    return mean(this.probabilitiesWith(scenario, behaviour));
  }

  /** By sign-up, with other parameters. */
  probabilitiesWith(scenario: number, behaviour: Behaviour): Float64Array {
    const { policies, freeTier } = this.input.scenarios[scenario]!;
    return this.probabilities(scenario, policies, freeTier, behaviour);
  }

  private probabilities(
    scenario: number,
    policies: Policies,
    freeTier: Scenario['freeTier'],
    behaviour: Behaviour,
  ): Float64Array {
    const { signups = [], population } = this.input;
    const tariff = this.tariffs[scenario]!;
    const month = population.pre;
    const bills = this.billsFor(scenario, behaviour);
    return conversionOf({ signups, bills, tariff, month, behaviour, policies, freeTier });
  }

  private billsFor(scenario: number, behaviour: Behaviour): ExpectedBills {
    const { signups = [], population, parameters } = this.input;
    const own = parameters.behaviour;
    const rate = () => expectedBills(signups, this.tariffs[scenario]!, population.pre, behaviour, population);
    if (behaviour.productionRamp !== own.productionRamp || behaviour.forecastError !== own.forecastError) return rate();
    this.bills[scenario] ??= rate();
    return this.bills[scenario];
  }
}
