/** The table of an invoice document: lines with their arithmetic in small print, then sums. */
import type { Decimal } from '../../../core/decimal.ts';
import { Fraction } from '../../../core/fraction.ts';
import type { FeeLine, Invoice, InvoiceLine } from '../../../core/invoice/invoice.ts';
import { type Currency, formatMoney } from '../../../core/money.ts';
import { isSamePeriod } from '../../../core/period.ts';
import { formatQuantity, groupDigits } from '../../../core/quantity.ts';
import type { DimensionValue, UsageLine } from '../../../core/rating/line.ts';
import type { Cell, Row, Table } from '../../document.ts';
import { exactPercentText } from '../../words.ts';
import { stretchOf } from '../bookings.ts';
import { arithmetic, shareOf } from '../explanation.ts';
import type { InvoiceReport } from '../report.ts';
import type { SheetTexts } from './texts.ts';

export function lineTable(invoice: Invoice, report: InvoiceReport, texts: SheetTexts): Table {
  const { heads } = texts.words;
  const { code } = invoice.currency;
  return {
    kind: 'table',
    title: '',
    columns: [
      { head: heads.description, align: 'left' },
      { head: heads.quantity, align: 'right' },
      { head: heads.unit, align: 'left' },
      { head: heads.price, align: 'right' },
      { head: `${heads.amount} ${code}`, align: 'right' },
    ],
    rows: [...lineRows(invoice, report, texts), ...sumRows(invoice, texts)],
  };
}

/** Usage of 0 is no line, unless it is priced all the same; the lines of each tier stand below its name where there are several. */
function lineRows(invoice: Invoice, report: InvoiceReport, texts: SheetTexts): Row[] {
  const rows: Row[] = [];
  const isOne = invoice.stretches.every(({ period }) => isSamePeriod(period, invoice.period));
  let stretch: number | undefined;
  for (const line of invoice.lines) {
    if (line.kind !== 'fee' && line.amount.isZero() && line.exact.isZero()) continue;
    if (!isOne && (rows.length === 0 || line.stretch !== stretch)) {
      stretch = line.stretch;
      const { tier, period } = stretchOf(line, invoice);
      const label = texts.period(period);
      rows.push({ role: 'group', cells: [plainCell(line.stretch === undefined ? label : `${tier}, ${label}`)] });
    }
    const small = arithmetic(line, invoice, report, texts.words.explanation).map(texts.digits);
    const isPlain = line.kind === 'fee' && line.quantity.eq(Fraction.ONE);
    rows.push({ cells: cellsOf(line, invoice, report, texts), below: isPlain ? [] : small.map(dim), belowIn: 0 });
  }
  return rows;
}

const dim = (text: string) => [{ text, tone: 'dim' as const }];

function plainCell(text: string): Cell {
  return { kind: 'text', text };
}

function cellsOf(line: InvoiceLine, invoice: Invoice, report: InvoiceReport, texts: SheetTexts): Cell[] {
  const { quantity = '', unit = '', price = '' } = measureOf(line, report, texts);
  const amount = formatMoney(line.amount, invoice.currency);
  return [
    plainCell(descriptionOf(line, invoice, report, texts)),
    plainCell(quantity),
    plainCell(unit),
    plainCell(price),
    { kind: 'money', text: texts.digits(groupDigits(amount)), value: amount },
  ];
}

type Measure = { readonly quantity?: string; readonly unit?: string; readonly price?: string };

function measureOf(line: InvoiceLine, report: InvoiceReport, texts: SheetTexts): Measure {
  const { words, digits } = texts;
  const { currency } = report;
  switch (line.kind) {
    case 'fee': {
      if (line.quantity.isZero()) return {};
      const quantity = digits(fractionText(line.quantity));
      return { quantity, unit: words[line.per], price: digits(priceText(line.unitPrice, currency)) };
    }
    case 'pack':
      return { quantity: digits(fractionText(line.quantity)), price: digits(priceText(line.unitPrice, currency)) };
    case 'usage':
      return { ...usedQuantity(line, report, texts), price: `${digits(line.price)}${shareOf(line)}` };
    default:
      return {};
  }
}

