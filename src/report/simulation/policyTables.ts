/** The tables of what policies are worth. */
import { groupDigits } from '../../core/quantity.ts';
import { MONEY_NAMES, type MoneyName } from '../../core/simulation/money.ts';
import type { MeasureName } from '../../core/simulation/ranking.ts';
import type { PolicyWorth } from '../../core/simulation/simulate.ts';
import { type Cell, columns, none, type Table, text } from '../document.ts';
import { countText } from '../words.ts';
import { changeCell, MONEY_DIGITS, rateCell, wholeText } from './cells.ts';
import { measureLabel, RATES, type SimulationReport } from './report.ts';
import { moneyText, withoutText } from './words.ts';

/** A table for each scenario: its price list with every policy on, and what it loses without one. */
export function policyTables(report: SimulationReport): Table[] {
  const { result, currency } = report;
  const money = moneyText(report);
  const isMoney = (name: MeasureName): name is MoneyName => MONEY_NAMES.includes(name as MoneyName);
  const names = WORTH_MEASURES.filter((name) => !isMoney(name) || result.outcomes[0]!.rates[name] !== undefined);
  const shown = (name: MeasureName, amount: number) =>
    groupDigits((MONEY_DIGITS[name as MoneyName] ?? 0) > 0 ? money(amount).replace('-', '−') : wholeText(amount));
  const cell = (name: MeasureName, value: number | undefined, own?: number): Cell => {
    if (value === undefined) return none('unknown');
    const spec = RATES.find((rate) => rate.name === name);
    if (spec) return own === undefined ? rateCell(spec, value) : changeCell(spec, value - own);
    const amount = value - (own ?? 0);
    const sign = own !== undefined && amount > 0 && !/^0[.0]*$/.test(shown(name, amount)) ? '+' : '';
    return { kind: 'money', text: `${sign}${shown(name, amount)}`, value: money(amount) };
  };
  return [...result.policyWorth].map(([name, { full, without: variants }]) => ({
    kind: 'table',
    title: `What each policy is worth to ${name}`,
    note: `with all policies on, and the change when one is switched off, rates in percentage points, ${currency.code}${sparedText(report, { full, without: variants })}`,
    columns: columns('', ...names.map((measure) => SHORT_LABELS[measure] ?? measureLabel(measure))),
    rows: [
      { cells: [text('all policies on'), ...names.map((measure) => cell(measure, full.measures[measure]))] },
      ...variants.map(({ without, measures }) => ({
        cells: [
          text(withoutText(without)),
          ...names.map((measure) => cell(measure, measures[measure], full.measures[measure])),
        ],
      })),
    ],
  }));
}

/** Columns of the worth of policies. */
const WORTH_MEASURES: readonly MeasureName[] = [
  'grossProfit',
  'grossProfitPerSignup',
  'conversion',
  'monthlyChurn',
  'disputeRate',
  'grossMargin',
  'nrr',
];

/** What grandfathering costs, and what it saves. */
function sparedText(report: SimulationReport, { full, without }: PolicyWorth): string {
  const nobodySpared = without.find((worth) => worth.without === 'grandfather');
  if (!full.priceChange || !nobodySpared) return '';
  const { grandfathered, forgone } = full.priceChange;
  const cost = `${groupDigits(moneyText(report)(forgone))} ${report.currency.code}`;
  const kept = (full.survivors - nobodySpared.survivors).toFixed(1);
  return `; grandfather spares ${countText(grandfathered)} accounts, which costs ${cost} and keeps ${kept} customers`;
}

const SHORT_LABELS: Partial<Record<MeasureName, string>> = {
  grossProfit: 'gross profit',
  grossProfitPerSignup: 'a sign-up',
  monthlyChurn: 'churn',
  disputeRate: 'disputes',
  grossMargin: 'margin',
  nrr: 'NRR',
};
