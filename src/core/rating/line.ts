/** The lines that rating a stretch gives: usage, and adjustments of the usage charges of the stretch as a whole. */
import type { Decimal } from '../decimal.ts';
import type { Fraction } from '../fraction.ts';
import type { CostPart } from '../pricing/model.ts';

export type RatedLine = UsageLine | DiscountLine | BoundLine;

/** The fields of every line. Amounts are in major units of the invoice's currency. */
export type LineAmount = {
  readonly description: string;
  /** Before rounding. */
  readonly exact: Fraction;
  /** `exact` rounded to the minor unit. */
  readonly amount: Decimal;
};

/** Usage of one meter in one stretch: all of it, one step of its price, or one combination of dimension values. */
export type UsageLine = LineAmount & {
  readonly kind: 'usage';
  /** Position of the stretch in the billing period, from 0. */
  readonly stretch: number;
  readonly meter: string;
  /** Number of the price's step, from 1; absent where the price has no steps. */
  readonly step?: number;
  /** Value that the price depends on, where it is by one dimension. */
  readonly dimension?: DimensionValue;
  /** Values that the price depends on, where it is by one dimension or several, in the order of the price. */
  readonly dimensions?: readonly DimensionValue[];
  /** Measured: of the meter, or of one combination of dimension values where the price is by dimension. */
  readonly used: Decimal;
  /** `used` in full, where it has no end as a decimal and is cut. */
  readonly usedExact?: Fraction;
  /** Covered by the fee, of `used` at most what was used where the price is by dimension. */
  readonly included: Fraction;
  /** The priced quantity: all of the usage beyond the included quantity, or one step's part of it. */
  readonly quantity: Fraction;
  readonly price: string;
  /** `15/31`: of a level in a part of a period, the share that its price for all of the period is multiplied by. */
  readonly share?: string;
  /** The parts whose cost is `exact`, the share included. */
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

/** `exact` = −`base` × `rate`. */
export type DiscountLine = LineAmount & {
  readonly kind: 'discount';
  readonly stretch: number;
  /** Sum of the usage lines' amounts in the stretch. */
  readonly base: Decimal;
  /** 10 % is 0.1. */
  readonly rate: Decimal;
};

/** `exact` = `quantity` × `unitPrice` − `base`: below 0 for a maximum, above 0 for a minimum. */
export type BoundLine = LineAmount & {
  readonly kind: 'maximum' | 'minimum';
  readonly stretch: number;
  /** Sum of the amounts of the lines before it that are about usage in the stretch. */
  readonly base: Decimal;
  /** Number of times that the bound counts: the stretch's part of the billing period, in billing months. */
  readonly quantity: Fraction;
  /** The bound as it stands in the tier file. */
  readonly unitPrice: Decimal;
};
