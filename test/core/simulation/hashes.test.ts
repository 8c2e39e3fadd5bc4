/** Hashes tell every input apart: whatever changes a result changes a hash. */
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { hashesOf } from '../../../src/core/simulation/hashes.ts';
import { NumberHash } from '../../../src/core/simulation/numberHash.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import type { SimulationInput } from '../../../src/core/simulation/simulate.ts';
import { historiesOf, populationOf, scenarioOf, TIERS } from './support.ts';

const MONTHS = Array.from({ length: 16 }, (_, t) => t);
const population = populationOf(
  historiesOf({
    firstMonth: 24_300,
    accounts: ['a', 'b'],
    requests: [MONTHS.map((t) => 1000 + t), MONTHS.map((t) => 10 + t)],
    tenures: [3, 4],
  }),
);
const signup = { id: 's', attemptedRequests: 9, egressBytesPerRequest: 1, peakRequestsPerSecond: 2 };
const input: SimulationInput = {
  population,
  signups: [signup],
  scenarios: [
    scenarioOf({ name: 'flat', tiers: TIERS.flat }),
    scenarioOf({ name: 'hybrid', tiers: TIERS.hybrid, policies: ['notify'] }),
  ],
  baseline: 'flat',
  parameters: DEFAULT_PARAMETERS,
  engine: { kind: 'ev' },
  bootstrap: { replicates: 200, seed: 1 },
};
const [flat, hybrid] = input.scenarios as [SimulationInput['scenarios'][number], SimulationInput['scenarios'][number]];
const of = (changes: Partial<SimulationInput['population']>) => ({ population: { ...population, ...changes } });
const changed = (array: Float64Array, i: number, value: number) => array.map((old, j) => (j === i ? value : old));
/** Two numbers in each other's places: the sums stay. */
const swapped = (array: Float64Array, i: number, j: number) =>
  array.map((old, k) => (k === i ? array[j]! : k === j ? array[i]! : old));
const mc = (seed: number, replicates = 5) => ({ engine: { kind: 'mc', seed, replicates } as const });

describe.each<[string, keyof ReturnType<typeof hashesOf>, Partial<SimulationInput>]>([
  ['one quantity', 'cohort', of({ quantities: changed(population.quantities, 7, 1) })],
  ['two months in each other’s places', 'cohort', of({ quantities: swapped(population.quantities, 0, 3) })],
  ['two accounts in each other’s places', 'cohort', of({ quantities: swapped(population.quantities, 0, 48) })],
  ['a quantity that a double does not hold', 'cohort', of({ exact: new Map([[0, new Decimal('0.1')]]) })],
  ['one peak day', 'cohort', of({ peakDays: changed(population.peakDays, 5, 1) })],
  ['two peak days in each other’s places', 'cohort', of({ peakDays: swapped(population.peakDays, 0, 1) })],
  ['a tenure', 'cohort', of({ tenures: changed(population.tenures, 0, 9) })],
  ['the name of an account', 'cohort', of({ accounts: ['a', 'c'] })],
  ['the calendar', 'cohort', of({ periods: population.periods.map(({ start, end }) => ({ start: start + 1, end })) })],
  ['the days of a month', 'cohort', of({ days: population.days.map((days) => days + 1) })],
  ['the number of months before month 0', 'cohort', of({ pre: population.pre + 1 })],
  ['the horizon', 'cohort', of({ horizon: 11 })],
  ['the meters', 'cohort', of({ egress: -1 })],
  ['a sign-up', 'cohort', { signups: [{ ...signup, attemptedRequests: 10 }] }],
  ['no sign-ups', 'cohort', { signups: undefined }],
  ['a behaviour parameter', 'parameters', withBehaviour(0.02)],
  [
    'a cost',
    'parameters',
    { parameters: { ...DEFAULT_PARAMETERS, costs: { ...DEFAULT_PARAMETERS.costs, ticket: 17 } } },
  ],
  ['a policy', 'scenarios', { scenarios: [flat, { ...hybrid, policies: { ...hybrid.policies, notify: false } }] }],
  [
    'a price',
    'scenarios',
    { scenarios: [flat, scenarioOf({ name: 'hybrid', tiers: TIERS.usage, policies: ['notify'] })] },
  ],
  ['a free tier', 'scenarios', { scenarios: [flat, { ...hybrid, freeTier: { requests: 1, requestsPerSecond: 10 } }] }],
  ['the order of scenarios', 'scenarios', { scenarios: [hybrid, flat] }],
  ['the engine', 'run', mc(1)],
  ['the replicates of the bootstrap', 'run', { bootstrap: { replicates: 100, seed: 1 } }],
  ['the seed of the bootstrap', 'run', { bootstrap: { replicates: 200, seed: 2 } }],
  ['the baseline', 'run', { baseline: 'hybrid' }],
])('%s', (_, name, change) => {
  test(`changes the hash "${name}", the hash of the run, and no other`, () => {
    const [before, after] = [hashesOf(input), hashesOf({ ...input, ...change })];
    const differing = Object.keys(before).filter((key) => before[key as 'run'] !== after[key as 'run']);
    expect(differing).toEqual([...new Set([name, 'run'])]);
  });
});

test('the seed and the replicates of Monte Carlo change the hash of the run', () => {
  const runs = [mc(1), mc(2), mc(1, 6)].map((engine) => hashesOf({ ...input, ...engine }).run);
  expect(new Set(runs).size).toBe(3);
});

test('the same inputs have the same hashes', () => {
  expect(hashesOf({ ...input, population: { ...population } })).toEqual(hashesOf(input));
});

test('numbers are told apart by value and place, and not by how nothing is written', () => {
  const hash = (...numbers: number[]) => new NumberHash().addNumbers(Float64Array.from(numbers)).digest();
  const all = [[], [0], [0, 0], [10, 1000], [1000, 10], [500, 510], [1], [2], [4], [-1], [1e300], [Number.NaN]];
  expect(new Set(all.map((numbers) => hash(...numbers))).size).toBe(all.length);
  expect(hash(-0)).toBe(hash(0));
  // Doubles that differ in their highest bits alone: every pair of powers of two and signs.
  const powers = Array.from({ length: 64 }, (_, i) => (i % 2 ? -1 : 1) * 2 ** (i - 32));
  const pairs = powers.flatMap((a) => powers.map((b) => hash(a, b)));
  expect(new Set(pairs).size).toBe(64 * 64);
});

function withBehaviour(baseChurn: number): Partial<SimulationInput> {
  return { parameters: { ...DEFAULT_PARAMETERS, behaviour: { ...DEFAULT_PARAMETERS.behaviour, baseChurn } } };
}
