/** The estimate as a pull request comment: the answer and what changed above, everything else folded away. */

import type { CheckOutcome } from '../../core/checks/check.ts';
import { type Decimal, sum } from '../../core/decimal.ts';
import { hasRange } from '../../core/estimate/edge.ts';
import type { Note } from '../../core/estimate/note.ts';
import { blockedBy } from '../../core/estimate/offers.ts';
import { type Amounts, ESTIMATED_METERS } from '../../core/estimate/project.ts';
import { markdownCode, markdownText } from '../safeText.ts';
import { billLines, limitQuantity } from './billLines.ts';
import type { EstimateFormat, EstimateReport } from './report.ts';
import {
  blockedBefore,
  blockedShares,
  blockedText,
  breakEvenTexts,
  changeReason,
  daysOfBaseline,
  isMeasured,
  limitText,
  measuredText,
  money,
  monthLabel,
  offerNote,
  partLabel,
  placeText,
  SHORT,
  signedMoney,
  signedPercent,
} from './words.ts';

export const estimateMarkdown: EstimateFormat = function* (report) {
  const { estimate, comparison, checks } = report;
  const { currency } = estimate.rateCard;
  yield `### ${money(estimate.invoice.total, currency)} ${currency.code} a month${changeOfTotal(report)}${suffix(blockedShares(estimate))}\n\n`;
  yield `${markdownText(report.name)} on **${markdownText(estimate.tier)}**, ${monthLabel(report.month, estimate.days)}`;
  if (estimate.range)
    yield `, between ${money(estimate.range.low, currency)} and ${money(estimate.range.high, currency)}`;
  yield `. ${cheapestText(report)}${measuredSentence(report)}\n`;
  if (checks.length > 0) yield '\n';
  yield* checkList(checks);
  if (comparison) yield* changes(report);
  yield* folded('Bill', bill(report));
  yield* folded('By route', routes(report));
  if (estimate.middleware.length > 0) yield* folded('By middleware', middleware(report));
  yield* folded('On every tier', tiers(report));
  const facts = [
    ...breakEvenTexts(estimate).map((text) => `- ${markdownText(text)}`),
    ...estimate.limits.map(
      (limit) => `- ${markdownText(`${limit.meter} ${limitQuantity(limit, estimate)}: ${limitText(limit)}`)}`,
    ),
  ];
  if (facts.length > 0) yield* folded('Break-even and limits', `${facts.join('\n')}\n`);
  const warnings = report.warnings.map(({ message }) => `- ${markdownText(message)}\n`).join('');
  if (warnings !== '') yield* folded(`Warnings (${report.warnings.length})`, warnings);
  yield* noteList(report.notes);
};

export function* checkList(checks: readonly CheckOutcome[]): Generator<string> {
  for (const { rule, severity, passed, measured } of checks) {
    yield `- ${passed ? '✅' : severity === 'error' ? '❌' : '⚠️'} ${markdownCode(rule)} measured ${markdownText(measured)}\n`;
  }
}

export function* noteList(notes: readonly Note[]): Generator<string> {
  const items = notes.map(({ message, source }) => `- ${markdownText(placeText(source) + message)}\n`);
  if (items.length > 0) yield* folded(`Notes (${items.length})`, items.join(''));
}

function changeOfTotal({ comparison, estimate }: EstimateReport): string {
  if (!comparison) return '';
  const by = signedMoney(comparison.difference, estimate.rateCard.currency);
  return ` (${by}${comparison.increase ? `, ${signedPercent(comparison.increase)}` : ''})`;
}

/** A tier that blocks has no price of this traffic: another one is what serves it, not dearer or cheaper. */
function cheapestText({ estimate }: EstimateReport): string {
  const { currency } = estimate.rateCard;
  const blocked = blockedBy(estimate.invoice);
  if (blocked.length > 0) {
    const what = `**${markdownText(`${estimate.tier} blocks ${blockedText(blocked, estimate.rateCard)}`)}**`;
    const serving = estimate.offers.find(({ tier }) => tier.name === estimate.cheapest);
    return serving
      ? `${what}; the cheapest that takes all of it is **${markdownText(serving.tier.name)}**: ${money(serving.invoice!.total, currency)}.`
      : `${what}, and no tier takes all of this.`;
  }
  if (estimate.cheapest === undefined) return 'No tier takes all of this.';
  if (estimate.cheapest === estimate.tier) return 'No tier is cheaper.';
  const { invoice } = estimate.offers.find(({ tier }) => tier.name === estimate.cheapest)!;
  return `**${markdownText(estimate.cheapest)}** would be cheaper: ${money(invoice!.total, currency)}.`;
}

function measuredSentence({ estimate, measuredDays }: EstimateReport): string {
  return measuredDays && isMeasured(estimate) ? ` Traffic was ${measuredText(measuredDays)}.` : '';
}

function suffix(text: string): string {
  return text === '' ? '' : `, ${text}`;
}

