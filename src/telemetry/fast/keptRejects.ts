/** What is kept of rejected rows until they are told, so that they need not be read and understood a second time. */
import type { Fault } from '../row.ts';

/** Faults that a thread keeps; a row with one more is understood again. Equal faults count once. */
const MOST_FAULTS = 1 << 17;
/** Characters of a fault's texts; with more it is not kept. */
const LONGEST_TEXTS = 200;
/** Bytes of rows that a thread keeps; what is more is read again. */
const MOST_RAW_BYTES = 1 << 24;

export class KeptRejects {
  private readonly faults = new Map<string, Fault>();
  private rawBytes = 0;

  /** One object for all faults that are equal; undefined if there is no room for it. */
  keepFault(fault: Fault): Fault | undefined {
    const { code, column = '', text = '', detail = '' } = fault;
    if (column.length + text.length + detail.length > LONGEST_TEXTS) return undefined;
    const key = `${code}\0${column}\0${text}\0${detail}`;
    const known = this.faults.get(key);
    if (known || this.faults.size >= MOST_FAULTS) return known;
    this.faults.set(key, fault);
    return fault;
  }

  /** The bytes of a row as Latin-1; undefined if there is no room for them. */
  keepRaw(latin1: string): string | undefined {
    if (latin1.length > MOST_RAW_BYTES - this.rawBytes) return undefined;
    this.rawBytes += latin1.length;
    return latin1;
  }
}
