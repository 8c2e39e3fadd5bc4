/** One-click upgrades from a lowest rung that includes nothing. */
import { expect, test } from 'vitest';
import { BillAverages, Reactions } from '../../../src/core/simulation/behaviour.ts';
import { logistic } from '../../../src/core/simulation/curves.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { ALL_POLICIES } from '../../../src/core/simulation/scenario.ts';
import { expectedSums, historiesOf, populationOf, scenarioOf } from './support.ts';

const { behaviour } = DEFAULT_PARAMETERS;

test('those with a budget of their own are offered the next plan, and take it as others do', () => {
  const reactions = new Reactions(behaviour, ALL_POLICIES);
  reactions.begin({ requests: 10, peakDayRequests: 1, expectedRequests: 300_000, tenure: 1 });
  const averagesAt = (bill: number) => {
    const averages = new BillAverages();
    averages.start(bill, 0);
    return averages;
  };
  const terms = { fee: 0, includedRequests: 0 };
  expect(reactions.prompts && reactions.isNearLimit(terms)).toBe(true);
  const offer = { terms, own: averagesAt(95), ownBill: 95, next: averagesAt(45), nextBill: 45 };
  // up1 × aN × aBud × logistic(6 × ln((95 + 5) ÷ (45 + 5)))
  const wanted = 0.25 * 0.948 * 0.35 * logistic(6 * Math.log(2));
  expect(reactions.takesUpgrade(offer)).toBeCloseTo(wanted, 12);
  const included = { fee: 0, includedRequests: 10 };
  expect(reactions.takesUpgrade({ ...offer, terms: included })).toBeCloseTo(wanted / 0.35, 12);
});

test('a ladder from plain usage to a bundle is climbed faster with one click', () => {
  const steady = Array.from({ length: 16 }, (_, t) => (t < 4 ? 100_000 : 1_500_000));
  const population = populationOf(historiesOf({ firstMonth: 24_300, accounts: ['a'], requests: [steady] }));
  const tiers = `payg: { cost: usage, overage: { requests: 0.95/10k } }
bundle: { cost: 79 flat, limits: { requests: 2M/mo }, overage: { requests: 0.25/10k } }`;
  const upgrades = (policies: Parameters<typeof scenarioOf>[0]['policies']) =>
    expectedSums(population, scenarioOf({ tiers, ...(policies && { policies }) }), DEFAULT_PARAMETERS).upgrades;
  expect(upgrades(['notify', 'oneClick'])).toBeGreaterThan(1.5 * upgrades(['notify']));
});
