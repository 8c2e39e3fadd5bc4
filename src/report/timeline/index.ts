/** The registry of timeline formats. A new one is a file beside this one and a line here. */
import { markdown } from '../render/markdown.ts';
import { terminal } from '../render/terminal.ts';
import { timelineCloudEvents } from './cloudEvents.ts';
import { timelineCsv } from './csv.ts';
import { timelineDocument } from './document.ts';
import { timelineJson, timelineNdjson } from './json.ts';
import type { TimelineFormat } from './report.ts';

export const TIMELINE_FORMATS = {
  table: (report, presentation) => terminal(timelineDocument(report, 'terminal'), presentation),
  json: timelineJson,
  ndjson: timelineNdjson,
  csv: timelineCsv,
  md: (report) => markdown(timelineDocument(report, 'markdown')),
  cloudevents: timelineCloudEvents,
} as const satisfies Record<string, TimelineFormat>;
export type TimelineFormatName = keyof typeof TIMELINE_FORMATS;
