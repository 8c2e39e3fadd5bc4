/** Customers who react by known parameters: what calibration finds must be those parameters, wherever they lie. */
import { beforeAll, describe, expect, test } from 'vitest';
import { calibrate, fitBehaviour } from '../../../../src/core/simulation/calibration/calibrate.ts';
import { checkOf, type Grouping } from '../../../../src/core/simulation/calibration/check.ts';
import { hazardObservations, predict } from '../../../../src/core/simulation/calibration/observed.ts';
import {
  type ObservedMonth,
  type ReactionRow,
  reactionRows,
} from '../../../../src/core/simulation/calibration/reactionRows.ts';
import { BEHAVIOUR, type Behaviour, DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../../src/core/simulation/population.ts';
import { firstAccounts, referencePopulation } from '../support.ts';
import { observedHistory, type PriceList } from './observedHistory.ts';
import { covers, estimatesFor, FAR, TRUTHS, type TruthName } from './truths.ts';

const { behaviour: DEFAULTS } = DEFAULT_PARAMETERS;
const rowsOf = (months: readonly ObservedMonth[]) => reactionRows(months, DEFAULTS.billMemory).rows;

let population: Population;
beforeAll(async () => {
  population = await referencePopulation();
}, 60_000);

/** Of a third of the accounts, where nothing else is asked for. */
function historyOf(
  behaviour: Behaviour,
  lists: readonly PriceList[],
  seed = 5,
  accounts = firstAccounts(population, 700),
): readonly ReactionRow[] {
  return rowsOf(observedHistory(accounts, behaviour, { seed, lists }));
}

describe('calibration on simulated customers', () => {
  // All five truths, twelve histories each: coverage.mjs.
  test.each(['far', 'hybrid only', 'flat only'] as const)(
    'intervals hold the truth, far from the shipped parameters: %s',
    (name: TruthName) => {
      const estimates = [21, 22].flatMap((seed) => estimatesFor(firstAccounts(population, 700), name, seed));
      const missed = estimates.filter((estimate) => !covers(estimate, name));
      const shown = missed.map(({ prior, value, interval }) => `${prior.name} ${value} (${interval.join(' to ')})`);
      expect(missed.length, `${estimates.length} intervals, of which missed ${shown.join(', ')}`).toBeLessThanOrEqual(
        3,
      );
    },
    120_000,
  );

  test('a fit leaves the shipped values where the data say so', () => {
    const estimates = estimatesFor(population, 'far', 23);
    for (const name of ['baseChurn', 'tenureHalving', 'unpredictabilityChurn', 'feeAnchor', 'baseDisputes'] as const) {
      const { value } = estimates.find(({ prior }) => prior.name === name)!;
      const towardsTruth = Math.log(value / DEFAULTS[name]) / Math.log(FAR[name] / DEFAULTS[name]);
      expect(towardsTruth, `${name}: ${value}`).toBeGreaterThan(0.6);
    }
  });

  test('the tenure at which hazards halve is found', () => {
    const { fit } = fitBehaviour({
      rows: historyOf({ ...DEFAULTS, tenureHalving: 12 }, ['usage']),
      behaviour: DEFAULTS,
    });
    const { value, interval, identified } = fit.estimates.find(({ prior }) => prior.name === 'tenureHalving')!;
    expect(identified).toBe(true);
    expect(interval[0]).toBeLessThan(12);
    expect(interval[1]).toBeGreaterThan(12);
    expect(value).toBeLessThan(20);
  });
});

describe('what is not identified', () => {
  const rowsWithoutAlerts = () => historyOf(FAR, ['flat', 'hybridSilent']).slice(0, 8000);

  test('keeps its prior, with the prior’s uncertainty, and is called so', () => {
    const { estimates } = calibrate({ rows: rowsWithoutAlerts(), behaviour: DEFAULTS });
    const reach = estimates.find(({ prior }) => prior.name === 'alertReach')!;
    expect(reach.identified).toBe(false);
    expect(reach.value).toBeCloseTo(DEFAULTS.alertReach, 6);
    // logit 0.948 = 2.9031; ± 1.96 × 1.5 = 2.94: from logistic(−0.0369) to logistic(5.8431)
    expect(reach.interval[0]).toBeCloseTo(0.4908, 3);
    expect(reach.interval[1]).toBeCloseTo(0.9971, 3);
  });

  test('alerts are not identified where everybody gets them', () => {
    const { estimates } = calibrate({ rows: historyOf(FAR, ['hybrid']).slice(0, 4000), behaviour: DEFAULTS });
    expect(estimates.find(({ prior }) => prior.name === 'alertReach')!.identified).toBe(false);
  });

  test('the behaviour that is written has the log-likelihood that is reported', () => {
    const rows = rowsWithoutAlerts();
    const { behaviour, estimates, logLikelihood } = calibrate({ rows, behaviour: DEFAULTS });
    expect(estimates.some(({ identified }) => !identified)).toBe(true);
    const means = new Float64Array(rows.length * 2);
    hazardObservations(rows, () => behaviour).predict([], means);
    const sum = rows.reduce((log, { churned, disputed }, i) => {
      const churn = means[2 * i]!;
      const dispute = means[2 * i + 1]!;
      return log + Math.log(churned ? churn : 1 - churn) + Math.log(disputed ? dispute : 1 - dispute);
    }, 0);
    expect(sum).toBeCloseTo(logLikelihood, 6);
  });

  test('a parameter at an end of its range is held there', () => {
    const rows = rowsWithoutAlerts();
    const { estimates, behaviour, covariance } = calibrate({ rows, behaviour: { ...DEFAULTS, surpriseChurn: 0 } });
    expect(behaviour.surpriseChurn).toBe(0);
    expect(estimates.find(({ prior }) => prior.name === 'surpriseChurn')).toMatchObject({ value: 0, standardError: 0 });
    expect(covariance.names).not.toContain('surpriseChurn');
  });

  test('no parameter leaves the range that a simulation takes', () => {
    // Only the smallest accounts leave, and all of them: the size effect would have no end.
    const rows = historyOf(DEFAULTS, ['flat'])
      .slice(0, 6000)
      .map((row) => ({ ...row, churned: row.expectedRequests < 150_000 }));
    const { behaviour } = calibrate({ rows, behaviour: DEFAULTS });
    for (const [name, { possible }] of Object.entries(BEHAVIOUR)) {
      expect(behaviour[name as keyof Behaviour], name).toBeGreaterThanOrEqual(possible[0]);
      expect(behaviour[name as keyof Behaviour], name).toBeLessThanOrEqual(possible[1]);
    }
    expect(behaviour.sizeEffect).toBeGreaterThan(1);
  });
});

test('1 300 account-months without an exit say that churn is low', () => {
  const constant = { requests: 100_000, peakDayRequests: 6_000, bill: 19, overage: 0, throttling: 0 };
  const months = Array.from({ length: 100 }, (_, account) =>
    Array.from(
      { length: 16 },
      (_, month): ObservedMonth => ({
        ...{ customer: `c${account}`, month, tenure: 12 + month, scenario: 'now', plan: 'production', ...constant },
        ...{ terms: { fee: 19, includedRequests: 200_000 }, notify: false, holdsPacks: false, prompted: false },
        ...{ churned: false, disputed: undefined },
      }),
    ),
  );
  const rows = rowsOf(months.flat());
  expect(rows).toHaveLength(1300);
  let expected = 0;
  predict(rows, DEFAULTS, (_, { churn }) => {
    expected += churn;
  });
  expect(expected).toBeGreaterThan(20);
  const { behaviour, estimates } = calibrate({ rows, behaviour: DEFAULTS });
  // If λ₀ alone explained churn, ln λ₀ would move by as many prior deviations as exits are still expected: 26·e^−x = x, so
  // x ≈ 2.4, a tenth. Size and tenure take some of the blame.
  expect(behaviour.baseChurn).toBeLessThan(DEFAULTS.baseChurn / 3);
  expect(estimates.find(({ prior }) => prior.name === 'baseChurn')!.identified).toBe(true);
});

describe('the check on months that the fit has not seen', () => {
  const outside = (rows: readonly ReactionRow[], behaviour: Behaviour): ReadonlySet<Grouping> => {
    const { groups } = checkOf(rows, { behaviour, nearby: { behaviours: [], step: 1 }, covariance: [], dispersion: 1 });
    return new Set(groups.filter(({ isOutside }) => isOutside).map(({ by }) => by));
  };

  test('passes for customers who stay as they were', () => {
    const { holdOut } = calibrate({ rows: historyOf(FAR, TRUTHS.far.lists), behaviour: DEFAULTS });
    expect(holdOut!.isOutside).toBe(false);
    expect(holdOut!.groups.map(({ by }) => by)).toEqual(
      expect.arrayContaining(['all', 'priceList', 'unpredictability', 'surprise', 'size', 'tenure']),
    );
  });

  test('of 30 accounts, one exit or none in the last months is no alarm', () => {
    for (const exits of [0, 1]) {
      const rows = rowsOf(observedHistory(firstAccounts(population, 30), DEFAULTS, { seed: 3, lists: ['flat'] }));
      const last = Math.max(...rows.map(({ month }) => month));
      let left = exits;
      const { holdOut } = calibrate({
        rows: rows.map((row) => ({ ...row, churned: row.month > last - 3 ? left-- > 0 : row.churned })),
        behaviour: DEFAULTS,
      });
      const [all] = holdOut!.groups;
      expect(all).toMatchObject({ by: 'all', observed: exits });
      expect(all!.interval[1]).toBeGreaterThan(0);
      expect(holdOut!.isOutside).toBe(false);
    }
  });

  test('shows a wrong tenure that the level of churn makes up for', () => {
    const truth = { ...DEFAULTS, tenureHalving: 12 };
    const rows = historyOf(truth, ['usage'], 5, population);
    expect(outside(rows, truth).size).toBe(0);
    let [expected, observed] = [0, 0];
    predict(rows, DEFAULTS, (row, { churn }) => {
      expected += churn;
      observed += rows[row]!.churned ? 1 : 0;
    });
    const level = observed / expected;
    const { baseChurn, unpredictabilityChurn, surpriseChurn, valueGapChurn } = DEFAULTS;
    const wrong = outside(rows, {
      ...DEFAULTS,
      baseChurn: baseChurn * level,
      unpredictabilityChurn: unpredictabilityChurn * level,
      surpriseChurn: surpriseChurn * level,
      valueGapChurn: valueGapChurn * level,
    });
    expect(wrong).toContain('tenure');
    expect(wrong).not.toContain('all');
  });

  test('fails for a wrong price parameter that the base rate makes up for', () => {
    const rows = historyOf(DEFAULTS, ['flat', 'usage', 'hybrid'], 5, population);
    const { holdOut } = calibrate({ rows, behaviour: { ...DEFAULTS, unpredictabilityChurn: 0, surpriseChurn: 0 } });
    expect(holdOut!.groups[0]!.isOutside).toBe(false);
    expect(holdOut!.isOutside).toBe(true);
    const wrong = holdOut!.groups.filter(({ isOutside }) => isOutside).map(({ by }) => by);
    expect(wrong).toContain('surprise');
  });
});
