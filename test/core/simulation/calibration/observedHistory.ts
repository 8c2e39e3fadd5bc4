import { BillAverages, Reaction, Reactions } from '../../../../src/core/simulation/behaviour.ts';
import { Bills, rateAccounts, tariffOf } from '../../../../src/core/simulation/billing.ts';
import type { ObservedMonth } from '../../../../src/core/simulation/calibration/reactionRows.ts';
import type { Behaviour } from '../../../../src/core/simulation/parameters.ts';
import type { Population } from '../../../../src/core/simulation/population.ts';
import { RandomStream } from '../../../../src/core/simulation/random.ts';
import type { Scenario } from '../../../../src/core/simulation/scenario.ts';
import { scenarioOf, TIERS } from '../support.ts';

const PRODUCTION = TIERS.hybrid.split('\n')[0]!;

/** Price lists that a company may have had: each account is on one of those that a history names. */
export const PRICE_LISTS = {
  flat: scenarioOf({ name: 'flat', tiers: TIERS.flat }),
  flatHard: scenarioOf({ name: 'flatHard', tiers: TIERS.flatHard }),
  usage: scenarioOf({ name: 'usage', tiers: TIERS.usage }),
  hybrid: scenarioOf({ name: 'hybrid', tiers: PRODUCTION, policies: ['notify'] }),
  hybridSilent: scenarioOf({ name: 'hybridSilent', tiers: PRODUCTION }),
};
export type PriceList = keyof typeof PRICE_LISTS;

export type HistoryOptions = {
  readonly seed: number;
  /** Names of price lists above, or others. */
  readonly lists: readonly (PriceList | Scenario)[];
  /** Every third account comes in the course of the history, and meets its first bills in it. */
  readonly arrivals?: boolean;
};

/** What a company would have written down of customers who react by `truth`. */
export function observedHistory(
  population: Population,
  truth: Behaviour,
  { seed, lists, arrivals = false }: HistoryOptions,
): ObservedMonth[] {
  const months: ObservedMonth[] = [];
  const scenarios = lists.map((list) => (typeof list === 'string' ? PRICE_LISTS[list] : list));
  const tariffs = scenarios.map((scenario) => tariffOf(scenario, population));
  const length = population.periods.length;
  const bills = new Bills({ accounts: 1, months: length, plans: 1 });
  const reaction = new Reaction();
  for (const [account, id] of population.accounts.entries()) {
    const group = account % scenarios.length;
    const [tariff, scenario] = [tariffs[group]!, scenarios[group]!];
    const { policies } = scenario;
    const random = new RandomStream(seed, id);
    const reactions = new Reactions(truth, policies);
    const [averages, posted] = [new BillAverages(), new BillAverages()];
    rateAccounts(tariff, population, { from: account, to: account + 1 }, bills);
    const comes = arrivals && account % 3 === 0;
    const isNew = comes || population.tenures[account]! < 1;
    const first = comes ? Math.floor(random.next() * (length - 1)) : 0;
    let [expectedRequests, learned] = [0, 0];
    for (let t = first; t < length; t++) {
      const bill = bills.total[t]!;
      const overage = bills.overage[t]!;
      const throttling = bills.throttling[t]!;
      const terms = tariff.terms[0]![t]!;
      const at = account * length + t;
      const requests = population.quantities[at * population.meters.length]!;
      if (learned === 0) {
        posted.start(terms.fee > 0 ? terms.fee : bill, terms.fee > 0 ? 0 : overage);
        expectedRequests = requests;
      }
      const tenure = isNew ? t - first : population.tenures[account]! + t;
      const customer = { requests, peakDayRequests: population.peakDays[at]!, expectedRequests, tenure };
      let [churned, disputed] = [false, false];
      if (isNew || t >= 3) {
        reactions.begin(customer);
        const expected = learned === 0 ? posted : averages;
        const invoice = { terms, averages: expected, bill, throttling, holdsPacks: false, isPrompted: false };
        reactions.reactTo(invoice, reaction);
        churned = random.next() < reaction.churn;
        disputed = random.next() < reaction.dispute;
      }
      const { peakDayRequests } = customer;
      const { name: plan } = scenario.plans[0]!;
      months.push({
        ...{ customer: id, month: t, requests, peakDayRequests, tenure, bill, overage, throttling, terms },
        ...{ scenario: scenario.name, plan, notify: policies.notify, holdsPacks: false, prompted: false },
        ...{ churned, disputed },
      });
      if (churned) break;
      if (isNew && t === first) continue; // the month of arrival may be part of one
      if (learned === 0) averages.start(bill, overage);
      else {
        averages.learn(bill, overage, truth.billMemory);
        expectedRequests += truth.billMemory * (requests - expectedRequests);
      }
      learned++;
    }
  }
  return months;
}
