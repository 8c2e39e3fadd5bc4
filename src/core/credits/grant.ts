import type { CreditGrant } from '../catalog/credit.ts';
import type { Decimal } from '../decimal.ts';

/** For grants that do not say. */
export const DEFAULT_PRIORITY = 100;

/** Remaining amount of a grant between two billing periods. */
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
