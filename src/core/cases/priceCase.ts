/** A case of a price list: usage of one customer in one billing period, and facts that its invoice must have. */
import type { Instant } from '../calendar.ts';
import type { Customer } from '../catalog/customer.ts';
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { ProblemSource } from '../problem.ts';

/** An instant in the month of 30 days that a case without a period is about: a result must not depend on when it is made. */
export const IN_STANDARD_MONTH: Instant = Date.UTC(2026, 5, 15);

export type PriceCase = {
  /** The rule that the case is about, as a sentence. */
  readonly it: string;
  readonly source: ProblemSource;
  readonly customer: Customer;
  /** Chosen period; a customer whose periods begin on another day is billed for the one that begins in it. */
  readonly period: Period;
  readonly usage: readonly UsagePart[];
  readonly expected: readonly Expectation[];
};

/** Usage at one time. Either all parts of a case have a time or none has. */
export type UsagePart = {
  /**
   * Absent: at the begin of the period; a limit for a day or a week is then met by usage spread evenly, and a percentile is
   * the given quantity.
   */
  readonly at?: Instant;
  /** Rows of an export that it stands for. */
  readonly rows: number;
  /** By meter, in its own unit: of counts rows, of distinct values those that no other part has. */
  readonly quantities: ReadonlyMap<string, Decimal>;
  readonly dimensions: ReadonlyMap<string, string>;
};

export const INVOICE_FIELDS = ['total', 'subtotal', 'tax', 'tax_included', 'credits_applied'] as const;
/** `quantity`, `exact` and `amount` of a meter are sums over its lines. */
export const LINE_FIELDS = ['quantity', 'exact', 'amount', 'used', 'included', 'unit_price', 'base'] as const;
export const CREDIT_FIELDS = ['drawn', 'remaining', 'expired'] as const;

export type Subject =
  | { readonly of: 'invoice'; readonly field: (typeof INVOICE_FIELDS)[number] }
  | { readonly of: 'usage' | 'blocked'; readonly meter: string }
  /** `key`: as on invoices, or a meter, which stands for all lines of its usage. */
  | { readonly of: 'line'; readonly key: string; readonly field: (typeof LINE_FIELDS)[number] }
  | { readonly of: 'credit'; readonly id: string; readonly field: (typeof CREDIT_FIELDS)[number] }
  /** The tier at the end of the period. */
  | { readonly of: 'tier' };

export type Expectation =
  | { readonly subject: Exclude<Subject, { of: 'tier' }>; readonly value: Fraction; readonly source: ProblemSource }
  | { readonly subject: { readonly of: 'tier' }; readonly tier: string; readonly source: ProblemSource }
  /** There is no such line. */
  | {
      readonly subject: { readonly of: 'line'; readonly key: string };
      readonly isAbsent: true;
      readonly source: ProblemSource;
    };