function* changes({ comparison, estimate }: EstimateReport): Generator<string> {
  const { currency } = estimate.rateCard;
  const days = daysOfBaseline(comparison!);
  if (days !== '') yield `\n${markdownText(days)}.\n`;
  const changed = comparison!.routes.filter(({ kind }) => kind !== 'same');
  if (changed.length === 0) {
    yield `\nNo route changed against ${markdownText(comparison!.name)}.\n`;
    return;
  }
  yield `\n${row(['route', 'before', 'after', 'change', ''])}${row(['---', '---:', '---:', '---:', '---'])}`;
  for (const change of changed) {
    const share = change.kind === 'changed' ? (change.increase ? signedPercent(change.increase) : '') : change.kind;
    yield row([
      markdownText(change.route),
      change.before ? money(change.before, currency) : '–',
      change.after ? money(change.after, currency) : '–',
      signedMoney(change.difference, currency),
      [share, changeReason(change)]
        .filter((text) => text !== '')
        .map(markdownText)
        .join('<br>'),
    ]);
  }
  const same = comparison!.routes.filter(({ kind }) => kind === 'same');
  if (same.length > 0) {
    const [old, now] = [same.map((one) => one.before!), same.map((one) => one.after!)].map(sum) as [Decimal, Decimal];
    const label = `${same.length === 1 ? '1 route' : `${same.length} routes`} with the same usage`;
    yield row([label, money(old, currency), money(now, currency), signedMoney(now.minus(old), currency), '']);
  }
  const { before, difference, increase } = comparison!;
  const blocked = blockedBefore(comparison!);
  const cells = [
    money(before.total, currency),
    money(estimate.invoice.total, currency),
    signedMoney(difference, currency),
  ];
  yield row([
    '**total**',
    ...cells.map((cell) => `**${cell}**`),
    markdownText(
      [increase ? signedPercent(increase) : '', blocked, blockedShares(estimate)]
        .filter((text) => text !== '')
        .join('; '),
    ),
  ]);
}

function bill({ estimate }: EstimateReport): string {
  const { currency } = estimate.rateCard;
  const lines = billLines(estimate).map(({ label, calculation, amount }) =>
    row([markdownText(label), markdownText(calculation), money(amount, currency)]),
  );
  const total = row(['**total**', '', `**${money(estimate.invoice.total, currency)}**`]);
  return `${row(['line', 'calculation', currency.code])}${row(['---', '---', '---:'])}${lines.join('')}${total}`;
}

function routes({ estimate }: EstimateReport): string {
  const { currency } = estimate.rateCard;
  const lines = estimate.routes.flatMap(({ route, usage, amount, parts }) => [
    row([markdownText(route.match), ...short(usage), money(amount, currency)]),
    ...(parts.length < 2
      ? []
      : parts.map(({ part, amount: own }) =>
          row([`&nbsp;&nbsp;└ ${markdownText(partLabel(part))}`, ...short(part.total), money(own, currency)]),
        )),
  ]);
  const none = estimate.unassigned.isZero() ? '' : row(['no route', '', '', '', money(estimate.unassigned, currency)]);
  const head = `${row(['route', 'requests', 'compute', 'egress', currency.code])}${row(['---', '---:', '---:', '---:', '---:'])}`;
  return `${head}${lines.join('')}${none}`;
}

function middleware({ estimate }: EstimateReport): string {
  const { currency } = estimate.rateCard;
  const lines = estimate.middleware.map(({ name, routes: on, usage, amount }) =>
    row([markdownText(name), String(on), ...short(usage), money(amount, currency)]),
  );
  const head = row(['middleware', 'routes', 'requests', 'compute', 'egress', currency.code]);
  return `${head}${row(['---', '---:', '---:', '---:', '---:', '---:'])}${lines.join('')}`;
}

function tiers({ estimate }: EstimateReport): string {
  const { currency } = estimate.rateCard;
  const isRanged = hasRange(estimate.config);
  const lines = estimate.offers.map((offer) => {
    const { name } = offer.tier;
    const totals = isRanged ? [offer.range?.low, offer.invoice?.total, offer.range?.high] : [offer.invoice?.total];
    const notes = [name === estimate.cheapest ? 'cheapest' : '', offerNote(offer, estimate)].filter(
      (note) => note !== '',
    );
    const label = name === estimate.tier ? `**${markdownText(name)}**` : markdownText(name);
    return row([
      label,
      ...totals.map((total) => (total ? money(total, currency) : '–')),
      markdownText(notes.join(', ')),
    ]);
  });
  const heads = isRanged ? ['tier', 'low', 'expected', 'high', ''] : ['tier', currency.code, ''];
  const sides = isRanged ? ['---', '---:', '---:', '---:', '---'] : ['---', '---:', '---'];
  return `${row(heads)}${row(sides)}${lines.join('')}`;
}

function short(usage: Amounts): string[] {
  return ESTIMATED_METERS.map((meter) => (usage[meter].isZero() ? '' : SHORT[meter](usage[meter])));
}

function* folded(title: string, content: string): Generator<string> {
  yield `\n<details><summary>${title}</summary>\n\n${content}\n</details>\n`;
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}
