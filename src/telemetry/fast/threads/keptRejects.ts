/** Rejected rows that a thread keeps until they are reported, so that they need not be read and decoded a second time. */
import type { Fault } from '../../row.ts';

/** Faults that a thread keeps; a row with one more is understood again. Equal faults count once. */
const MOST_FAULTS = 1 << 17;
/** Characters of a fault's texts; with more it is not kept. */
const LONGEST_TEXTS = 200;
/** Bytes of rows that a thread keeps; what is more is read again. */
const MOST_RAW_BYTES = 1 << 24;

export class KeptRejects {
  private readonly faults = new Map<string, Fault>();
  /** Rows next to each other mostly have the same fault, and are then spared the search. */
  private last: Fault | undefined;
  private rawBytes = 0;

  /** One object for all faults that are equal; undefined if there is no room for it. */
  keepFault(fault: Fault): Fault | undefined {
    if (this.last && isSame(this.last, fault)) return this.last;
    const { code, column = '', text = '', detail = '' } = fault;
    if (column.length + text.length + detail.length > LONGEST_TEXTS) return undefined;
    const key = `${code}\0${column}\0${text}\0${detail}`;
    const known = this.faults.get(key);
    if (!known) {
      if (this.faults.size >= MOST_FAULTS) return undefined;
      this.faults.set(key, fault);
    }
    this.last = known ?? fault;
    return this.last;
  }

  /** The bytes of a row as Latin-1; undefined if there is no room for them. */
  keepRaw(latin1: string): string | undefined {
    if (latin1.length > MOST_RAW_BYTES - this.rawBytes) return undefined;
    this.rawBytes += latin1.length;
    return latin1;
  }
}

function isSame(one: Fault, other: Fault): boolean {
  return (
    one.code === other.code && one.column === other.column && one.text === other.text && one.detail === other.detail
  );
}
