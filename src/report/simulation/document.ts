/** A simulation as people read it. On a terminal the verdict stands where the eye is, at the end; on pages first. */
import { MONEY_NAMES, type MoneyName } from '../../core/simulation/money.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import type { Block, Medium, Table, Text } from '../document.ts';
import { percentText } from '../words.ts';
import { policyChart, tornadoChart } from './changes.ts';
import { billChart, bridgeChart, churnChart, deltaChart, moneyChart, rateChart, retentionChart } from './charts.ts';
import { policyTables } from './policyTables.ts';
import { RATES, type SimulationReport } from './report.ts';
import { sensitivityTables } from './sensitivityTables.ts';
import {
  bridgeTable,
  churnTable,
  comparison,
  costTable,
  deltaTable,
  intervalTable,
  largestTable,
  planTable,
  priceChangeTable,
  pricesTable,
  shownIntervals,
} from './tables.ts';
import { verdicts } from './verdictWords.ts';
import { annualNotes, populationNotes, sampleNotes, subject } from './words.ts';

/** As many as fit beside their intervals on a terminal; more scenarios follow below. */
const SIDE_BY_SIDE = 3;
/** Parameters in each table of a sensitivity run. */
const SHOWN_PARAMETERS = 8;

export const TITLE = 'Which pricing model should we run?';

export function simulationDocument(report: SimulationReport, medium: Medium): Block[] {
  const { outcomes, hashes, input } = report.result;
  const verdict: Text[] = [
    ...verdicts(report).map(({ label, text }): Text => [{ text: `${label}:`, tone: 'strong' }, ` ${text}`]),
    ...weeklyTexts(report),
  ];
  const { engine } = input;
  const how =
    engine.kind === 'ev' ? 'expected values' : `Monte Carlo, ${engine.replicates} replicates, seed ${engine.seed}`;
  const inForce = `the list in force is ${input.baseline}`;
  const about: Block = { kind: 'paragraph', text: `${subject(report)}; ${inForce}; ${how}` };
  const marks = `cohort ${hashes.cohort}, parameters ${hashes.parameters}, scenarios ${hashes.scenarios}, run ${hashes.run}`;
  const notes = [...annualNotes(report), ...sampleNotes(report), ...populationNotes(report)];
  const items = [...report.assumptions, ...notes, `hashes: ${marks}`];
  const end: Block[] = [{ kind: 'list', title: 'Assumptions', items }];
  if (medium === 'terminal') {
    return [about, ...tablesOf(report, SIDE_BY_SIDE), { kind: 'list', title: 'Verdict', items: verdict }, ...end];
  }
  const list: Block = { kind: 'list', items: medium === 'markdown' ? verdict : verdict.map(unbroken) };
  return medium === 'markdown'
    ? [
        { kind: 'heading', level: 1, text: 'Pricing models compared' },
        about,
        list,
        ...tablesOf(report, outcomes.length),
        ...end,
      ]
    : [{ kind: 'heading', level: 1, text: TITLE }, about, list, ...pictured(report), ...end];
}

/** With amounts that no narrow window breaks in two. */
function unbroken(text: Text): Text {
  const kept = (part: string) => part.replace(/(\d|\b[A-Z]{3}) (?=\d)/g, '$1\u00a0');
  if (typeof text === 'string') return kept(text);
  return text.map((part) => (typeof part === 'string' ? kept(part) : { ...part, text: kept(part.text) }));
}

function weeklyTexts({ weekly }: SimulationReport): string[] {
  return [...(weekly ?? [])].map(([name, { alarm, weeks }]) => {
    const last = weeks.at(-1);
    const now = last ? percentText(last.nrr, 1) : 'unknown';
    return `${name}: weekly NRR on the telemetry itself is ${now}${alarm ? ', below 100 % two months running' : ''}`;
  });
}

/** All tables; those with a column for each scenario with so many of them beside each other. */
function tablesOf(report: SimulationReport, beside: number): Table[] {
  const { outcomes } = report.result;
  const groups: ScenarioOutcome[][] = [];
  for (let from = 0; from < outcomes.length; from += beside) groups.push(outcomes.slice(from, from + beside));
  const { isGiven } = report.result.equal;
  return [
    ...(isGiven ? [] : groups.map((shown) => pricesTable(report, shown, true))),
    ...groups.flatMap((shown) => [
      comparison(report, shown, true),
      churnTable(shown),
      bridgeTable(report, shown),
      costTable(shown),
      deltaTable(report, shown),
      ...priceChangeTable(report, shown),
    ]),
    ...intervalTable(report),
    planTable(outcomes),
    ...policyTables(report),
    ...sensitivityTables(report, SHOWN_PARAMETERS),
  ];
}

