import type { CreditUse } from '../credits/burnDown.ts';
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { Currency } from '../money.ts';
import type { Period } from '../period.ts';
import type { CostPart } from '../pricing/model.ts';

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
  /** The tiers in force in the period, in time order. */
  readonly stretches: readonly { readonly tier: string; readonly period: Period }[];
  readonly lines: readonly InvoiceLine[];
  /** The lines' sum. */
  readonly subtotal: Decimal;
  /** Every grant in force in the period and what became of it, in drawing order. */
  readonly credits: readonly CreditUse[];
  /** What credits paid of the usage charges. */
  readonly creditsApplied: Decimal;
  /** Added to the subtotal. */
  readonly tax: Decimal;
  /** Contained in the total, where the tier file says that prices include tax. */
  readonly taxIncluded?: Decimal;
  readonly total: Decimal;
};

export const LINE_KINDS = ['fee', 'usage', 'discount', 'maximum', 'minimum', 'pack'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export type InvoiceLine = {
  /** As {@link lineKey} makes it: unique on its invoice. For reports; what a line is about is in its other fields. */
  readonly key: string;
  /** The stretch that it is about, as a position in the invoice's `stretches`; absent: the whole period. */
  readonly stretch?: number;
  readonly kind: LineKind;
  readonly description: string;
  /** Before rounding. */
  readonly exact: Fraction;
  /** `exact` rounded to the minor unit. */
  readonly amount: Decimal;
} & (FeeDetail | UsageDetail | AdjustmentDetail | PackDetail);

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
  /** Which step of the price it is, from 1; absent where the price has none. */
  readonly step?: number;
  /** What the price depends on, where it is by dimension. */
  readonly dimension?: { readonly name: string; readonly value: string };
  /** Measured: of the meter, or of one dimension value where the price is by dimension. */
  readonly used: Decimal;
  /** Covered by the fee, of `used` at most what was used where the price is by dimension. */
  readonly included: Fraction;
  /** What this line prices: all of the usage beyond the included quantity, or one step's part of it. */
  readonly quantity: Fraction;
  readonly price: string;
  /** `15/31`: of a level in a part of a period, what its price for all of the period is multiplied by. */
  readonly share?: string;
  /** What `exact` is made of, the share included. */
  readonly parts: readonly CostPart[];
  /** The rows that `used` comes from; `isCarried`: none of this time, but the row before it, whose value stays. */
  readonly rows: {
    readonly events: number;
    readonly isCarried?: boolean;
    readonly first?: bigint;
    readonly last?: bigint;
  };
};

/**
 * A name for a line: `fee`, `usage:requests`, `usage:egress:2`, `usage:egress@syd`, `usage:egress:2@syd`; of the second
 * stretch in a period `fee/2`, `usage:egress:2/2@syd`. A dimension value comes last, because anything may stand in it.
 */
export function lineKey(line: {
  readonly kind: LineKind;
  readonly stretch?: number;
  readonly pack?: string;
  readonly meter?: string;
  readonly step?: number | undefined;
  readonly dimension?: { readonly value: string } | undefined;
}): string {
  const { kind, stretch = 0, pack, meter, step, dimension } = line;
  let key: string = kind;
  if (pack !== undefined) key += `:${pack}`;
  if (meter !== undefined) key += `:${meter}`;
  if (step !== undefined) key += `:${step}`;
  if (stretch > 0) key += `/${stretch + 1}`;
  return dimension ? `${key}@${dimension.value}` : key;
}

/** Credit packs bought by themselves in the period. */
export type PackDetail = {
  readonly kind: 'pack';
  readonly pack: string;
  /** Packs. */
  readonly quantity: Fraction;
  /** Price of a pack. */
  readonly unitPrice: Decimal;
};

export type AdjustmentDetail = { readonly kind: 'discount' | 'maximum' | 'minimum' };
