/** A simulation as rows of `scenario,measure,value,low,high`, and its accounts as a table of their own. */
import { callsForGrandfathering } from '../../core/simulation/deltas.ts';
import { RATE_NAMES } from '../../core/simulation/outcomes.ts';
import { columns, type Row, type Table, text } from '../document.ts';
import { csv } from '../render/csv.ts';
import { csvRow } from '../safeText.ts';
import type { SimulationFormat, SimulationReport } from './report.ts';
import { moneyText } from './words.ts';

export const simulationCsv: SimulationFormat = (report) => csv([measureTable(report)]);

function measureTable(report: SimulationReport): Table {
  const money = moneyText(report);
  const rate = (value: number | undefined) => (value === undefined ? '' : value.toFixed(6));
  const rows = report.result.outcomes.flatMap((outcome) => {
    const row = (measure: string, ...values: readonly string[]): Row => ({
      cells: [outcome.scenario.name, measure, ...values].map((value) => text(value)),
    });
    const all = (name: string, table: object, shown: (value: number) => string) =>
      Object.entries(table).map(([key, value]) => row(`${name}.${key}`, shown(value)));
    return [
      ...RATE_NAMES.map((name) => row(name, rate(outcome.rates[name]), ...(outcome.intervals[name] ?? []).map(rate))),
      row('disputeReduction', rate(outcome.disputeReduction)),
      row('ticketReduction', rate(outcome.ticketReduction)),
      row('arpa', money(outcome.arpa)),
      ...all('bill', outcome.bills.quantiles, money),
      row('overageShare', rate(outcome.overageShare)),
      ...all('churnByCause', outcome.churnByCause, rate),
      ...all('bridge', outcome.bridge, money),
      ...all('costs', outcome.costs, money),
      ...all('nrrByMonth', outcome.nrrByMonth, rate),
    ];
  });
  return { kind: 'table', title: '', columns: columns('scenario', 'measure', 'value', 'low', 'high'), rows };
}

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
