/** Totals of a customer's series up to each of their records, so that usage between two edges is a difference, not a sum. */
import { LIMB, SLAB_SHIFT } from '../../../kernel/contract.ts';
import { type RecordLayout, SLAB_MASK } from './recordLayout.ts';
import type { ShardTotals } from './shardTotals.ts';

/** Records of a shard, by slab. */
type Slabs = {
  readonly layout: RecordLayout;
  readonly doubles: readonly Float64Array[];
  readonly counts: readonly Uint16Array[];
  readonly meters: number;
};

/** `at`: where its sums begin; `known`: its records that are in them. */
type Series = { readonly at: number; known: number };

export class RunningTotals {
  private readonly slabs: Slabs;
  private customer = -1;
  private readonly series = new Map<number, Series>();
  /** For each series: before its first record, after that, after the second …: rows, then for each meter events and quantity. */
  private sums = new Float64Array(1 << 12);
  private used = 0;

  constructor(slabs: Slabs) {
    this.slabs = slabs;
  }

  /** Makes a customer the one whose series are asked for. */
  turnTo(customer: number): void {
    if (this.customer === customer) return;
    this.customer = customer;
    this.series.clear();
    this.used = 0;
  }

  /**
   * Writes to the totals of a series what its `records` from place `from` to place `to` (exclusive) amount to. False, and
   * nothing is written, if a quantity is too large to be added up in a double.
   */
  write(
    totals: ShardTotals,
    series: number,
    { records, from, to }: { readonly records: Int32Array; readonly from: number; readonly to: number },
  ): boolean {
    const own = this.series.get(series) ?? this.begin(series, records.length);
    if (own.known < to && !this.add(own, records, to)) return false;
    const { meters } = this.slabs;
    const { sums } = this;
    const width = 1 + 2 * meters;
    let [before, after] = [own.at + from * width, own.at + to * width];
    totals.rows[series] = sums[after]! - sums[before]!;
    for (let place = series * meters; place < (series + 1) * meters; place++) {
      totals.events[place] = sums[++after]! - sums[++before]!;
      totals.limbs[place] = sums[++after]! - sums[++before]!;
    }
    return true;
  }

  private begin(series: number, records: number): Series {
    const width = 1 + 2 * this.slabs.meters;
    const at = this.used;
    this.used += (records + 1) * width;
    if (this.used > this.sums.length) {
      const larger = new Float64Array(this.used * 2);
      larger.set(this.sums);
      this.sums = larger;
    }
    this.sums.fill(0, at, at + width);
    const own = { at, known: 0 };
    this.series.set(series, own);
    return own;
  }

  private add(own: Series, records: Int32Array, until: number): boolean {
    const { layout, doubles, counts, meters } = this.slabs;
    const { sums } = this;
    const width = 1 + 2 * meters;
    let before = own.at + own.known * width;
    for (; own.known < until; own.known++) {
      const record = records[own.known]!;
      const slab = record >>> SLAB_SHIFT;
      const place = record & SLAB_MASK;
      const quantities = doubles[slab]!;
      const rowCounts = counts[slab]!;
      const countAt = place * layout.halves + layout.rowsAt;
      const quantityAt = place * layout.words;
      sums[before + width] = sums[before]! + rowCounts[countAt]!;
      for (let m = 0; m < meters; m++) {
        const at = before + 1 + 2 * m;
        const quantity = sums[at + 1]! + quantities[quantityAt + m]!;
        if (quantity >= LIMB) return false;
        sums[at + width] = sums[at]! + rowCounts[countAt + 1 + m]!;
        sums[at + 1 + width] = quantity;
      }
      before += width;
    }
    return true;
  }
}
