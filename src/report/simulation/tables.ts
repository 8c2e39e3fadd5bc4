/** The tables of a simulation. */
import { groupDigits } from '../../core/quantity.ts';
import { CAUSES } from '../../core/simulation/behaviour.ts';
import type { MeasuredArm } from '../../core/simulation/measures.ts';
import { MONEY_NAMES, type MoneyName } from '../../core/simulation/money.ts';
import type { MeasureName } from '../../core/simulation/ranking.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { type Cell, columns, none, percent, type Row, type Table, text } from '../document.ts';
import { percentText, signedPercentText } from '../words.ts';
import { byScenario, count, MONEY_DIGITS, moneyCells, rateCell, row, share, wholeText } from './cells.ts';
import { MONEY_LABELS, RATES, rateText, type SimulationReport } from './report.ts';
import { rangeCell } from './sensitivityTables.ts';
import { termsText } from './verdictWords.ts';
import { moneyText } from './words.ts';

/** Large amounts whole, small ones with their digits. */
function shownAmount(report: SimulationReport, name: MoneyName): (amount: number) => string {
  const money = moneyText(report);
  return (amount) => groupDigits((MONEY_DIGITS[name] ?? 0) > 0 ? money(amount).replace('-', '−') : wholeText(amount));
}

/** What scenarios earn, then their rates; `intervals` adds the 95 % interval behind each number. */
function measureRows(
  report: SimulationReport,
  measured: readonly Pick<MeasuredArm, 'measures' | 'intervals'>[],
  intervals: boolean,
): Row[] {
  const money = moneyText(report);
  const known = MONEY_NAMES.filter((name) => measured.some(({ measures }) => measures[name] !== undefined));
  return [
    ...known.flatMap((name): Row[] => {
      const shown = shownAmount(report, name);
      const cells = measured.map(({ measures }): Cell => {
        const amount = measures[name];
        if (amount === undefined || !Number.isFinite(amount)) return none('unknown');
        return { kind: 'money', text: shown(amount), value: money(amount) };
      });
      const row: Row = { cells: [text(MONEY_LABELS[name]), ...cells] };
      if (!intervals || measured.every(({ intervals: ranges }) => ranges[name] === undefined)) return [row];
      const ends = measured.map(({ intervals: ranges }): Cell => {
        const range = ranges[name];
        return range ? text(`${shown(range[0])}–${shown(range[1])}`) : none();
      });
      return [row, { cells: [text('  95 %'), ...ends] }];
    }),
    ...RATES.map((spec): Row => {
      const cells = measured.map(({ measures, intervals: ranges }) => {
        const value = rateText(spec, measures[spec.name]);
        const ends = ranges[spec.name]?.map((end) => rateText(spec, end).replace(' %', '')).join('–');
        return rateCell(spec, measures[spec.name], intervals && ends ? `${value} (${ends})` : value);
      });
      return { cells: [text(spec.label), ...cells] };
    }),
  ];
}

/** The price lists alone, where the scenarios as given have policies of their own. */
export function pricesTable(report: SimulationReport, outcomes: readonly ScenarioOutcome[], intervals: boolean): Table {
  const { equal, outcomes: all } = report.result;
  const measured = outcomes.map((outcome) => equal.measured[all.indexOf(outcome)]!);
  return {
    ...byScenario('Prices alone', outcomes, measureRows(report, measured, intervals), report.currency.code),
    note: `${termsText(equal.policies, equal.requestsPerSecond)} for all${report.uncertainty ? '; 95 % over resampled customers' : ''}`,
  };
}

