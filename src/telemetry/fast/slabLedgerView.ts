/** Answers a ledger's questions from the slabs that one or more threads have filled. */
import type { Meter } from '../../core/catalog/meter.ts';
import { Decimal, ZERO } from '../../core/decimal.ts';
import type { Period } from '../../core/period.ts';
import { assertOnEdge, type Buckets, bucketEnd } from '../../core/usage/buckets.ts';
import type { MeteredUsage, MeterUsage, Usage, UsageLedger } from '../../core/usage/ledger.ts';
import { type InternedTexts, textsOf } from './interner.ts';
import { EXACT_SCALE, exactUnit, LIMB } from './quantities.ts';
import { type LedgerPart, RecordLayout, SLAB_RECORDS } from './slabLedger.ts';

/** What one thread has added up. */
export type UsagePart = {
  readonly ledger: LedgerPart;
  readonly customers: InternedTexts;
  readonly dimensions: readonly InternedTexts[];
  /** Customer and dimension values of each series; absent if there are no dimensions: a series is a customer then. */
  readonly series: Int32Array | undefined;
};

export type ViewOptions = {
  readonly meters: readonly Meter[];
  readonly dimensions: readonly string[];
  readonly buckets: Buckets;
  readonly trace: boolean;
};

export class SlabLedgerView implements UsageLedger {
  readonly customers: readonly string[];
  readonly span: Period | undefined;
  private readonly options: ViewOptions;
  private readonly parts: readonly PartView[];
  /** For each customer, its number in each part, −1 where it does not occur. */
  private readonly numbers = new Map<string, Int32Array>();

  /** `taken` are rows to be taken off again: repeated deliveries that `added` contains. */
  constructor(added: readonly UsagePart[], taken: readonly UsagePart[], options: ViewOptions) {
    this.options = options;
    this.parts = [
      ...added.map((part) => new PartView(part, 1, options)),
      ...taken.map((part) => new PartView(part, -1, options)),
    ];
    for (const [p, part] of this.parts.entries()) {
      for (const [number, customer] of part.customers.entries()) {
        if (!part.hasCustomer(number)) continue;
        let numbers = this.numbers.get(customer);
        if (!numbers) {
          numbers = new Int32Array(this.parts.length).fill(-1);
          this.numbers.set(customer, numbers);
        }
        numbers[p] = number;
      }
    }
    const rowsIn = new Map<number, number>();
    const isWhole = taken.every((part) => part.ledger.records === 0);
    if (!isWhole)
      for (const customer of [...this.numbers.keys()]) if (!this.hasRowsAtAll(customer)) this.numbers.delete(customer);
    for (const part of this.parts) part.addBucketRows(rowsIn, isWhole);
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [start, rows] of rowsIn) {
      if (rows === 0) continue;
      first = Math.min(first, start);
      last = Math.max(last, start);
    }
    this.customers = [...this.numbers.keys()].sort();
    this.span = first > last ? undefined : { start: first, end: bucketEnd(options.buckets, last) };
  }

  hasRows(customer: string, period: Period): boolean {
    const rows = new Map<number, number>();
    for (const [part, record] of this.recordsIn(customer, period)) {
      const start = part.startOf(record);
      rows.set(start, (rows.get(start) ?? 0) + part.sign * part.count(record, 0));
    }
    return [...rows.values()].some((count) => count > 0);
  }

  usageOf(customer: string, period: Period): Usage {
    const { meters, dimensions } = this.options;
    const totals = meters.map(() => new Amount());
    const parts = meters.map(() => dimensions.map(() => new Map<string, Amount>()));
    for (const [part, record] of this.recordsIn(customer, period)) {
      for (let m = 0; m < meters.length; m++) {
        if (part.count(record, 1 + m) === 0) continue;
        part.addTo(totals[m]!, record, m);
        for (let d = 0; d < dimensions.length; d++) {
          const value = part.dimension(record, d);
          const byValue = parts[m]![d]!;
          let amount = byValue.get(value);
          if (!amount) {
            amount = new Amount();
            byValue.set(value, amount);
          }
          part.addTo(amount, record, m);
        }
      }
    }
    return new Map(
      meters.map((meter, m): [string, MeteredUsage] => [
        meter.name,
        {
          ...totals[m]!.usage(),
          by: new Map(dimensions.map((dimension, d) => [dimension, usageByValue(parts[m]![d]!)])),
        },
      ]),
    );
  }

  private *recordsIn(customer: string, period: Period): Generator<[PartView, number]> {
    assertOnEdge(this.options.buckets, period.start);
    assertOnEdge(this.options.buckets, period.end);
    const numbers = this.numbers.get(customer);
    if (!numbers) return;
    for (const [p, part] of this.parts.entries()) {
      const number = numbers[p]!;
      if (number < 0) continue;
      for (const record of part.recordsOf(number)) {
        const start = part.startOf(record);
        if (start >= period.start && start < period.end) yield [part, record];
      }
    }
  }

  private hasRowsAtAll(customer: string): boolean {
    let rows = 0;
    for (const [p, number] of this.numbers.get(customer)!.entries()) {
      const part = this.parts[p]!;
      if (number >= 0) for (const record of part.recordsOf(number)) rows += part.sign * part.count(record, 0);
    }
    return rows > 0;
  }
}

