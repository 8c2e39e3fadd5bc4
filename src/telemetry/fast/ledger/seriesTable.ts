/** Numbers for tuples of numbers: a customer and the values of the kept dimensions. */
import type { Kernel, KernelArray } from '../kernel.ts';

export class SeriesTable {
  private readonly kernel: Kernel;
  private readonly width: number;
  /** Address of the list of columns. */
  private readonly columns: KernelArray<Int32Array>;

  constructor(kernel: Kernel, width: number) {
    this.kernel = kernel;
    this.width = width;
    this.columns = kernel.newInts(width);
    kernel.call.initSeries(width);
  }

  /** Writes to `out` the number of each row's tuple. */
  numberColumns(columns: readonly KernelArray<Int32Array>[], rows: number, out: KernelArray<Int32Array>): void {
    this.columns.values.set(columns.map(({ address }) => address));
    this.kernel.call.numberSeries(this.columns.address, rows, out.address);
  }

  get count(): number {
    return this.kernel.call.seriesCount();
  }

  /** Tuples one after another. */
  tuples(): Int32Array {
    const { call } = this.kernel;
    return this.kernel.ints(call.seriesTuples() >>> 0, this.count * this.width);
  }
}
