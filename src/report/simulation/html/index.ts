/** The HTML report: one file that needs nothing else – no script, no font, no image from anywhere. */
import { htmlText } from '../../safeText.ts';
import { moneyText } from '../json.ts';
import { RATES, type SimulationFormat, type SimulationReport } from '../report.ts';
import {
  bridgeSection,
  churnSection,
  comparison,
  costSection,
  deltaSection,
  flipTexts,
  planSection,
  policySections,
  type Section,
  sensitivitySections,
} from '../sections.ts';
import { alarmText, populationNotes, subject, verdicts } from '../words.ts';
import { policyChart, tornadoChart } from './changes.ts';
import { billChart, bridgeChart, churnChart, deltaChart, rateChart, retentionChart } from './charts.ts';
import { STYLE } from './style.ts';

const SHOWN_PARAMETERS = 10;

export const simulationHtml: SimulationFormat = function* (report) {
  const { outcomes, hashes, policyWorth, input } = report.result;
  const title = 'Which pricing model should we run?';
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;
  yield `<title>${title}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>\n`;
  yield `<h1>${title}</h1>\n<p class="dim">${htmlText(subject(report))}</p>\n`;
  const alarms = outcomes.flatMap((outcome) => alarmText(outcome) ?? []);
  yield `<div class="verdict">${list([...verdicts(report), ...alarms, ...flipTexts(report)])}</div>\n`;

  yield '<h2>The comparison</h2>\n<p class="dim">Bars are expected values; the thin lines are 95 % intervals over resampled customers.</p>\n<div class="grid">\n';
  for (const spec of RATES)
    yield `<div class="card"><h3>${htmlText(spec.label)}</h3>${rateChart(spec, outcomes)}</div>\n`;
  yield `</div>\n${table(comparison(report, outcomes, false))}`;

  yield '<h2>Net revenue retention</h2>\n<div class="grid">\n';
  for (const [i, outcome] of outcomes.entries()) yield `${bridgeChart(report, outcome, i)}\n`;
  yield `</div>\n${folded(bridgeSection(report, outcomes))}`;
  yield `<h3>Cohort revenue by month</h3>\n<div class="card">${retentionChart(outcomes)}</div>\n`;

  yield `<h2>Why customers leave</h2>\n<div class="card">${churnChart(outcomes)}</div>\n${folded(churnSection(outcomes))}`;
  yield `<h2>Where the revenue goes</h2>\n${table(costSection(report, outcomes))}`;

  if (policyWorth.size > 0) yield '<h2>What each policy is worth</h2>\n';
  for (const [name] of policyWorth) {
    yield `<h3>${htmlText(name)}</h3>\n<div class="wide">\n${policyChart(report, name, 'monthlyChurn')}\n${policyChart(report, name, 'nrr')}\n</div>\n`;
  }
  for (const section of policySections(report)) yield table(section);

  yield `<h2>Bills</h2>\n<div class="card">${billChart(report, outcomes)}${legend(outcomes.map(({ scenario }) => scenario.name))}</div>\n`;
  yield folded(planSection(outcomes));
  if (outcomes.length > 1) {
    yield `<h2>Winners and losers</h2>\n<p>Mean monthly bill of each account, against ${htmlText(input.baseline)}. Who pays a quarter more, and more than the material amount, should be grandfathered.</p>\n`;
    yield `<div class="card">${deltaChart(report, outcomes)}</div>\n${table(deltaSection(report, outcomes))}${largest(report)}`;
  }
  if (report.sensitivity) {
    yield '<h2>What it depends on</h2>\n<p class="dim">Each parameter at both ends of its plausible range, everything else as it is.</p>\n<div class="wide">\n';
    for (const rate of ['monthlyChurn', 'nrr', 'grossMargin', 'conversion'] as const) {
      if (outcomes.some(({ rates }) => rates[rate] === undefined)) continue;
      for (let s = 0; s < outcomes.length; s++) yield `${tornadoChart(report, rate, s, SHOWN_PARAMETERS)}\n`;
    }
    yield '</div>\n';
    for (const section of sensitivitySections(report, SHOWN_PARAMETERS)) yield folded(section);
  }
  yield `<h2>Assumptions</h2>\n${list([...report.assumptions, ...populationNotes(report)])}`;
  yield `</main>\n<footer>Cohort ${hashes.cohort}, parameters ${hashes.parameters}, scenarios ${hashes.scenarios}, run ${hashes.run}; amounts in ${htmlText(report.currency.code)}.</footer>\n</body>\n</html>\n`;
};

function list(texts: readonly string[]): string {
  return `<ul>${texts.map((text) => `<li>${htmlText(text)}</li>`).join('')}</ul>\n`;
}

function table({ title, note, head, rows }: Section): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row
      .map((cell, i) =>
        i === 0 && tag === 'td'
          ? `<th scope="row">${htmlText(cell)}</th>`
          : `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${htmlText(cell)}</${tag}>`,
      )
      .join('');
  const caption = note === undefined ? title : `${title} – ${note}`;
  return `<div class="scroll"><table aria-label="${htmlText(caption)}"><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('')}</tbody></table></div>${note === undefined ? '' : `<p class="dim">${htmlText(note)}</p>`}\n`;
}

function folded(section: Section): string {
  return `<details><summary>${htmlText(section.title)}: the numbers</summary>${table(section)}</details>\n`;
}

function legend(names: readonly string[]): string {
  const keys = names.map(
    (name, i) =>
      `<svg viewBox="0 0 12 12" style="width:12px;display:inline-block" aria-hidden="true"><rect width="12" height="12" class="f${i % 6}"/></svg> ${htmlText(name)}`,
  );
  return `<p class="dim">${keys.join(' &nbsp; ')}</p>`;
}

/** The accounts whose bills change most. */
function largest(report: SimulationReport): string {
  const money = moneyText(report);
  const { outcomes, input } = report.result;
  return outcomes
    .filter(({ scenario }) => scenario.name !== input.baseline)
    .map(({ scenario, deltas }) => {
      const rows = [...deltas.largest.losers, ...deltas.largest.winners].map(({ account, before, after }) => [
        account,
        money(before),
        money(after),
        `${after > before ? '+' : '−'}${money(Math.abs(after - before))}`,
      ]);
      const head = ['account', `under ${input.baseline}`, `under ${scenario.name}`, 'change'];
      return folded({ title: `Largest changes under ${scenario.name}`, head, rows });
    })
    .join('');
}
