/** Records of a ledger as columns of numbers, which grow. */
import type { PreciseInstant } from '../../core/timestamp.ts';

export class RecordColumns {
  length = 0;
  series = new Int32Array(START);
  /** Place of the meter; one more than the last: rows. */
  meters = new Uint16Array(START);
  /** Begins of buckets. */
  starts = new Float64Array(START);
  /** Rows, or events of the meter. */
  counts = new Float64Array(START);
  /** Quantities in units of 10^-scale. */
  values = new Float64Array(START);
  scales = new Uint8Array(START);
  /** First and last instant as milliseconds and nanoseconds, two numbers for each record. */
  private milliseconds: Float64Array;
  private nanoseconds: Int32Array;

  constructor(hasInstants: boolean) {
    this.milliseconds = new Float64Array(hasInstants ? START * 2 : 0);
    this.nanoseconds = new Int32Array(hasInstants ? START * 2 : 0);
  }

  /** The number of the new record. */
  add(series: number, meter: number, start: number, count: number): number {
    const record = this.length;
    if (record === this.series.length) this.grow();
    this.series[record] = series;
    this.meters[record] = meter;
    this.starts[record] = start;
    this.counts[record] = count;
    this.length++;
    return record;
  }

  keepValue(record: number, value: number, scale: number): void {
    this.values[record] = value;
    this.scales[record] = scale;
  }

  keepInstants(record: number, first: PreciseInstant, last: PreciseInstant): void {
    const at = record * 2;
    this.milliseconds[at] = first.ms;
    this.nanoseconds[at] = first.ns;
    this.milliseconds[at + 1] = last.ms;
    this.nanoseconds[at + 1] = last.ns;
  }

  firstOf(record: number): PreciseInstant {
    return { ms: this.milliseconds[record * 2]!, ns: this.nanoseconds[record * 2]! };
  }

  lastOf(record: number): PreciseInstant {
    return { ms: this.milliseconds[record * 2 + 1]!, ns: this.nanoseconds[record * 2 + 1]! };
  }

  private grow(): void {
    this.series = enlarged(this.series, new Int32Array(this.series.length * 2));
    this.meters = enlarged(this.meters, new Uint16Array(this.meters.length * 2));
    this.starts = enlarged(this.starts, new Float64Array(this.starts.length * 2));
    this.counts = enlarged(this.counts, new Float64Array(this.counts.length * 2));
    this.values = enlarged(this.values, new Float64Array(this.values.length * 2));
    this.scales = enlarged(this.scales, new Uint8Array(this.scales.length * 2));
    this.milliseconds = enlarged(this.milliseconds, new Float64Array(this.milliseconds.length * 2));
    this.nanoseconds = enlarged(this.nanoseconds, new Int32Array(this.nanoseconds.length * 2));
  }
}

const START = 1024;

function enlarged<A extends { set(from: A): void }>(from: A, larger: A): A {
  larger.set(from);
  return larger;
}
