/** An estimate as people read it: on a terminal whole, as a pull request comment with all but the answer folded away. */
import type { Comparison } from '../../core/estimate/compare.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { Note } from '../../core/estimate/note.ts';
import { blockedBy } from '../../core/estimate/quotes.ts';
import { checkList } from '../checkList.ts';
import type { Block, Table, Text } from '../document.ts';
import { moneyText } from '../words.ts';
import { priceListTable } from './priceLists.ts';
import type { EstimateReport, EstimatesReport } from './report.ts';
import { billTable, changeTable, factTexts, middlewareTables, routeTable, tierTable } from './tables.ts';
import { totalsOf, totalTable } from './totals.ts';
import {
  blockedShares,
  blockedText,
  daysOfBaseline,
  isMeasured,
  measuredText,
  monthLabel,
  placeText,
  signedMoney,
  signedPercent,
} from './words.ts';

export function* estimateDocument(report: EstimateReport): Generator<Block> {
  const { estimate, comparison } = report;
  const aside = `${estimate.tier}, ${monthLabel(report.month, estimate.days)}`;
  yield { kind: 'heading', level: 3, text: report.name, aside };
  const tables = [
    billTable(estimate, 'terminal'),
    routeTable(report, 'terminal'),
    ...middlewareTables(estimate, 'terminal'),
  ];
  yield { kind: 'tables', tables, alike: 'width' };
  yield tierTable(estimate);
  if (report.priceLists) yield priceListTable(report.priceLists);
  const { breakEvens, limits } = factTexts(estimate);
  if (breakEvens.length + limits.length > 0) yield factTable({ 'break-even': breakEvens, limits });
  if (!comparison) return;
  yield changeTable(report, comparison, 'terminal');
  const days = daysOfBaseline(comparison);
  if (days !== '') yield { kind: 'note', text: days };
}

export function* estimatesDocument(all: EstimatesReport): Generator<Block> {
  for (const report of all.reports) yield* estimateDocument(report);
  yield totalTable(all, 'terminal');
}

function factTable(facts: Readonly<Record<string, readonly string[]>>): Table {
  return {
    kind: 'table',
    title: '',
    columns: [
      { head: '', align: 'left' },
      { head: '', align: 'left' },
    ],
    rows: Object.entries(facts).flatMap(([label, texts]) =>
      texts.map((fact, i) => ({
        cells: [
          { kind: 'text' as const, text: [{ text: i === 0 ? label : '', tone: 'dim' as const }] },
          { kind: 'text' as const, text: fact },
        ],
      })),
    ),
  };
}

/** For Markdown. */
export function* estimateComment(report: EstimateReport): Generator<Block> {
  const { estimate, comparison, checks } = report;
  const { currency } = estimate.rateCard;
  const total = `${moneyText(estimate.invoice.total, currency)} ${currency.code} a month${changeOfTotal(report)}`;
  const blocked = blockedShares(estimate);
  yield { kind: 'heading', level: 2, text: [figure(`${total}${blocked === '' ? '' : `, ${blocked}`}`)] };
  yield { kind: 'paragraph', text: summary(report) };
  if (checks.length > 0) yield checkList(checks, 'markdown');
  if (comparison) yield* changes(report, comparison);
  yield folded('Bill', billTable(estimate, 'markdown'));
  yield folded('By route', routeTable(report, 'markdown'));
  for (const table of middlewareTables(estimate, 'markdown')) yield folded(table.title, table);
  yield folded('On every tier', tierTable(estimate));
  if (report.priceLists) yield priceListTable(report.priceLists);
  const { breakEvens, limits } = factTexts(estimate);
  yield* foldedList('Break-even and limits', [...breakEvens, ...limits]);
  const { warnings, notes } = report;
  yield* foldedList(
    `Warnings (${warnings.length})`,
    warnings.map(({ message }) => message),
  );
  yield* noteList(notes);
}

