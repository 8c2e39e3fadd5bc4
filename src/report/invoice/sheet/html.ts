/** Invoice documents as one file of HTML: nothing is loaded from anywhere. Each begins on a page of its own when it is printed. */
import { assert } from '../../../core/assert.ts';
import { html, htmlHead } from '../../render/html.ts';
import { PAGE_STYLE } from '../../render/pageStyle.ts';
import { htmlText } from '../../safeText.ts';
import { counted } from '../../words.ts';
import type { InvoiceFormat } from '../report.ts';
import { sheetOf } from './build.ts';
import type { DocumentTerms, Logo, Sheet } from './sheet.ts';
import { SHEET_STYLE } from './style.ts';

export const invoiceHtml: InvoiceFormat = function* (report) {
  const { documents } = report;
  assert(documents !== undefined, () => 'documents were asked for without what they need');
  const sheets: Sheet[] = [];
  for (const invoice of report.invoices()) {
    const sheet = sheetOf(invoice, report, documents);
    sheets.push(sheet);
    yield '';
  }
  const title = sheets.length === 1 ? sheets[0]!.title : counted(sheets.length, 'invoice');
  yield* sheetsHtml(sheets, title, documents);
};

/** A page with the sheets one below the other. */
export function* sheetsHtml(
  sheets: readonly Sheet[],
  title: string,
  { logo, language }: Pick<DocumentTerms, 'logo' | 'language'>,
): Generator<string> {
  yield htmlHead({ title, style: `${PAGE_STYLE}${SHEET_STYLE}`, runsScript: false, language: language.tag });
  for (const sheet of sheets) yield* article(sheet, logo ? logoImage(logo) : '');
  yield '</body>\n</html>\n';
}

function logoImage({ bytes, type }: Logo): string {
  return `<img class="logo" alt="" src="data:${type};base64,${Buffer.from(bytes).toString('base64')}">`;
}

function* article(sheet: Sheet, logo: string): Generator<string> {
  const lines = (all: readonly string[]) =>
    all.map((line, i) => (i === 0 ? `<strong>${htmlText(line)}</strong>` : htmlText(line))).join('<br>');
  const { issuer, recipient, facts, notice, foot } = sheet;
  yield `<article class="invoice">
<header>
<div class="issuer">${logo}${issuer.length === 0 ? '' : `<address>${lines(issuer)}</address>`}</div>
<h1>${htmlText(sheet.title)}</h1>
${notice === undefined ? '' : `<p class="notice">${htmlText(notice)}</p>\n`}<div class="sides">
<div class="recipient"><p class="dim">${htmlText(recipient.label)}</p><address>${lines(recipient.lines)}</address></div>
<dl>${facts.map(({ label, text }) => `<dt>${htmlText(label)}</dt><dd>${htmlText(text)}</dd>`).join('\n')}</dl>
</div>
</header>
<section class="bill">
`;
  yield* html(sheet.bill, sheet.title);
  yield '</section>\n<section class="annex">\n';
  yield* html(sheet.annex, sheet.title);
  yield '</section>\n';
  if (foot.length > 0) yield `<footer>${foot.map(htmlText).join('<br>')}</footer>\n`;
  yield '</article>\n';
}
