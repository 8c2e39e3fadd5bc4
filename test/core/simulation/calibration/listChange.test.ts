/** Customers whose price list changed, and who react to it by known parameters: what calibration finds must be those. */
import { describe, expect, test } from 'vitest';
import { BillAverages, NO_PRESSURE, Reaction, Reactions } from '../../../../src/core/simulation/behaviour.ts';
import { calibrate, fitBehaviour } from '../../../../src/core/simulation/calibration/calibrate.ts';
import { changePriors, fitDemand } from '../../../../src/core/simulation/calibration/changeFit.ts';
import { listChanges } from '../../../../src/core/simulation/calibration/listChange.ts';
import { type Estimate, maximise } from '../../../../src/core/simulation/calibration/maximise.ts';
import { hazardObservations } from '../../../../src/core/simulation/calibration/observed.ts';
import { priorOf } from '../../../../src/core/simulation/calibration/prior.ts';
import { type ObservedMonth, reactionRows } from '../../../../src/core/simulation/calibration/reactionRows.ts';
import { BEHAVIOUR, type Behaviour, DEFAULT_PARAMETERS } from '../../../../src/core/simulation/parameters.ts';
import { normalQuantile, RandomStream } from '../../../../src/core/simulation/random.ts';
import { NO_POLICIES } from '../../../../src/core/simulation/scenario.ts';

const { behaviour: shipped } = DEFAULT_PARAMETERS;

/** A fee that includes so many requests, and a price for each 10 000 beyond them. */
type List = { readonly name: string; readonly fee: number; readonly included: number; readonly price: number };
const FLAT: List = { name: 'flat', fee: 29, included: 500_000, price: 0.58 };
/** Cheaper for small and large customers, dearer for those between. */
const HYBRID: List = { name: 'hybrid', fee: 19, included: 200_000, price: 0.55 };
const CHEAPER: List = { name: 'cheaper', fee: 19, included: 200_000, price: 0.4 };
const LISTS = new Map([FLAT, HYBRID, CHEAPER].map((list) => [list.name, list]));

function billOf({ fee, included, price }: List, requests: number) {
  const overage = Math.round((Math.max(0, requests - included) / 10_000) * price * 100) / 100;
  return { bill: fee + overage, overage };
}

type Plan = { readonly accounts: number; readonly before: number; readonly after: number; readonly seed: number };

/** A history in which everybody goes from `from` to `to` after `before` months. */
function history(truth: Behaviour, { accounts, before, after, seed }: Plan, from = FLAT, to = HYBRID): ObservedMonth[] {
  const months: ObservedMonth[] = [];
  const reactions = new Reactions(truth, NO_POLICIES);
  const reaction = new Reaction();
  for (let account = 0; account < accounts; account++) {
    const customer = String(account).padStart(5, '0');
    const random = new RandomStream(seed, customer);
    const normal = () => normalQuantile(random.next());
    const size = 450_000 * Math.exp(1.15 * normal());
    const tenure = Math.floor(-14 * Math.log(random.next()));
    const usages: number[] = [];
    for (let t = 0, noise = 0.22 * normal(); t < before + after; t++) {
      usages.push(Math.round(size * Math.exp(noise + 0.0165 * t)));
      noise = 0.5 * noise + 0.22 * Math.sqrt(0.75) * normal();
    }
    // Before the change: moving averages of both lists on the same usage.
    const [old, next] = [new BillAverages(), new BillAverages()];
    for (let t = 0; t < before; t++) {
      for (const [averages, list] of [
        [old, from],
        [next, to],
      ] as const) {
        const { bill, overage } = billOf(list, usages[t]!);
        if (t === 0) averages.start(bill, overage);
        else averages.learn(bill, overage, truth.billMemory);
      }
    }
    const rise = Math.log((next.bill + 5) / (old.bill + 5));
    const mean = (list: List) =>
      usages.slice(0, before).reduce((sum, used) => sum + billOf(list, used).bill, 0) / before;
    const isBelow = usages.slice(0, before).reduce((sum, used) => sum + used, 0) / before < to.included;
    const ratio = ((mean(to) + 1) / (mean(from) + 1)) ** -truth.demandReaction;
    const factor = isBelow ? Math.max(1, ratio) : ratio;

    let averages = new BillAverages();
    let expectedRequests = usages[0]!;
    for (let t = 0; t < before + after; t++) {
      const list = t < before ? from : to;
      const requests = t < before ? usages[t]! : Math.round(usages[t]! * factor);
      const { bill, overage } = billOf(list, requests);
      const terms = { fee: list.fee, includedRequests: list.included };
      const peakDayRequests = requests / 15;
      if (t === before) averages = next;
      let churned = false;
      if (t >= 3) {
        const month = { requests, peakDayRequests, expectedRequests, tenure: 12 + tenure + t };
        reactions.begin(month, t < before ? NO_PRESSURE : reactions.pressureOf(rise, t - before));
        reactions.reactTo({ terms, averages, bill, throttling: 0, holdsPacks: false, isPrompted: false }, reaction);
        churned = random.next() < reaction.churn;
      }
      months.push({
        ...{ customer, month: 24_000 + t, requests, peakDayRequests, tenure: 12 + tenure + t, terms, bill, overage },
        ...{ scenario: list.name, plan: 'p', throttling: 0, notify: false, holdsPacks: false, prompted: false },
        ...{ churned, disputed: undefined },
      });
      if (churned) break;
      if (t === 0) averages.start(bill, overage);
      else {
        averages.learn(bill, overage, truth.billMemory);
        expectedRequests += truth.billMemory * (requests - expectedRequests);
      }
    }
  }
  return months;
}

