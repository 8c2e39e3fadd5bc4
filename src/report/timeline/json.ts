/** A timeline as JSON (one document) and NDJSON (one entry a line). Fields as in docs/timeline.md. */
import { formatInstant } from '../../core/calendar.ts';
import type { Decimal } from '../../core/decimal.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import type { TimelineEntry } from '../../core/timeline/entry.ts';
import { FORMAT_VERSION, preciseInstant } from '../machine.ts';
import { notesObject } from '../runNotes.ts';
import { indentedJson, safeJson } from '../safeText.ts';
import type { TimelineFormat } from './report.ts';

export const timelineJson: TimelineFormat = function* ({ currency, entries, rows, notes }) {
  const head = `{\n  "formatVersion": ${safeJson(FORMAT_VERSION)},\n  "currency": ${safeJson(currency.code)},\n  "entries": [`;
  yield head;
  let before = '';
  for (const entry of entries) {
    yield `${before}\n    ${indentedJson(entryObject(entry, currency), 4)}`;
    before = ',';
  }
  yield before === '' ? '],\n' : '\n  ],\n';
  yield `  "rows": ${indentedJson(rows, 2)}`;
  for (const [name, value] of Object.entries(notesObject(notes))) yield `,\n  "${name}": ${indentedJson(value, 2)}`;
  yield '\n}\n';
};

export const timelineNdjson: TimelineFormat = function* ({ currency, entries }) {
  for (const entry of entries) yield `${safeJson(entryObject(entry, currency))}\n`;
};

/** The fields of an entry. `resolution` is there where `at` is not exact: it is then the begin of that second or hour. */
export function entryObject(entry: TimelineEntry, currency: Currency): Record<string, unknown> {
  const { forecast, credit, day, rate, resolution, period, window } = entry;
  const { projected, recommend, unblock } = forecast;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  return {
    at: preciseInstant(entry.at),
    kind: entry.kind,
    customer: entry.customer,
    tier: entry.tier,
    meter: entry.meter ?? null,
    threshold: entry.threshold?.toFixed() ?? null,
    used: credit ? money(entry.used) : entry.used.toFixed(),
    limit: credit ? money(entry.limit.round(currency.minorUnit)) : entry.limit.toString(),
    projected: projected ? { used: projected.used?.toFixed() ?? null, overage: money(projected.overage) } : null,
    recommend: recommend ? { tier: recommend.tier, saves: money(recommend.saves) } : null,
    upgradeUrl: entry.upgradeUrl ?? null,
    ...(entry.upgradeReason && { reason: entry.upgradeReason }),
    period: { start: formatInstant(period.start), end: formatInstant(period.end) },
    ...(window && { window: { start: formatInstant(window.start), end: formatInstant(window.end) } }),
    ...(resolution !== 'exact' && { resolution }),
    ...(entry.isCapped && { capped: true }),
    ...(unblock && { unblock: { tier: unblock.tier, costs: money(unblock.costs) } }),
    ...(credit && { credit: credit.id, ...(credit.pack !== undefined && { pack: credit.pack }) }),
    ...(day !== undefined && { day }),
    ...(rate && { seconds: rate.seconds, above: rate.above.toFixed() }),
    ...(entry.caveat && { caveat: entry.caveat, ...(rate && { unsure: rate.unsure }) }),
  };
}
