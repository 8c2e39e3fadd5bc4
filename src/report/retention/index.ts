/** The registry of formats of retention. A new one is a file beside this one and a line here. */
import { html, htmlHead } from '../render/html.ts';
import { markdown } from '../render/markdown.ts';
import { PAGE_STYLE } from '../render/pageStyle.ts';
import { terminal } from '../render/terminal.ts';
import { retentionCsv } from './csv.ts';
import { retentionDocument, TITLE } from './document.ts';
import { retentionJson } from './json.ts';
import type { RetentionFormat } from './report.ts';

export const RETENTION_FORMATS = {
  table: (report, presentation) => terminal(retentionDocument(report, 'terminal'), presentation),
  json: retentionJson,
  csv: retentionCsv,
  md: (report) => markdown(retentionDocument(report, 'markdown')),
  html: function* (report) {
    yield htmlHead({ title: TITLE, style: PAGE_STYLE, runsScript: false });
    yield '<main>\n';
    yield* html(retentionDocument(report, 'html'));
    yield '</main>\n</body>\n</html>\n';
  },
} as const satisfies Record<string, RetentionFormat>;
