/** A comparison as people read it. On a terminal the verdict stands last, where the eye is; on pages first. */
import { sum } from '../../core/decimal.ts';
import { roundToMinorUnit } from '../../core/money.ts';
import { checkList } from '../checkList.ts';
import type { Block, Medium, Table, Text } from '../document.ts';
import { counted, exactPercentText, moneyText, sentence } from '../words.ts';
import { increaseChart } from './chart.ts';
import type { ComparisonReport, DiffReport } from './report.ts';
import {
  causeTable,
  changeTable,
  cheaperTable,
  distributionTable,
  invoiceTable,
  largestChanges,
  listTable,
  tierTable,
} from './tables.ts';
import { countsText, NO_REACTION, revenueText } from './words.ts';

/** Customers whose invoices a comment shows side by side. */
const MOST_INVOICES = 5;

export function diffDocument(report: DiffReport): Block[] {
  const { comparisons } = report;
  const blocks = comparisons.flatMap((comparison): Block[] => [
    { kind: 'heading', level: 1, text: titleOf(comparison, report), ...asideOf(report) },
    ...tablesOf(comparison, report, 'terminal'),
    { kind: 'paragraph', text: [{ text: headline(comparison, report), tone: 'strong' }] },
    ...grandfatheredBlocks(comparison, report),
  ]);
  const overview: Block[] = comparisons.length > 1 ? [listTable(report, 'terminal')] : [];
  return [...blocks, ...overview, ...reaction(report)];
}

/** The comment of a pull request: what happens first, the rest folded away. */
export function diffComment(report: DiffReport): Block[] {
  const { comparisons } = report;
  const overview: Block[] = comparisons.length > 1 ? [listTable(report, 'markdown')] : [];
  const each = comparisons.flatMap((comparison): Block[] => {
    return [
      ...opening(comparison, report, 'markdown'),
      causeTable(comparison, report),
      ...changeTable(comparison, report, 'markdown'),
      ...grandfatheredBlocks(comparison, report),
      ...[tierTable(comparison, report, 'markdown'), ...distributionTable(comparison, report)].map(folded),
      ...cheaperTable(comparison, report, 'markdown').map(folded),
      ...largestChanges(comparison, 'markdown')
        .slice(0, MOST_INVOICES)
        .map(({ customer }) => invoicesOf(customer, comparison, report)),
    ];
  });
  return [...overview, ...each, ...reaction(report)];
}

/** Begin of a comparison, in a comment and on a page. */
function opening(comparison: ComparisonReport, report: DiffReport, medium: 'markdown' | 'html'): Block[] {
  const { checks } = comparison;
  return [
    {
      kind: 'heading',
      level: 1,
      text: [{ text: revenueText(comparison, report), tone: 'figure' }],
      ...asideOf(report),
    },
    { kind: 'paragraph', text: introduction(comparison, report) },
    ...(checks.length > 0 ? [checkList(checks, medium)] : []),
  ];
}

export const TITLE = 'What changes for each customer';

export function diffPage(report: DiffReport): Block[] {
  const { comparisons } = report;
  const overview: Block[] = comparisons.length > 1 ? [listTable(report, 'html')] : [];
  const each = comparisons.flatMap((comparison, i): Block[] => {
    const shown = largestChanges(comparison, 'html');
    const anchors = new Map(shown.map(({ customer }, c) => [customer, `i${i}-${c}`]));
    return [
      ...opening(comparison, report, 'html'),
      ...increaseChart(comparison),
      causeTable(comparison, report),
      ...changeTable(comparison, report, 'html', ({ customer }) => `#${anchors.get(customer)}`),
      tierTable(comparison, report, 'html'),
      ...distributionTable(comparison, report),
      ...grandfatheredBlocks(comparison, report),
      ...cheaperTable(comparison, report, 'html'),
      ...(shown.length > 0 ? [{ kind: 'heading', level: 2, text: 'Invoices side by side' } as const] : []),
      ...shown.map(({ customer }) => ({
        ...invoicesOf(customer, comparison, report),
        anchor: anchors.get(customer)!,
      })),
    ];
  });
  return [{ kind: 'heading', level: 1, text: TITLE }, ...overview, ...each, ...reaction(report)];
}

function titleOf({ name }: ComparisonReport, { before }: DiffReport): string {
  return `${before} → ${name}`;
}

function asideOf({ period }: DiffReport): { aside?: string } {
  return period === '' ? {} : { aside: period };
}

/** `revenue +120.00 USD (+4.2 %): of 12 customers 5 pay more, 2 less, 5 the same` */
function headline(comparison: ComparisonReport, report: DiffReport): string {
  return `revenue ${revenueText(comparison, report)}: ${countsText(comparison)}`;
}

function introduction(comparison: ComparisonReport, report: DiffReport): Text {
  const { before, after } = comparison.summary.revenue;
  const { currency } = report;
  const amounts = `${moneyText(before, currency)} to ${moneyText(after, currency)} ${currency.code}`;
  return [
    { text: report.before, tone: 'code' },
    ' → ',
    { text: comparison.name, tone: 'code' },
    `: revenue goes from ${amounts}. ${sentence(countsText(comparison))}`,
  ];
}

function tablesOf(comparison: ComparisonReport, report: DiffReport, medium: Medium): Table[] {
  return [
    tierTable(comparison, report, medium),
    causeTable(comparison, report),
    ...distributionTable(comparison, report),
    ...changeTable(comparison, report, medium),
    ...cheaperTable(comparison, report, medium),
  ];
}

function grandfatheredBlocks({ grandfathered }: ComparisonReport, { currency, before }: DiffReport): Block[] {
  if (!grandfathered) return [];
  const { bound, customers, perMonth } = grandfathered;
  const cost = `${moneyText(roundToMinorUnit(perMonth, currency), currency)} ${currency.code}`;
  const who = `${counted(customers.length, 'customer')} would pay over ${exactPercentText(bound)} more`;
  const text =
    customers.length === 0
      ? `nobody would pay over ${exactPercentText(bound)} more: nobody has to stay on ${before}`
      : `${who}; leaving them on ${before} costs ${cost} a month`;
  return [{ kind: 'paragraph', text, isSentence: true }];
}

function invoicesOf(customer: string, comparison: ComparisonReport, report: DiffReport): Block & { kind: 'folded' } {
  const pairs = comparison.pairsOf(customer);
  const totals = (side: 'before' | 'after') =>
    moneyText(sum(pairs.flatMap((pair) => pair[side]?.total ?? [])), report.currency);
  return {
    kind: 'folded',
    title: `${customer}: ${totals('before')} → ${totals('after')} ${report.currency.code}`,
    blocks: pairs.map((pair) => invoiceTable(pair, report)),
  };
}

function folded(table: Table): Block {
  return { kind: 'folded', title: table.title, blocks: [{ ...table, title: '' }] };
}

function reaction({ kind }: DiffReport): Block[] {
  return kind === 'lists' ? [{ kind: 'note', text: NO_REACTION }] : [];
}
