/**
 * The estimate as one file of HTML, alive: its sliders rate the configuration anew, in the page, with the same engine.
 *
 * Nothing is loaded from anywhere: program, style and data stand in the file, and a policy in its head forbids the rest.
 */

import { assert } from '../../core/assert.ts';
import { dateAt, startOfDate } from '../../core/calendar.ts';
import type { CheckOutcome } from '../../core/checks/check.ts';
import { type Decimal, sum } from '../../core/decimal.ts';
import type { Comparison } from '../../core/estimate/compare.ts';
import type { EdgeConfig } from '../../core/estimate/edge.ts';
import type { Estimate } from '../../core/estimate/estimate.ts';
import type { Note } from '../../core/estimate/note.ts';
import { monthAt } from '../../core/period.ts';
import { htmlText } from '../safeText.ts';
import { encodePageData } from './pageData.ts';
import { pageParts, table } from './pageView.ts';
import type { EstimateFormat, EstimateReport, EstimatesFormat } from './report.ts';
import { totalsOf } from './totals.ts';
import {
  blockedBefore,
  blockedShares,
  changeReason,
  daysOfBaseline,
  isMeasured,
  measuredText,
  money,
  monthLabel,
  placeText,
  signedMoney,
  signedPercent,
} from './words.ts';

export const estimateHtml: EstimateFormat = function* (report, { page }) {
  assert(page !== undefined, () => 'the page was asked for without its program');
  const { estimate, measuredDays, comparison, checks } = report;
  const parts = pageParts(estimate, { tier: estimate.tier, total: estimate.invoice.total });
  const part = (id: string) => `<section id="${id}">${parts[id]}</section>`;
  const measured = measuredDays && isMeasured(estimate) ? `, ${measuredText(measuredDays)}` : '';
  yield head(report.name, page);
  yield `<header>
<h1>${htmlText(report.name)}</h1>
<p>Estimated for ${htmlText(monthLabel(report.month, estimate.days))}${estimate.rateCard.tax ? ', tax as the tier file says' : ''}${measured}.</p>
</header>
<main>
<form id="controls" aria-label="What if">
<noscript>The sliders need JavaScript; the numbers on the page are those of the configuration.</noscript>
${controls(estimate.config)}
<button type="reset">As configured</button>
</form>
<div id="answer">
<section id="total" aria-live="polite">${parts.total}</section>
${[checksSection(checks), ...(comparison ? [comparisonSection(comparison, estimate)] : [])].join('\n')}
${['tiers', 'chart', 'bill', 'routes', 'middleware', 'facts'].map(part).join('\n')}
${listOf('Warnings', report.warnings)}
${listOf('Notes', report.notes)}
</div>
</main>
<script type="application/json" id="data">${encodePageData(dataOf(report))}</script>
<script>
${page.script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`;
};

/** Several on one page, as they are: sliders belong to the page of one. */
export const estimatesHtml: EstimatesFormat = function* (all, { page }) {
  assert(page !== undefined, () => 'the page was asked for without its style');
  const { reports, checks, notes } = all;
  const { currency } = reports[0]!.estimate.rateCard;
  const rows = reports.map(
    ({ name, estimate }, i) =>
      `<tr><th scope="row"><a href="#c${i}">${htmlText(name)}</a></th><td class="number">${htmlText(estimate.tier)}</td><td class="number">${money(estimate.invoice.total, currency)}</td><td>${htmlText(blockedShares(estimate))}</td></tr>`,
  );
  const total = money(totalsOf(reports).total, currency);
  rows.push(`<tr class="sum"><th scope="row">total</th><td></td><td class="number">${total}</td><td></td></tr>`);
  yield head(`${reports.length} configurations`, page);
  yield `<header>
<h1>${reports.length} configurations</h1>
<p><strong>${total}</strong> ${currency.code} a month all together.</p>
</header>
<main class="several">
<div id="answer">
<section>${table('All together', ['configuration', 'tier', currency.code, ''], rows)}</section>
${checksSection(checks)}
${listOf('Notes', notes)}
`;
  for (const [i, report] of reports.entries()) {
    const { estimate } = report;
    const parts = pageParts(estimate, { tier: estimate.tier, total: estimate.invoice.total }, false);
    const ids = ['total', 'tiers', 'chart', 'bill', 'routes', 'middleware', 'facts'];
    yield `<h1 id="c${i}">${htmlText(report.name)}</h1>
${ids.map((id) => `<section class="${id}">${parts[id]}</section>`).join('\n')}
${checksSection(report.checks)}
${listOf('Warnings', report.warnings)}
${listOf('Notes', report.notes)}
`;
  }
  yield '</div>\n</main>\n</body>\n</html>\n';
};

