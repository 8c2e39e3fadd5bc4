/** The registry of estimate formats. A new one is a file beside this one and a line here. */
import { estimateCsv } from './csv.ts';
import { estimateHtml, estimatesHtml } from './html.ts';
import { estimateJson, estimatesJson } from './json.ts';
import { estimateMarkdown } from './markdown.ts';
import type { EstimateFormat, EstimatesFormat } from './report.ts';
import { estimatesCsv, estimatesMarkdown, estimatesTable } from './several.ts';
import { estimateTable } from './table.ts';

export const ESTIMATE_FORMATS = {
  table: inFormat(estimateTable, estimatesTable),
  json: inFormat(estimateJson, estimatesJson),
  md: inFormat(estimateMarkdown, estimatesMarkdown),
  csv: inFormat(estimateCsv, estimatesCsv),
  html: inFormat(estimateHtml, estimatesHtml),
} as const satisfies Record<string, EstimatesFormat>;
export type EstimateFormatName = keyof typeof ESTIMATE_FORMATS;

function inFormat(one: EstimateFormat, several: EstimatesFormat): EstimatesFormat {
  return (report, presentation) =>
    report.reports.length === 1 ? one(report.reports[0]!, presentation) : several(report, presentation);
}
