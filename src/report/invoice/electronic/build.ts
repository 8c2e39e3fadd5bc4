/** Electronic invoices of a run, or what they lack. */
import { type CalendarDate, dateAt, daysLater } from '../../../core/calendar.ts';
import { type Decimal, ONE, ZERO } from '../../../core/decimal.ts';
import type { FeeLine, Invoice, InvoiceLine, PackLine } from '../../../core/invoice/invoice.ts';
import type { Period } from '../../../core/period.ts';
import type { Problem } from '../../../core/problem.ts';
import { codesOf } from '../../../core/problemCodes.ts';
import type { UsageLine } from '../../../core/rating/line.ts';
import { bookingsOf } from '../bookings.ts';
import { arithmetic } from '../explanation.ts';
import type { InvoiceReport } from '../report.ts';
import { descriptionOf } from '../sheet/lines.ts';
import type { DocumentTerms } from '../sheet/sheet.ts';
import { figuresOf, onePiece, pricedAs } from './figures.ts';
import { type Days, type ElectronicInvoice, type ElectronicLine, messageOf, type UblNode } from './message.ts';
import { type ElectronicFormatName, type Missing, missingFacts } from './parties.ts';
import { type CategoryTerms, categoryOf } from './tax.ts';
import { FEE_UNITS, type Measure, measureOfPart, ONE_UNIT } from './units.ts';

const code = codesOf('e-invoice');

/** Facts that every electronic document of a run shares, or the reasons why it cannot be made. */
export type Head = Omit<ElectronicInvoice, 'kind' | 'figures' | 'lines' | 'reasons' | 'corrects'>;
export type Built<T> = { readonly built: T } | { readonly problems: readonly Problem[] };

/** Takes the next number, as documents do: to be called for the invoices in order. */
export function electronicInvoice(
  invoice: Invoice,
  report: InvoiceReport,
  terms: DocumentTerms,
  format: ElectronicFormatName,
): Built<UblNode> {
  const head = headOf(invoice, terms.numberOf(invoice), report, terms, format);
  if (!('built' in head)) return head;
  const { lines, adjustments } = partsOf(invoice);
  const isIncluded = invoice.taxIncluded !== undefined;
  const detail = invoice.taxDetail!;
  const { currency } = invoice;
  const figures = figuresOf({
    currency,
    lines: lines.map(({ amount }) => amount),
    adjustments: adjustments.map(({ amount }) => amount),
    rate: detail.rate,
    tax: invoice.taxIncluded ?? invoice.tax,
    isIncluded,
  });
  const divisor = isIncluded ? detail.rate.plus(ONE) : ONE;
  const shown = lines.map((line, i) => lineOf(line, figures.lines[i]!, divisor, { invoice, report, terms }));
  const reasons = adjustments.map(({ description }) => description);
  return { built: messageOf({ ...head.built, kind: 'invoice', figures, lines: orOne(shown, head.built), reasons }) };
}

/** An invoice has at least one line (BR-16). */
export function orOne(lines: readonly ElectronicLine[], { buyerName }: Head): readonly ElectronicLine[] {
  return lines.length > 0 ? lines : [{ ...onePiece(ZERO), name: buyerName, unit: ONE_UNIT }];
}

/** Number, dates, both sides and tax; `subject`: a customer's period, and its tax. */
export function headOf(
  subject: Pick<Invoice, 'customer' | 'currency' | 'period' | 'taxDetail'>,
  number: string | undefined,
  { timezone }: Pick<InvoiceReport, 'timezone'>,
  terms: DocumentTerms,
  format: ElectronicFormatName,
): Built<Head> {
  const { customer, currency, period, taxDetail: detail } = subject;
  const { issued } = terms;
  const issuer = terms.issuer ?? { name: '', address: [] };
  const billTo = terms.billTo(customer) ?? {};
  const tax = detail && categoryOf(detail);
  const problems = [
    ...documentProblems(number, issued, currency),
    ...(tax
      ? factProblems(missingFacts(issuer, billTo, { format, category: tax.category }), customer, format, tax)
      : []),
    ...(tax ? [] : [withoutTax(customer)]),
  ];
  if (problems.length > 0 || number === undefined || !issued || !detail || !tax) return { problems };
  const due = daysLater(issued, (billTo.termsDays ?? issuer.termsDays)!);
  return {
    built: {
      ...{ number, issued, due, currency, issuer, billTo },
      terms: terms.texts.words.payBy(terms.texts.date(due)),
      days: daysOf(period, timezone),
      buyerName: billTo.name ?? customer,
      tax: { ...tax, rate: detail.rate },
    },
  };
}

