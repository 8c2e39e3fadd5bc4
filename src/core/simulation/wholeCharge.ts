/**
 * The charge for a whole quantity of one meter, with integers: what the invoice's lines of it add up to.
 *
 * Between two ends of a price's steps the charge is a line, (used × a + b) ÷ c, rounded half up, beside lines of the invoice that
 * are complete and do not change any more. All of a, b and c are integers: exact in a double up to 2⁵³, in a bigint beyond.
 */
import type { SingleCharge } from '../catalog/tier.ts';
import { Decimal } from '../decimal.ts';
import { Fraction } from '../fraction.ts';

type Price = SingleCharge['price'];
type Step = Extract<Price, { model: 'graduated' }>['steps'][number];

export type ChargeTerms = {
  /** Quantity that the fee includes. */
  readonly included: Fraction;
  /** Digits after the point of the smallest amount that is invoiced. */
  readonly minorUnit: number;
};

/** The charge in minor units for a whole quantity, which is at least 0. */
export type WholeCharge = (used: number) => number;

/** The charge up to the quantity `last`, inclusive, and behind that of the piece before. */
type Piece = { readonly last: number; readonly amountFor: WholeCharge };

/** Undefined: integers are not enough for the price. */
export function wholeCharge(price: Price, terms: ChargeTerms): WholeCharge | undefined {
  const { included } = terms;
  const scale = Fraction.of(new Decimal(10).pow(terms.minorUnit));
  const unitOf = ({ unit }: Pick<Step, 'unit'>) =>
    unit ? Fraction.of(unit.amount, unit.per).times(scale) : Fraction.ZERO;
  const flatOf = ({ flat }: Step) => Fraction.of(flat).times(scale);
  /** Begins behind `begin` units beyond what is included. */
  const piece = (step: Step, begin: Fraction, base: number): Piece => {
    const line = roundedLine(unitOf(step), flatOf(step).minus(unitOf(step).times(included.plus(begin))));
    const last = step.upTo ? floorOf(included.plus(Fraction.of(step.upTo))) : Number.POSITIVE_INFINITY;
    return { last, amountFor: base === 0 ? line : (used) => base + line(used) };
  };
  // Usage within what the fee includes enters no step; where it includes nothing, the first step is entered without any.
  const entered = (steps: readonly Step[]) => (included.isPositive() ? 0 : Number(flatOf(steps[0]!).round(0)));
  switch (price.model) {
    case 'unit': {
      const each = unitOf({ unit: price });
      return byPiece(included, 0, [
        { last: Number.POSITIVE_INFINITY, amountFor: roundedLine(each, each.times(included).negated()) },
      ]);
    }
    case 'graduated': {
      const pieces: Piece[] = [];
      let [begin, base] = [Fraction.ZERO, 0];
      for (const step of price.steps) {
        pieces.push(piece(step, begin, base));
        if (!step.upTo) break;
        const end = Fraction.of(step.upTo);
        base += Number(unitOf(step).times(end.minus(begin)).plus(flatOf(step)).round(0));
        begin = end;
      }
      return byPiece(included, entered(price.steps), pieces);
    }
    case 'volume':
    case 'stairstep':
      return byPiece(
        included,
        entered(price.steps),
        price.steps.map((step) => piece(step, Fraction.ZERO, 0)),
      );
    case 'package': {
      const each = Fraction.of(price.amount).times(scale);
      const packages = line(
        Fraction.of(new Decimal(1), price.per),
        included.dividedBy(Fraction.of(price.per)).negated(),
        'up',
      );
      const amount = roundedLine(each, Fraction.ZERO);
      return byPiece(included, 0, [{ last: Number.POSITIVE_INFINITY, amountFor: (used) => amount(packages(used)) }]);
    }
    case 'percentage':
      return undefined;
  }
}

/** `atNothing`: the charge while nothing is used beyond what is included. */
function byPiece(included: Fraction, atNothing: number, pieces: readonly Piece[]): WholeCharge {
  const free = floorOf(included);
  const [only] = pieces;
  if (pieces.length === 1) return (used) => (used > free ? only!.amountFor(used) : atNothing);
  return (used) => {
    if (used <= free) return atNothing;
    let at = 0;
    while (used > pieces[at]!.last) at++;
    return pieces[at]!.amountFor(used);
  };
}

/** used × `slope` + `offset`, which is at least 0, rounded half up. */
function roundedLine(slope: Fraction, offset: Fraction): WholeCharge {
  return line(slope, offset, 'half up');
}

function line(slope: Fraction, offset: Fraction, rounding: 'half up' | 'up'): WholeCharge {
  const [p, q] = integers(slope);
  const [i, j] = integers(offset);
  // Half up is floor(x + ½), of 2(used × a + b) + c over 2c; up is floor of used × a + b + c − 1 over c.
  const [a, b, c] = [p * j, i * q, q * j];
  const [a2, b2, c2] = rounding === 'up' ? [a, b + c - 1n, c] : [2n * a, 2n * b + c, 2n * c];
  const [doubleA, doubleB, doubleC] = [Number(a2), Number(b2), Number(c2)];
  const most = Number.MAX_SAFE_INTEGER;
  const isSmall = [a2, b2 < 0n ? -b2 : b2, c2].every((number) => number <= BigInt(most));
  if (isSmall && doubleA === 0) {
    const amount = Number(b2 / c2);
    return () => amount;
  }
  const largest = isSmall ? Math.floor((most - Math.max(0, doubleB)) / doubleA) : -1;
  return (used) => {
    // Every number here is an integer below 2⁵³, so that the product and the remainder are exact; only the quotient may be off by one.
    if (used <= largest) {
      const numerator = used * doubleA + doubleB;
      const quotient = Math.floor(numerator / doubleC);
      const rest = numerator - quotient * doubleC;
      return rest < 0 ? quotient - 1 : rest < doubleC ? quotient : quotient + 1;
    }
    return Number((BigInt(used) * a2 + b2) / c2);
  };
}

/** Of a value that is at least 0. */
function floorOf({ numerator, denominator }: Fraction): number {
  return numerator.divToInt(denominator).toNumber();
}

/** Numerator and denominator as integers; the denominator is above 0. */
function integers(value: Fraction): [bigint, bigint] {
  const { numerator, denominator } = value;
  const places = Math.max(numerator.decimalPlaces(), denominator.decimalPlaces());
  const scale = new Decimal(10).pow(places);
  return [BigInt(numerator.times(scale).toFixed()), BigInt(denominator.times(scale).toFixed())];
}
