/** The tables of a simulation. */
import { groupDigits } from '../../core/quantity.ts';
import { CAUSES } from '../../core/simulation/behaviour.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { type Cell, columns, none, percent, type Row, type Table, text } from '../document.ts';
import { countText, percentText, signedPercentText } from '../words.ts';
import { deltaText, RATES, type RateSpec, rateText, type SimulationReport } from './report.ts';
import { moneyText, withoutText } from './words.ts';

/** A row for each fact, a column for each scenario. */
function byScenario(title: string, outcomes: readonly ScenarioOutcome[], rows: readonly Row[], first = ''): Table {
  return { kind: 'table', title, columns: columns(first, ...outcomes.map(({ scenario }) => scenario.name)), rows };
}

function row(label: string, outcomes: readonly ScenarioOutcome[], cell: (outcome: ScenarioOutcome) => Cell): Row {
  return { cells: [text(label), ...outcomes.map(cell)] };
}

/** Expected amounts are doubles, rounded to the minor unit where they are shown. */
function moneyCells(report: SimulationReport): (amount: number, sign?: '' | '+' | '−') => Cell {
  const money = moneyText(report);
  return (amount, sign = '') => ({
    kind: 'money',
    text: `${sign}${groupDigits(money(amount))}`,
    value: `${sign === '−' ? '-' : ''}${money(amount)}`,
  });
}

function share(value: number, digits = 1): Cell {
  return percent(value, percentText(value, digits));
}

function count(value: number): Cell {
  return { kind: 'number', text: countText(value), value: String(value) };
}

function rateCell(spec: RateSpec, value: number | undefined, shown = rateText(spec, value)): Cell {
  if (value === undefined) return none('unknown');
  return { kind: spec.kind, text: shown, value: String(value) };
}

function changeCell(spec: RateSpec, change: number | undefined): Cell {
  return change === undefined ? none() : { kind: 'number', text: deltaText(spec, change), value: String(change) };
}

/** The comparison, one column a scenario; `intervals` adds the 95 % interval behind each rate. */
export function comparison(report: SimulationReport, outcomes: readonly ScenarioOutcome[], intervals: boolean): Table {
  const money = moneyCells(report);
  const { currency, result } = report;
  const { baseline } = result.input;
  const of = (label: string, cell: (outcome: ScenarioOutcome) => Cell) => row(label, outcomes, cell);
  const reduction = (label: string, name: 'disputeReduction' | 'ticketReduction') =>
    of(label, (outcome) => {
      const change = -outcome[name];
      return outcome.scenario.name === baseline ? none('–') : percent(change, signedPercentText(change, 1, change > 0));
    });
  return byScenario('Comparison', outcomes, [
    ...RATES.map((spec) =>
      of(spec.label, (outcome) => {
        const { rates } = outcome;
        const value = rateText(spec, rates[spec.name]);
        const range = shownIntervals(report, outcome)[spec.name];
        const ends = range?.map((end) => rateText(spec, end).replace(' %', '')).join('–');
        return rateCell(spec, rates[spec.name], intervals && ends ? `${value} (${ends})` : value);
      }),
    ),
    of('level of disputes', ({ disputeBand }) => text(disputeBand)),
    reduction(`disputes against ${baseline}`, 'disputeReduction'),
    reduction(`tickets against ${baseline}`, 'ticketReduction'),
    of(`mean bill, ${currency.code}`, ({ arpa }) => money(arpa)),
    of('median bill', ({ bills }) => money(bills.quantiles.median)),
    of('90 % of bills are below', ({ bills }) => money(bills.quantiles.p90)),
    of('usage share of revenue', ({ overageShare }) => share(overageShare)),
  ]);
}

/** What people take an interval for: next year where it was drawn, otherwise customers alone. */
function shownIntervals({ result, uncertainty }: SimulationReport, outcome: ScenarioOutcome) {
  return uncertainty?.nextYear[result.outcomes.indexOf(outcome)] ?? outcome.intervals;
}

