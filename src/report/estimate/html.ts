/**
 * The estimate as one file of HTML, alive: its sliders rate the configuration anew, in the page, with the same engine.
 *
 * Nothing is loaded from anywhere: program, style and data stand in the file, and a policy in its head forbids the rest.
 */

import { assert } from '../../core/assert.ts';
import { dateAt, startOfDate } from '../../core/calendar.ts';
import type { CheckOutcome } from '../../core/checks/check.ts';
import type { EdgeConfig } from '../../core/estimate/edge.ts';
import type { Note } from '../../core/estimate/note.ts';
import { monthAt } from '../../core/period.ts';
import { checkList } from '../checkList.ts';
import type { Block } from '../document.ts';
import { html, htmlHead } from '../render/html.ts';
import { htmlText } from '../safeText.ts';
import { moneyText } from '../words.ts';
import { noteTexts } from './document.ts';
import { encodePageData } from './pageData.ts';
import { pageParts } from './pageView.ts';
import { priceListTable } from './priceLists.ts';
import type { EstimateFormat, EstimateReport, EstimatesFormat } from './report.ts';
import { changeTable } from './tables.ts';
import { totalsOf, totalTable } from './totals.ts';
import { daysOfBaseline, isMeasured, measuredText, monthLabel } from './words.ts';

export const estimateHtml: EstimateFormat = function* (report, { page }) {
  assert(page !== undefined, () => 'the page was asked for without its program');
  const { estimate, measuredDays, checks } = report;
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
${checksSection(checks)}${comparisonSection(report)}${priceListSection(report)}
${['tiers', 'chart', 'bill', 'routes', 'middleware', 'facts'].map(part).join('\n')}
${noteSection('Warnings', report.warnings)}${noteSection('Notes', report.notes)}
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
  const total = moneyText(totalsOf(reports).total, currency);
  yield head(`${reports.length} configurations`, page);
  yield `<header>
<h1>${reports.length} configurations</h1>
<p><strong>${total}</strong> ${currency.code} a month all together.</p>
</header>
<main class="several">
<div id="answer">
${section('all', [totalTable(all, 'html')])}${checksSection(checks)}
${noteSection('Notes', notes)}
`;
  for (const [i, report] of reports.entries()) {
    const { estimate } = report;
    const parts = pageParts(estimate, { tier: estimate.tier, total: estimate.invoice.total }, false);
    const ids = ['total', 'tiers', 'chart', 'bill', 'routes', 'middleware', 'facts'];
    yield `<h1 id="c${i}">${htmlText(report.name)}</h1>
${ids.map((id) => `<section class="${id}">${parts[id]}</section>`).join('\n')}
${checksSection(report.checks)}${priceListSection(report)}
${noteSection('Warnings', report.warnings)}${noteSection('Notes', report.notes)}
`;
  }
  yield '</div>\n</main>\n</body>\n</html>\n';
};

function head(title: string, { style }: { readonly style: string }): string {
  return htmlHead({ title: `${title}: estimated cost`, style, runsScript: true });
}

/** Sections by name, each with what it says; those that say nothing are left out. */
function section(name: string, blocks: readonly Block[]): string {
  return blocks.length === 0 ? '' : `<section class="${name}">${[...html(blocks)].join('').trimEnd()}</section>\n`;
}

function checksSection(checks: readonly CheckOutcome[]): string {
  if (checks.length === 0) return '';
  return section('checks', [{ kind: 'heading', level: 2, text: 'Checks' }, checkList(checks, 'html')]);
}

/** The configured value: sliders do not move it. */
function comparisonSection(report: EstimateReport): string {
  const { comparison } = report;
  if (!comparison) return '';
  const days = daysOfBaseline(comparison);
  return section('comparison', [
    changeTable(report, comparison, 'html'),
    ...(days === '' ? [] : [{ kind: 'paragraph' as const, text: `${days}.` }]),
  ]);
}

/** As configured, like the comparison with a baseline. */
function priceListSection({ priceLists }: EstimateReport): string {
  return priceLists ? section('lists', [priceListTable(priceLists)]) : '';
}

function noteSection(title: string, notes: readonly Note[]): string {
  return notes.length === 0 ? '' : section('notes', [{ kind: 'list', title, items: noteTexts(notes) }]);
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
