/**
 * CloudEvents 1.0 in JSON, one event a line: what a notifier takes as it stands.
 *
 * The id tells what happened, not when or how it was found out: a run over more rows, or over those of a later day, gives
 * the same entry the same id, and whoever keeps ids notifies once.
 */
import { formatInstant } from '../../core/calendar.ts';
import type { Currency } from '../../core/money.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { preciseInstant } from '../machine.ts';
import { printable, safeJson } from '../safeText.ts';
import { entryObject } from './json.ts';
import type { TimelineFormat } from './report.ts';

export const timelineCloudEvents: TimelineFormat = function* ({ entries, currency, source = USUAL_SOURCE }) {
  for (const entry of entries) yield cloudEventLine({ id: eventId(entry), entry }, currency, source);
};

/** An entry under an id of its own; `corrects`: the id of the event with which it was told first. */
export type ToldEntry = { readonly id: string; readonly corrects?: string; readonly entry: TimelineEntry };

export function cloudEventLine({ id, corrects, entry }: ToldEntry, currency: Currency, source = USUAL_SOURCE): string {
  const event = {
    specversion: '1.0',
    id,
    source,
    type: `meter.timeline.${corrects === undefined ? entry.kind : 'corrected'}`,
    subject: printable(entry.customer), // attributes must not hold control characters
    time: preciseInstant(entry.at),
    datacontenttype: 'application/json',
    data: { ...corrected(corrects), ...entryObject(entry, currency), currency: currency.code },
  };
  return `${safeJson(event)}\n`;
}

/** A line of NDJSON, as a run that follows its exports writes it. */
export function toldLine({ id, corrects, entry }: ToldEntry, currency: Currency): string {
  return `${safeJson({ id, ...corrected(corrects), ...entryObject(entry, currency) })}\n`;
}

function corrected(corrects: string | undefined): { corrected?: string } {
  return corrects === undefined ? {} : { corrected: corrects };
}

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
