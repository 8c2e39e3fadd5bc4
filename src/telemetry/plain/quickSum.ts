/** A sum of many small decimals: whole parts and billionths are added up as doubles as long as those are exact. */
import type { Aggregation } from '../../core/catalog/meter.ts';
import { Decimal, ZERO } from '../../core/decimal.ts';
import { type Accumulator, accumulatorFor } from '../../core/usage/accumulator.ts';

const MOST_WHOLE_DIGITS = 15;
const FRACTION_DIGITS = 9;
/** A double that is not above this takes one more addend of either kind exactly. */
const FULL = 2 ** 52;

class QuickSum implements Accumulator {
  private exact: Decimal = ZERO;
  private whole = 0;
  private billionths = 0;

  add(text: string): void {
    const point = text.indexOf('.');
    const wholeDigits = point < 0 ? text.length : point;
    const fractionDigits = point < 0 ? 0 : text.length - 1 - point;
    if (wholeDigits > MOST_WHOLE_DIGITS || fractionDigits > FRACTION_DIGITS) {
      this.exact = this.exact.plus(text);
      return;
    }
    if (this.whole > FULL || this.billionths > FULL) this.flush();
    if (point < 0) this.whole += Number(text);
    else {
      this.whole += Number(text.slice(0, point));
      this.billionths += Number(text.slice(point + 1)) * 10 ** (FRACTION_DIGITS - fractionDigits);
    }
  }

  merge(other: QuickSum): void {
    this.exact = this.exact.plus(other.quantity);
  }

  get quantity(): Decimal {
    this.flush();
    return this.exact;
  }

  private flush(): void {
    if (this.whole > 0) this.exact = this.exact.plus(this.whole);
    if (this.billionths > 0) this.exact = this.exact.plus(new Decimal(this.billionths).times(BILLIONTH));
    this.whole = 0;
    this.billionths = 0;
  }
}

const BILLIONTH = new Decimal('0.000000001');

export function quickAccumulatorFor(aggregation: Aggregation): Accumulator {
  return aggregation === 'sum' ? new QuickSum() : accumulatorFor(aggregation);
}
