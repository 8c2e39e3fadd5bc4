/** Alarms about retention: on simulated cohorts and on telemetry, and how often they are false. */
import { expect, test } from 'vitest';
import { alarmOf } from '../../../src/core/simulation/alarm.ts';
import { tariffOf } from '../../../src/core/simulation/billing.ts';
import { DEFAULT_PARAMETERS } from '../../../src/core/simulation/parameters.ts';
import { RandomStream } from '../../../src/core/simulation/random.ts';
import { simulateRuns } from '../../../src/core/simulation/run.ts';
import { POLICY_NAMES } from '../../../src/core/simulation/scenario.ts';
import { toldShare } from '../../../src/core/simulation/shares.ts';
import { weeklyNrr } from '../../../src/core/simulation/weeklyNrr.ts';
import { historiesOf, populationOf, scenarioOf, TIERS } from './support.ts';

const { behaviour } = DEFAULT_PARAMETERS;

/** Log-normal sizes around 450 000 requests that grow by `growth` a month, with noise of 22 % that halves from month to month. */
function cohort(seed: number, growth: number, accounts = 200) {
  const random = new RandomStream('cohort', seed);
  const normal = () => Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
  const ids = Array.from({ length: accounts }, (_, a) => String(a).padStart(4, '0'));
  const requests = ids.map(() => {
    const size = Math.log(450_000) + 1.15 * normal();
    const own = growth + 0.03 * normal();
    let noise = 0.22 * normal();
    return Array.from({ length: 16 }, (_, t) => {
      noise = 0.5 * noise + 0.22 * Math.sqrt(0.75) * normal();
      return Math.round(Math.exp(size + own * t + noise));
    });
  });
  const tenures = ids.map(() => -14 * Math.log(random.next()));
  return populationOf(historiesOf({ firstMonth: 24_300, accounts: ids, requests, tenures }));
}

async function alarmFor(population: ReturnType<typeof cohort>, tiers: string, policies = POLICY_NAMES) {
  const scenario = scenarioOf({ tiers, policies });
  const run = { tariff: tariffOf(scenario, population), policies: scenario.policies, behaviour, isBootstrapped: true };
  const options = { engine: { kind: 'ev' }, bootstrap: { replicates: 100, seed: 7 } } as const;
  const [result] = await simulateRuns(population, [run], options);
  const { endRevenue, startRevenue } = result!.sums;
  return { alarm: alarmOf(result!.sums, result!.replicates), nrr: endRevenue / startRevenue };
}

test('of a hundred cohorts of two hundred customers at most five have a false alarm', async () => {
  let [healthy, alarms] = [0, 0];
  for (let seed = 0; seed < 100; seed++) {
    const { alarm, nrr } = await alarmFor(cohort(seed, 0.0165), TIERS.hybrid);
    if (nrr < 1) continue;
    healthy++;
    if (alarm) alarms++;
  }
  expect(healthy).toBeGreaterThan(90);
  expect(alarms).toBeLessThanOrEqual(5);
}, 60_000);

test('a cohort that shrinks has one, and none without resamples', async () => {
  const { alarm, nrr } = await alarmFor(cohort(1, -0.02), TIERS.usage, []);
  expect(nrr).toBeLessThan(0.8);
  expect(alarm?.code).toBe('misaligned');
  const few = cohort(1, -0.02, 20);
  const scenario = scenarioOf({ tiers: TIERS.usage });
  const run = { tariff: tariffOf(scenario, few), policies: scenario.policies, behaviour };
  const [result] = await simulateRuns(few, [run], { engine: { kind: 'ev' }, bootstrap: { replicates: 0, seed: 7 } });
  expect(alarmOf(result!.sums, result!.replicates)).toBeUndefined();
});

const DAY = 86_400_000;
const windowFrom = (day: string) => ({ start: Date.parse(day), end: Date.parse(day) + 28 * DAY });
const METERS = ['requests'];

test('weekly retention: of ten customers who use the same, five have left', () => {
  const windows = [{ now: windowFrom('2025-06-02'), before: windowFrom('2024-06-03') }];
  const usageIn = ({ start }: { start: number }) =>
    Float64Array.from({ length: 10 }, (_, a) => (a >= 5 && start === windows[0]!.now.start ? 0 : 700_000));
  for (const tiers of [TIERS.flat, TIERS.usage, TIERS.hybrid]) {
    const weeks = weeklyNrr([scenarioOf({ tiers })], METERS, windows, usageIn).get('test')!.weeks;
    expect(weeks[0]!.nrr).toBe(0.5);
  }
});

test('weekly retention: constant use is 100 % over 29 February and over months of any length', () => {
  const windows = ['2024-02-05', '2024-02-19', '2024-12-02'].map((day) => {
    const now = windowFrom(day);
    return { now, before: { start: now.start - 364 * DAY, end: now.end - 364 * DAY } };
  });
  for (const tiers of [TIERS.flat, TIERS.usage, TIERS.hybrid]) {
    const result = weeklyNrr([scenarioOf({ tiers })], METERS, windows, () => Float64Array.of(1_234_567));
    expect(result.get('test')!.weeks.map(({ nrr }) => nrr)).toEqual([1, 1, 1]);
  }
});

test('a share of replicates is said as exactly as their number tells', () => {
  // Standard errors: about 0.035 at one half of 200, 0.007 at 199 of 200, 0.005 at one half of 10 000, 0.0025 of 40 000.
  expect(toldShare(107, 200)).toBe(0.5);
  expect(toldShare(199, 200)).toBe(1);
  expect(toldShare(5350, 10_000)).toBe(0.54);
  expect(toldShare(21_400, 40_000)).toBe(0.54);
  expect(toldShare(5, 10)).toBeUndefined();
});
