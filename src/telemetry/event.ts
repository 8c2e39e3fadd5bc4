/** When two rows are the same event, delivered twice: equal keys. And when they disagree about it: different contents. */
import type { Instant } from '../core/calendar.ts';
import { countsZero, type Meter } from '../core/catalog/meter.ts';
import { Decimal } from '../core/decimal.ts';
import { contains } from '../core/period.ts';
import type { PreciseInstant } from '../core/timestamp.ts';
import type { CustomerSpan } from './reader.ts';
import { countsValues, type Fault, plainQuantity, type RowNames, type RowTexts } from './row.ts';

/** Only for rows with an event id. */
export function eventKey({ source, eventId }: RowTexts): string {
  return [source.length, source, eventId].join(' ');
}

/**
 * Content in which two deliveries of an event must agree: equal meanings are equal texts, `94.0` and `94` for instance.
 */
export function eventContent(texts: RowTexts, at: PreciseInstant, meters: readonly Meter[]): string {
  // Lengths keep the texts apart, whatever characters they have.
  const parts: (string | number)[] = [at.ms, at.ns, texts.customer.length, texts.customer];
  for (let m = 0; m < meters.length; m++) {
    const text = sameQuantity(texts.quantities[m]!, meters[m]!);
    parts.push(text.length, text);
  }
  for (const text of texts.dimensions) parts.push(text.length, text);
  return parts.join(' ');
}

/** A quantity as all texts of the same meaning have it: nothing is 0, unless a row with 0 says something about the meter. */
export function sameQuantity(text: string, meter: Meter): string {
  if (text === '') return countsZero(meter) ? '' : '0';
  return countsValues(meter) || SHORTEST.test(text) ? text : signed(text);
}

function signed(text: string): string {
  const plain = new Decimal(plainQuantity(text)).toFixed();
  return text.startsWith('-') && plain !== '0' ? `-${plain}` : plain;
}

/** Numbers that are written as briefly as they can be. */
const SHORTEST = /^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/**
 * Sort key that decides which of the rows with one event key counts. `raw` is the row as it stands in its file, without
 * the line end: it decides between rows of equal content, so that it does not matter in which order rows come.
 */
export type Delivery = { readonly at: PreciseInstant; readonly content: readonly string[]; readonly raw: string };

/** Texts by which rows are compared: customer, dimension values, quantities as briefly as they can be written. */
export function comparedTexts(texts: RowTexts, meters: readonly Meter[]): string[] {
  return [texts.customer, ...texts.dimensions, ...texts.quantities.map((text, m) => sameQuantity(text, meters[m]!))];
}

/**
 * True if `one` counts rather than `other`, whatever the order in which they come: its instant is earlier, or the same and the
 * bytes of its content are smaller. Engines that add up rows where they lie decide alike, whatever else the rows hold there.
 */
export function countsBefore(one: Delivery, other: Delivery): boolean {
  if (one.at.ms !== other.at.ms) return one.at.ms < other.at.ms;
  if (one.at.ns !== other.at.ns) return one.at.ns < other.at.ns;
  return one.raw !== other.raw && (compareContents(one.content, other.content) || compareBytes(one.raw, other.raw)) < 0;
}

function compareContents(one: readonly string[], other: readonly string[]): number {
  for (const [i, text] of one.entries()) {
    const order = compareBytes(text, other[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareBytes(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The fault of a row whose id another row has, with another content, that counts. */
export function conflict(eventId: string, file: string, counted: { file: string; line: number }): Fault {
  const where = counted.file === file ? `line ${counted.line}` : `${counted.file}:${counted.line}`;
  return { code: 'conflict', text: eventId, detail: `first seen in ${where}` };
}

/** The fault of a row whose id stands for several customers. */
export function ambiguousCustomer(id: string, between: readonly string[]): Fault {
  return { code: 'ambiguous-customer', text: id, detail: `of ${between.join(', ')}` };
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