function documentProblems(
  number: string | undefined,
  issued: CalendarDate | undefined,
  currency: Invoice['currency'],
): Problem[] {
  const problems: Problem[] = [];
  if (number === undefined || !issued) {
    const what = [...(number === undefined ? ['a number'] : []), ...(issued ? [] : ['an issue date'])].join(' and ');
    const flags = [
      ...(number === undefined ? ['--number-from 2026-1001'] : []),
      ...(issued ? [] : ['--issued 2026-11-01']),
    ];
    problems.push(problem('incomplete', `an electronic invoice has ${what}`, `give ${flags.join(' ')}`));
  }
  if (currency.minorUnit > 2) {
    const message = `${currency.code} has amounts of ${currency.minorUnit} decimals, and EN 16931 has room for two`;
    problems.push(problem('too-many-decimals', message, 'send these invoices as pdf or html'));
  }
  return problems;
}

function factProblems(
  missing: readonly Missing[],
  customer: string,
  format: ElectronicFormatName,
  tax: CategoryTerms,
): Problem[] {
  return (['issuer', 'bill_to'] as const).flatMap((side) => {
    const own = missing.filter((one) => one.side === side);
    if (own.length === 0) return [];
    const who = side === 'issuer' ? 'the issuer' : `customer "${customer}"`;
    const keys = own.map(({ key }) => key).join(', ');
    const why = own.some(({ key }) => key === 'vat_id') ? ` (tax category ${tax.category})` : '';
    const example = own.map(({ key, example }) => exampleText(key, example)).join(', ');
    const place =
      side === 'issuer' ? 'under issuer: in the tier file' : 'under bill_to: of the customer, or in columns of a CSV';
    return [problem('incomplete', `${format} needs of ${who}: ${keys}${why}`, `write ${place}: ${example}`)];
  });
}

function exampleText(key: string, example: string): string {
  return key.startsWith('bank') ? `bank: { iban: ${example} }` : `${key}: ${example}`;
}

function withoutTax(customer: string): Problem {
  const hint = 'write tax: { rate: 20% } in the tier file, or { rate: 0, reason: exempt }; or tax: for the customer';
  return problem('incomplete', `nothing says which tax the invoice of customer "${customer}" has`, hint);
}

export function problem(what: Parameters<typeof code>[0], message: string, hint: string): Problem {
  return { severity: 'error', code: code(what), message, hint };
}

/** Days of a period, the last one included. */
export function daysOf({ start, end }: Period, timezone: string): Days {
  return { first: dateAt(start, timezone), last: dateAt(end - 1, timezone) };
}

type Part = { readonly amount: Decimal; readonly description: string };
type PricedLine = FeeLine | UsageLine | PackLine;

/** Lines with a quantity, and amounts about all of them: discounts, bounds, and what credits paid. */
function partsOf(invoice: Invoice): { readonly lines: readonly PricedLine[]; readonly adjustments: readonly Part[] } {
  const lines = invoice.lines.filter(isPriced).filter((line) => line.kind === 'fee' || !line.amount.isZero());
  const adjustments = bookingsOf(invoice).filter(({ kind }) =>
    ['discount', 'maximum', 'minimum', 'credits'].includes(kind),
  );
  return { lines, adjustments };
}

function isPriced(line: InvoiceLine): line is PricedLine {
  return line.kind === 'fee' || line.kind === 'usage' || line.kind === 'pack';
}

type Context = { readonly invoice: Invoice; readonly report: InvoiceReport; readonly terms: DocumentTerms };

function lineOf(
  line: PricedLine,
  amount: Decimal,
  divisor: Decimal,
  { invoice, report, terms }: Context,
): ElectronicLine {
  const measure = measureOf(line, report);
  const priced = pricedAs(amount, measure, { currency: invoice.currency, divisor });
  const stretch = line.stretch === undefined ? undefined : invoice.stretches[line.stretch];
  const sums = line.kind === 'usage' ? arithmetic(line, invoice, report, terms.texts.words.explanation) : [];
  const description = sums.map(terms.texts.digits).join('; ');
  return {
    ...(priced ?? onePiece(amount)),
    unit: priced && measure ? measure.unit : ONE_UNIT,
    name: descriptionOf(line, invoice, report, terms.texts),
    ...(description !== '' && { description }),
    ...(stretch && { days: daysOf(stretch.period, report.timezone) }),
  };
}

/** Undefined: the charge has several prices. */
function measureOf(line: PricedLine, { meters }: InvoiceReport): Measure | undefined {
  if (line.kind === 'usage')
    return line.parts.length === 1 ? measureOfPart(line.parts[0]!, meters.get(line.meter)!) : undefined;
  const unit = line.kind === 'fee' ? FEE_UNITS[line.per] : ONE_UNIT;
  return { quantity: line.quantity, unit, unitPrice: line.unitPrice };
}
