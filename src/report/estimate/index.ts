/** The registry of estimate formats. A new one is a file beside this one and a line here. */
import { estimateCsv } from './csv.ts';
import { estimateHtml } from './html.ts';
import { estimateJson } from './json.ts';
import { estimateMarkdown } from './markdown.ts';
import type { EstimateFormat } from './report.ts';
import { estimateTable } from './table.ts';

export const ESTIMATE_FORMATS = {
  table: estimateTable,
  json: estimateJson,
  md: estimateMarkdown,
  csv: estimateCsv,
  html: estimateHtml,
} as const satisfies Record<string, EstimateFormat>;
export type EstimateFormatName = keyof typeof ESTIMATE_FORMATS;
