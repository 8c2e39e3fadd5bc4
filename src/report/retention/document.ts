/** Retention as people read it. On a terminal the verdict stands last, on a page first. */
import type { Fraction } from '../../core/fraction.ts';
import { roundToMinorUnit } from '../../core/money.ts';
import { monthName } from '../../core/months.ts';
import { type Kept, MOVEMENTS, SPANS, type Span } from '../../core/retention/retention.ts';
import { checkList } from '../checkList.ts';
import { type Block, type Cell, columns, type Medium, money, none, percent, type Table, text } from '../document.ts';
import { countText, percentText } from '../words.ts';
import { cohortChart } from './chart.ts';
import { weekText } from './json.ts';
import { DEFINITIONS, type RetentionReport, TERMS, WEEK_TERMS } from './report.ts';

export const TITLE = 'Where revenue went';

export function retentionDocument(report: RetentionReport, medium: Medium): Block[] {
  const { months, checks, cohorts } = report;
  const [first, last] = [months[0]!, months.at(-1)!].map(({ month }) => monthName(month));
  const heading: Block = {
    kind: 'heading',
    level: 1,
    text: TITLE,
    aside: `${first} to ${last}, ${report.basis}, ${report.currency.code}`,
  };
  const tables = [movementTable(report), rateTable(report), ...weekTables(report), cohortTable(report)];
  const terms = report.weeks ? [...TERMS, WEEK_TERMS] : TERMS;
  const definition: Block = { kind: 'list', items: [DEFINITIONS[report.basis], ...terms] };
  if (medium === 'terminal') return [heading, ...tables, definition, verdict(report)];
  const checked = checks.length > 0 ? [checkList(checks, medium)] : [];
  const chart = medium === 'html' ? cohortChart(cohorts) : [];
  return [heading, verdict(report), ...checked, ...chart, ...tables, definition];
}

function verdict({ alarm, months }: RetentionReport): Block {
  const shares = months.slice(-2).flatMap(({ month, kept }) => {
    const nrr = kept.month?.nrr;
    return nrr ? [`${percentText(nrr, 1)} in ${monthName(month)}`] : [];
  });
  if (alarm)
    return {
      kind: 'paragraph',
      text: [{ text: `alarm: NRR was ${shares.join(' and ')}`, tone: 'error' }],
      isSentence: true,
    };
  const said =
    shares.length === 0 ? 'one month alone says nothing about retention' : `no alarm: NRR was ${shares.join(' and ')}`;
  return { kind: 'paragraph', text: [{ text: said, tone: 'strong' }], isSentence: true };
}

function movementTable({ months, currency }: RetentionReport): Table {
  return {
    kind: 'table',
    title: 'Movements',
    note: 'opening and movements add up to closing; invoiced − packs + adjustment is closing, too',
    columns: columns('month', 'invoiced', 'packs', 'adjustment', 'opening', ...MOVEMENTS, 'closing', 'customers'),
    rows: months.map((one) => ({
      cells: [
        text(monthName(one.month)),
        ...[one.invoiced, one.packs].map((amount) => money(amount, currency)),
        money(one.adjustment, currency, true),
        money(one.opening, currency),
        ...MOVEMENTS.map((movement) => money(one.movements[movement], currency, true)),
        money(one.closing, currency),
        { kind: 'number', text: countText(one.customers), value: String(one.customers) } as const,
      ],
    })),
  };
}

const SHARES: readonly (readonly [keyof Kept, string])[] = [
  ['nrr', 'NRR'],
  ['grr', 'GRR'],
  ['logoChurn', 'churn'],
];

const BEHIND: Readonly<Record<Span, string>> = { month: '', quarter: ', 3 mo', year: ', 12 mo' };

function rateTable({ months }: RetentionReport): Table {
  const spans = Object.keys(SPANS) as Span[];
  return {
    kind: 'table',
    title: 'Retention',
    note: 'against a month, a quarter and a year before; churn is of customers',
    columns: columns('month', ...SHARES.flatMap(([, name]) => spans.map((span) => `${name}${BEHIND[span]}`))),
    rows: months.map(({ month, kept }) => ({
      cells: [
        text(monthName(month)),
        ...SHARES.flatMap(([share]) => spans.map((span) => shareCell(kept[span]?.[share], 1))),
      ],
    })),
  };
}

function weekTables({ weeks, currency }: RetentionReport): Table[] {
  if (!weeks) return [];
  return [
    {
      kind: 'table',
      title: 'Weeks',
      note: 'against the week before, and four weeks against the four before them',
      columns: columns('from Monday', 'revenue', 'customers', 'NRR', 'NRR, 4 wk'),
      rows: weeks.map(({ monday, revenue, customers, nrr }) => ({
        cells: [
          text(weekText(monday)),
          money(roundToMinorUnit(revenue, currency), currency),
          { kind: 'number', text: countText(customers), value: String(customers) } as const,
          shareCell(nrr.week, 1),
          shareCell(nrr.fourWeeks, 1),
        ],
      })),
    },
  ];
}

function cohortTable({ cohorts }: RetentionReport): Table {
  const most = Math.max(0, ...cohorts.map(({ months }) => months.length));
  const heads = Array.from({ length: most }, (_, after) => `+${after}`);
  return {
    kind: 'table',
    title: 'Cohorts',
    note: 'revenue so many months later, as a share of that in the month in which they first paid',
    columns: columns('first paid', 'customers', ...heads),
    rows: cohorts.map(({ month, customers, months }) => ({
      cells: [
        text(monthName(month)),
        { kind: 'number', text: countText(customers), value: String(customers) } as const,
        ...heads.map((_, after) => shareCell(months[after]?.share, 0)),
      ],
    })),
  };
}

function shareCell(share: Fraction | undefined, digits: number): Cell {
  return share ? percent(share.round(6), percentText(share, digits)) : none('–');
}
