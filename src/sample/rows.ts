/**
 * Writes rows, one after the other, straight into bytes.
 *
 * Random numbers are drawn per row, so where one chunk ends and the next begins changes no byte.
 */
import { type Customers, SLOTS } from './customers.ts';
import { writePadded, writeSeconds, writeWhole } from './digits.ts';
import { REGIONS, ROUTES } from './edge.ts';
import type { IdWriter } from './eventIds.ts';
import type { Layout } from './layout.ts';
import { drawIndex, nextInt32, randomState } from './random.ts';
import type { Rhythm } from './rhythm.ts';

/** More bytes than any row has: at most about 260 (NDJSON with UUIDs and 15-digit quantities). */
export const LONGEST_ROW = 400;

/** More than a node would report at once; keeps a row's bytes, with the largest route's and customer's, below 10¹⁵. */
const MOST_REQUESTS = 100_000_000;

const HOUR_MS = 3_600_000;
const HOUR_PREFIX = '2026-10-01T00:'.length;
const COLON = 58;
const POINT = 46;
const UPPER_Z = 90;

/** Fills `out` with whole rows, up to `LONGEST_ROW` bytes before its end, and returns how many bytes; 0 after the last row. */
export type RowWriter = (out: Uint8Array) => number;

export function rowWriter({
  customers,
  rhythm,
  layout,
  writeId,
  seed,
}: {
  readonly customers: Customers;
  readonly rhythm: Rhythm;
  readonly layout: Layout;
  readonly writeId: IdWriter;
  readonly seed: number;
}): RowWriter {
  const random = randomState(seed, 3);
  const hours = rhythm.rowsInHour.length;
  const { byRowWeight, places } = customers;
  const routeBytes = Float64Array.from(ROUTES, (route) => route.bytes);
  const routeMicroseconds = Float64Array.from(ROUTES, (route) => route.microseconds);
  const means = new Float64Array(customers.count * MEANS);

  const beforeTime = fragment(layout.before.timestamp);
  const beforeId = fragment(layout.before.event_id);
  const beforeCustomer = fragment(`${layout.before.customer_id}cus_`);
  const customerDigits = Math.max(5, String(customers.count).length);
  const placeTexts = REGIONS.map((region) => ROUTES.map((route) => placeFragment(layout, region.name, route.path)));
  const beforeCompute = fragment(layout.before.compute_seconds);
  const beforeEgress = fragment(layout.before.egress_bytes);
  const end = fragment(layout.end);

  let row = 0;
  let month = -1;
  let hour = -1;
  let rowInHour = 0;
  let rowsInHour = 0;
  let msPerRow = 0;
  // The text of this hour and of the one before, from which rows arrive late.
  let thisHour = fragment('');
  let lastHour = thisHour;

  function enterNextHour(): void {
    hour++;
    rowInHour = 0;
    rowsInHour = hour < hours ? rhythm.rowsInHour[hour]! : 0;
    msPerRow = HOUR_MS / rowsInHour;
    lastHour = thisHour;
    thisHour = fragment(new Date(rhythm.start + hour * HOUR_MS).toISOString().slice(0, HOUR_PREFIX));
    if (hour === rhythm.monthStarts[month + 1] && hour < hours) {
      month++;
      fillMeans(means, { customers, rhythm, month });
    }
  }

  return (out) => {
    const full = out.length - LONGEST_ROW;
    let at = 0;
    while (at <= full) {
      while (rowInHour === rowsInHour && hour < hours) enterNextHour();
      if (hour === hours) break;

      const customer = drawIndex(byRowWeight, random);
      const timeBits = nextInt32(random);
      const choiceBits = nextInt32(random);
      const sizeBits = nextInt32(random);
      const mean = customer * MEANS;
      const place = customer * 2 * SLOTS;
      const route = places[place + (choiceBits & 15)]!;
      const region = places[place + SLOTS + ((choiceBits >>> 4) & 15)]!;
      const spread = REQUEST_SPREAD[(choiceBits >>> 8) & 4095]!;
      const rounding = (choiceBits >>> 20) / 4096;
      const requests = Math.min(Math.max(Math.floor(means[mean]! * spread + rounding), 1), MOST_REQUESTS);
      // Half to one and a half times the average, in 65 536 steps.
      const computeSpread = ((sizeBits & 0xffff) + 0x8000) / 0x10000;
      const egressSpread = ((sizeBits >>> 16) + 0x8000) / 0x10000;
      const microseconds = Math.floor(requests * routeMicroseconds[route]! * means[mean + 1]! * computeSpread);
      const egress = Math.floor(requests * routeBytes[route]! * means[mean + 2]! * egressSpread);

      // 20 bits place the row within its share of the hour, 12 decide how long it took to arrive.
      let ms = Math.min(Math.floor((rowInHour + (timeBits >>> 12) / 0x100000) * msPerRow), HOUR_MS - 1);
      const late = ms - delayMs(timeBits & 4095, sizeBits);
      let prefix = thisHour;
      if (late >= 0) ms = late;
      else if (hour > 0) {
        ms = late + HOUR_MS;
        prefix = lastHour;
      }

      at = copy(out, at, beforeTime);
      at = writeTime(out, copy(out, at, prefix), ms);
      at = writeId(out, copy(out, at, beforeId), row);
      at = writePadded(out, copy(out, at, beforeCustomer), customer + 1, customerDigits);
      at = copy(out, at, placeTexts[region]![route]!);
      at = writeWhole(out, at, requests);
      at = writeSeconds(out, copy(out, at, beforeCompute), microseconds);
      at = writeWhole(out, copy(out, at, beforeEgress), egress);
      at = copy(out, at, end);
      row++;
      rowInHour++;
    }
    return at;
  };
}

