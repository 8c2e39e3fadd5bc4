/**
 * The estimate as one file of HTML, alive: its sliders rate the configuration anew, in the page, with the same engine.
 *
 * Nothing is loaded from anywhere: program, style and data stand in the file, and a policy in its head forbids the rest.
 */

import { assert } from '../../core/assert.ts';
import { dateAt, startOfDate } from '../../core/calendar.ts';
import type { EdgeConfig } from '../../core/estimate/edge.ts';
import type { Note } from '../../core/estimate/note.ts';
import { monthAt } from '../../core/period.ts';
import { htmlText } from '../safeText.ts';
import { encodePageData } from './pageData.ts';
import { pageParts } from './pageView.ts';
import type { EstimateFormat, EstimateReport } from './report.ts';
import { isMeasured, measuredText, monthLabel, placeText } from './words.ts';

export const estimateHtml: EstimateFormat = function* (report, { page }) {
  assert(page !== undefined, () => 'the page was asked for without its program');
  const { estimate } = report;
  const parts = pageParts(estimate, { tier: estimate.tier, total: estimate.invoice.total });
  const part = (id: string, tag = 'section') => `<${tag} id="${id}">${parts[id]}</${tag}>`;
  const { measuredDays } = report;
  const measured = measuredDays && isMeasured(estimate) ? `, ${measuredText(measuredDays)}` : '';
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${htmlText(report.name)}: estimated cost</title>
<style>
${page.style}</style>
</head>
<body>
<header>
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
${part('tiers')}
${part('chart')}
${part('bill')}
${part('routes')}
${part('middleware')}
${part('facts')}
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
