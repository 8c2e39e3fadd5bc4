/** The registry of estimate formats. A new one is a file beside this one and a line here. */
import { markdown } from '../render/markdown.ts';
import { rulesJunit } from '../render/rulesJunit.ts';
import { terminal } from '../render/terminal.ts';
import { estimateCsv, estimatesCsv } from './csv.ts';
import { estimateComment, estimateDocument, estimatesComment, estimatesDocument } from './document.ts';
import { estimateHtml, estimatesHtml } from './html.ts';
import { estimateJson, estimatesJson } from './json.ts';
import type { EstimateFormat, EstimatesFormat } from './report.ts';

export const ESTIMATE_FORMATS = {
  table: inFormat(
    (report, presentation) => terminal(estimateDocument(report), presentation),
    (all, presentation) => terminal(estimatesDocument(all), presentation),
  ),
  json: inFormat(estimateJson, estimatesJson),
  md: inFormat(
    (report) => markdown(estimateComment(report)),
    (all) => markdown(estimatesComment(all)),
  ),
  junit: ({ reports, checks }) =>
    rulesJunit('meter estimate', [...checks, ...reports.flatMap((report) => report.checks)]),
  csv: inFormat(estimateCsv, estimatesCsv),
  html: inFormat(estimateHtml, estimatesHtml),
} as const satisfies Record<string, EstimatesFormat>;
export type EstimateFormatName = keyof typeof ESTIMATE_FORMATS;

function inFormat(one: EstimateFormat, several: EstimatesFormat): EstimatesFormat {
  return (report, presentation) =>
    report.reports.length === 1 ? one(report.reports[0]!, presentation) : several(report, presentation);
}
