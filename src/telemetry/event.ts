/** When two rows are the same event, delivered twice: equal keys. And when they disagree about it: different contents. */
import type { Instant } from '../core/calendar.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { Decimal } from '../core/decimal.ts';
import { contains } from '../core/period.ts';
import type { PreciseInstant } from '../core/timestamp.ts';
import type { CustomerSpan } from './reader.ts';
import { countsValues, type Fault, plainQuantity, type RowNames, type RowTexts } from './row.ts';

/** Only for rows with an event id. */
export function eventKey(texts: RowTexts): string {
  return JSON.stringify([texts.source, texts.eventId]);
}

/** What two deliveries of an event must agree in: equal meanings are equal texts, `94.0` and `94` for instance. */
export function eventContent(texts: RowTexts, at: PreciseInstant, meters: readonly Meter[]): string {
  const quantities = texts.quantities.map((text, i) => {
    if (text === '') return '0';
    return countsValues(meters[i]!) ? text : new Decimal(plainQuantity(text)).toFixed();
  });
  return JSON.stringify([at.ms, at.ns, texts.customer, quantities, texts.dimensions]);
}

/** The fault of a row whose id an earlier row has, with another content. */
export function conflict(texts: RowTexts, file: string, earlier: { file: string; line: number }): Fault {
  const where = earlier.file === file ? `line ${earlier.line}` : `${earlier.file}:${earlier.line}`;
  return { code: 'conflict', text: texts.eventId, detail: `first seen in ${where}` };
}

/** The fault of a row from a time when its customer was on no tier. */
export function coverageFault(
  { covered }: CustomerSpan,
  ms: Instant,
  texts: RowTexts,
  names: RowNames,
): Fault | undefined {
  if (contains(covered, ms)) return undefined;
  const detail = `customer ${texts.customer}`;
  return { code: 'no-tier-then', column: names.timestamp, text: texts.timestamp, detail };
}