function usageByValue(amounts: ReadonlyMap<string, Amount>): Map<string, MeterUsage> {
  const used = [...amounts].filter(([, amount]) => amount.events > 0);
  used.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(used.map(([value, amount]) => [value, amount.usage()]));
}

/** One thread's part, with its records in the order of their customers. */
class PartView {
  readonly sign: 1 | -1;
  readonly customers: readonly string[];
  private readonly part: UsagePart;
  private readonly options: ViewOptions;
  private readonly layout: RecordLayout;
  private readonly doubles: readonly Float64Array[];
  private readonly numbers: readonly Int32Array[];
  private readonly counts: readonly Uint16Array[];
  private readonly units: readonly bigint[];
  private readonly dimensionTexts: readonly string[][];
  /** Records by customer: those of customer `c` from `from[c]` to `from[c + 1]`. */
  private readonly records: Int32Array;
  private readonly from: Int32Array;

  constructor(part: UsagePart, sign: 1 | -1, options: ViewOptions) {
    this.part = part;
    this.sign = sign;
    this.options = options;
    const { ledger } = part;
    this.layout = new RecordLayout({
      aggregations: options.meters.map((meter) => meter.aggregation),
      trace: options.trace,
    });
    this.doubles = ledger.slabs.map((slab) => new Float64Array(slab));
    this.numbers = ledger.slabs.map((slab) => new Int32Array(slab));
    this.counts = ledger.slabs.map((slab) => new Uint16Array(slab));
    this.units = ledger.scales.map(exactUnit);
    this.customers = textsOf(part.customers);
    this.dimensionTexts = part.dimensions.map(textsOf);

    this.from = new Int32Array(part.customers.count + 2);
    for (let record = 0; record < ledger.records; record++) this.from[this.customerOf(record) + 2]!++;
    for (let i = 2; i < this.from.length; i++) this.from[i]! += this.from[i - 1]!;
    this.records = new Int32Array(ledger.records);
    for (let record = 0; record < ledger.records; record++)
      this.records[this.from[this.customerOf(record) + 1]!++] = record;
  }

  hasCustomer(number: number): boolean {
    return this.from[number + 1]! > this.from[number]!;
  }

  recordsOf(customer: number): Int32Array {
    return this.records.subarray(this.from[customer]!, this.from[customer + 1]!);
  }

  startOf(record: number): number {
    return this.part.ledger.bucketStarts[this.number(record, 1)]!;
  }

  /** Rows (0), or events of a meter (1 + its place). */
  count(record: number, which: number): number {
    const counts = this.counts[Math.floor(record / SLAB_RECORDS)]!;
    const count = counts[(record % SLAB_RECORDS) * this.layout.halves + this.layout.rowsAt + which]!;
    const { countOverflow } = this.part.ledger;
    if (countOverflow.size === 0) return count;
    return count + 65_536 * (countOverflow.get(record * (this.options.meters.length + 1) + which) ?? 0);
  }