/** With all digits of the minor unit, or more where there are more. */
function priceText(price: Decimal, currency: Currency): string {
  return groupDigits(price.decimalPlaces() > currency.minorUnit ? price.toFixed() : formatMoney(price, currency));
}

/** `61`, `GB`. */
function usedQuantity({ quantity, meter: name }: UsageLine, report: InvoiceReport, texts: SheetTexts): Measure {
  const meter = report.meters.get(name)!;
  const [, amount, scaled] = /^(.*?\d)(?: ([A-Za-z]+))?$/.exec(formatQuantity(quantity.round(3), meter.unit))!;
  const weighted = meter.weighting ? `·${meter.weighting.per}` : '';
  return { quantity: texts.digits(amount!), unit: `${scaled ?? meter.unit}${weighted}` };
}

function fractionText(value: Fraction): string {
  return groupDigits(value.terminates ? value.toString() : value.toRatio());
}

export function descriptionOf(line: InvoiceLine, invoice: Invoice, report: InvoiceReport, texts: SheetTexts): string {
  const { words, digits } = texts;
  switch (line.kind) {
    case 'fee':
      return feeText(line, invoice, texts);
    case 'pack':
      return words.pack(line.pack);
    case 'discount':
      return words.discount(digits(exactPercentText(line.rate)));
    case 'maximum':
    case 'minimum':
      return words[line.kind](digits(groupDigits(line.quantity.times(Fraction.of(line.unitPrice)).round(9).toFixed())));
    case 'usage': {
      const { unit } = report.meters.get(line.meter)!;
      const hasLimit = !line.included.isZero() && !line.dimensions;
      const included = digits(formatQuantity(line.included.round(3), unit));
      const step = line.step === undefined ? [] : [words.step(line.step)];
      const what = hasLimit ? words.beyond(line.meter, included) : line.meter;
      return [what, ...(line.dimensions ?? []).map((one) => dimensionText(one, texts)), ...step].join(', ');
    }
  }
}

function feeText(line: FeeLine, { stretches }: Invoice, { words, period }: SheetTexts): string {
  const { tier } = stretches[line.stretch]!;
  if (line.per === 'month') return words.fee(tier);
  if (line.isUnused) return words.annualUnused;
  if (!line.year) return words.annualPart(tier);
  const year = period(line.year);
  return `${words.annualFee(tier)}, ${line.quantity.isZero() ? words.paid(year) : year}`;
}

function dimensionText({ name, value }: DimensionValue, { words }: SheetTexts): string {
  return `${name} ${value === '' ? words.unknown : value}`;
}

function sumRows(invoice: Invoice, texts: SheetTexts): Row[] {
  const { words, digits } = texts;
  const { creditsApplied, tax, taxIncluded, taxDetail: detail, currency } = invoice;
  const row = (label: string, amount: Invoice['total'], role: Row['role'] = 'sum'): Row => {
    const value = formatMoney(amount, currency);
    const none = plainCell('');
    return {
      role,
      cells: [plainCell(label), none, none, none, { kind: 'money', text: digits(groupDigits(value)), value }],
    };
  };
  const rate = detail ? digits(exactPercentText(detail.rate)) : '';
  const reason = detail?.reason === undefined ? '' : `, ${words.reasons[detail.reason] ?? detail.reason}`;
  const hasTax = detail !== undefined && taxIncluded === undefined;
  return [
    ...(!creditsApplied.isZero() || hasTax ? [row(words.subtotal, invoice.subtotal)] : []),
    ...(creditsApplied.isZero() ? [] : [row(words.creditsPaid, creditsApplied.neg())]),
    ...(hasTax ? [row(`${words.tax(rate)}${reason}`, tax)] : []),
    row(`${words.total} ${currency.code}`, invoice.total, 'total'),
    ...(taxIncluded ? [row(`${words.taxIncluded(rate)}${reason}`, taxIncluded)] : []),
  ];
}
