/**
 * Lines of cells in the very form in which ledgers are written, taken apart byte by byte: nearly all lines are such. Any
 * other – another order of fields, blanks, a mistake – is left to the parser of JSON, which says what is wrong.
 */
import type { PreciseInstant } from '../../core/timestamp.ts';
import type { LedgerMeter } from './format.ts';
import {
  type CellRecord,
  type CellTerms,
  isQuantity,
  type PlainQuantity,
  type RecordTotal,
  whyNotWhole,
} from './parseCell.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);

const CUSTOMER = bytesOf('{"customer":');
const BUCKET = bytesOf(',"bucket":"');
const DIMENSIONS = bytesOf('","dimensions":');
const NO_DIMENSIONS = bytesOf('[]');
const DIMENSIONS_END = bytesOf('"],"');
const ROWS = bytesOf(',"rows":');
const METER = bytesOf(',"meter":');
const QUANTITY = bytesOf(',"quantity":"');
const EVENTS = bytesOf('","events":');
const FIRST = bytesOf(',"first":"');
const LAST = bytesOf('","last":"');
const ROWS_END = bytesOf('}\n');
const VALUES = bytesOf('","values":');
/** A text of JSON has no line end in it. */
const VALUES_END = bytesOf(']}\n');
const TOTAL_END = bytesOf('"}\n');

const [ZERO, NINE, POINT] = [48, 57, 46];
/** Digits that a number holds exactly, and those of instants up to the year 9999. */
const [MOST_DIGITS, MOST_INSTANT_DIGITS] = [15, 21];
/** Customers and dimension values that are looked for in a line have their end within so many bytes. */
const MOST_BYTES = 1 << 14;
/** Lists of dimension values that are remembered. */
const MOST_LISTS = 10_000;

type KnownMeter = { readonly meter: LedgerMeter; readonly bytes: Buffer; readonly isQuantity: boolean };

/** Dimension values, and the bytes that say so. */
type DimensionList = { readonly list: readonly string[]; readonly bytes: Buffer };

export class CellLines {
  private readonly terms: CellTerms;
  private readonly dimensions: number;
  private readonly meters: readonly KnownMeter[];
  /** By their bytes, each of which is a character of the key. */
  private readonly lists = new Map<string, DimensionList>();
  private latest: DimensionList | undefined;
  private customer = '';
  /** Bytes of the customer, with what follows. */
  private customerBytes = bytesOf('\n');
  private none: readonly string[] = [];
  private bytes = bytesOf('');
  private at = 0;

  constructor(terms: CellTerms) {
    this.terms = terms;
    this.dimensions = terms.dimensions.length;
    this.meters = terms.meters.map((meter) => ({
      ...{ meter, bytes: bytesOf(JSON.stringify(meter.name)), isQuantity: isQuantity(meter, terms) },
    }));
  }

  /** End of the line that was parsed, behind its line end. */
  get end(): number {
    return this.at;
  }

  /** Undefined: the line that begins at `from` has another form, or not all of it is there. */
  parse(bytes: Buffer, from: number): CellRecord | undefined {
    this.bytes = bytes;
    this.at = from;
    if (!this.skip(CUSTOMER) || !this.takeCustomer()) return undefined;
    const at = this.takeInstant();
    if (!at || !this.skip(DIMENSIONS)) return undefined;
    const dimensions = this.takeDimensions();
    if (!dimensions) return undefined;
    const { customer } = this;
    if (this.skip(ROWS)) {
      const rows = this.takeCount();
      return rows > 0 && this.skip(ROWS_END) ? { customer, bucket: at.ms, dimensions, rows } : undefined;
    }
    const total = this.takeTotal();
    return total && { customer, bucket: at.ms, dimensions, total };
  }

  private takeCustomer(): boolean {
    if (this.skip(this.customerBytes)) return true;
    const { at } = this;
    const length = this.bytes.subarray(at, at + MOST_BYTES).indexOf(BUCKET);
    if (length < 0) return false;
    this.at = at + length;
    const text = this.textSince(at);
    const customer = text === undefined ? undefined : jsonOf(text);
    if (typeof customer !== 'string' || !this.skip(BUCKET)) return false;
    this.customer = customer;
    this.customerBytes = Buffer.from(this.bytes.subarray(at, this.at));
    return true;
  }

