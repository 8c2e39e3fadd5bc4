/**
 * Bounds of a total that is known from a sample of rows, each of which was taken by chance and without regard to others.
 *
 * The number of rows in a sample is binomial; the bounds are those of its score interval (Wilson), for rows of different
 * sizes with the effective number of rows (Kish). Bounds are estimates: they are computed to 40 digits, not exactly.
 */
import { Decimal, decimalsOf } from '../../decimal.ts';

/** Both ends belong to it. */
export type Interval = { readonly lower: Decimal; readonly upper: Decimal };

/** The share of samples whose interval contains the true total, and the score that belongs to it. */
export const CONFIDENCE = '0.95';
const SCORE = '1.96';

/** Sums over the rows of a sample: a row of size x that stands for w others has been taken with probability rate ÷ w. */
export type SampleSums = {
  /** Σ w·x. */
  readonly total: Decimal;
  /** Σ (w·x)². */
  readonly squares: Decimal;
  /** Σ w·x². */
  readonly ownSquares: Decimal;
  /** Share of all rows that are in the sample, apart from weights: above 0, at most 1. */
  readonly rate: Decimal;
};

const Rough = decimalsOf(40);

/**
 * Ratios of the bounds to the total. Undefined where no row is in the sample: nothing is known then of the size of the
 * others.
 */
export function boundsOf({ total, squares, ownSquares, rate }: SampleSums): Interval | undefined {
  if (squares.isZero()) return undefined;
  const rows = rough(total).pow(2).div(rough(squares));
  const missed = Rough.max(0, new Rough(1).minus(rough(rate).times(rough(ownSquares)).div(rough(squares))));
  const score = new Rough(SCORE);
  const shift = score.pow(2).times(missed).div(2);
  const width = score.times(missed.times(rows.plus(shift.div(2))).sqrt());
  const middle = rows.plus(shift);
  return { lower: decimal(middle.minus(width).div(rows)), upper: decimal(middle.plus(width).div(rows)) };
}

const RATIO_DIGITS = 12;

function rough(exact: Decimal): InstanceType<typeof Rough> {
  return new Rough(exact.toFixed());
}

function decimal(ratio: InstanceType<typeof Rough>): Decimal {
  return new Decimal(ratio.toDecimalPlaces(RATIO_DIGITS).toFixed());
}
