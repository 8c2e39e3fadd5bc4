/** Timestamps of a batch to instants; what is not of a common form is marked as slow, for `parseTimestamp` to judge. */
import { HOUR_MS, steadyOffsetOf } from '../../../core/calendar.ts';
import { TIME_UNITS, type TimestampOptions, unitByMagnitude } from '../../../core/timestamp.ts';
import { MAY_BE_DATE } from '../../../kernel/contract.ts';
import type { Batch } from '../batch.ts';
import type { Kernel } from '../kernel.ts';

const MOST_DIGITS = 19;

/** Numbers of so many digits may be dates (`mayBeDate` in core/timestamp.ts). */
const DIGITS_OF_DATES: ReadonlySet<number> = new Set([5, 8, 10, 12, 14]);
const DAY_HOURS = 24;

export class InstantDecoder {
  private readonly kernel: Kernel;
  /** Address of a byte for each number of digits: the place in `TIME_UNITS` of the unit that such numbers are in. */
  private readonly unitsByDigits: number;
  /** By local day since 1970, NaN for days of a clock change: a zone's rules are slow to ask. */
  private readonly offsetsOfDays = new Map<number, number>();

  constructor(kernel: Kernel, { timeUnit, timezone }: TimestampOptions) {
    this.kernel = kernel;
    kernel.host.offsetOfLocalHour = (hour) =>
      timezone === undefined ? Number.NaN : this.offsetOfLocalHour(hour, timezone);
    const { address, values } = kernel.newBytes(MOST_DIGITS + 1);
    this.unitsByDigits = address;
    for (let digits = 0; digits <= MOST_DIGITS; digits++) {
      const unit = TIME_UNITS.indexOf(timeUnit ?? unitByMagnitude('1'.repeat(digits)));
      values[digits] = unit + (timeUnit === undefined && DIGITS_OF_DATES.has(digits) ? MAY_BE_DATE : 0);
    }
  }

  private offsetOfLocalHour(hour: number, timezone: string): number {
    const day = Math.floor(hour / DAY_HOURS);
    let offset = this.offsetsOfDays.get(day);
    if (offset === undefined) {
      offset = offsetDuring(day * DAY_HOURS, DAY_HOURS, timezone);
      this.offsetsOfDays.set(day, offset);
    }
    return Number.isNaN(offset) ? offsetDuring(hour, 1, timezone) : offset;
  }

  /** True once a timestamp was a whole number; the batch then has the units of its rows. */
  get sawNumbers(): boolean {
    return this.kernel.call.sawNumericInstants() !== 0;
  }

  /** Decodes the rows of a batch from `first` on. */
  decode(column: number, batch: Batch, first: number): void {
    const { slow, rows, at, nanoseconds, units } = batch;
    this.kernel.call.decodeInstants(
      batch.startsOf(column) + first * batch.stride,
      batch.endsOf(column) + first * batch.stride,
      batch.stride,
      batch.delta,
      slow.address + first,
      rows - first,
      at.address + first * 8,
      nanoseconds.address + first * 4,
      this.unitsByDigits,
      units.address + first,
    );
  }
}

/** Milliseconds that a zone is ahead of UTC during some local hours, NaN if a clock change is among them. */
function offsetDuring(firstHour: number, hours: number, timezone: string): number {
  const start = firstHour * HOUR_MS;
  return steadyOffsetOf({ start, end: start + hours * HOUR_MS }, timezone) ?? Number.NaN;
}
