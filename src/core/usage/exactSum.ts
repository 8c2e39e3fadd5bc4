/** A sum of plain decimals, exact: an integer over a power of ten. */
import { Decimal, POWERS_OF_TEN } from '../decimal.ts';

/** Characters of a number whose digits, taken as one integer, a double holds exactly. */
const LONGEST_SHORT = 15;

export class ExactSum {
  /** The sum is (`large` + `small`) × 10^−`scale`. `small` is a safe integer: most sums never need the other one. */
  private large = 0n;
  private small: number;
  scale: number;

  /** `units` × 10^−`scale`; `units`: a safe integer. */
  constructor(units = 0, scale = 0) {
    this.small = units;
    this.scale = scale;
  }

  /** The sum in units of 10^−`scale`, if that is a safe integer. */
  get units(): number | undefined {
    return this.large === 0n ? this.small : undefined;
  }

  /** `text`: digits with at most one point, as rows have them; a correction has a minus before them. */
  add(text: string): void {
    const point = text.indexOf('.');
    const scale = point < 0 ? 0 : text.length - point - 1;
    if (text.length <= LONGEST_SHORT) this.addUnits(unitsOf(text), scale);
    else this.addLarge(BigInt(point < 0 ? text : text.slice(0, point) + text.slice(point + 1)), scale);
  }

  merge({ large, small, scale }: ExactSum): void {
    this.addUnits(small, scale);
    if (large !== 0n) this.addLarge(large, scale);
  }

  get quantity(): Decimal {
    const { scale } = this;
    if (this.large === 0n) return new Decimal(this.small, scale);
    return new Decimal(String(this.large + BigInt(this.small)), scale);
  }

  /** Adds `units` × 10^−`scale`; `units`: a safe integer. */
  addUnits(units: number, scale: number): void {
    if (scale > this.scale) this.refine(scale);
    const finer = this.scale - scale;
    // Beyond the safe integers a double is rounded, but never down into them.
    const scaled = finer > LONGEST_SHORT ? Number.NaN : units * POWERS_OF_TEN[finer]!;
    const sum = this.small + scaled;
    if (Number.isSafeInteger(scaled) && Number.isSafeInteger(sum)) this.small = sum;
    else this.addLarge(BigInt(units), scale);
  }

  private addLarge(units: bigint, scale: number): void {
    if (scale > this.scale) this.refine(scale);
    this.large += units * 10n ** BigInt(this.scale - scale);
  }

  /** Counts in smaller units from now on. */
  private refine(scale: number): void {
    const finer = scale - this.scale;
    this.scale = scale;
    if (this.small === 0 && this.large === 0n) return;
    const units = (this.large + BigInt(this.small)) * 10n ** BigInt(finer);
    const isSmall = BigInt.asIntN(53, units) === units;
    this.large = isSmall ? 0n : units;
    this.small = isSmall ? Number(units) : 0;
  }
}

/** The digits of a short number as one integer. */
function unitsOf(text: string): number {
  let units = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0) units = units * 10 + digit; // not a point, not a minus
  }
  return text.startsWith('-') ? -units : units;
}
