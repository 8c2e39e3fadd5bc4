/** The tables of a simulation: headings and rows of text, for every format that has tables. */
import { groupDigits } from '../../core/quantity.ts';
import { CAUSES } from '../../core/simulation/behaviour.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { moneyText } from './json.ts';
import { deltaText, RATES, rateText, type SimulationReport } from './report.ts';
import { withoutText } from './words.ts';

export type Section = {
  readonly title: string;
  /** Below the title, where the numbers need a word. */
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** The comparison, one column a scenario; `intervals` adds the 95 % interval behind each rate. */
export function comparison(
  report: SimulationReport,
  outcomes: readonly ScenarioOutcome[],
  intervals: boolean,
): Section {
  const money = (amount: number) => groupDigits(moneyText(report)(amount));
  const row = (label: string, cell: (outcome: ScenarioOutcome) => string) => [label, ...outcomes.map(cell)];
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const reduction = (label: string, of: (outcome: ScenarioOutcome) => number) =>
    row(label, (outcome) => {
      if (outcome.scenario.name === report.result.input.baseline) return '–';
      const change = -of(outcome);
      return `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(1)} %`;
    });
  const { currency } = report;
  return {
    title: 'Comparison',
    head: ['', ...outcomes.map(({ scenario }) => scenario.name)],
    rows: [
      ...RATES.map((spec) =>
        row(spec.label, ({ rates, intervals: ranges }) => {
          const value = rateText(spec, rates[spec.name]);
          const range = ranges[spec.name];
          if (!intervals || !range) return value;
          const ends = range.map((end) => rateText(spec, end).replace(' %', '')).join('–');
          return `${value} (${ends})`;
        }),
      ),
      row('level of disputes', ({ disputeBand }) => disputeBand),
      reduction(`disputes against ${report.result.input.baseline}`, ({ disputeReduction }) => disputeReduction),
      reduction(`tickets against ${report.result.input.baseline}`, ({ ticketReduction }) => ticketReduction),
      row(`mean bill, ${currency.code}`, ({ arpa }) => money(arpa)),
      row('median bill', ({ bills }) => money(bills.quantiles.median)),
      row('90 % of bills are below', ({ bills }) => money(bills.quantiles.p90)),
      row('usage share of revenue', ({ overageShare }) => share(overageShare)),
    ],
  };
}

export function churnSection(outcomes: readonly ScenarioOutcome[]): Section {
  const causes = CAUSES.filter((cause) => outcomes.some((outcome) => outcome.churnByCause[cause] > 0));
  const row = (label: string, of: (outcome: ScenarioOutcome) => number) => [
    label,
    ...outcomes.map((outcome) => `${(of(outcome) * 100).toFixed(2)} %`),
  ];
  return {
    title: 'Monthly churn by cause',
    head: ['', ...outcomes.map(({ scenario }) => scenario.name)],
    rows: [
      ...causes.map((cause) => row(cause, ({ churnByCause }) => churnByCause[cause])),
      row('together', ({ rates }) => rates.monthlyChurn),
    ],
  };
}

export function bridgeSection(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Section {
  const money = (amount: number) => groupDigits(moneyText(report)(amount));
  const row = (label: string, sign: '' | '+' | '−', of: (outcome: ScenarioOutcome) => number) => [
    label,
    ...outcomes.map((outcome) => `${sign}${money(of(outcome))}`),
  ];
  const { horizon } = report.result.input.population;
  return {
    title: 'Monthly revenue of the cohort',
    head: [report.currency.code, ...outcomes.map(({ scenario }) => scenario.name)],
    rows: [
      row('month 0', '', ({ bridge }) => bridge.start),
      row('customers who left', '−', ({ bridge }) => bridge.churned),
      row('smaller bills', '−', ({ bridge }) => bridge.contraction),
      row('larger bills', '+', ({ bridge }) => bridge.expansion),
      row(`month ${horizon}`, '', ({ bridge }) => bridge.end),
    ],
  };
}

export function costSection(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Section {
  const kinds = ['compute', 'requests', 'egress', 'accounts', 'tickets', 'disputes'] as const;
  const revenue = ({ costs, rates }: ScenarioOutcome) => costs.total / (1 - rates.grossMargin);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return {
    title: 'Where the revenue goes',
    head: ['', ...outcomes.map(({ scenario }) => scenario.name)],
    rows: [
      ...kinds.map((kind) => [kind, ...outcomes.map((outcome) => percent(outcome.costs[kind] / revenue(outcome)))]),
      [
        'gross margin',
        ...report.result.outcomes.filter((o) => outcomes.includes(o)).map(({ rates }) => percent(rates.grossMargin)),
      ],
    ],
  };
}

/** One section for each scenario that has policies. */
export function policySections(report: SimulationReport): Section[] {
  const { result } = report;
  return [...result.policyWorth].map(([name, worth]) => {
    const own = result.outcomes.find(({ scenario }) => scenario.name === name)!.rates;
    return {
      title: `What each policy of ${name} is worth`,
      note: 'change of each rate when it is switched off alone, in percentage points',
      head: ['', ...RATES.map(({ label }) => shortLabel(label))],
      rows: [
        ['as it is', ...RATES.map((spec) => rateText(spec, own[spec.name]))],
        ...worth.map(({ without, rates }) => [
          withoutText(without),
          ...RATES.map((spec) => {
            const [there, here] = [rates[spec.name], own[spec.name]];
            return deltaText(spec, there === undefined || here === undefined ? undefined : there - here);
          }),
        ]),
      ],
    };
  });
}

export function deltaSection(report: SimulationReport, outcomes: readonly ScenarioOutcome[]): Section {
  const money = (amount: number) => groupDigits(moneyText(report)(amount));
  const { baseline } = report.result.input;
  const count = (label: string, of: (outcome: ScenarioOutcome) => string) => [
    label,
    ...outcomes.map((outcome) => (outcome.scenario.name === baseline ? '–' : of(outcome))),
  ];
  const number = (value: number) => groupDigits(String(value));
  return {
    title: `Accounts against ${baseline}`,
    head: ['', ...outcomes.map(({ scenario }) => scenario.name)],
    rows: [
      count('pay less', ({ deltas }) => number(deltas.winners)),
      count('pay the same', ({ deltas }) => number(deltas.unchanged)),
      count('pay more', ({ deltas }) => number(deltas.losers)),
      count('to be grandfathered', ({ deltas }) => number(deltas.grandfather)),
      count('which costs a month', ({ deltas }) => money(deltas.grandfatherCost)),
    ],
  };
}

export function planSection(outcomes: readonly ScenarioOutcome[]): Section {
  return {
    title: 'Customers by plan',
    head: ['scenario', 'plan', 'month 0', 'at the end'],
    rows: outcomes.flatMap(({ scenario, planMix }) =>
      planMix.map(({ plan, start, end }) => [
        scenario.name,
        plan,
        `${(start * 100).toFixed(1)} %`,
        `${(end * 100).toFixed(1)} %`,
      ]),
    ),
  };
}

/** The parameters that move a rate most; undefined without a sensitivity run. */
export function sensitivitySections(report: SimulationReport, most: number): Section[] {
  const { sensitivity, result } = report;
  if (!sensitivity) return [];
  const names = result.outcomes.map(({ scenario }) => scenario.name);
  return (['conversion', 'monthlyChurn', 'grossMargin', 'nrr'] as const).flatMap((rate) => {
    const spec = RATES.find(({ name }) => name === rate)!;
    if (sensitivity.rates.some((rates) => rates[rate] === undefined)) return [];
    const rows = swings(report, rate).slice(0, most);
    return [
      {
        title: `What ${spec.label} depends on`,
        note: 'change in percentage points at the low and the high end of each plausible range',
        head: ['', 'range', ...names],
        rows: rows.map(({ effect, changes }) => [
          effect.parameter,
          `${effect.low.value}–${effect.high.value}`,
          ...changes.map(([low, high]) => `${deltaText(spec, low)} … ${deltaText(spec, high)}`),
        ]),
      },
    ];
  });
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

function shortLabel(label: string): string {
  return (
    {
      'monthly churn': 'churn',
      'disputed invoices': 'disputes',
      'tickets per account-month': 'tickets',
      'gross margin': 'margin',
      'net revenue retention': 'NRR',
      'gross revenue retention': 'GRR',
    }[label] ?? label
  );
}
