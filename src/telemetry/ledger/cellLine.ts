/**
 * Lines of cells in the very form in which ledgers are written, taken apart without a parser of JSON: most of a ledger's
 * lines are such. Any other line – another order of fields, blanks, a mistake – is left to the parser that says what is wrong.
 */
import type { PreciseInstant } from '../../core/timestamp.ts';
import type { CellRecord } from './parse.ts';

const CUSTOMER = '{"customer":';
const BUCKET = ',"bucket":"';
const DIMENSIONS = '","dimensions":';
const ROWS = ',"rows":';
const METER = ',"meter":';
const QUANTITY = ',"quantity":"';
const EVENTS = '","events":';
const FIRST = ',"first":"';
const LAST = '","last":"';
const END = '"}';

/** Lists of dimension values that are remembered. */
const MOST_LISTS = 10_000;
/** Digits of a count that a number holds exactly, and of instants up to the year 9999. */
const [MOST_COUNT_DIGITS, MOST_INSTANT_DIGITS] = [15, 21];
const [ZERO, NINE, POINT] = [48, 57, 46];

export class CellLines {
  private readonly dimensions: number;
  /** Meters by their names as JSON. */
  private readonly meters: ReadonlyMap<string, string>;
  private readonly lists = new Map<string, readonly string[]>();
  private customerText = '';
  private customer = '';
  private line = '';
  private at = 0;

  /** `dimensions`: how many values a cell has. */
  constructor(dimensions: number, meters: Iterable<string>) {
    this.dimensions = dimensions;
    this.meters = new Map([...meters].map((name) => [JSON.stringify(name), name]));
  }

  /** Undefined: the line has another form. */
  parse(line: string): CellRecord | undefined {
    this.line = line;
    this.at = 0;
    if (!this.skip(CUSTOMER) || !this.takeCustomer()) return undefined;
    const at = this.takeInstant();
    if (!at || !this.skip(DIMENSIONS)) return undefined;
    const dimensions = this.takeDimensions();
    if (!dimensions) return undefined;
    const { customer } = this;
    if (this.skip(ROWS)) {
      const rows = this.takeCount();
      return rows > 0 && this.isAtEnd('}') ? { customer, bucket: at.ms, dimensions, rows } : undefined;
    }
    const total = this.takeTotal();
    return total && this.isAtEnd(END) ? { customer, bucket: at.ms, dimensions, total } : undefined;
  }

  /** With what follows the customer. */
  private takeCustomer(): boolean {
    const { line, at, customerText } = this;
    if (customerText !== '' && line.startsWith(customerText, at)) {
      this.at += customerText.length;
      return true;
    }
    const end = line.indexOf(BUCKET, at);
    const customer = end < 0 ? undefined : jsonOf(line.slice(at, end));
    if (typeof customer !== 'string') return false;
    this.customer = customer;
    this.at = end + BUCKET.length;
    this.customerText = line.slice(at, this.at);
    return true;
  }

  private takeDimensions(): readonly string[] | undefined {
    const { line, at } = this;
    // Within a text of JSON a quotation mark has a backslash before it, so that this is no part of one.
    const end = line.startsWith('[]', at) ? at + 2 : line.indexOf(']', line.indexOf('"],"', at)) + 1;
    if (end <= at) return undefined;
    this.at = end;
    const text = line.slice(at, end);
    const known = this.lists.get(text);
    if (known) return known;
    const list = jsonOf(text);
    if (!isListOfTexts(list) || list.length !== this.dimensions) return undefined;
    if (this.lists.size >= MOST_LISTS) this.lists.clear();
    this.lists.set(text, list);
    return list;
  }

  private takeTotal() {
    if (!this.skip(METER)) return undefined;
    const end = this.line.indexOf(QUANTITY, this.at);
    const meter = end < 0 ? undefined : this.meters.get(this.line.slice(this.at, end));
    if (meter === undefined) return undefined;
    this.at = end + QUANTITY.length;
    const quantity = this.takeQuantity();
    if (quantity === '' || !this.skip(EVENTS)) return undefined;
    const events = this.takeCount();
    if (events === 0 || !this.skip(FIRST)) return undefined;
    const first = this.takeInstant();
    if (!first || !this.skip(LAST)) return undefined;
    const last = this.takeInstant();
    if (!last || last.ms < first.ms || (last.ms === first.ms && last.ns < first.ns)) return undefined;
    return { meter, quantity, events, first, last };
  }

  /** Digits, with a point between two of them at most; '' if there is another text. */
  private takeQuantity(): string {
    const from = this.at;
    let digits = this.skipDigits();
    if (digits > 0 && this.line.charCodeAt(this.at) === POINT) {
      this.at++;
      digits = this.skipDigits();
    }
    return digits > 0 && this.at - from <= MOST_COUNT_DIGITS * 2 ? this.line.slice(from, this.at) : '';
  }

  /** 0 if there is none that JSON allows. */
  private takeCount(): number {
    const { line, at: from } = this;
    const digits = this.skipDigits();
    if (digits > MOST_COUNT_DIGITS || line.charCodeAt(from) === ZERO) return 0;
    return this.numberIn(from, this.at);
  }

  private takeInstant(): PreciseInstant | undefined {
    const from = this.at;
    const digits = this.skipDigits();
    if (digits < 7 || digits > MOST_INSTANT_DIGITS) return undefined;
    return { ms: this.numberIn(from, this.at - 6), ns: this.numberIn(this.at - 6, this.at) };
  }

  private numberIn(from: number, to: number): number {
    const { line } = this;
    let number = 0;
    for (let i = from; i < to; i++) number = number * 10 + line.charCodeAt(i) - ZERO;
    return number;
  }

  private skipDigits(): number {
    const { line, at: from } = this;
    let at = from;
    for (let code = line.charCodeAt(at); code >= ZERO && code <= NINE; code = line.charCodeAt(at)) at++;
    this.at = at;
    return at - from;
  }

  private skip(text: string): boolean {
    const isThere = this.line.startsWith(text, this.at);
    if (isThere) this.at += text.length;
    return isThere;
  }

  private isAtEnd(text: string): boolean {
    return this.skip(text) && this.at === this.line.length;
  }
}

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
