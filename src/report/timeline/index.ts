/** The registry of timeline formats. A new one is a file beside this one and a line here. */
import { timelineCloudEvents } from './cloudEvents.ts';
import { timelineCsv } from './csv.ts';
import { timelineJson, timelineNdjson } from './json.ts';
import { timelineMarkdown } from './markdown.ts';
import type { TimelineFormat } from './report.ts';
import { timelineTable } from './table.ts';

export const TIMELINE_FORMATS = {
  table: timelineTable,
  json: timelineJson,
  ndjson: timelineNdjson,
  csv: timelineCsv,
  md: timelineMarkdown,
  cloudevents: timelineCloudEvents,
} as const satisfies Record<string, TimelineFormat>;
export type TimelineFormatName = keyof typeof TIMELINE_FORMATS;
