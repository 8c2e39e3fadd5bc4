/** A sum of plain decimals, exact: an integer over a power of ten. */
import { Decimal } from '../decimal.ts';

export class ExactSum {
  /** The sum in units of 10^−`scale`. */
  private units = 0n;
  private scale = 0;

  /** `text`: digits with at most one point, as rows have them; a correction has a minus before them. */
  add(text: string): void {
    const point = text.indexOf('.');
    if (point < 0) this.addUnits(BigInt(text), 0);
    else this.addUnits(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
  }

  merge(other: ExactSum): void {
    this.addUnits(other.units, other.scale);
  }

  get quantity(): Decimal {
    if (this.scale === 0) return new Decimal(String(this.units));
    const isNegative = this.units < 0n;
    const digits = String(isNegative ? -this.units : this.units).padStart(this.scale + 1, '0');
    return new Decimal(`${isNegative ? '-' : ''}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`);
  }

  private addUnits(units: bigint, scale: number): void {
    if (scale === this.scale) this.units += units;
    else if (scale < this.scale) this.units += units * 10n ** BigInt(this.scale - scale);
    else {
      this.units = this.units * 10n ** BigInt(scale - this.scale) + units;
      this.scale = scale;
    }
  }
}
