/** A quantity of one meter out of several records and shards, added up exactly. */
import { Decimal, ZERO } from '../../../core/decimal.ts';
import type { MeteredUsage, MeterUsage } from '../../../core/usage/ledger.ts';
import { LIMB } from '../../../kernel/contract.ts';
import { EXACT_SCALE, POWERS_OF_TEN } from './quantities.ts';

export class Amount {
  events = 0;
  exact = 0n;
  /** Numbers of distinct values; each may be there several times. */
  readonly values: number[] = [];
  private limb = 0;
  private scale = 0;
  private unit = 0n;
  private first: bigint | undefined;
  private last: bigint | undefined;
  private latest: bigint | undefined;

  /** `value`, whole and nearer to 0 than 2^52, counts in 10^-scale, which is `unit` in exact numbers. */
  add(value: number, scale: number, unit: bigint): void {
    let added = value;
    if (scale > this.scale) {
      const widened = this.limb * POWERS_OF_TEN[scale - this.scale]!;
      if (this.fits(widened)) this.limb = widened;
      else this.flush();
      this.scale = scale;
      this.unit = unit;
    } else if (scale < this.scale) added *= POWERS_OF_TEN[this.scale - scale]!;
    else this.unit = unit;
    if (!this.fits(added)) {
      this.exact += BigInt(value) * unit;
      return;
    }
    this.limb += added;
    if (!this.fits(this.limb)) this.flush();
  }

  private fits(limb: number): boolean {
    return limb < LIMB && limb > -LIMB;
  }

  raise(...candidates: readonly bigint[]): void {
    for (const candidate of candidates) if (candidate > this.exact) this.exact = candidate;
  }

  /** Keeps the latest quantity; the largest among several at one instant. */
  keepLatest(quantity: bigint, at: bigint): void {
    if (this.latest !== undefined && (at < this.latest || (at === this.latest && quantity < this.exact))) return;
    this.latest = at;
    this.exact = quantity;
  }

  trace(first: bigint, last: bigint): void {
    if (this.first === undefined || first < this.first) this.first = first;
    if (this.last === undefined || last > this.last) this.last = last;
  }

  /** The usage with its parts. One object from the start: putting two together takes several times as long. */
  usageBy(by: MeteredUsage['by']): MeteredUsage {
    const { events, first, last } = this;
    const quantity = events === 0 ? ZERO : this.quantity();
    return first === undefined || last === undefined ? { quantity, events, by } : { quantity, events, first, last, by };
  }

  usage(): MeterUsage {
    const { events, first, last } = this;
    const quantity = events === 0 ? ZERO : this.quantity();
    return first === undefined || last === undefined ? { quantity, events } : { quantity, events, first, last };
  }

  private quantity(): Decimal {
    if (this.values.length > 0) return new Decimal(countDistinct(this.values));
    if (this.exact === 0n) return this.scale === 0 ? new Decimal(this.limb) : decimalOf(String(this.limb), this.scale);
    this.flush();
    return decimalOf(String(this.exact), EXACT_SCALE);
  }

  private flush(): void {
    if (this.limb !== 0) this.exact += BigInt(this.limb) * this.unit;
    this.limb = 0;
  }
}

function countDistinct(numbers: readonly number[]): number {
  const sorted = Int32Array.from(numbers).sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
}

/** A whole number in units of 10^-scale. */
function decimalOf(whole: string, scale: number): Decimal {
  if (scale === 0) return new Decimal(whole);
  const digits = whole.padStart(scale + 1, '0');
  return new Decimal(`${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}