/** The tables with charts beside them; those that a chart shows whole are folded away. */
function pictured(report: SimulationReport): Block[] {
  const { outcomes, policyWorth, input, equal } = report.result;
  const names = outcomes.map(({ scenario }) => scenario.name);
  const withPolicies = [...policyWorth.keys()];
  const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
  const known = MONEY_NAMES.filter((name) => outcomes.some(({ rates }) => rates[name] !== undefined));
  const others = outcomes.filter(({ scenario }) => scenario.name !== input.baseline);
  const shown = outcomes.map((outcome) => ({ ...outcome, intervals: shownIntervals(report, outcome) }));
  const lines = report.uncertainty ? 'of next year' : 'over resampled customers';
  const bars = `Bars are expected values; the thin lines are 95 % intervals ${lines}.`;
  return [
    ...(equal.isGiven ? [] : pricesAlone(report, known)),
    heading(equal.isGiven ? 'The comparison' : 'The scenarios as given'),
    { kind: 'paragraph', text: equal.isGiven ? bars : `Each with policies of its own. ${bars}` },
    { kind: 'grid', size: 'small', charts: known.map((name) => moneyChart(report, name, shown)) },
    { kind: 'grid', size: 'small', charts: RATES.map((spec) => rateChart(spec, shown)) },
    equal.isGiven ? comparison(report, outcomes, false) : untitled(comparison(report, outcomes, false)),
    ...intervalTable(report),
    heading('Net revenue retention'),
    { kind: 'grid', size: 'small', charts: outcomes.map((outcome, i) => bridgeChart(report, outcome, i)) },
    folded(bridgeTable(report, outcomes)),
    retentionChart(outcomes),
    heading('Why customers leave'),
    churnChart(outcomes),
    folded(churnTable(outcomes)),
    costTable(outcomes),
    ...priceChangeTable(report, outcomes),
    ...policyTables(report).flatMap((table, i): Block[] => {
      const charts = (['monthlyChurn', 'nrr'] as const).map((rate) => policyChart(report, withPolicies[i]!, rate));
      return [table, { kind: 'grid', size: 'wide', charts }];
    }),
    heading('Bills'),
    { ...billChart(report, outcomes), legend: names },
    folded(planTable(outcomes)),
    ...(others.length === 0
      ? []
      : [
          heading('Winners and losers'),
          {
            kind: 'paragraph' as const,
            text: `Mean monthly bill of each account, against ${input.baseline}. Who pays a quarter more, and more than the material amount, should be grandfathered.`,
          },
          deltaChart(report, outcomes),
          untitled(deltaTable(report, outcomes)),
          ...others.map((outcome) => folded(largestTable(report, outcome))),
        ]),
    ...(report.sensitivity ? [heading('What it depends on'), ...sensitivityBlocks(report)] : []),
  ];
}

/** What the verdict is about, where the scenarios have policies of their own: all of them under the same. */
function pricesAlone(report: SimulationReport, known: readonly MoneyName[]): Block[] {
  const { outcomes, equal } = report.result;
  const measured = outcomes.map((outcome, s) => {
    const { measures: rates, intervals } = equal.measured[s]!;
    return { ...outcome, rates, intervals };
  });
  return [
    { kind: 'heading', level: 2, text: 'Prices alone' },
    {
      kind: 'paragraph',
      text: 'Every price list under the same policies. Bars are expected values; the thin lines are 95 % intervals over resampled customers.',
    },
    { kind: 'grid', size: 'small', charts: known.map((name) => moneyChart(report, name, measured)) },
    untitled(pricesTable(report, outcomes, false)),
  ];
}

function sensitivityBlocks(report: SimulationReport): Block[] {
  const { outcomes } = report.result;
  const rates = (['monthlyChurn', 'nrr', 'grossMargin', 'conversion'] as const).filter((rate) =>
    outcomes.every((outcome) => outcome.rates[rate] !== undefined),
  );
  const charts = rates.flatMap((rate) => outcomes.map((_, s) => tornadoChart(report, rate, s, SHOWN_PARAMETERS)));
  const text = 'Each parameter at both ends of its plausible range, everything else as it is.';
  return [
    { kind: 'paragraph', text },
    { kind: 'grid', size: 'wide', charts },
    ...sensitivityTables(report, SHOWN_PARAMETERS).map(folded),
  ];
}

/** Named by the heading above it. */
function untitled(table: Table): Table {
  return { ...table, title: '' };
}

function folded(table: Table): Block {
  return { kind: 'folded', title: `${table.title}: the numbers`, blocks: [untitled(table)] };
}
