/** The busiest second of telemetry that has a row for each request. */
import type { LedgerRow } from '../usage/mapLedger.ts';

/**
 * Counts requests by the second of their rows. Rows that stand for more than one request may add up more than a second, so
 * that nothing is known of seconds then. Memory: a number for each second with a request.
 */
export class BusiestSecond {
  private readonly place: number;
  private readonly bySecond = new Map<number, number>();
  private isSummed = false;

  /** `place`: of the requests among the quantities of rows. */
  constructor(place: number) {
    this.place = place;
  }

  take({ at, quantities }: Pick<LedgerRow, 'at' | 'quantities'>): void {
    const requests = Number(quantities[this.place] ?? 0);
    if (requests === 0 || this.isSummed) return;
    if (requests !== 1) {
      this.isSummed = true;
      this.bySecond.clear();
      return;
    }
    const second = Math.floor(at.ms / 1000);
    this.bySecond.set(second, (this.bySecond.get(second) ?? 0) + 1);
  }

  /** Requests in it; undefined if nothing is known of seconds, or there was no request. */
  get requests(): number | undefined {
    let most: number | undefined;
    for (const count of this.bySecond.values()) if (most === undefined || count > most) most = count;
    return most;
  }
}