/** The scenarios as given, one column each. */
export function comparison(report: SimulationReport, outcomes: readonly ScenarioOutcome[], intervals: boolean): Table {
  const money = moneyCells(report);
  const { currency, result } = report;
  const { equal } = result;
  const { baseline } = result.input;
  const of = (label: string, cell: (outcome: ScenarioOutcome) => Cell) => row(label, outcomes, cell);
  const reduction = (label: string, name: 'disputeReduction' | 'ticketReduction') =>
    of(label, (outcome) => {
      const change = -outcome[name];
      if (outcome.scenario.name === baseline) return none('–');
      return percent(change, Math.abs(change) < 0.0005 ? percentText(0, 1) : signedPercentText(change, 1));
    });
  const measured = outcomes.map((outcome) => ({ measures: outcome.rates, intervals: shownIntervals(report, outcome) }));
  const rows = [
    ...measureRows(report, measured, intervals),
    of('level of disputes', ({ disputeBand }) => text(disputeBand)),
    reduction(`disputes against ${baseline}`, 'disputeReduction'),
    reduction(`tickets against ${baseline}`, 'ticketReduction'),
    of('mean bill', ({ arpa }) => money(arpa)),
    of('median bill', ({ bills }) => money(bills.quantiles.median)),
    of('90 % of bills are below', ({ bills }) => money(bills.quantiles.p90)),
    of('usage share of revenue', ({ overageShare }) => share(overageShare)),
  ];
  const table = byScenario('The scenarios as given', outcomes, rows, currency.code);
  const drawn = report.uncertainty ? '; 95 % of next year' : '';
  if (!equal.isGiven) return { ...table, note: `each with policies of its own${drawn}` };
  const terms = termsText(equal.policies, equal.requestsPerSecond);
  return { ...table, title: 'Prices alone', note: `as given: ${terms} for all${drawn}` };
}

/** What people take an interval for: next year where it was drawn, otherwise customers alone. */
export function shownIntervals({ result, uncertainty }: SimulationReport, outcome: ScenarioOutcome) {
  return uncertainty?.nextYear[result.outcomes.indexOf(outcome)] ?? outcome.intervals;
}

/** Both kinds of intervals beside each other; none unless next years were drawn. */
export function intervalTable(report: SimulationReport): Table[] {
  const { uncertainty, result } = report;
  if (!uncertainty) return [];
  const rows = (label: string, name: MeasureName, shown: (end: number) => string): Row[] =>
    result.outcomes.map(({ scenario, intervals }, s) => {
      const cells = [uncertainty.nextYear[s]![name], intervals[name]].map((range) =>
        range ? rangeCell(range[0], range[1], '–', shown) : none(),
      );
      return { cells: [text(label), text(scenario.name), ...cells] };
    });
  const known = MONEY_NAMES.filter((name) => uncertainty.nextYear.some((ranges) => ranges[name] !== undefined));
  return [
    {
      kind: 'table',
      title: 'How sure that is',
      note: `95 %: next year, from ${uncertainty.draws} draws of parameters, customers, sign-ups and luck; customers, from resampled customers and sign-ups with the parameters as they are`,
      columns: columns('', 'scenario', 'next year', 'customers'),
      rows: [
        ...known.flatMap((name) => rows(MONEY_LABELS[name], name, shownAmount(report, name))),
        ...RATES.flatMap((spec) => rows(spec.label, spec.name, (end) => rateText(spec, end))),
      ],
    },
  ];
}

export function churnTable(outcomes: readonly ScenarioOutcome[]): Table {
  const causes = CAUSES.filter((cause) => outcomes.some((outcome) => outcome.churnByCause[cause] > 0));
  return byScenario('Monthly churn by cause', outcomes, [
    ...causes.map((cause) => row(cause, outcomes, ({ churnByCause }) => share(churnByCause[cause], 2))),
    row('together', outcomes, ({ rates }) => share(rates.monthlyChurn, 2)),
  ]);
}

