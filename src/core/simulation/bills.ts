/** How bills are distributed: weights by amount, in minor units, so that medians are exact. */
/** Weights are whole multiples of 1 ÷ this: sums of them below 2²⁹ are exact, in whatever order they are added. */
const PARTS_OF_WEIGHT = 2 ** 24;

/** A distribution as data. Weights are in 2⁻²⁴ account-months. */
export type BillTable = {
  readonly minorUnits: number;
  readonly small: Float64Array;
  readonly large: ReadonlyMap<number, number>;
  readonly total: number;
};

export class BillDistribution {
  private readonly minorUnits: number;
  /** Amounts below this many minor units stand in an array; larger ones, which are few, in a map. */
  private readonly small = new Float64Array(1 << 18);
  private readonly large = new Map<number, number>();
  private total = 0;

  constructor(minorUnits: number) {
    this.minorUnits = minorUnits;
  }

  static of({ minorUnits, small, large, total }: BillTable): BillDistribution {
    const bills = new BillDistribution(minorUnits);
    bills.small.set(small);
    for (const [amount, weight] of large) bills.large.set(amount, weight);
    bills.total = total;
    return bills;
  }

  table(): BillTable {
    const { minorUnits, small, large, total } = this;
    return { minorUnits, small, large, total };
  }

  add(bill: number, weight: number): void {
    this.addParts(Math.round(bill * this.minorUnits), Math.round(weight * PARTS_OF_WEIGHT));
  }

  /** Adds the bills of another part of the customers. */
  addAll({ small, large }: BillDistribution): void {
    for (let amount = 0; amount < small.length; amount++) if (small[amount]! > 0) this.addParts(amount, small[amount]!);
    for (const [amount, weight] of large) this.addParts(amount, weight);
  }

  private addParts(amount: number, weight: number): void {
    if (amount < this.small.length) this.small[amount]! += weight;
    else this.large.set(amount, (this.large.get(amount) ?? 0) + weight);
    this.total += weight;
  }

  /** The smallest bill that at least `shares[i]` of the account-months do not exceed, for each share; ascending shares. */
  quantiles(shares: readonly number[]): number[] {
    const found: number[] = [];
    let sum = 0;
    for (const [amount, weight] of this.ascending()) {
      sum += weight;
      while (found.length < shares.length && sum >= shares[found.length]! * this.total * (1 - 1e-12))
        found.push(amount / this.minorUnits);
      if (found.length === shares.length) break;
    }
    while (found.length < shares.length) found.push(found.at(-1) ?? 0);
    return found;
  }

  /** Share of account-months with a bill from each edge (included) to the next one (excluded); the last bin is open. */
  histogram(edges: readonly number[]): number[] {
    const shares = edges.map(() => 0);
    let bin = 0;
    for (const [amount, weight] of this.ascending()) {
      while (bin + 1 < edges.length && amount / this.minorUnits >= edges[bin + 1]!) bin++;
      shares[bin]! += weight / this.total;
    }
    return shares;
  }

  private *ascending(): Generator<[number, number]> {
    for (let amount = 0; amount < this.small.length; amount++) {
      const weight = this.small[amount]!;
      if (weight > 0) yield [amount, weight];
    }
    yield* [...this.large].sort(([a], [b]) => a - b);
  }
}
