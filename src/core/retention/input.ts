/** Invoices as retention takes them. */
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';

export const BASES = ['billed', 'committed'] as const;
/** `billed`: totals of invoices without one-off packs, per 30 days. `committed`: fees and minimums. */
export type Basis = (typeof BASES)[number];

/** An invoice of a month, with the amounts that a basis is made of. */
export type BilledMonth = {
  readonly customer: string;
  /** Number of the month since year 0: 12 × year + month − 1. */
  readonly month: number;
  /** Begin of the period, RFC 3339 in UTC. */
  readonly start: string;
  /** Calendar days of the period, 1 at least. */
  readonly days: number;
  readonly total: Decimal;
  /** Sum of the lines of packs, and the tax that was added to it. */
  readonly packs: Decimal;
  /** Fees and minimums, of annual fees the twelfth part that a month of the year has. */
  readonly committed: Fraction;
};
