/** The tables of an estimate. */
import { Decimal, sum } from '../../core/decimal.ts';
import type { Comparison, RouteChange } from '../../core/estimate/compare.ts';
import { type EdgeRoute, hasRange, type Origin } from '../../core/estimate/edge.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { LimitForecast } from '../../core/estimate/limits.ts';
import { type Amounts, ESTIMATED_METERS } from '../../core/estimate/project.ts';
import { blockedBy } from '../../core/estimate/quotes.ts';
import { formatQuantity } from '../../core/quantity.ts';
import {
  type Cell,
  type Column,
  columns,
  type Medium,
  money,
  none,
  quantity,
  type Row,
  type Table,
  type Text,
  text,
} from '../document.ts';
import { joined } from '../words.ts';
import type { EstimateReport } from './report.ts';
import {
  blockedBefore,
  blockedShares,
  blockedText,
  breakEvenTexts,
  CHANGE_MARKS,
  changeReason,
  isMeasured,
  limitText,
  measuredText,
  partLabel,
  quoteNote,
  SHORT,
  shortCount,
  shortDuration,
  signedPercent,
} from './words.ts';

/** A tone that a terminal has and a page has in another way. */
const strong = (shown: string): Text => [{ text: shown, tone: 'strong' }];

/** Fee, usage, adjustments and tax that are not 0 (the fee always): they add up to the total. */
export function billTable({ invoice, rateCard }: Estimate, medium: Medium): Table {
  const { currency, meters, tax } = rateCard;
  const of = (label: string, amount: Decimal, calculation = ''): Row => ({
    cells: [text(label), text(calculation), money(amount, currency)],
  });
  const lines = invoice.lines
    .filter((line) => line.kind === 'fee' || !line.amount.isZero())
    .map((line) => {
      const { description, amount } = line;
      if (line.kind !== 'usage') return of(description, amount);
      const used = formatQuantity(line.quantity.round(3), meters.get(line.meter)!.unit);
      return of(description, amount, `${used} at ${line.price}`);
    });
  if (!invoice.creditsApplied.isZero()) lines.push(of('credits', invoice.creditsApplied.neg()));
  if (!invoice.tax.isZero()) lines.push(of('tax', invoice.tax, tax?.text ?? ''));
  const isTerminal = medium === 'terminal';
  const blocked = isTerminal ? blockedBy(invoice) : [];
  return {
    kind: 'table',
    title: isTerminal ? '' : 'The bill',
    lead: 'mark',
    columns: withSides(isTerminal ? ['', '', ''] : ['line', 'calculation', currency.code], [2]),
    rows: [
      ...lines,
      { ...of(isTerminal ? 'total a month' : 'total', invoice.total), role: 'total' },
      ...blocked.map((one) => ({
        cells: [text([{ text: 'blocked, not billed', tone: 'warning' }]), text(blockedText([one], rateCard)), none()],
      })),
    ],
  };
}

/** `right`: the columns that stand at the right. */
export function withSides(heads: readonly string[], right: readonly number[]): Column[] {
  return heads.map((head, i) => ({ head, align: right.includes(i) ? 'right' : 'left' }));
}

/** Usage and cost of each route and its parts; marks show where numbers come from. */
export function routeTable(
  { estimate, measuredDays }: Pick<EstimateReport, 'estimate' | 'measuredDays'>,
  medium: Medium,
): Table {
  const { currency } = estimate.rateCard;
  const hasMarks = medium === 'terminal';
  const rows = estimate.routes.flatMap(({ route, usage, amount, parts }): Row[] => [
    {
      cells: [
        text(medium === 'html' ? [{ text: route.match, tone: 'code' }] : route.match),
        ...quantities(usage, hasMarks ? route.origins : undefined),
        money(amount, currency),
      ],
    },
    ...(parts.length < 2 ? [] : parts).map(({ part, amount: own }) => ({
      level: 1,
      cells: [text(partLabel(part)), ...[...quantities(part.total), money(own, currency)].map(dimmed)],
    })),
  ]);
  if (!estimate.unassigned.isZero()) {
    rows.push({ cells: [text('no route'), none(), none(), none(), money(estimate.unassigned, currency)] });
  }
  const legend = hasMarks ? markLegend(estimate, measuredDays) : '';
  return {
    kind: 'table',
    title: 'By route',
    label: 'routes',
    lead: 'tree',
    columns: columns('route', 'requests', 'compute', 'egress', currency.code),
    rows,
    ...(legend !== '' && { foot: [{ text: legend }] }),
  };
}

function dimmed(cell: Cell): Cell {
  return typeof cell.text === 'string' ? { ...cell, text: [{ text: cell.text, tone: 'dim' }] } : cell;
}

const MARKS: Partial<Record<Origin, string>> = { measured: '*', assumed: '?' };

function quantities(usage: Amounts, origins?: EdgeRoute['origins']): Cell[] {
  const from = { requests: origins?.traffic, compute: origins?.compute, egress: origins?.response };
  return ESTIMATED_METERS.map((meter) => {
    const origin = from[meter];
    if (usage[meter].isZero() && (origin !== 'assumed' || meter === 'requests')) return none();
    return quantity(usage[meter], '', `${SHORT[meter](usage[meter])}${(origin && MARKS[origin]) ?? ''}`);
  });
}

function markLegend(estimate: Estimate, measuredDays: EstimateReport['measuredDays']): string {
  const isAssumed = estimate.routes.some(({ route: { origins } }) =>
    [origins.traffic, origins.compute, origins.response].includes('assumed'),
  );
  const measured = measuredDays && isMeasured(estimate) ? `* ${measuredText(measuredDays)}` : '';
  return joined([measured, isAssumed ? '? not known, taken for 0' : ''], '   ');
}

