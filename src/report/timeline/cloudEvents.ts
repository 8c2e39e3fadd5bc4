/**
 * CloudEvents 1.0 in JSON, one event a line: what a notifier takes as it stands.
 *
 * The id tells what happened, not when or how it was found out: a run over more rows, or over those of a later day, gives
 * the same entry the same id, and whoever keeps ids notifies once.
 */
import { formatInstant } from '../../core/calendar.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { preciseInstant } from '../machine.ts';
import { printable, safeJson } from '../safeText.ts';
import { entryObject } from './json.ts';
import type { TimelineFormat } from './report.ts';

export const timelineCloudEvents: TimelineFormat = function* ({ entries, currency, source = USUAL_SOURCE }) {
  for (const entry of entries) {
    const event = {
      specversion: '1.0',
      id: eventId(entry),
      source,
      type: `meter.timeline.${entry.kind}`,
      subject: printable(entry.customer), // attributes must not hold control characters
      time: preciseInstant(entry.at),
      datacontenttype: 'application/json',
      data: { ...entryObject(entry, currency), currency: currency.code },
    };
    yield `${safeJson(event)}\n`;
  }
};

/** The usual source: with a source, an id is an event's own. */
const USUAL_SOURCE = '/meter/timeline';

/** `cus_00042/2026-10-01T00:00:00Z/production/threshold/requests/0.8`; of a limit for a day, and the begin of that day. */
export function eventId(entry: TimelineEntry): string {
  const { customer, stretch, tier, kind, meter, threshold, window, credit, day } = entry;
  const begin = window && formatInstant(window.start);
  const what = [meter, threshold?.toFixed(), begin, credit?.id, day].filter((part) => part !== undefined);
  const parts = [customer, formatInstant(stretch.start), tier, kind, ...what];
  return parts.map((part) => printable(part).replace(/[%/]/g, encodeURIComponent)).join('/');
}
