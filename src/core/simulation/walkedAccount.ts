/** An account as a walk takes it. */
import type { Bills } from './billing.ts';
import type { AccountChange, AccountUsage } from './priceChange.ts';

/** An account to walk over. */
export type WalkedAccount = {
  /** Its index in the population. */
  readonly index: number;
  /** Months since it came, in month 0. */
  readonly tenure: number;
  readonly bills: Bills;
  /** Its index in `bills`. */
  readonly row: number;
  /** What the price list changes for it; absent under the list in force. */
  readonly change?: AccountChange | undefined;
  /** Its usage where that reacts to the price; absent: as in the population. */
  readonly usage?: AccountUsage | undefined;
};