function head(title: string, { style }: { readonly style: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${htmlText(title)}: estimated cost</title>
<style>
${style}</style>
</head>
<body>
`;
}

function checksSection(checks: readonly CheckOutcome[]): string {
  if (checks.length === 0) return '';
  const items = checks.map(
    ({ rule, severity, passed, measured }) =>
      `<li class="${passed ? 'good' : severity === 'error' ? 'blocked' : ''}">${passed ? '✓' : severity === 'error' ? '✗' : '!'} <code>${htmlText(rule)}</code> measured ${htmlText(measured)}</li>`,
  );
  return `<section class="checks"><h2>Checks</h2>\n<ul>${items.join('\n')}</ul></section>`;
}

/** As configured: sliders do not move it. */
function comparisonSection(comparison: Comparison, estimate: Estimate): string {
  const { currency } = estimate.rateCard;
  const number = (text: string) => `<td class="number">${text}</td>`;
  const amount = (value: Decimal | undefined) => number(value ? money(value, currency) : '–');
  const changed = comparison.routes.filter(({ kind }) => kind !== 'same');
  const same = comparison.routes.filter(({ kind }) => kind === 'same');
  const rows = changed.map((change) => {
    const share = change.kind === 'changed' ? (change.increase ? signedPercent(change.increase) : '') : change.kind;
    const texts = [share, changeReason(change)].filter((text) => text !== '').map(htmlText);
    return `<tr><th scope="row"><code>${htmlText(change.route)}</code></th>${amount(change.before)}${amount(change.after)}${number(signedMoney(change.difference, currency))}<td>${texts.join('<br>')}</td></tr>`;
  });
  if (same.length > 0) {
    const [old, now] = [same.map((one) => one.before!), same.map((one) => one.after!)].map(sum) as [Decimal, Decimal];
    const label = `${same.length === 1 ? '1 route' : `${same.length} routes`} with the same usage`;
    rows.push(
      `<tr><th scope="row">${label}</th>${amount(old)}${amount(now)}${number(signedMoney(now.minus(old), currency))}<td></td></tr>`,
    );
  }
  const { before, difference, increase } = comparison;
  const texts = [
    increase ? signedPercent(increase) : 'from nothing',
    blockedBefore(comparison),
    blockedShares(estimate),
  ];
  rows.push(
    `<tr class="sum"><th scope="row">total</th>${amount(before.total)}${amount(estimate.invoice.total)}${number(signedMoney(difference, currency))}<td>${texts
      .filter((text) => text !== '')
      .map(htmlText)
      .join('; ')}</td></tr>`,
  );
  const days = daysOfBaseline(comparison);
  const title = `Against ${htmlText(comparison.name)}`;
  return `<section class="comparison">${table(title, ['route', 'before', 'after', 'change', ''], rows)}${days === '' ? '' : `\n<p>${htmlText(days)}.</p>`}</section>`;
}

function dataOf({ name, month, estimate }: EstimateReport) {
  const { rateCard, config, tier, period } = estimate;
  const { year, month: number } = dateAt(period.start, rateCard.timezone);
  return {
    name,
    month: month ?? null,
    tier,
    config,
    rateCard: { ...rateCard, timezone: 'UTC' },
    period: monthAt(startOfDate({ year, month: number, day: 1 }, 'UTC'), 'UTC'),
  };
}

/** Sliders in per cent of what is configured. */
function controls({ routes, middleware }: EdgeConfig): string {
  const regions = [...new Set(routes.flatMap((route) => [...route.regions.keys()]))].filter((region) => region !== '');
  const running = [...middleware.keys()].filter((name) => routes.some((route) => route.middleware.includes(name)));
  const group = (title: string, sliders: string) =>
    sliders === '' ? '' : `<fieldset><legend>${title}</legend>\n${sliders}</fieldset>\n`;
  return [
    group('Traffic', slider({ kind: 'traffic', name: '', label: 'all routes', most: 400 })),
    group(
      'Traffic by route',
      routes.map(({ match }) => slider({ kind: 'route', name: match, label: match, most: 400 })).join(''),
    ),
    regions.length > 1
      ? group(
          'Traffic by region',
          regions.map((region) => slider({ kind: 'region', name: region, label: region, most: 400 })).join(''),
        )
      : '',
    group('Middleware', running.map((name) => slider({ kind: 'middleware', name, label: name, most: 100 })).join('')),
  ].join('');
}

function slider({ kind, name, label, most }: { kind: string; name: string; label: string; most: number }): string {
  const step = most > 100 ? 5 : 1;
  // The slider stands before its output: a label belongs to the first of the two.
  return `<label><span>${htmlText(label)}</span>
<input type="range" min="0" max="${most}" step="${step}" value="100" data-kind="${kind}" data-name="${htmlText(name)}"><output>100 %</output></label>
`;
}

function listOf(title: string, all: readonly Note[]): string {
  if (all.length === 0) return '';
  const items = all.map(({ message, source }) => `<li>${htmlText(placeText(source) + message)}</li>`);
  return `<section><h2>${title}</h2>\n<ul>${items.join('\n')}</ul></section>`;
}
