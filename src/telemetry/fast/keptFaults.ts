/** Faults of rejected rows, kept until they are told: so that no row has to be understood a second time for its message. */
import type { Fault } from '../row.ts';

/** Faults that a thread keeps; a row with one more is understood again. Equal faults count once. */
const MOST_FAULTS = 1 << 17;
/** Characters of a fault's texts; with more it is not kept. */
const LONGEST_TEXTS = 200;

export class KeptFaults {
  private readonly faults = new Map<string, Fault>();

  /** One object for all faults that are equal; undefined if there is no room for it. */
  keep(fault: Fault): Fault | undefined {
    const { code, column = '', text = '', detail = '' } = fault;
    if (column.length + text.length + detail.length > LONGEST_TEXTS) return undefined;
    const key = `${code}\0${column}\0${text}\0${detail}`;
    const known = this.faults.get(key);
    if (known || this.faults.size >= MOST_FAULTS) return known;
    this.faults.set(key, fault);
    return fault;
  }
}
