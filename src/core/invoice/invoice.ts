import type { TaxCategory } from '../catalog/tax.ts';
import type { CreditUse } from '../credits/burnDown.ts';
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { Currency } from '../money.ts';
import type { Period } from '../period.ts';
import type { LineAmount, RatedLine, UsageLine } from '../rating/line.ts';
import type { Interval } from '../usage/sample/interval.ts';

/**
 * An invoice: amounts that one customer owes for one billing period, in major units of `currency`, rounded to its minor
 * unit.
 */
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
  /** Parts of `blocked`: an entry for each meter and stretch in which something was blocked. */
  readonly blockedUsage: readonly BlockedUsage[];
  /** The tiers in force in the period, in time order; `list`: the price list of each, where there are several. */
  readonly stretches: readonly { readonly tier: string; readonly period: Period; readonly list?: string }[];
  readonly lines: readonly InvoiceLine[];
  /** The lines' sum. */
  readonly subtotal: Decimal;
  /** Every grant in force in the period and what became of it, in drawing order. */
  readonly credits: readonly CreditUse[];
  /** Part of the usage charges that credits paid. */
  readonly creditsApplied: Decimal;
  /** Added to the subtotal. */
  readonly tax: Decimal;
  /** Contained in the total, where the tier file says that prices include tax. */
  readonly taxIncluded?: Decimal;
  /** Parts of `tax` or `taxIncluded`; absent: the tier file knows no tax. */
  readonly taxDetail?: TaxDetail;
  readonly total: Decimal;
  /** Absent: the usage was measured, not estimated from a sample. */
  readonly estimate?: SampleEstimate;
};

/** Bounds of an invoice that rests on a sample. */
export type SampleEstimate = {
  /** Share of all rows that the sample has; absent where rows have weights. */
  readonly rate?: Decimal;
  /** By meter; meters without a row in the sample are absent. */
  readonly usage: ReadonlyMap<string, Interval>;
  /** Totals of the invoices for usage at its bounds. */
  readonly total: Interval;
};

/** Usage of one meter in one stretch, a part of which is beyond a hard cap. */
export type BlockedUsage = {
  readonly meter: string;
  /** Position in the invoice's `stretches`. */
  readonly stretch: number;
  /** Measured, in the meter's own unit. */
  readonly used: Decimal;
  /** `used` before rounding, where that has no end: of a meter weighted by time. */
  readonly usedExact?: Fraction;
  /** The part of `used` that was blocked; the rest was served. */
  readonly quantity: Fraction;
  /** The hard cap as written: `50k`, `50k × 13/31` in a part of a period. */
  readonly limit: string;
  /** The rows that `used` comes from. */
  readonly rows: UsageLine['rows'];
};

export type TaxDetail = {
  /** Text in the tier file: `20%`. */
  readonly text: string;
  /** 20 % is 0.2. */
  readonly rate: Decimal;
  /** Subtotal − credits. Tax that is added is `base` × `rate`, tax that is contained `base` × `rate` ÷ (1 + `rate`). */
  readonly base: Decimal;
  /** The tax before rounding. */
  readonly exact: Fraction;
  /** Reason of a rate that is the customer's own: `reverse charge`. */
  readonly reason?: string;
  /** The category that the tier file or the customers file names. */
  readonly category?: TaxCategory;
};

export const LINE_KINDS = ['fee', 'usage', 'discount', 'maximum', 'minimum', 'pack'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export type InvoiceLine = FeeLine | RatedLine | PackLine;

export type FeeLine = LineAmount & {
  readonly kind: 'fee';
  /** Position of the stretch that it is about in the invoice's `stretches`. */
  readonly stretch: number;
  /** Unit of `quantity`, which `unitPrice` is the fee for: a billing month, or twelve of them. */
  readonly per: 'month' | 'year';
  /** Below 0 where months that have not begun are taken off. */
  readonly quantity: Fraction;
  readonly unitPrice: Decimal;
  /** The years of an annual fee that begin, or, where none does, the one that is paid for. */
  readonly year?: Period;
  /** Months of the annual fee before that are taken off. */
  readonly isUnused?: boolean;
};

/** Credit packs bought by themselves in the period. */
export type PackLine = LineAmount & {
  readonly kind: 'pack';
  /** It is about the whole period. */
  readonly stretch?: undefined;
  readonly pack: string;
  /** Packs. */
  readonly quantity: Fraction;
  /** Price of a pack. */
  readonly unitPrice: Decimal;
};
