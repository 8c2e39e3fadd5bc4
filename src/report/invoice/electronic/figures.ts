/**
 * Amounts of an electronic invoice: lines, allowances and charges without tax, tax, and totals, so that the rules of
 * EN 16931 about sums (BR-CO-10 to BR-CO-17) hold to the minor unit.
 */
import { Decimal, ONE, sum, ZERO } from '../../../core/decimal.ts';
import { Fraction } from '../../../core/fraction.ts';
import { type Currency, roundToMinorUnit } from '../../../core/money.ts';

/** Amounts as an invoice or a note has them. Allowances are below 0, charges above 0. */
export type GrossFigures = {
  readonly currency: Currency;
  /** With tax where `isIncluded`. */
  readonly lines: readonly Decimal[];
  readonly adjustments: readonly Decimal[];
  /** 20 % is 0.2. */
  readonly rate: Decimal;
  /** Tax that is added, or, where `isIncluded`, contained. */
  readonly tax: Decimal;
  readonly isIncluded: boolean;
};

export type Figures = {
  /** Without tax; a line of 0 where there is none (BR-16). */
  readonly lines: readonly Decimal[];
  readonly adjustments: readonly Decimal[];
  /** BT-106: the lines' sum. */
  readonly lineTotal: Decimal;
  /** BT-107 and BT-108: sums of what is taken off, and of what is added; both at least 0. */
  readonly allowances: Decimal;
  readonly charges: Decimal;
  /** BT-109. */
  readonly net: Decimal;
  /** BT-110. */
  readonly tax: Decimal;
  /** BT-112. */
  readonly gross: Decimal;
  /** BT-114: `payable` − `gross`; other than 0 where no amounts whose tax is exact add up to what is owed. */
  readonly rounding: Decimal;
  /** BT-115: the total of the invoice. */
  readonly payable: Decimal;
};

export function figuresOf(given: GrossFigures): Figures {
  const { currency, rate, tax: taken, isIncluded } = given;
  const amountsOfLines = given.lines.length > 0 ? given.lines : [ZERO];
  const parts = [...amountsOfLines, ...given.adjustments];
  const base = sum(parts);
  const payable = isIncluded ? base : base.plus(taken);
  const net = isIncluded ? netOf(base.minus(taken), given) : base;
  const amounts = isIncluded ? spread(parts, net, given) : parts;
  const tax = taxOn(net, rate, currency);
  const gross = net.plus(tax);
  const lines = amounts.slice(0, amountsOfLines.length);
  const adjustments = amounts.slice(amountsOfLines.length);
  const allowances = sum(adjustments.filter((amount) => amount.isNegative())).abs();
  const charges = sum(adjustments.filter((amount) => amount.isPositive()));
  const rounding = payable.minus(gross);
  return { lines, adjustments, lineTotal: sum(lines), allowances, charges, net, tax, gross, rounding, payable };
}

/** BR-CO-17. */
function taxOn(net: Decimal, rate: Decimal, currency: Currency): Decimal {
  return roundToMinorUnit(Fraction.of(net.times(rate)), currency);
}

/**
 * The amount without tax whose tax is exactly the one that the invoice has: `near`, or the amount a minor unit above or
 * below it. Tax that is contained is rounded as a part of the whole, and need not be that of the rounded rest. `near` itself
 * where there is none, as of a note: its tax is a difference of rounded amounts.
 */
function netOf(near: Decimal, { rate, tax, currency }: GrossFigures): Decimal {
  const unit = unitOf(currency);
  return [near, near.plus(unit), near.minus(unit)].find((net) => taxOn(net, rate, currency).eq(tax)) ?? near;
}

/** Parts in proportion to those with tax, in minor units, that add up to `net`; a part of 0 stays 0. */
function spread(parts: readonly Decimal[], net: Decimal, { rate, currency }: GrossFigures): Decimal[] {
  const unit = unitOf(currency);
  const divisor = Fraction.of(rate.plus(ONE));
  const exact = parts.map((part) => Fraction.of(part).dividedBy(divisor).dividedBy(Fraction.of(unit)));
  const units = exact.map((part) => part.ceil().minus(ONE));
  for (const [i, part] of exact.entries()) if (part.terminates && part.numerator.isInteger()) units[i] = part.numerator;
  const order = exact
    .map((part, i) => ({ i, rest: part.minus(Fraction.of(units[i]!)) }))
    .filter(({ i }) => !parts[i]!.isZero())
    .sort((a, b) => b.rest.cmp(a.rest) || a.i - b.i);
  let left = net.div(unit).minus(sum(units)).toNumber();
  for (let k = 0; left > 0; k++, left--)
    units[order[k % order.length]!.i] = units[order[k % order.length]!.i]!.plus(ONE);
  for (let k = order.length - 1; left < 0; k--, left++) units[order[k]!.i] = units[order[k]!.i]!.minus(ONE);
  return units.map((count) => count.times(unit));
}

function unitOf({ minorUnit }: Currency): Decimal {
  return new Decimal(10).pow(-minorUnit);
}

/** A quantity and a price for `per` of it; their product, rounded, is an amount. */
export type PricedQuantity = { readonly quantity: Decimal; readonly price: Decimal; readonly per?: Decimal };

/** Digits of quantities and prices that have no end. */
const MOST_DIGITS = 10;

/**
 * Quantity and price of a line in decimals, if their product is the line's amount; otherwise one piece at the whole amount.
 * `amount` is without tax, `unitPrice` contains it where `divisor` is above 1.
 */
export function pricedAs(
  amount: Decimal,
  measure: { readonly quantity: Fraction; readonly unitPrice: Decimal; readonly per?: Decimal } | undefined,
  { currency, divisor }: { readonly currency: Currency; readonly divisor: Decimal },
): PricedQuantity | undefined {
  if (!measure || measure.quantity.isZero() || measure.unitPrice.isNegative()) return undefined;
  const quantity = shown(measure.quantity);
  const price = shown(Fraction.of(measure.unitPrice).dividedBy(Fraction.of(divisor)));
  const cost = Fraction.of(quantity.times(price)).dividedBy(Fraction.of(measure.per ?? ONE));
  if (!roundToMinorUnit(cost, currency).eq(amount)) return undefined;
  return { quantity, price, ...(measure.per && !measure.per.eq(ONE) && { per: measure.per }) };
}

export function onePiece(amount: Decimal): PricedQuantity {
  return { quantity: amount.lt(ZERO) ? ONE.neg() : ONE, price: amount.abs() };
}

function shown(value: Fraction): Decimal {
  return value.terminates ? value.numerator : value.round(MOST_DIGITS);
}
