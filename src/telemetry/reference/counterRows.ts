/** Readings of counters, and amounts of intervals: rows whose usage follows from other rows of their series. */
import type { Meter } from '../../core/catalog/meter.ts';
import { Decimal } from '../../core/decimal.ts';
import { anchoredPeriodAt, contains } from '../../core/period.ts';
import { instantOf, nanosecondsOf, type PreciseInstant, parseTimestamp } from '../../core/timestamp.ts';
import { type BilledTimes, CounterBook, type CounterReport } from '../../core/usage/counters/book.ts';
import type { Increase } from '../../core/usage/counters/increases.ts';
import type { SeriesName } from '../../core/usage/counters/series.ts';
import type { LedgerRow } from '../../core/usage/mapLedger.ts';
import type { RowTerms } from '../../core/usage/rowTerms.ts';
import { knownDimensions } from '../columns.ts';
import type { ReadRequest } from '../reader.ts';
import type { Fault, RowTexts } from '../row.ts';
import { termTexts } from '../termFields.ts';
import type { HeldRow, HeldRows, Judged } from './heldRows.ts';

/** Series and time of a row. */
type Values = Pick<SeriesName, 'dimensions' | 'series'> & {
  /** Begin of the interval or of the counter, nanoseconds since 1970; absent: unknown. */
  readonly start?: bigint;
  /** Counters are read; otherwise the row has amounts. */
  readonly isReading: boolean;
  /** The last nanosecond of the time that ends with the row's instant. */
  readonly end: PreciseInstant;
};

type Request = Omit<ReadRequest, 'trace'>;

export class CounterRows implements HeldRows {
  report: CounterReport | undefined;
  private readonly request: Request;
  private readonly terms: RowTerms;
  private readonly dimensions: readonly string[];
  private readonly book: CounterBook;

  constructor(request: Request, terms: RowTerms) {
    this.request = request;
    this.terms = terms;
    this.dimensions = knownDimensions(request.dimensions);
    this.book = new CounterBook(request.openingReadings ?? [], billedTimes(request));
  }

  /** A row's series and start, or what is wrong with them. */
  read(texts: RowTexts, at: PreciseInstant): Values | Fault {
    const { series, start: written, temporality } = termTexts(this.terms, texts.dimensions);
    const { readings } = this.terms;
    const values = {
      isReading: readings === undefined || readings.texts.includes(temporality),
      dimensions: named(this.dimensions, texts.dimensions),
      series: named(this.terms.series, series),
      end: nanosecondBefore(at),
    };
    // Exporters write 0 for a start that they do not know.
    if (/^0*$/.test(written)) return values;
    const start = parseTimestamp(written, this.request);
    const column = this.terms.start!;
    if ('reason' in start) return { code: 'not-a-timestamp', column, text: written, detail: start.reason };
    if (nanosecondsOf(start) > nanosecondsOf(at)) return { code: 'start-after-end', column, text: written };
    return { ...values, start: nanosecondsOf(start) };
  }

  take<Place>(row: LedgerRow, values: Values, place: Place): HeldRow<Place> {
    const { start, dimensions, series, isReading } = values;
    const at = nanosecondsOf(row.at);
    const increases = row.quantities.map((text, m): (() => Increase) | undefined => {
      if (text === undefined) return undefined;
      const meter = this.request.meters[m]!.name;
      const name = { customer: row.customer, meter, dimensions, series };
      if (isReading && this.terms.cumulative.has(meter))
        return this.book.addReading(name, { at, start, value: new Decimal(text) });
      if (start !== undefined && isAdded(this.request.meters[m]!))
        this.book.addAmount(name, { start, at, quantity: new Decimal(text) });
      return undefined;
    });
    return { place, judge: () => this.judge(row, values, increases) };
  }

  settle(): void {
    this.report = this.book.settle();
  }

  private judge(row: LedgerRow, { start, end }: Values, increases: readonly ((() => Increase) | undefined)[]): Judged {
    const grown = increases.map((increase) => increase?.());
    const contradicted = grown.findIndex((increase) => increase?.kind === 'contradicted');
    if (contradicted >= 0) {
      const { name, field } = this.request.meters[contradicted]!;
      const source = this.request.mapping?.meters?.get(name);
      const column = source && 'field' in source ? source.field : field;
      return { code: 'contradicted-reading', column, text: row.quantities[contradicted]! };
    }
    const isUsage = row.quantities.some((text, m) => !(grown[m]?.quantity ?? new Decimal(text ?? 0)).isZero());
    const counted = { ...row, at: end, quantities: grown.map((increase) => increase?.quantity.toFixed()) };
    const rest = { ...row, quantities: row.quantities.map((text, m) => (grown[m] ? undefined : text)) };
    if (rest.quantities.every((text) => text === undefined)) return { parts: [counted], isUsage };
    const others = start === undefined ? rest : { ...rest, at: end };
    if (counted.quantities.every((text) => text === undefined)) return { parts: [others], isUsage };
    return { parts: [others, { ...counted, isPart: true }], isUsage };
  }
}

function isAdded({ aggregation }: Meter): boolean {
  return aggregation === 'sum' || aggregation === 'percentile';
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name, i) => (values[i] === '' ? [] : [[name, values[i]!]])));
}

function nanosecondBefore({ ms, ns }: PreciseInstant): PreciseInstant {
  return ns > 0 ? { ms, ns: ns - 1 } : { ms: ms - 1, ns: 999_999 };
}

function billedTimes({ spans, period, billingZone = 'UTC' }: Request): BilledTimes {
  const NS = 1_000_000n;
  const chosen = (customer: string) => spans?.get(customer)?.billed ?? period;
  return {
    countsFrom: (customer, at) => {
      const anchor = spans?.get(customer)?.anchor ?? 1;
      const last = instantOf(at - 1n);
      const billed = chosen(customer);
      const { start } = billed && contains(billed, last) ? billed : anchoredPeriodAt(last, anchor, billingZone);
      return BigInt(start) * NS;
    },
    closesAt: (customer) => {
      const billed = chosen(customer);
      return billed && BigInt(billed.end) * NS;
    },
  };
}
