/**
 * The arithmetic behind each amount of an invoice, and the rows behind its quantities.
 *
 * Every sum can be worked out again from its text: `30 000 ÷ 10 000 × 0.4 = 1.20`. A number that does not end as a decimal
 * is written as a fraction, `2 000 000/31`, and beside a result as the nearest decimal, `239/31 ≈ 7.709677419355 → 7.71`.
 */
import { formatZoned } from '../../core/calendar.ts';
import type { Meter } from '../../core/catalog/meter.ts';
import type { CreditUse } from '../../core/credits/burnDown.ts';
import { type Decimal, ONE } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { BlockedUsage, FeeLine, Invoice } from '../../core/invoice/invoice.ts';
import type { CostPart } from '../../core/pricing/model.ts';
import { groupDigits } from '../../core/quantity.ts';
import type { UsageLine } from '../../core/rating/line.ts';
import { preciseInstant } from '../machine.ts';
import { moneyText, writtenPercent } from '../words.ts';
import type { Booking } from './bookings.ts';
import { ENGLISH_EXPLANATION, type ExplanationWords } from './explanationWords.ts';
import type { InvoiceReport } from './report.ts';

export type Terms = Pick<InvoiceReport, 'meters' | 'timezone'>;

type Money = (amount: Decimal) => string;

/** One text for each line that is shown below the amount. */
export function explanation(booking: Booking, invoice: Invoice, terms: Terms): string[] {
  const sums = arithmetic(booking, invoice, terms);
  return booking.kind === 'usage' ? [...sums, rowsBehind(booking.rows, terms)] : sums;
}

/** The explanation without the rows behind it. */
export function arithmetic(
  booking: Booking,
  { currency }: Invoice,
  terms: Terms,
  words = ENGLISH_EXPLANATION,
): string[] {
  const money: Money = (amount) => moneyText(amount, currency);
  const { exact, amount } = booking;
  const result = (value = exact, rounded = amount) => resultText(value, rounded, money(rounded));
  switch (booking.kind) {
    case 'fee':
      return [`${timesText(booking)} × ${digits(booking.unitPrice)}${result()}`];
    case 'pack':
      return [`${digits(booking.quantity)} × ${digits(booking.unitPrice)}${result()}`];
    case 'usage':
      return [...quantityTexts(booking, terms, words), `${costText(booking, words)}${result()}`];
    case 'discount':
      return [`-${writtenPercent(booking.rate)} × ${money(booking.base)}${result()}`];
    case 'maximum':
    case 'minimum':
      return [`${digits(booking.quantity)} × ${digits(booking.unitPrice)} − ${money(booking.base)}${result()}`];
    case 'credits':
      return [creditText(booking.use, money, terms.timezone)];
    case 'tax':
      return [`${writtenPercent(booking.detail.rate)} × ${money(booking.detail.base)}${result()}`];
    case 'tax_included': {
      const { rate, base, exact: contained } = booking.detail;
      const share = `${writtenPercent(rate)} ÷ ${writtenPercent(rate.plus(ONE))}`;
      return [`${share} × ${money(base)}${result(contained, booking.contained)}`];
    }
  }
}

/** How often a fee is owed: `13/31`, of an annual fee in parts of a year `5 ÷ 12`. */
function timesText({ quantity, per }: FeeLine): string {
  if (per === 'month' || (quantity.terminates && quantity.numerator.isInteger())) return digits(quantity);
  return `${digits(quantity.times(MONTHS_OF_A_YEAR))} ÷ 12`;
}

const MONTHS_OF_A_YEAR = Fraction.of(12);

/** Why usage was blocked, and the rows behind it. */
export function blockedExplanation(part: BlockedUsage, invoice: Invoice, terms: Terms): string[] {
  return [blockedArithmetic(part, invoice, terms), rowsBehind(part.rows, terms)];
}

export function blockedArithmetic(part: BlockedUsage, { stretches }: Invoice, terms: Terms): string {
  const { meter, quantity, limit } = part;
  const used = part.usedExact ?? Fraction.of(part.used);
  const unit = usedUnit(terms.meters.get(meter)!);
  const on = stretches.length > 1 ? `${meter} on ${stretches[part.stretch]!.tier}` : meter;
  const served = used.minus(quantity);
  return `${on}, capped at ${limit}: ${digits(used)} ${unit} used − ${digits(served)} served = ${withDecimal(quantity)} blocked`;
}