/** None without middleware. */
export function middlewareTables({ middleware, routes, rateCard }: Estimate, medium: Medium): Table[] {
  if (middleware.length === 0) return [];
  const isCounted = medium === 'markdown';
  const rows = middleware.map(({ name, routes: on, usage, amount }): Row => {
    const where = on === routes.length ? 'all routes' : on === 1 ? '1 route' : `${on} routes`;
    return {
      cells: [
        text(isCounted ? name : [name, { text: ` on ${where}`, tone: 'dim' }]),
        ...(isCounted ? [quantity(new Decimal(on), '')] : []),
        ...quantities(usage),
        money(amount, rateCard.currency),
      ],
    };
  });
  const heads = columns(
    'middleware',
    ...(isCounted ? ['routes'] : []),
    'requests',
    'compute',
    'egress',
    rateCard.currency.code,
  );
  return [{ kind: 'table', title: 'By middleware', label: 'middleware', columns: heads, rows }];
}

/** `isLive`: a reader can choose another tier. */
export function tierTable(estimate: Estimate, isLive = false): Table {
  const { currency } = estimate.rateCard;
  const isRanged = hasRange(estimate.config);
  const amount = (value: Decimal | undefined) => (value ? money(value, currency) : none('–'));
  const totals = isRanged ? ['low', 'expected', 'high'] : [currency.code];
  return {
    kind: 'table',
    title: 'On every tier',
    label: 'tiers',
    lead: 'mark',
    columns: [...columns('tier', ...totals), { head: '', align: 'left' }],
    rows: estimate.quotes.map((quote, i): Row => {
      const { name } = quote.tier;
      const isChosen = name === estimate.tier;
      const note = quoteNote(quote, estimate);
      const isCheapest = name === estimate.cheapest;
      const notes: Text = [
        ...(isCheapest ? [{ text: 'cheapest', tone: 'good' as const }] : []),
        ...(isCheapest && note !== '' ? [', '] : []),
        ...(note === '' ? [] : [{ text: note, tone: 'warning' as const }]),
      ];
      const values = isRanged ? [quote.range?.low, quote.invoice?.total, quote.range?.high] : [quote.invoice?.total];
      return {
        cells: [text(isChosen && !isLive ? strong(name) : name), ...values.map(amount), text(notes)],
        isChosen,
        key: i % 6,
        ...(isLive && { choice: { group: 'tier', value: name, isPossible: quote.invoice !== undefined } }),
      };
    }),
  };
}

/** Break-even points and limits, one text each. */
export function factTexts(estimate: Estimate): { readonly breakEvens: string[]; readonly limits: string[] } {
  const limits = estimate.limits.map(
    (limit) => `${limit.meter} ${limitQuantity(limit, estimate)}: ${limitText(limit)}`,
  );
  return { breakEvens: breakEvenTexts(estimate), limits };
}

/** `200k`, `50 h`, `2 TB`: what a limit includes in the whole period. */
function limitQuantity({ meter, limit }: LimitForecast, { rateCard }: Estimate): string {
  const { unit, family } = rateCard.meters.get(meter)!;
  if (family === 'time') return shortDuration(limit.round(3));
  return family === 'count' ? shortCount(limit.round(0)) : formatQuantity(limit.round(0), unit);
}

/** Routes that changed against a baseline, the others as one, and all together. */
export function changeTable({ estimate }: EstimateReport, comparison: Comparison, medium: Medium): Table {
  const { currency } = estimate.rateCard;
  const amount = (value: Decimal | undefined) => (value ? money(value, currency) : none('–'));
  const cells = (name: Text, before: Decimal | undefined, after: Decimal | undefined, by: Decimal, note: string) => [
    text(name),
    amount(before),
    amount(after),
    tinted(money(by, currency, true), by),
    text(note),
  ];
  const changed = comparison.routes.filter(({ kind }) => kind !== 'same');
  const same = comparison.routes.filter(({ kind }) => kind === 'same');
  const rows = changed.map((change): Row => {
    const reason = changeReason(change);
    const name: Text = medium === 'html' ? [{ text: change.route, tone: 'code' }] : change.route;
    return {
      mark: CHANGE_MARKS[change.kind],
      cells: cells(name, change.before, change.after, change.difference, shareOf(change)),
      below: reason === '' ? [] : [reason],
      belowIn: 4,
    };
  });
  if (same.length > 0) {
    const [old, now] = [same.map((one) => one.before!), same.map((one) => one.after!)].map(sum) as [Decimal, Decimal];
    const label = `${same.length === 1 ? '1 route' : `${same.length} routes`} with the same usage`;
    rows.push({ cells: cells([{ text: label, tone: 'dim' }], old, now, now.minus(old), '') });
  }
  const { before, difference, increase } = comparison;
  const share = increase ? signedPercent(increase) : 'from nothing';
  const note = joined([share, blockedBefore(comparison), blockedShares(estimate)], '; ');
  rows.push({ role: 'total', cells: cells('total', before.total, estimate.invoice.total, difference, note) });
  return {
    kind: 'table',
    title: `Against ${comparison.name}`,
    label: `against ${comparison.name}`,
    lead: 'mark',
    columns: [...columns('route', 'before', 'after', 'change'), { head: '', align: 'left' }],
    rows,
  };
}

function shareOf({ kind, increase }: RouteChange): string {
  if (kind !== 'changed') return kind;
  return increase ? signedPercent(increase) : '';
}

function tinted(cell: Cell, by: Decimal): Cell {
  if (by.isZero() || typeof cell.text !== 'string') return cell;
  return { ...cell, text: [{ text: cell.text, tone: by.isNegative() ? 'good' : 'error' }] };
}