  dimension(record: number, dimension: number): string {
    const width = this.options.dimensions.length + 1;
    return this.dimensionTexts[dimension]![this.part.series![this.number(record, 0) * width + 1 + dimension]!]!;
  }

  addTo(amount: Amount, record: number, meter: number): void {
    const { ledger } = this.part;
    const doubles = this.doubles[Math.floor(record / SLAB_RECORDS)]!;
    const at = (record % SLAB_RECORDS) * this.layout.words;
    amount.events += this.sign * this.count(record, 1 + meter);
    const exact = ledger.exact.size === 0 ? undefined : ledger.exact.get(record * ledger.scales.length + meter);
    if (this.options.meters[meter]!.aggregation === 'max') {
      // The row that a repeated delivery repeats has the same quantity, so taking the repetition off changes nothing.
      if (this.sign < 0) return;
      amount.raise(BigInt(doubles[at + meter]!) * this.units[meter]!);
      if (exact !== undefined) amount.raise(exact);
    } else {
      amount.add(this.sign * doubles[at + meter]!, ledger.scales[meter]!, this.units[meter]!);
      if (exact !== undefined) amount.exact += this.sign < 0 ? -exact : exact;
    }
    if (this.options.trace && this.sign > 0) {
      const [firstMs, firstNs, lastMs, lastNs] = doubles.subarray(at + this.layout.traceAt + meter * 4);
      amount.trace(nanoseconds(firstMs!, firstNs!), nanoseconds(lastMs!, lastNs!));
    }
  }

  /** Adds up the rows of each bucket; if there is nothing to take off, one row is as good as many. */
  addBucketRows(rowsIn: Map<number, number>, isWhole: boolean): void {
    if (isWhole) {
      for (const start of this.part.ledger.bucketStarts) rowsIn.set(start, 1);
      return;
    }
    for (let record = 0; record < this.part.ledger.records; record++) {
      const start = this.startOf(record);
      rowsIn.set(start, (rowsIn.get(start) ?? 0) + this.sign * this.count(record, 0));
    }
  }

  private customerOf(record: number): number {
    const series = this.number(record, 0);
    return this.part.series ? this.part.series[series * (this.options.dimensions.length + 1)]! : series;
  }

  private number(record: number, which: number): number {
    const numbers = this.numbers[Math.floor(record / SLAB_RECORDS)]!;
    return numbers[(record % SLAB_RECORDS) * this.layout.quarters + this.layout.seriesAt + which]!;
  }
}

/** Quantities of several records, added up exactly. */
class Amount {
  events = 0;
  exact = 0n;
  private limb = 0;
  private scale = 0;
  private unit = 0n;
  private first: bigint | undefined;
  private last: bigint | undefined;

  /** `value`, whole and nearer to 0 than 2^52, counts in 10^-scale, which is `unit` in exact numbers. */
  add(value: number, scale: number, unit: bigint): void {
    if (scale !== this.scale) {
      this.flush();
      this.scale = scale;
    }
    this.unit = unit;
    this.limb += value;
    if (this.limb >= LIMB || this.limb <= -LIMB) this.flush();
  }

  raise(exact: bigint): void {
    if (exact > this.exact) this.exact = exact;
  }

  trace(first: bigint, last: bigint): void {
    if (this.first === undefined || first < this.first) this.first = first;
    if (this.last === undefined || last > this.last) this.last = last;
  }

  usage(): MeterUsage {
    this.flush();
    return {
      quantity: this.events === 0 ? ZERO : decimalOf(this.exact),
      events: this.events,
      ...(this.first !== undefined && { first: this.first }),
      ...(this.last !== undefined && { last: this.last }),
    };
  }

  private flush(): void {
    if (this.limb !== 0) this.exact += BigInt(this.limb) * this.unit;
    this.limb = 0;
  }
}

function decimalOf(exact: bigint): Decimal {
  const digits = String(exact).padStart(EXACT_SCALE + 1, '0');
  return new Decimal(`${digits.slice(0, -EXACT_SCALE)}.${digits.slice(-EXACT_SCALE)}`);
}

function nanoseconds(ms: number, ns: number): bigint {
  return BigInt(ms) * 1_000_000n + BigInt(ns);
}