const changesOf = (months: readonly ObservedMonth[]) =>
  listChanges(months, (i, { scenario }) => billOf(LISTS.get(scenario)!, months[i]!.requests), shipped);
const rowsOf = (months: readonly ObservedMonth[]) => reactionRows(changesOf(months).months, shipped.billMemory).rows;

const TRUTH: Behaviour = { ...shipped, baseChurn: 0.02, sizeEffect: 0.5, priceReaction: 0.5, migrationShock: 0.16 };

describe('the change of a list that one customer meets', () => {
  const month = (at: number, scenario: string, requests: number): ObservedMonth => {
    const { fee, included } = LISTS.get(scenario)!;
    return {
      ...{ customer: 'a', month: at, requests, peakDayRequests: 0, tenure: 20, scenario, plan: 'p', throttling: 0 },
      ...{ ...billOf(LISTS.get(scenario)!, requests), terms: { fee, includedRequests: included } },
      ...{ notify: false, holdsPacks: false, prompted: false, churned: false, disputed: undefined },
    };
  };
  const { months, uses } = changesOf([
    ...[month(0, 'flat', 600_000), month(1, 'flat', 800_000), month(2, 'hybrid', 700_000), month(3, 'hybrid', 700_000)],
    ...[{ ...month(0, 'hybrid', 1_000_000), customer: 'b' }],
  ]);

  test('is D on the usage before it, and the months since', () => {
    // Flat: 34.80 and 46.40; hybrid: 41.00 and 52.00. A memory of 0.4: 34.80 + 0.4 × 11.60 = 39.44, 41 + 0.4 × 11 = 45.40.
    const rise = Math.log((45.4 + 5) / (39.44 + 5));
    expect(months.map(({ change }) => change?.since)).toEqual([undefined, undefined, 0, 1, undefined]);
    expect(months[2]!.change!.rise).toBeCloseTo(rise, 12);
    expect(months[3]!.change!.rise).toBeCloseTo(rise, 12);
  });

  test('is what the customer expects from then on', () => {
    // Variance of the new plan's bills: 0.6 × 0.4 × 11² = 29.04.
    expect(months[2]!.change!.averages).toMatchObject({ bill: 41 + 0.4 * 11, overage: 22 + 0.4 * 11 });
    expect(months[2]!.change!.averages.variance).toBeCloseTo(29.04, 12);
  });

  test('has a price from the earlier half of the months before it, and use less what moved for all', () => {
    // Only month 0 tells the price: ln f = −ln((41 + 1) ÷ (34.80 + 1)). The one customer's movement is everybody's: none is left.
    expect(uses).toEqual([
      { customer: 'a', month: 2, use: expect.closeTo(0, 12), factor: expect.closeTo(-Math.log(42 / 35.8), 12) },
    ]);
  });
});

const covers = ({ interval: [low, high] }: Estimate, truth: number) => low <= truth && truth <= high;

/** More of them take minutes: with 12, at least 10 intervals must hold, and the mean of η lie within 0.2. */
const HISTORIES = 3;