/** Both kinds of intervals beside each other; none unless next years were drawn. */
export function intervalTable({ uncertainty, result }: SimulationReport): Table[] {
  if (!uncertainty) return [];
  const cell = (spec: RateSpec, range: readonly [number, number] | undefined): Cell =>
    range ? rangeCell(range[0], range[1], '–', (end) => rateText(spec, end)) : none();
  return [
    {
      kind: 'table',
      title: 'How sure the rates are',
      note: `95 %: next year, from ${uncertainty.draws} draws of parameters, customers and luck; customers, from resampled customers with the parameters as they are`,
      columns: columns('', 'scenario', 'next year', 'customers'),
      rows: RATES.flatMap((spec) =>
        result.outcomes.map(({ scenario, intervals }, s) => ({
          cells: [
            text(spec.label),
            text(scenario.name),
            cell(spec, uncertainty.nextYear[s]![spec.name]),
            cell(spec, intervals[spec.name]),
          ],
        })),
      ),
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

/** A table for each scenario that has policies. */
export function policyTables(report: SimulationReport): Table[] {
  const { result } = report;
  return [...result.policyWorth].map(([name, worth]) => {
    const own = result.outcomes.find(({ scenario }) => scenario.name === name)!.rates;
    const change = (spec: RateSpec, there: number | undefined) => {
      const here = own[spec.name];
      return changeCell(spec, there === undefined || here === undefined ? undefined : there - here);
    };
    return {
      kind: 'table',
      title: `What each policy of ${name} is worth`,
      note: `change of each rate when it is switched off alone, in percentage points${sparedText(report, name)}`,
      columns: columns('', ...RATES.map(({ label }) => SHORT_LABELS[label] ?? label)),
      rows: [
        { cells: [text('as it is'), ...RATES.map((spec) => rateCell(spec, own[spec.name]))] },
        ...worth.map(({ without, rates }) => ({
          cells: [text(withoutText(without)), ...RATES.map((spec) => change(spec, rates[spec.name]))],
        })),
      ],
    };
  });
}

/** What grandfathering costs, and what it saves. */
function sparedText(report: SimulationReport, name: string): string {
  const { priceChange, survivors } = report.result.outcomes.find(({ scenario }) => scenario.name === name)!;
  const without = report.result.policyWorth.get(name)!.find((worth) => worth.without === 'grandfather');
  if (!priceChange || !without) return '';
  const { grandfathered, forgone } = priceChange;
  const cost = `${groupDigits(moneyText(report)(forgone))} ${report.currency.code}`;
  const kept = (survivors - without.survivors).toFixed(1);
  return `; grandfather spares ${countText(grandfathered)} accounts, which costs ${cost} and keeps ${kept} customers`;
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

/** The parameters that move a rate most; none without a sensitivity run. */
export function sensitivityTables(report: SimulationReport, most: number): Table[] {
  const { sensitivity, result } = report;
  if (!sensitivity) return [];
  return (['conversion', 'monthlyChurn', 'grossMargin', 'nrr'] as const).flatMap((rate): Table[] => {
    const spec = RATES.find(({ name }) => name === rate)!;
    if (sensitivity.rates.some((rates) => rates[rate] === undefined)) return [];
    return [
      {
        kind: 'table',
        title: `What ${spec.label} depends on`,
        note: 'change in percentage points at the low and the high end of each plausible range',
        columns: columns('', 'range', ...result.outcomes.map(({ scenario }) => scenario.name)),
        rows: swings(report, rate)
          .slice(0, most)
          .map(({ effect, changes }) => ({
            cells: [
              text(effect.parameter),
              rangeCell(effect.low.value, effect.high.value, '–', String),
              ...changes.map(([low, high]) => rangeCell(low, high, ' … ', (end) => deltaText(spec, end))),
            ],
          })),
      },
    ];
  });
}

function rangeCell(low: number, high: number, between: string, shown: (end: number) => string): Cell {
  return { kind: 'number', text: `${shown(low)}${between}${shown(high)}`, value: `${low}..${high}` };
}

/** Parameters by how far they move a rate of any scenario, the farthest first; those that move nothing are left out. */
export function swings(report: SimulationReport, rate: (typeof RATES)[number]['name']) {
  const { sensitivity, result } = report;
  return (sensitivity?.effects ?? [])
    .map((effect) => {
      const changes = result.outcomes.map((_, s): [number, number] => {
        const own = sensitivity!.rates[s]![rate] ?? 0;
        return [(effect.low.rates[s]![rate] ?? 0) - own, (effect.high.rates[s]![rate] ?? 0) - own];
      });
      const reach = Math.max(...changes.flat().map(Math.abs));
      return { effect, changes, reach };
    })
    .filter(({ reach }) => reach > 1e-9)
    .sort((a, b) => b.reach - a.reach);
}

export function flipTexts({ sensitivity }: SimulationReport): string[] {
  if (!sensitivity) return [];
  if (sensitivity.flips.length === 0)
    return ['no parameter, moved alone within its plausible range, makes another scenario the best by any rate'];
  return sensitivity.flips.map(({ rate, parameter, value, from, to }) => {
    const { label } = RATES.find(({ name }) => name === rate)!;
    return `at ${parameter} of about ${Number(value.toPrecision(3))}, ${to} overtakes ${from} by ${label}`;
  });
}

const SHORT_LABELS: Readonly<Record<string, string>> = {
  'monthly churn': 'churn',
  'disputed invoices': 'disputes',
  'tickets per account-month': 'tickets',
  'gross margin': 'margin',
  'net revenue retention': 'NRR',
  'gross revenue retention': 'GRR',
};
