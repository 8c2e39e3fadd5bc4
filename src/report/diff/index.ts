/** The registry of formats of comparisons. A new one is a file beside this one and a line here. */
import { html, htmlHead } from '../render/html.ts';
import { markdown } from '../render/markdown.ts';
import { PAGE_STYLE } from '../render/pageStyle.ts';
import { rulesJunit } from '../render/rulesJunit.ts';
import { terminal } from '../render/terminal.ts';
import { diffCsv } from './csv.ts';
import { diffComment, diffDocument, diffPage, TITLE } from './document.ts';
import { diffJson } from './json.ts';
import type { DiffFormat } from './report.ts';

export const DIFF_FORMATS = {
  table: (report, presentation) => terminal(diffDocument(report), presentation),
  json: diffJson,
  csv: diffCsv,
  md: (report) => markdown(diffComment(report)),
  junit: ({ comparisons }) =>
    rulesJunit(
      'meter diff',
      comparisons.flatMap(({ checks }) => checks),
    ),
  html: function* (report) {
    yield htmlHead({ title: TITLE, style: PAGE_STYLE, runsScript: false });
    yield '<main>\n';
    yield* html(diffPage(report));
    yield `<p class="dim">Amounts in ${report.currency.code}.</p>\n</main>\n</body>\n</html>\n`;
  },
  /** The customers file of `--grandfather`. */
  yaml: function* ({ comparisons }) {
    yield comparisons[0]!.pinned!;
  },
} as const satisfies Record<string, DiffFormat>;
export type DiffFormatName = keyof typeof DIFF_FORMATS;
