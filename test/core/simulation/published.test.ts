/**
 * A lock, not evidence. The shipped behaviour parameters were fitted to the published comparison of three pricing models, so
 * that the model shows these figures proves nothing about the model. The test fails when code or parameters move
 * without a new fit.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Signup } from '../../../src/core/simulation/conversion.ts';
import { type Rates, ratesOf } from '../../../src/core/simulation/outcomes.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../src/core/simulation/population.ts';
import { POLICY_NAMES, type Scenario } from '../../../src/core/simulation/scenario.ts';
import { conversionRate, expectedSums, referencePopulation, referenceSignups, scenarioOf, TIERS } from './support.ts';

let population: Population;
let signups: readonly Signup[];
const ratesOn = (customers: Population, scenario: Scenario): Rates => {
  const conversion = conversionRate(customers, signups, scenario, DEFAULT_PARAMETERS);
  const sums = expectedSums(customers, scenario, DEFAULT_PARAMETERS);
  return ratesOf(sums, conversion, DEFAULT_PARAMETERS.costs, scenario.policies);
};
const SCENARIOS = {
  flat: scenarioOf({ tiers: TIERS.flat }),
  usage: scenarioOf({ tiers: TIERS.usage }),
  hybrid: scenarioOf({ tiers: TIERS.hybrid, policies: POLICY_NAMES, requestsPerSecond: 50 }),
};
const found: Record<string, Rates> = {};

beforeAll(async () => {
  population = await referencePopulation();
  signups = await referenceSignups();
  for (const [model, scenario] of Object.entries(SCENARIOS)) found[model] = ratesOn(population, scenario);
});

describe('lock: the reference cohort, to which the parameters were fitted,', () => {
  test.each`
    model       | conversion | churn    | margin  | nrr
    ${'flat'}   | ${0.012}   | ${0.028} | ${0.6}  | ${0.84}
    ${'usage'}  | ${0.031}   | ${0.045} | ${0.75} | ${0.92}
    ${'hybrid'} | ${0.048}   | ${0.011} | ${0.91} | ${1.08}
  `('still gives the published figures of $model within 2 %', ({ model, conversion, churn, margin, nrr }) => {
    const { conversion: c, monthlyChurn, grossMargin, nrr: n } = found[model]!;
    expect(Math.abs(c! / conversion - 1)).toBeLessThan(0.02);
    expect(Math.abs(monthlyChurn / churn - 1)).toBeLessThan(0.02);
    expect(Math.abs(grossMargin / margin - 1)).toBeLessThan(0.02);
    expect(Math.abs(n / nrr - 1)).toBeLessThan(0.02);
  });

  test.each([
    [0.5, 5],
    [2, 6],
  ])('with customers %s times as large it gives %s of the twelve', (factor, cells) => {
    const scaled = (numbers: Float64Array) => numbers.map((number) => Math.round(number * factor));
    const other: Population = {
      ...population,
      quantities: scaled(population.quantities),
      peakDays: scaled(population.peakDays),
    };
    const published = {
      flat: [0.012, 0.028, 0.6, 0.84],
      usage: [0.031, 0.045, 0.75, 0.92],
      hybrid: [0.048, 0.011, 0.91, 1.08],
    };
    let held = 0;
    for (const [model, wanted] of Object.entries(published)) {
      const own = ratesOn(other, SCENARIOS[model as keyof typeof published]);
      const found = [own.conversion!, own.monthlyChurn, own.grossMargin, own.nrr];
      held += found.filter((value, i) => Math.abs(value / wanted[i]! - 1) < 0.02).length;
    }
    expect(held).toBe(cells);
  });

  test('still shows 68 % fewer disputes and 73 % fewer billing tickets for hybrid than for flat', () => {
    const { flat, hybrid } = found as { flat: Rates; hybrid: Rates };
    expect(Math.abs(1 - hybrid.disputeRate / flat.disputeRate - 0.68)).toBeLessThan(0.05);
    expect(Math.abs(1 - hybrid.ticketsPerAccountMonth / flat.ticketsPerAccountMonth - 0.73)).toBeLessThan(0.05);
  });
});
