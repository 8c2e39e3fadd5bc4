import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { Currency } from '../money.ts';
import type { Period } from '../period.ts';

/** What one customer owes for one billing period. Amounts are in major units of `currency`, rounded to its minor unit. */
export type Invoice = {
  readonly customer: string;
  readonly currency: Currency;
  /** The tier at the end of the period. */
  readonly tier: string;
  readonly period: Period;
  /** Everything measured in the period, by meter, blocked usage included. */
  readonly usage: ReadonlyMap<string, Decimal>;
  /** By meter, the part of `usage` beyond a hard cap: never billed. Only meters of which something was blocked. */
  readonly blocked: ReadonlyMap<string, Fraction>;
  readonly lines: readonly InvoiceLine[];
  /** The lines' sum. */
  readonly subtotal: Decimal;
  readonly creditsApplied: Decimal;
  /** Added to the subtotal. */
  readonly tax: Decimal;
  /** Contained in the total, where the tier file says that prices include tax. */
  readonly taxIncluded?: Decimal;
  readonly total: Decimal;
};

export const LINE_KINDS = ['fee', 'usage', 'discount', 'maximum', 'minimum'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export type InvoiceLine = {
  /** Unique on its invoice: `fee`, `usage:requests`, `usage:egress:2`, `usage:egress@syd`. */
  readonly key: string;
  readonly kind: LineKind;
  readonly description: string;
  /** Before rounding. */
  readonly exact: Fraction;
  /** `exact` rounded to the minor unit. */
  readonly amount: Decimal;
} & (FeeDetail | UsageDetail | AdjustmentDetail);

export type FeeDetail = {
  readonly kind: 'fee';
  /** Billing months. */
  readonly quantity: Fraction;
  /** Fee for a billing month. */
  readonly unitPrice: Decimal;
};

export type UsageDetail = {
  readonly kind: 'usage';
  readonly meter: string;
  /** Measured: of the meter, or of one dimension value where the price is by dimension. */
  readonly used: Decimal;
  /** Covered by the fee, of `used` at most what was used where the price is by dimension. */
  readonly included: Fraction;
  /** What this line prices: all of the usage beyond the included quantity, or one step's part of it. */
  readonly quantity: Fraction;
  readonly price: string;
  /** The rows that `used` comes from. */
  readonly rows: { readonly events: number; readonly first?: bigint; readonly last?: bigint };
};

export type AdjustmentDetail = { readonly kind: 'discount' | 'maximum' | 'minimum' };
