/** The estimate for the terminal: the bill, the routes as a bill of materials, every tier, and what to look out for. */
import { type Decimal, sum } from '../../core/decimal.ts';
import type { EdgeRoute, Origin } from '../../core/estimate/edge.ts';
import { hasRange } from '../../core/estimate/edge.ts';
import type { RouteCost } from '../../core/estimate/estimate.ts';
import { blockedBy } from '../../core/estimate/offers.ts';
import type { Amounts } from '../../core/estimate/project.ts';
import { plainTable, type Row } from '../render/columns.ts';
import { printable } from '../safeText.ts';
import type { Style } from '../style.ts';
import { billLines, limitQuantity } from './billLines.ts';
import { cutNames } from './cutNames.ts';
import type { EstimateFormat, EstimateReport } from './report.ts';
import {
  blockedBefore,
  blockedShares,
  blockedText,
  breakEvenTexts,
  CHANGE_MARKS,
  changeReason,
  daysOfBaseline,
  isMeasured,
  limitText,
  measuredText,
  money,
  monthLabel,
  offerNote,
  partLabel,
  SHORT,
  signedMoney,
  signedPercent,
} from './words.ts';

/** What the other columns of the widest table take at most. */
const OTHER_COLUMNS = 46;
const SHORTEST_NAME = 24;
/** What stands before the name of a part. */
const BRANCH = 6;

type Shown = (name: string) => string;

/** All names that are cut. */
function namesIn({ estimate, comparison }: EstimateReport): string[] {
  const parts = estimate.routes.flatMap((cost) => cost.parts.map(({ part }) => partLabel(part)));
  const before = comparison?.routes.map(({ route }) => route) ?? [];
  const routes = estimate.routes.map(({ route }) => route.match);
  return [...routes, ...before, ...parts, ...estimate.middleware.map(({ name }) => name)].map(printable);
}

export const estimateTable: EstimateFormat = function* (report, { style, columns }) {
  const { estimate, comparison } = report;
  const width = Math.max(SHORTEST_NAME, columns - OTHER_COLUMNS);
  const short = cutNames(namesIn(report), width - BRANCH);
  const shown = (name: string) => short.get(printable(name))!;
  const where = `${printable(estimate.tier)}, ${monthLabel(report.month, estimate.days)}`;
  yield `${style.strong(printable(report.name))}  ${style.dim(where)}\n\n`;
  const [bill, routes, middleware] = equallyWide([
    { rows: billRows(report, style), align: ['left', 'left', 'right'] },
    { rows: routeRows(report, style, shown), align: QUANTITY_COLUMNS },
    { rows: estimate.middleware.length > 0 ? middlewareRows(report, style, shown) : [], align: QUANTITY_COLUMNS },
  ]) as [string, string, string];
  yield `${bill}\n${routes}`;
  yield* marks(report, style);
  if (estimate.middleware.length > 0) yield `\n${middleware}`;
  yield '\n';
  const sides = hasRange(estimate.config)
    ? (['left', 'right', 'right', 'right', 'left'] as const)
    : (['left', 'right', 'left'] as const);
  yield plainTable(tierRows(report, style), [...sides]);
  const facts: Row[] = [
    ...breakEvenTexts(estimate).map((text, i): Row => [style.dim(i === 0 ? 'break-even' : ''), printable(text)]),
    ...estimate.limits.map(
      (limit, i): Row => [
        style.dim(i === 0 ? 'limits' : ''),
        printable(`${limit.meter} ${limitQuantity(limit, estimate)}: ${limitText(limit)}`),
      ],
    ),
  ];
  if (facts.length > 0) yield `\n${plainTable(facts, ['left', 'left'])}`;
  if (comparison)
    yield `\n${plainTable(changeRows(report, style, shown, columns), ['left', 'right', 'right', 'right', 'left'])}`;
  const days = comparison ? daysOfBaseline(comparison) : '';
  if (days !== '') yield `${style.dim(printable(days))}\n`;
};

const QUANTITY_COLUMNS = ['left', 'right', 'right', 'right', 'right'] as const;

