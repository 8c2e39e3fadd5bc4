import { BillAverages, Reaction, Reactions } from '../../../../src/core/simulation/behaviour.ts';
import { Bills, rateAccounts, tariffOf } from '../../../../src/core/simulation/billing.ts';
import type { ObservedMonth } from '../../../../src/core/simulation/calibration/observed.ts';
import type { Behaviour } from '../../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../../src/core/simulation/population.ts';
import { RandomStream } from '../../../../src/core/simulation/random.ts';
import type { Scenario } from '../../../../src/core/simulation/scenario.ts';
import { scenarioOf, TIERS } from '../support.ts';

const SCENARIOS = [
  scenarioOf({ tiers: TIERS.flat }),
  scenarioOf({ tiers: TIERS.flatHard }),
  scenarioOf({ tiers: TIERS.usage }),
  scenarioOf({ tiers: TIERS.hybrid.split('\n')[0]!, policies: ['notify'] }),
  scenarioOf({ tiers: TIERS.hybrid.split('\n')[0]! }),
];

/** What a company would have written down of customers who react by `truth`: account `i` on price list `i` modulo their number. */
export function observedHistory(
  population: Population,
  truth: Behaviour,
  { seed, repeats, scenarios = SCENARIOS }: { seed: number; repeats: number; scenarios?: readonly Scenario[] },
): ObservedMonth[] {
  const months: ObservedMonth[] = [];
  const tariffs = scenarios.map((scenario) => tariffOf(scenario, population));
  const length = population.periods.length;
  const bills = new Bills({ accounts: 1, months: length, plans: 1 });
  const reaction = new Reaction();
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [account, id] of population.accounts.entries()) {
      const group = (account + repeat) % scenarios.length;
      const tariff = tariffs[group]!;
      const { policies } = scenarios[group]!;
      const random = new RandomStream(seed, repeat, id);
      const reactions = new Reactions(truth, policies);
      const averages = new BillAverages();
      rateAccounts(tariff, population, { from: account, to: account + 1 }, bills);
      let expectedRequests = 0;
      for (let t = 0; t < length; t++) {
        const bill = bills.total[t]!;
        const overage = bills.overage[t]!;
        const throttling = bills.throttling[t]!;
        const at = account * length + t;
        const customer = {
          requests: population.quantities[at * population.meters.length]!,
          peakDayRequests: population.peakDays[at]!,
          expectedRequests,
          tenure: population.tenures[account]! + t,
        };
        let [churned, disputed] = [false, false];
        if (t >= 3) {
          reactions.begin(customer);
          const terms = tariff.terms[0]![t]!;
          reactions.reactTo({ terms, averages, bill, throttling, holdsPacks: false, isPrompted: false }, reaction);
          churned = random.next() < reaction.churn;
          disputed = random.next() < reaction.dispute;
        }
        const { requests, peakDayRequests, tenure } = customer;
        months.push({
          ...{ customer: `${id}/${repeat}`, month: t, requests, peakDayRequests, tenure, bill, overage, throttling },
          ...{
            terms: tariff.terms[0]![t]!,
            notify: policies.notify,
            holdsPacks: false,
            prompted: false,
            churned,
            disputed,
          },
        });
        if (churned) break;
        if (t === 0) {
          averages.start(bill, overage);
          expectedRequests = requests;
        } else {
          averages.learn(bill, overage, truth.billMemory);
          expectedRequests += truth.billMemory * (requests - expectedRequests);
        }
      }
    }
  }
  return months;
}