export function* estimatesComment(all: EstimatesReport): Generator<Block> {
  const { reports, checks, notes } = all;
  const { currency } = reports[0]!.estimate.rateCard;
  const total = `${moneyText(totalsOf(reports).total, currency)} ${currency.code} a month, ${reports.length} configurations`;
  yield { kind: 'heading', level: 1, text: total };
  if (checks.length > 0) yield checkList(checks, 'markdown');
  yield totalTable(all, 'markdown');
  yield* noteList(notes);
  for (const report of reports) yield* estimateComment(report);
}

export function noteTexts(notes: readonly Note[]): string[] {
  return notes.map(({ message, source }) => placeText(source) + message);
}

function noteList(notes: readonly Note[]): Iterable<Block> {
  return foldedList(`Notes (${notes.length})`, noteTexts(notes));
}

function* foldedList(title: string, items: readonly string[]): Generator<Block> {
  if (items.length > 0) yield { kind: 'folded', title, blocks: [{ kind: 'list', items }] };
}

function folded(title: string, table: Table): Block {
  return { kind: 'folded', title, blocks: [{ ...table, title: '' }] };
}

/** A text without names from input: nothing in it is to be taken for markup, or escaped. */
function figure(shown: string): { text: string; tone: 'figure' } {
  return { text: shown, tone: 'figure' };
}

function strong(shown: string): { text: string; tone: 'strong' } {
  return { text: shown, tone: 'strong' };
}

function changeOfTotal({ comparison, estimate }: EstimateReport): string {
  if (!comparison) return '';
  const by = signedMoney(comparison.difference, estimate.rateCard.currency);
  return ` (${by}${comparison.increase ? `, ${signedPercent(comparison.increase)}` : ''})`;
}

function summary(report: EstimateReport): Text {
  const { estimate, measuredDays } = report;
  const { range, rateCard } = estimate;
  const between = range
    ? `, between ${moneyText(range.low, rateCard.currency)} and ${moneyText(range.high, rateCard.currency)}`
    : '';
  const measured = measuredDays && isMeasured(estimate) ? ` Traffic was ${measuredText(measuredDays)}.` : '';
  return [
    `${report.name} on `,
    strong(estimate.tier),
    `, ${monthLabel(report.month, estimate.days)}${between}. `,
    ...cheapestText(estimate),
    measured,
  ];
}

/** A tier that blocks has no price of this traffic: another one is what serves it, not dearer or cheaper. */
function cheapestText(estimate: Estimate): Exclude<Text, string> {
  const { currency } = estimate.rateCard;
  const blocked = blockedBy(estimate.invoice);
  const cheapest = estimate.quotes.find(({ tier }) => tier.name === estimate.cheapest);
  const offered = cheapest ? [strong(cheapest.tier.name), `: ${moneyText(cheapest.invoice!.total, currency)}.`] : [];
  if (blocked.length > 0) {
    const what = strong(`${estimate.tier} blocks ${blockedText(blocked, estimate.rateCard)}`);
    return cheapest
      ? [what, '; the cheapest that takes all of it is ', ...offered]
      : [what, ', and no tier takes all of this.'];
  }
  if (!cheapest) return ['No tier takes all of this.'];
  if (estimate.cheapest === estimate.tier) return ['No tier is cheaper.'];
  return [strong(cheapest.tier.name), ` would be cheaper: ${moneyText(cheapest.invoice!.total, currency)}.`];
}

function* changes(report: EstimateReport, comparison: Comparison): Generator<Block> {
  const days = daysOfBaseline(comparison);
  if (days !== '') yield { kind: 'paragraph', text: `${days}.` };
  if (comparison.routes.every(({ kind }) => kind === 'same')) {
    yield { kind: 'paragraph', text: `No route changed against ${comparison.name}.` };
  } else yield { ...changeTable(report, comparison, 'markdown'), title: '' };
}
