import type { Instant } from '../calendar.ts';
import type { Decimal } from '../decimal.ts';

/** Money that pays for usage charges, and for nothing else. */
export type CreditGrant = {
  /** Unique for its customer. */
  readonly id: string;
  /** In whole minor units of the rate card's currency. */
  readonly amount: Decimal;
  /** Lower numbers are drawn first. */
  readonly priority: number;
  /** It pays for usage from here on; absent: always has. */
  readonly start?: Instant;
  /** It cannot pay for usage at this instant or later; absent: never ends. */
  readonly expires?: Instant;
  readonly reason?: string;
  /** The credit pack that it came from. */
  readonly pack?: string;
};

/** For grants that do not say. */
export const DEFAULT_PRIORITY = 100;

/** What is left of a grant between two billing periods. */
export type Balance = { readonly grant: CreditGrant; readonly remaining: Decimal };

/**
 * The order in which grants are drawn: priority, then earliest expiry (none last), then earliest start, then id. The
 * soonest to be lost goes first.
 */
export function byDrawingOrder(a: CreditGrant, b: CreditGrant): number {
  return (
    a.priority - b.priority ||
    compare(a.expires ?? Number.POSITIVE_INFINITY, b.expires ?? Number.POSITIVE_INFINITY) ||
    compare(a.start ?? Number.NEGATIVE_INFINITY, b.start ?? Number.NEGATIVE_INFINITY) ||
    compare(a.id, b.id)
  );
}

/** Also for infinities, whose difference is not a number. */
function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