type Table = { readonly rows: readonly Row[]; readonly align: readonly ('left' | 'right')[] };

/** Tables with their amounts at the right, one below the other: first columns are widened until all are as wide. */
function equallyWide(tables: readonly Table[]): string[] {
  const columns = tables.map(({ rows, align }) =>
    align.map((_, column) => Math.max(0, ...rows.map((row) => visibleLength(String(row[column] ?? ''))))),
  );
  const widths = columns.map((all) => all.reduce((total, width) => total + width + 2, -2));
  const widest = Math.max(...widths);
  return tables.map(({ rows, align }, i) => {
    const [first, ...rest] = rows;
    if (!first) return '';
    const blanks = columns[i]![0]! - visibleLength(String(first[0])) + widest - widths[i]!;
    return plainTable([[`${first[0]}${' '.repeat(blanks)}`, ...first.slice(1)], ...rest], align);
  });
}

function visibleLength(text: string): number {
  return text.replace(/\u001b\[[\d;]*m/g, '').length;
}

function billRows({ estimate }: EstimateReport, style: Style): Row[] {
  const { invoice, rateCard } = estimate;
  const rows: Row[] = [];
  for (const { label, calculation, amount } of billLines(estimate)) {
    rows.push([`  ${printable(label)}`, printable(calculation), money(amount, rateCard.currency)]);
  }
  rows.push([style.strong('  total a month'), '', `${style.strong(money(invoice.total, rateCard.currency))}`]);
  for (const blocked of blockedBy(invoice)) {
    rows.push([style.warning('  blocked, not billed'), printable(blockedText([blocked], rateCard)), '']);
  }
  return rows;
}

function routeRows({ estimate }: EstimateReport, style: Style, shown: Shown): Row[] {
  const { currency } = estimate.rateCard;
  const rows: Row[] = [heads(['routes', 'requests', 'compute', 'egress', currency.code], style)];
  const last = estimate.routes.length - 1;
  for (const [i, cost] of estimate.routes.entries()) {
    const isLast = i === last && estimate.unassigned.isZero();
    rows.push([
      `${isLast ? '└─ ' : '├─ '}${shown(cost.route.match)}`,
      ...quantities(cost.usage, cost.route.origins),
      money(cost.amount, currency),
    ]);
    if (cost.parts.length > 1) rows.push(...partRows(cost, isLast, style, shown, currency));
  }
  if (!estimate.unassigned.isZero()) rows.push(['└─ no route', '', '', '', money(estimate.unassigned, currency)]);
  return rows;
}

function partRows(
  { parts }: RouteCost,
  isLastRoute: boolean,
  style: Style,
  shown: Shown,
  currency: EstimateReport['estimate']['rateCard']['currency'],
): Row[] {
  return parts.map(({ part, amount }, j) => {
    const branch = `${isLastRoute ? '   ' : '│  '}${j === parts.length - 1 ? '└─ ' : '├─ '}`;
    const cells = [...quantities(part.total), money(amount, currency)].map((cell) =>
      cell === '' ? cell : style.dim(cell),
    );
    return [`${branch}${shown(partLabel(part))}`, ...cells];
  });
}

function middlewareRows({ estimate }: EstimateReport, style: Style, shown: Shown): Row[] {
  const { currency } = estimate.rateCard;
  return [
    heads(['middleware', 'requests', 'compute', 'egress', currency.code], style),
    ...estimate.middleware.map(({ name, routes, usage, amount }): Row => {
      const on = routes === estimate.routes.length ? 'all routes' : routes === 1 ? '1 route' : `${routes} routes`;
      return [shown(name) + style.dim(` on ${on}`), ...quantities(usage), money(amount, currency)];
    }),
  ];
}

function tierRows({ estimate }: EstimateReport, style: Style): Row[] {
  const { currency } = estimate.rateCard;
  const isRanged = hasRange(estimate.config);
  const amount = (value: Parameters<typeof money>[0] | undefined) => (value ? money(value, currency) : '–');
  const rows: Row[] = [
    heads(isRanged ? ['tiers', 'low', 'expected', 'high', ''] : ['tiers', currency.code, ''], style),
  ];
  for (const offer of estimate.offers) {
    const { name } = offer.tier;
    const isChosen = name === estimate.tier;
    const notes = [
      ...(name === estimate.cheapest ? [style.good('cheapest')] : []),
      ...[offerNote(offer, estimate)].filter((note) => note !== '').map((note) => style.warning(printable(note))),
    ];
    const label = `${isChosen ? '▸ ' : '  '}${printable(name)}`;
    const totals = isRanged ? [offer.range?.low, offer.invoice?.total, offer.range?.high] : [offer.invoice?.total];
    rows.push([isChosen ? style.strong(label) : label, ...totals.map(amount), notes.join(', ')]);
  }
  return rows;
}

function changeRows({ estimate, comparison }: EstimateReport, style: Style, shown: Shown, columns: number): Row[] {
  const { currency } = estimate.rateCard;
  const { name, before, routes, difference, increase } = comparison!;
  const tint = (text: string, by: typeof difference) =>
    by.isZero() ? text : by.isNegative() ? style.good(text) : style.error(text);
  const rows: Row[] = [heads([`against ${name}`, 'before', 'after', 'change', ''], style)];
  for (const change of routes) {
    if (change.kind === 'same') continue;
    const share = change.increase && change.kind === 'changed' ? signedPercent(change.increase) : change.kind;
    rows.push([
      `${CHANGE_MARKS[change.kind]} ${shown(change.route)}`,
      change.before ? money(change.before, currency) : '–',
      change.after ? money(change.after, currency) : '–',
      tint(signedMoney(change.difference, currency), change.difference),
      share,
    ]);
    const reason = changeReason(change);
    if (reason !== '') rows.push([{ content: style.dim(cut(`    ${reason}`, columns)), colSpan: 5 }]);
  }
  const same = routes.filter(({ kind }) => kind === 'same');
  if (same.length > 0) {
    const label = `  ${same.length === 1 ? '1 route' : `${same.length} routes`} with the same usage`;
    const [old, now] = [same.map((one) => one.before!), same.map((one) => one.after!)].map(sum) as [Decimal, Decimal];
    const by = now.minus(old);
    rows.push([style.dim(label), money(old, currency), money(now, currency), tint(signedMoney(by, currency), by), '']);
  }
  rows.push([
    style.strong('  total'),
    money(before.total, currency),
    money(estimate.invoice.total, currency),
    tint(signedMoney(difference, currency), difference),
    [increase ? signedPercent(increase) : 'from nothing', blockedBefore(comparison!), blockedShares(estimate)]
      .filter((text) => text !== '')
      .map(printable)
      .join('; '),
  ]);
  return rows;
}

function heads(texts: readonly string[], style: Style): Row {
  return texts.map((text, i) => (i === 0 ? style.strong(printable(text)) : style.dim(text)));
}

function quantities({ requests, compute, egress }: Amounts, origins?: EdgeRoute['origins']): string[] {
  const mark = (origin: Origin | undefined) => (origin ? (MARKS[origin] ?? '') : '');
  return [
    requests.isZero() ? '' : `${SHORT.requests(requests)}${mark(origins?.traffic)}`,
    compute.isZero() && origins?.compute !== 'assumed' ? '' : `${SHORT.compute(compute)}${mark(origins?.compute)}`,
    egress.isZero() && origins?.response !== 'assumed' ? '' : `${SHORT.egress(egress)}${mark(origins?.response)}`,
  ];
}

const MARKS: Partial<Record<Origin, string>> = { measured: '*', assumed: '?' };

function* marks({ estimate, measuredDays }: EstimateReport, style: Style): Generator<string> {
  const origins = new Set(
    estimate.routes.flatMap(({ route: { origins: all } }) => [all.traffic, all.compute, all.response]),
  );
  const texts = [
    ...(measuredDays && isMeasured(estimate) ? [`* ${measuredText(measuredDays)}`] : []),
    ...(origins.has('assumed') ? ['? not known, taken for 0'] : []),
  ];
  if (texts.length > 0) yield `${style.dim(texts.join('   '))}\n`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`;
}