/** Numbers kept per customer: mean requests per row, compute factor, bytes factor. Side by side, as one row needs all. */
const MEANS = 3;

/**
 * The mean requests per row give every customer its requests of the month. So more rows make a finer picture of the same
 * usage; only where less than one request per row is left does the usage grow with them.
 */
function fillMeans(
  means: Float64Array,
  { customers, rhythm, month }: { readonly customers: Customers; readonly rhythm: Rhythm; readonly month: number },
): void {
  const { count, monthlyRequests, growth, rowWeight, totalRowWeight } = customers;
  let rows = 0;
  for (let hour = rhythm.monthStarts[month]!; hour < rhythm.monthStarts[month + 1]!; hour++)
    rows += rhythm.rowsInHour[hour]!;
  if (rows === 0) return;
  for (let i = 0; i < count; i++) {
    let requests = monthlyRequests[i]!;
    for (let passed = 0; passed < month; passed++) requests *= growth[i]!;
    means[i * MEANS] = (requests * totalRowWeight) / (rowWeight[i]! * rows);
    means[i * MEANS + 1] = customers.computeFactor[i]!;
    means[i * MEANS + 2] = customers.bytesFactor[i]!;
  }
}

/**
 * A row's requests ÷ their mean, by 4096 equally likely ranks: a Lomax distribution with exponent 4, from 0 to about 25,
 * scaled to a mean of 1. Its quantiles need square roots only, which are the same on every machine.
 */
const REQUEST_SPREAD = requestSpread();

function requestSpread(): Float64Array {
  const spread = Float64Array.from({ length: 4096 }, (_, i) => Math.sqrt(Math.sqrt(4096 / (4095.5 - i))) - 1);
  const mean = spread.reduce((sum, value) => sum + value, 0) / spread.length;
  return spread.map((value) => value / mean);
}

/** Mostly below a second, at most 4; one row in 1024 is up to 17 minutes late. */
function delayMs(delayBits: number, otherBits: number): number {
  if (delayBits < 4) return otherBits & 0xfffff;
  return (delayBits * delayBits) >>> 12;
}

/** `ms` within the hour, as `MM:SS.mmmZ`. */
function writeTime(out: Uint8Array, at: number, ms: number): number {
  const minute = (ms / 60_000) | 0;
  const inMinute = ms - minute * 60_000;
  const second = (inMinute / 1000) | 0;
  writePadded(out, at, minute, 2);
  out[at + 2] = COLON;
  writePadded(out, at + 3, second, 2);
  out[at + 5] = POINT;
  writePadded(out, at + 6, inMinute - second * 1000, 3);
  out[at + 9] = UPPER_Z;
  return at + 10;
}

function placeFragment({ before }: Layout, region: string, route: string): Fragment {
  return fragment(`${before.region}${region}${before.route}${route}${before.requests}`);
}

/** ASCII text, followed by zeros up to a multiple of eight bytes. */
type Fragment = { readonly text: Uint8Array; readonly length: number };

function fragment(text: string): Fragment {
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8);
  new TextEncoder().encodeInto(text, padded);
  return { text: padded, length: text.length };
}

/**
 * In steps of eight bytes, the last of which may write rubbish behind the text; the row's next bytes overwrite it. For so
 * few bytes, `set` and `copyWithin` take several times as long.
 */
function copy(out: Uint8Array, at: number, { text, length }: Fragment): number {
  for (let i = 0; i < length; i += 8) {
    out[at + i] = text[i]!;
    out[at + i + 1] = text[i + 1]!;
    out[at + i + 2] = text[i + 2]!;
    out[at + i + 3] = text[i + 3]!;
    out[at + i + 4] = text[i + 4]!;
    out[at + i + 5] = text[i + 5]!;
    out[at + i + 6] = text[i + 6]!;
    out[at + i + 7] = text[i + 7]!;
  }
  return at + length;
}