  private takeDimensions(): readonly string[] | undefined {
    if (this.dimensions === 0) return this.skip(NO_DIMENSIONS) ? this.none : undefined;
    const { latest } = this;
    if (latest && this.skip(latest.bytes)) return latest.list;
    const { at } = this;
    // Within a text of JSON a quotation mark has a backslash before it, so that this is no part of one.
    const length = this.bytes.subarray(at, at + MOST_BYTES).indexOf(DIMENSIONS_END);
    if (length < 0) return undefined;
    this.at = at + length + 2;
    const key = this.bytes.toString('latin1', at, this.at);
    let known = this.lists.get(key);
    if (!known) {
      const text = this.textSince(at);
      const list = text === undefined ? undefined : jsonOf(text);
      if (!isListOfTexts(list) || list.length !== this.dimensions) return undefined;
      if (this.lists.size >= MOST_LISTS) this.lists.clear();
      known = { list, bytes: Buffer.from(this.bytes.subarray(at, this.at)) };
      this.lists.set(key, known);
    }
    this.latest = known;
    return known.list;
  }

  private takeTotal(): RecordTotal | undefined {
    const known = this.skip(METER) ? this.takeMeter() : undefined;
    if (known === undefined || !this.skip(QUANTITY)) return undefined;
    const quantity = this.takeQuantity();
    if (!quantity || !this.skip(EVENTS)) return undefined;
    const events = this.takeCount();
    if (events === 0 || !this.skip(FIRST)) return undefined;
    const first = this.takeInstant();
    if (!first || !this.skip(LAST)) return undefined;
    const last = this.takeInstant();
    if (!last || last.ms < first.ms || (last.ms === first.ms && last.ns < first.ns)) return undefined;
    const { meter } = known;
    const total = { meter: meter.name, quantity, events, first, last };
    if (known.isQuantity) return this.skip(TOTAL_END) ? total : undefined;
    const values = this.skip(VALUES) ? this.takeValues() : undefined;
    const whole = values && { ...total, values };
    return whole && whyNotWhole(whole, meter, this.terms) === undefined ? whole : undefined;
  }

  /** A list of texts up to the end of the line. */
  private takeValues(): readonly string[] | undefined {
    const { at } = this;
    const end = this.bytes.indexOf(VALUES_END, at);
    if (end < 0) return undefined;
    this.at = end + 1;
    const text = this.textSince(at);
    const values = text === undefined ? undefined : jsonOf(text);
    this.at = end + VALUES_END.length;
    return isListOfTexts(values) ? values : undefined;
  }

  private takeMeter(): KnownMeter | undefined {
    for (const known of this.meters) if (this.skip(known.bytes)) return known;
    return undefined;
  }

  /** Digits, with a point between two of them at most, as far as they are not too many for a number. */
  private takeQuantity(): PlainQuantity | undefined {
    const from = this.at;
    let digits = this.skipDigits();
    let value = this.numberIn(from, this.at);
    if (digits === 0 || digits > MOST_DIGITS) return undefined;
    if (this.bytes[this.at] !== POINT) return { value, scale: 0 };
    this.at++;
    const fraction = this.at;
    const scale = this.skipDigits();
    digits += scale;
    if (scale === 0 || digits > MOST_DIGITS) return undefined;
    for (let i = fraction; i < this.at; i++) value = value * 10 + this.bytes[i]! - ZERO;
    return { value, scale };
  }

  /** 0 if there is none that JSON allows. */
  private takeCount(): number {
    const from = this.at;
    const digits = this.skipDigits();
    return digits > MOST_DIGITS || this.bytes[from] === ZERO ? 0 : this.numberIn(from, this.at);
  }

  private takeInstant(): PreciseInstant | undefined {
    const digits = this.skipDigits();
    if (digits < 7 || digits > MOST_INSTANT_DIGITS) return undefined;
    const point = this.at - 6;
    return { ms: this.numberIn(this.at - digits, point), ns: this.numberIn(point, this.at) };
  }

  private numberIn(from: number, to: number): number {
    const { bytes } = this;
    let number = 0;
    for (let i = from; i < to; i++) number = number * 10 + bytes[i]! - ZERO;
    return number;
  }

  private skipDigits(): number {
    const { bytes, at: from } = this;
    let at = from;
    while (at < bytes.length && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
    this.at = at;
    return at - from;
  }

  private skip(text: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + text.length > bytes.length) return false;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
    this.at = at + text.length;
    return true;
  }

  /** The text from `from` to here; undefined if it is no UTF-8. */
  private textSince(from: number): string | undefined {
    try {
      return UTF8.decode(this.bytes.subarray(from, this.at));
    } catch {
      return undefined;
    }
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** Undefined: it is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
