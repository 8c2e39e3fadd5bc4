/** The lines of cells as bytes: what `cellObjects` says as JSON, written digit by digit, for there may be many millions. */
import { nanosecondsOf, type PreciseInstant } from '../../core/timestamp.ts';
import type { CellTotal, LedgerCell } from '../../core/usage/cell.ts';

/** Bytes that are gathered before they are handed over. */
const PIECE = 1 << 18;
const ZERO = 48;

export class CellBytes {
  /** Records that were written. */
  records = 0;
  private readonly names: ReadonlyMap<string, string>;
  private piece = Buffer.allocUnsafe(PIECE);
  private at = 0;
  private customer: string | undefined;
  private customerText = '';

  constructor(meters: Iterable<string>) {
    this.names = new Map([...meters].map((name) => [name, `"meter":${JSON.stringify(name)},"quantity":"`]));
  }

  /** Writes the records of a cell. The bytes of cells before it, once there are enough. */
  add({ customer, bucket, dimensions, rows, totals }: LedgerCell): Uint8Array | undefined {
    const full = this.at >= PIECE ? this.take() : undefined;
    if (customer !== this.customer) {
      this.customer = customer;
      this.customerText = `{"customer":${JSON.stringify(customer)},"bucket":"`;
    }
    const from = this.at;
    this.put(this.customerText);
    this.putInstant(bucket, 0);
    this.put('","dimensions":');
    this.put(dimensions.length === 0 ? '[]' : JSON.stringify(dimensions));
    this.put(',');
    const length = this.at - from;
    if (rows > 0) {
      this.put('"rows":');
      this.put(String(rows));
      this.put('}\n');
    } else this.at = from;
    for (const total of totals) {
      const { meter, quantity, events, first, last } = total;
      const place = this.room(length);
      this.piece.copyWithin(place, from, from + length);
      this.at += length;
      this.put(this.names.get(meter)!);
      this.put(quantity);
      this.put('","events":');
      this.put(String(events));
      this.put(',"first":"');
      this.putInstant(first.ms, first.ns);
      this.put('","last":"');
      this.putInstant(last.ms, last.ns);
      this.put('"');
      if (total.values || total.points || total.squares) this.put(moreText(total));
      this.put('}\n');
    }
    this.records += (rows > 0 ? 1 : 0) + totals.length;
    return full;
  }

  /** The bytes of all cells that were not handed over yet. */
  take(): Uint8Array {
    const bytes = this.piece.subarray(0, this.at);
    this.piece = Buffer.allocUnsafe(PIECE * 2);
    this.at = 0;
    return bytes;
  }

  private put(text: string): void {
    const from = this.room(text.length * 3);
    const { piece } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) {
        this.at = from + piece.write(text, from, 'utf8');
        return;
      }
      piece[from + i] = code;
    }
    this.at = from + text.length;
  }

  /** Nanoseconds since 1970. */
  private putInstant(ms: number, ns: number): void {
    if (ms < 1e12 || ms >= 1e13) {
      this.put(preciseText({ ms, ns }));
      return;
    }
    const from = this.room(19);
    const high = Math.floor(ms / 1e6);
    this.putDigits(high, from, 7);
    this.putDigits(ms - high * 1e6, from + 7, 6);
    this.putDigits(ns, from + 13, 6);
    this.at = from + 19;
  }

  private putDigits(number: number, from: number, count: number): void {
    let rest = number | 0;
    for (let i = from + count - 1; i >= from; i--) {
      const next = (rest / 10) | 0;
      this.piece[i] = ZERO + rest - next * 10;
      rest = next;
    }
  }

  /** Makes room for that many bytes; where they begin. */
  private room(bytes: number): number {
    if (this.at + bytes > this.piece.length) {
      const larger = Buffer.allocUnsafe((this.at + bytes) * 2);
      larger.set(this.piece.subarray(0, this.at));
      this.piece = larger;
    }
    return this.at;
  }
}

type More = Pick<CellTotal, 'values' | 'points' | 'squares'>;

/** Fields of a total beside those that every total has, in their order. */
export function moreObject({ values, points, squares }: More): object {
  return {
    ...(values && { values }),
    ...(points && { points: points.map(([at, quantity]) => [String(at), quantity]) }),
    ...(squares && { squares: squares.squares, own_squares: squares.ownSquares }),
  };
}

/** Text of {@link moreObject} within its braces, with a comma before it. */
function moreText(more: More): string {
  return `,${JSON.stringify(moreObject(more)).slice(1, -1)}`;
}

/** In nanoseconds since 1970. */
export function preciseText({ ms, ns }: PreciseInstant): string {
  return ms > 0 ? `${ms}${String(ns).padStart(6, '0')}` : String(nanosecondsOf({ ms, ns }));
}
