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
  /** What `blocked` is made of: an entry for each meter and stretch in which something was blocked. */
  readonly blockedUsage: readonly BlockedUsage[];
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
  /** What `tax` or `taxIncluded` is made of; absent: the tier file knows no tax. */
  readonly taxDetail?: TaxDetail;
  readonly total: Decimal;
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
  readonly rows: UsageDetail['rows'];
};

export type TaxDetail = {
  /** As written in the tier file: `20%`. */
  readonly text: string;
  /** 20 % is 0.2. */
  readonly rate: Decimal;
  /** Subtotal − credits. Tax that is added is `base` × `rate`, tax that is contained `base` × `rate` ÷ (1 + `rate`). */
  readonly base: Decimal;
  /** The tax before rounding. */
  readonly exact: Fraction;
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
} & (FeeDetail | UsageDetail | DiscountDetail | BoundDetail | PackDetail);

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
  /** What the price depends on, where it is by one dimension. */
  readonly dimension?: DimensionValue;
  /** The same where it is by one or several, in the order of the price. */
  readonly dimensions?: readonly DimensionValue[];
  /** Measured: of the meter, or of one combination of dimension values where the price is by dimension. */
  readonly used: Decimal;
  /** The same in full where `used` has no end as a decimal and is cut. */
  readonly usedExact?: Fraction;
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

/** `value` is '' for rows without one. */
export type DimensionValue = { readonly name: string; readonly value: string };

/**
 * A name for a line: `fee`, `usage:requests`, `usage:egress:2`, `usage:egress@syd`, `usage:egress:2@syd`; of the second
 * stretch in a period `fee/2`, `usage:egress:2/2@syd`; of a price by two dimensions `usage:egress@syd@hit`. Dimension
 * values come last, because anything may stand in them; of several, `@` and `%` are written as `%40` and `%25`.
 */
export function lineKey(line: {
  readonly kind: LineKind;
  readonly stretch?: number;
  readonly pack?: string;
  readonly meter?: string;
  readonly step?: number | undefined;
  readonly dimensions?: readonly DimensionValue[] | undefined;
}): string {
  const { kind, stretch = 0, pack, meter, step, dimensions = [] } = line;
  let key: string = kind;
  if (pack !== undefined) key += `:${pack}`;
  if (meter !== undefined) key += `:${meter}`;
  if (step !== undefined) key += `:${step}`;
  if (stretch > 0) key += `/${stretch + 1}`;
  return `${key}${dimensionKey(dimensions)}`;
}

/** `@syd`, `@syd@hit`: different for different values of the same dimensions; '' where there are none. */
export function dimensionKey(dimensions: readonly DimensionValue[]): string {
  if (dimensions.length === 1) return `@${dimensions[0]!.value}`;
  return dimensions.map(({ value }) => `@${value.replace(/[@%]/g, encodeURIComponent)}`).join('');
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

/** `exact` = −`base` × `rate`. */
export type DiscountDetail = {
  readonly kind: 'discount';
  /** Sum of the usage lines' amounts in the stretch. */
  readonly base: Decimal;
  /** 10 % is 0.1. */
  readonly rate: Decimal;
};

/** `exact` = `quantity` × `unitPrice` − `base`: below 0 for a maximum, above 0 for a minimum. */
export type BoundDetail = {
  readonly kind: 'maximum' | 'minimum';
  /** Sum of the amounts of the lines before it that are about usage in the stretch. */
  readonly base: Decimal;
  /** How often the bound counts: the stretch's part of the billing period. */
  readonly quantity: Fraction;
  /** The bound as it stands in the tier file. */
  readonly unitPrice: Decimal;
};
