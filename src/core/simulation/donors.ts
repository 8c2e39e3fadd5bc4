/** Accounts that stand for sign-ups: those whose month-0 requests are nearest to what a sign-up would use in production. */

/** Accounts that a sign-up's usage in production is taken from. */
export const DONORS = 20;

/** A nearest account beyond this factor of the usage is no like one. */
export const FAR_FACTOR = 2;

export class DonorSearch {
  /** Accounts by size, then by their order. */
  private readonly order: Uint32Array;
  private readonly sizes: Float64Array;

  /** `sizes`: requests in month 0, by account in order of ids. */
  constructor(sizes: Float64Array) {
    this.sizes = sizes;
    this.order = Uint32Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  }

  /** The accounts nearest to `usage`, at most {@link DONORS}, nearest first; of equally near ones those first in order. */
  nearest(usage: number): number[] {
    const { order, sizes } = this;
    let above = this.firstAtLeast(usage);
    let below = above - 1;
    const found: number[] = [];
    const distance = (at: number) => (order[at] === undefined ? Infinity : Math.abs(sizes[order[at]]! - usage));
    while (found.length < DONORS) {
      const nearest = Math.min(distance(below), distance(above));
      if (nearest === Infinity) break;
      const level: number[] = [];
      while (distance(below) === nearest) level.push(order[below--]!);
      while (distance(above) === nearest) level.push(order[above++]!);
      found.push(...level.sort((a, b) => a - b));
    }
    return found.slice(0, DONORS);
  }

  /** True if even the nearest account is more than {@link FAR_FACTOR} times as large or as small. */
  isFar(usage: number, nearest: number): boolean {
    const size = this.sizes[nearest]!;
    return size > usage * FAR_FACTOR || size * FAR_FACTOR < usage;
  }

  private firstAtLeast(usage: number): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sizes[this.order[middle]!]! < usage) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