/** Quantity used, the part of it that is priced, and its arithmetic. */
function quantityTexts(line: UsageLine, { meters }: Terms, words: ExplanationWords): string[] {
  const { meter, included, quantity, step, price } = line;
  const used = line.usedExact ?? Fraction.of(line.used);
  const beyond = Fraction.max(used.minus(included), Fraction.ZERO);
  const inStep = step === undefined ? '' : ` ${words.inStep(step)}`;
  const part = quantity.eq(beyond) ? '' : `, ${words.ofWhich} ${withDecimal(quantity)}`;
  const priced = `${withDecimal(beyond)}${part}${inStep} ${words.pricedAt} ${price}${shareOf(line)}`;
  const unit = usedUnit(meters.get(meter)!);
  return [`${digits(used)} ${unit} ${words.used} − ${digits(included)} ${words.included} → ${priced}`];
}

/** `GB`, of a quantity weighted by time `GB·hour`. */
function usedUnit({ unit, weighting }: Meter): string {
  return weighting ? `${unit}·${weighting.per}` : unit;
}

/** ` × 15/31` of a level in a part of a period. */
export function shareOf({ share }: UsageLine): string {
  return share === undefined ? '' : ` × ${share}`;
}

/** `30 000 ÷ 10 000 × 0.4 + 2`. */
function costText(line: UsageLine, words: ExplanationWords): string {
  return line.parts.length === 0 ? '0' : line.parts.map((part) => partText(part, line, words)).join(' + ');
}

function partText({ of, amount, count, per = ONE }: CostPart, line: UsageLine, words: ExplanationWords): string {
  switch (of) {
    case 'flat':
      return `${digits(amount)}${shareOf(line)} ${words.flat}`;
    case 'events':
      return `${digits(count)} ${words.events} × ${digits(amount)}`;
    case 'packages':
      return `⌈${digits(line.quantity)} ÷ ${digits(per)}⌉ × ${digits(amount)}${shareOf(line)}`;
    case 'units': {
      const units = digits(count.times(Fraction.of(per)));
      return per.eq(ONE) ? `${units} × ${digits(amount)}` : `${units} ÷ ${digits(per)} × ${digits(amount)}`;
    }
  }
}

/** The account of a credit in the period, and when it is in force. */
function creditText({ grant, opening, drawn, expired, remaining }: CreditUse, money: Money, zone: string): string {
  const lost = expired.isZero() ? '' : ` − ${money(expired)} expired`;
  const name = grant.reason === undefined ? grant.id : `${grant.id}, ${grant.reason}`;
  const begins = grant.start === undefined ? '' : `, from ${formatZoned(grant.start, zone)}`;
  const ends = grant.expires === undefined ? '' : `, until ${formatZoned(grant.expires, zone)}`;
  return `${money(opening)}${lost} − ${money(remaining)} left = ${money(drawn)} paid by ${name}${begins}${ends}`;
}

function rowsBehind({ events, isCarried, first, last }: UsageLine['rows'], { timezone }: Terms): string {
  if (isCarried) {
    const since = first === undefined ? '' : ` since ${preciseInstant(first, timezone)}`;
    return `from no row of this time: the value stays${since}`;
  }
  const count = events === 1 ? '1 row' : `${groupDigits(String(events))} rows`;
  if (first === undefined || last === undefined) return `from ${count}`;
  const from = preciseInstant(first, timezone);
  return `from ${count}, ${first === last ? from : `${from} to ${preciseInstant(last, timezone)}`}`;
}

/** ` = 1.20` where that is exact, ` = 1.205 → 1.21`, ` = 239/31 ≈ 7.709677419355 → 7.71`. */
function resultText(exact: Fraction, rounded: Decimal, shown: string): string {
  const isExact = exact.eq(Fraction.of(rounded));
  return isExact ? ` = ${shown}` : ` = ${withDecimal(exact)} → ${shown}`;
}

function withDecimal(value: Fraction): string {
  return value.terminates ? digits(value) : `${digits(value)} ≈ ${groupDigits(value.toString())}`;
}

/** All digits in groups of three; of a number that does not end a fraction. */
function digits(value: Decimal | Fraction): string {
  if (!(value instanceof Fraction)) return groupDigits(value.toFixed());
  const top = groupDigits(value.numerator.toFixed());
  return value.terminates ? top : `${top}/${groupDigits(value.denominator.toFixed())}`;
}