export function bridgeTable(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Table {
  const money = moneyCells(report);
  const of = (label: string, sign: '' | '+' | '−', part: keyof ScenarioOutcome['bridge']) =>
    row(label, outcomes, ({ bridge }) => money(bridge[part], sign));
  const rows = [
    of('month 0', '', 'start'),
    of('customers who left', '−', 'churned'),
    of('smaller bills', '−', 'contraction'),
    of('larger bills', '+', 'expansion'),
    of(`month ${report.result.input.population.horizon}`, '', 'end'),
  ];
  return byScenario('Monthly revenue of the cohort', outcomes, rows, report.currency.code);
}

export function costTable(outcomes: readonly ScenarioOutcome[]): Table {
  const kinds = ['compute', 'requests', 'egress', 'accounts', 'tickets', 'disputes'] as const;
  const revenue = ({ costs, rates }: ScenarioOutcome) => costs.total / (1 - rates.grossMargin);
  return byScenario('Where the revenue goes', outcomes, [
    ...kinds.map((kind) => row(kind, outcomes, (outcome) => share(outcome.costs[kind] / revenue(outcome)))),
    row('gross margin', outcomes, ({ rates }) => share(rates.grossMargin)),
  ]);
}

/** What the change from the list in force does to customers; none where nobody reacts to it. */
export function priceChangeTable(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Table[] {
  if (outcomes.every(({ priceChange }) => priceChange === undefined)) return [];
  const money = moneyCells(report);
  const of = (label: string, cell: (change: NonNullable<ScenarioOutcome['priceChange']>) => Cell) =>
    row(label, outcomes, ({ priceChange }) => (priceChange ? cell(priceChange) : none('–')));
  const change = (value: number) => percent(value, signedPercentText(value, 1, value > 0));
  return [
    byScenario(`The change from ${report.result.input.baseline}, the list in force`, outcomes, [
      of('accounts that become dearer', ({ dearer }) => count(dearer)),
      of('accounts that become cheaper', ({ cheaper }) => count(cheaper)),
      of('typical change of a bill', ({ meanRise }) => change(Math.exp(meanRise) - 1)),
      of('change of use', ({ usageChange }) => change(usageChange)),
      of('accounts that keep the list in force', ({ grandfathered }) => count(grandfathered)),
      of('which costs in all', ({ forgone }) => money(forgone)),
    ]),
  ];
}

export function deltaTable(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Table {
  const money = moneyCells(report);
  const { baseline } = report.result.input;
  const of = (label: string, cell: (deltas: ScenarioOutcome['deltas']) => Cell) =>
    row(label, outcomes, ({ scenario, deltas }) => (scenario.name === baseline ? none('–') : cell(deltas)));
  return byScenario(`Accounts against ${baseline}`, outcomes, [
    of('pay less', ({ winners }) => count(winners)),
    of('pay the same', ({ unchanged }) => count(unchanged)),
    of('pay more', ({ losers }) => count(losers)),
    of('to be grandfathered', ({ grandfather }) => count(grandfather)),
    of('which costs a month', ({ grandfatherCost }) => money(grandfatherCost)),
  ]);
}

/** The accounts whose bills change most under a scenario. */
export function largestTable(report: SimulationReport, { scenario, deltas }: ScenarioOutcome): Table {
  const money = moneyCells(report);
  const { baseline } = report.result.input;
  return {
    kind: 'table',
    title: `Largest changes under ${scenario.name}`,
    columns: columns('account', `under ${baseline}`, `under ${scenario.name}`, 'change'),
    rows: [...deltas.largest.losers, ...deltas.largest.winners].map(({ account, before, after }) => ({
      cells: [text(account), money(before), money(after), money(Math.abs(after - before), after > before ? '+' : '−')],
    })),
  };
}

export function planTable(outcomes: readonly ScenarioOutcome[]): Table {
  return {
    kind: 'table',
    title: 'Customers by plan',
    columns: [
      { head: 'scenario', align: 'left' },
      { head: 'plan', align: 'right' },
      { head: 'month 0', align: 'right' },
      { head: 'at the end', align: 'right' },
    ],
    rows: outcomes.flatMap(({ scenario, planMix }) =>
      planMix.map(({ plan, start, end }) => ({ cells: [text(scenario.name), text(plan), share(start), share(end)] })),
    ),
  };
}
