/** A quantity of one meter out of several records and shards, added up exactly. */
import { Decimal, ZERO } from '../../../core/decimal.ts';
import { nanosecondsOf, type PreciseInstant } from '../../../core/timestamp.ts';
import type { MeteredUsage, MeterUsage } from '../../../core/usage/ledger.ts';
import { LIMB } from '../../../kernel/contract.ts';
import { EXACT_SCALE, POWERS_OF_TEN } from './quantities.ts';

export class Amount {
  events = 0;
  exact = 0n;
  /** Numbers of distinct values; each may be there several times. */
  values: number[] | undefined;
  private limb = 0;
  private scale = 0;
  private unit = 0n;
  /** Of rows that are traced: NaN as long as there are none. */
  private firstMs = Number.NaN;
  private firstNs = 0;
  private lastMs = Number.NaN;
  private lastNs = 0;
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

  trace(firstMs: number, firstNs: number, lastMs: number, lastNs: number): void {
    if (!(this.firstMs < firstMs || (this.firstMs === firstMs && this.firstNs <= firstNs))) {
      this.firstMs = firstMs;
      this.firstNs = firstNs;
    }
    if (!(this.lastMs > lastMs || (this.lastMs === lastMs && this.lastNs >= lastNs))) {
      this.lastMs = lastMs;
      this.lastNs = lastNs;
    }
  }

  /** First and last instant of rows that are traced. */
  get ends(): { readonly first: PreciseInstant; readonly last: PreciseInstant } {
    return { first: { ms: this.firstMs, ns: this.firstNs }, last: { ms: this.lastMs, ns: this.lastNs } };
  }

  /** The usage with its parts. One object from the start: putting two together takes several times as long. */
  usageBy(by: MeteredUsage['by']): MeteredUsage {
    const { events } = this;
    const quantity = events === 0 ? ZERO : this.quantity();
    if (Number.isNaN(this.firstMs)) return { quantity, events, by };
    const { first, last } = this.ends;
    return { quantity, events, first: nanosecondsOf(first), last: nanosecondsOf(last), by };
  }

  usage(): MeterUsage {
    const { events } = this;
    const quantity = events === 0 ? ZERO : this.quantity();
    if (Number.isNaN(this.firstMs)) return { quantity, events };
    const { first, last } = this.ends;
    return { quantity, events, first: nanosecondsOf(first), last: nanosecondsOf(last) };
  }

  private quantity(): Decimal {
    if (this.values) return new Decimal(distinct(this.values).length);
    return this.total();
  }

  /** The distinct values, ascending (UTF-16 code units); `texts`: by their numbers. Undefined where none are kept. */
  distinctTexts(texts: readonly string[]): string[] | undefined {
    return this.values && Array.from(distinct(this.values), (number) => texts[number]!).sort();
  }

  /** The quantity as digits without needless zeros, with at most one point. Not for distinct values. */
  text(): string {
    return this.total().toFixed();
  }

  private total(): Decimal {
    if (this.exact === 0n) return new Decimal(this.limb, this.scale);
    this.flush();
    return new Decimal(String(this.exact), EXACT_SCALE);
  }

  private flush(): void {
    if (this.limb !== 0) this.exact += BigInt(this.limb) * this.unit;
    this.limb = 0;
  }
}

function distinct(numbers: readonly number[]): Int32Array {
  return Int32Array.from(numbers)
    .sort()
    .filter((number, i, sorted) => i === 0 || number !== sorted[i - 1]);
}