test('η and β_M are found in histories of 4000 accounts: their intervals hold, and η is off by no more than 0.3 on average', () => {
  const names = ['baseChurn', 'priceReaction', 'migrationShock'] as const;
  const found = Array.from({ length: HISTORIES }, (_, seed) => {
    const rows = rowsOf(history(TRUTH, { accounts: 4000, before: 4, after: 6, seed }));
    const priors = [priorOf('baseChurn', BEHAVIOUR.baseChurn, shipped.baseChurn), ...changePriors(rows, shipped)];
    const behaviourOf = (values: readonly number[]): Behaviour => ({
      ...TRUTH,
      ...Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    });
    return maximise(priors, hazardObservations(rows, behaviourOf)).estimates;
  });
  const mean = found.reduce((sum, [, eta]) => sum + eta!.value / found.length, 0);
  expect(Math.abs(mean - 0.5), String(mean)).toBeLessThan(0.3);
  expect(found.filter(([, eta]) => covers(eta!, 0.5)).length).toBe(HISTORIES);
  expect(found.filter(([, , shock]) => covers(shock!, 0.16)).length).toBe(HISTORIES);
  for (const [, eta] of found) expect(eta!.identified).toBe(true);
}, 120_000);

test('η and β_M are among the others in a whole calibration', () => {
  const months = history(TRUTH, { accounts: 1500, before: 4, after: 6, seed: 20 });
  const { uses } = changesOf(months);
  const { changes, behaviour } = calibrate({ rows: rowsOf(months), behaviour: shipped, uses });
  const [eta, shock, demand] = changes!.estimates as [Estimate, Estimate, Estimate];
  expect(covers(eta, 0.5)).toBe(true);
  expect(covers(shock, 0.16)).toBe(true);
  expect(demand.prior.name).toBe('demandReaction');
  expect([behaviour.priceReaction, behaviour.migrationShock]).toEqual([eta.value, shock.value]);
  expect(changes!.customers).toBeGreaterThan(1250);
}, 60_000);

test.each([6, 12])(
  'ε is found in histories of 2000 accounts with %i months before the change within 0.05',
  (before) => {
    const found = Array.from({ length: HISTORIES }, (_, seed) => {
      const plan = { accounts: 2000, before, after: 6, seed };
      const months = history({ ...shipped, demandReaction: 0.2 }, plan, FLAT, CHEAPER);
      return fitDemand(changesOf(months).uses, shipped);
    });
    const mean = found.reduce((sum, { value }) => sum + value / found.length, 0);
    expect(Math.abs(mean - 0.2), String(mean)).toBeLessThan(0.05);
    for (const demand of found) {
      expect(demand.identified).toBe(true);
      expect(Math.abs(demand.value - 0.2)).toBeLessThan(0.15);
    }
  },
  60_000,
);

describe('nothing is identified', () => {
  test('where no list changed: all parameters of a change keep their values, and none is estimated', () => {
    const months = history(shipped, { accounts: 300, before: 4, after: 6, seed: 1 }, FLAT, FLAT);
    const { changes, behaviour } = calibrate({ rows: rowsOf(months), behaviour: shipped });
    expect(changes).toBeUndefined();
    expect(behaviour).toMatchObject({ priceReaction: 0, migrationShock: 0, demandReaction: 0 });
  });

  test('of η and ε where all prices rise alike; the shock is told', () => {
    // Every amount times 1.5, and nobody near the amounts that hardly count: D is about ln 1.5 for all.
    const scaled = { name: 'scaled', fee: 2900, included: 0, price: 58 };
    const dearer = { name: 'dearer', fee: 4350, included: 0, price: 87 };
    const lists = new Map([scaled, dearer].map((list) => [list.name, list]));
    const months = history(TRUTH, { accounts: 400, before: 4, after: 6, seed: 1 }, scaled, dearer);
    const changed = listChanges(
      months,
      (i, { scenario }) => billOf(lists.get(scenario)!, months[i]!.requests),
      shipped,
    );
    const { rows } = reactionRows(changed.months, shipped.billMemory);
    const [eta, shock] = changePriors(rows, shipped);
    expect([eta.isHeld, shock.isHeld]).toEqual([true, false]);
    expect(fitDemand(changed.uses, shipped)).toMatchObject({ value: 0, identified: false });
    expect(fitBehaviour({ rows, behaviour: shipped }).fitted.behaviour.priceReaction).toBe(0);
  });
});
