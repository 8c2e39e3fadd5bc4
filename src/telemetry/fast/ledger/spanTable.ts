/** Customers for whom the request says more than for everyone: their rows may need the exact way. */
import { BATCH_ROWS } from '../../../kernel/contract.ts';
import type { CustomerSpan } from '../../reader.ts';
import type { Batch } from '../batch.ts';
import type { Interner } from './interner.ts';

export class SpanTable {
  private readonly spans: ReadonlyMap<string, CustomerSpan>;
  private readonly customers: Interner;
  /** By customer number: rows of the common form lie from the one (inclusive) to the other (exclusive). */
  private from = new Float64Array(BATCH_ROWS);
  private until = new Float64Array(BATCH_ROWS);
  private known = 0;

  constructor(spans: ReadonlyMap<string, CustomerSpan>, customers: Interner) {
    this.spans = spans;
    this.customers = customers;
  }

  /** Marks as slow the rows that lie outside their customer's time, and all of customers with a period of their own. */
  mark({ rows, slow, at, customers }: Batch): void {
    this.learn();
    const { from, until } = this;
    for (let row = 0; row < rows; row++) {
      const customer = customers.values[row]!;
      const ms = at.values[row]!;
      if (ms < from[customer]! || ms >= until[customer]!) slow.values[row] = 1;
    }
  }

  private learn(): void {
    const { size } = this.customers;
    if (size > this.from.length) {
      this.from = grown(this.from, size * 2);
      this.until = grown(this.until, size * 2);
    }
    for (; this.known < size; this.known++) {
      const span = this.spans.get(this.customers.textOf(this.known));
      const isOwn = span?.billed !== undefined;
      this.from[this.known] = isOwn ? Number.POSITIVE_INFINITY : (span?.covered.start ?? Number.NEGATIVE_INFINITY);
      this.until[this.known] = span?.covered.end ?? Number.POSITIVE_INFINITY;
    }
  }
}

function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(length);
  copy.set(array);
  return copy;
}
