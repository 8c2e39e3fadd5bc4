/** A simulation as rows of `scenario,measure,value,low,high`, and its accounts as a table of their own. */
import { callsForGrandfathering } from '../../core/simulation/deltas.ts';
import { RATE_NAMES } from '../../core/simulation/outcomes.ts';
import { csvRow } from '../safeText.ts';
import type { SimulationFormat, SimulationReport } from './report.ts';
import { moneyText } from './words.ts';

export const simulationCsv: SimulationFormat = function* (report) {
  const money = moneyText(report);
  const rate = (value: number | undefined) => (value === undefined ? '' : value.toFixed(6));
  yield csvRow(['scenario', 'measure', 'value', 'low', 'high']);
  for (const outcome of report.result.outcomes) {
    const row = (measure: string, value: string, [low, high]: readonly [string, string] = ['', '']) =>
      csvRow([outcome.scenario.name, measure, value, low, high]);
    for (const name of RATE_NAMES) {
      const ends = outcome.intervals[name];
      yield row(name, rate(outcome.rates[name]), ends ? [rate(ends[0]), rate(ends[1])] : ['', '']);
    }
    yield row('disputeReduction', rate(outcome.disputeReduction));
    yield row('ticketReduction', rate(outcome.ticketReduction));
    yield row('arpa', money(outcome.arpa));
    for (const [name, amount] of Object.entries(outcome.bills.quantiles)) yield row(`bill.${name}`, money(amount));
    yield row('overageShare', rate(outcome.overageShare));
    for (const [cause, share] of Object.entries(outcome.churnByCause)) yield row(`churnByCause.${cause}`, rate(share));
    for (const [part, amount] of Object.entries(outcome.bridge)) yield row(`bridge.${part}`, money(amount));
    for (const [kind, amount] of Object.entries(outcome.costs)) yield row(`costs.${kind}`, money(amount));
    for (const [month, nrr] of outcome.nrrByMonth.entries()) yield row(`nrrByMonth.${month}`, rate(nrr));
  }
};

/**
 * One row an account: its mean monthly bill while it pays, its probability of staying and its first plan under every
 * scenario, the difference to the baseline, and whether a price change should spare it for a while.
 */
export function* accountsCsv({ result, currency }: SimulationReport): Generator<string> {
  const { input, accounts, outcomes } = result;
  const { baseline } = input;
  const names = outcomes.map(({ scenario }) => scenario.name);
  const before = accounts.get(baseline)!;
  const money = moneyText({ currency });
  yield csvRow([
    'customer_id',
    ...names.flatMap((name) => [
      `${name}_bill`,
      `${name}_plan`,
      `${name}_stays`,
      ...(name === baseline ? [] : [`${name}_change`, `${name}_grandfather`]),
    ]),
  ]);
  for (const [i, account] of input.population.accounts.entries()) {
    yield csvRow([
      account,
      ...outcomes.flatMap(({ scenario }) => {
        const { bills, plan, survival } = accounts.get(scenario.name)!;
        const own = [money(bills[i]!), scenario.plans[plan[i]!]!.name, survival[i]!.toFixed(6)];
        if (scenario.name === baseline) return own;
        const spare = callsForGrandfathering(before.bills[i]!, bills[i]!, input.parameters.behaviour);
        return [...own, money(bills[i]! - before.bills[i]!), spare ? 'yes' : 'no'];
      }),
    ]);
  }
}
