/** Cells and rows that the tables of a simulation are made of. */
import { groupDigits } from '../../core/quantity.ts';
import type { MoneyName } from '../../core/simulation/money.ts';
import type { ScenarioOutcome } from '../../core/simulation/simulate.ts';
import { type Cell, columns, none, percent, type Row, type Table, text } from '../document.ts';
import { countText, percentText } from '../words.ts';
import { deltaText, type RateSpec, rateText, type SimulationReport } from './report.ts';
import { moneyText } from './words.ts';

/** A row for each fact, a column for each scenario. */
export function byScenario(
  title: string,
  outcomes: readonly ScenarioOutcome[],
  rows: readonly Row[],
  first = '',
): Table {
  return { kind: 'table', title, columns: columns(first, ...outcomes.map(({ scenario }) => scenario.name)), rows };
}

export function row(
  label: string,
  outcomes: readonly ScenarioOutcome[],
  cell: (outcome: ScenarioOutcome) => Cell,
): Row {
  return { cells: [text(label), ...outcomes.map(cell)] };
}

/** Expected amounts are doubles, rounded to the minor unit where they are shown. */
export function moneyCells(report: SimulationReport): (amount: number, sign?: '' | '+' | '−') => Cell {
  const money = moneyText(report);
  return (amount, sign = '') => ({
    kind: 'money',
    text: `${sign}${groupDigits(money(amount))}`,
    value: `${sign === '−' ? '-' : ''}${money(amount)}`,
  });
}

export function share(value: number, digits = 1): Cell {
  return percent(value, percentText(value, digits));
}

export function count(value: number): Cell {
  return { kind: 'number', text: countText(value), value: String(value) };
}

export function rateCell(spec: RateSpec, value: number | undefined, shown = rateText(spec, value)): Cell {
  if (value === undefined) return none('unknown');
  return { kind: spec.kind, text: shown, value: String(value) };
}

export function changeCell(spec: RateSpec, change: number | undefined): Cell {
  return change === undefined ? none() : { kind: 'number', text: deltaText(spec, change), value: String(change) };
}

/** Amounts of single customers have their minor unit, those of all of them are whole. */
export const MONEY_DIGITS: Partial<Record<MoneyName, number>> = { grossProfitPerSignup: 2 };

export function wholeText(amount: number): string {
  const whole = amount.toFixed(0);
  return whole === '-0' ? '0' : whole.replace('-', '−');
}
