/** The registry of formats of breakdowns. A new one is a function here. The amounts of a line's parts add up to it. */
import type { Part } from '../../core/breakdown/breakdown.ts';
import { formatInstant, formatZoned } from '../../core/calendar.ts';
import { type Decimal, ZERO } from '../../core/decimal.ts';
import type { Fraction } from '../../core/fraction.ts';
import type { InvoiceLine } from '../../core/invoice/invoice.ts';
import { lineKey } from '../../core/invoice/lineKey.ts';
import { formatMoney } from '../../core/money.ts';
import { periodLabel } from '../../core/period.ts';
import { groupDigits } from '../../core/quantity.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { plainTable } from '../render/columns.ts';
import { csvRow, indentedJson, printable, safeJson } from '../safeText.ts';
import { moneyText } from '../words.ts';
import type { BreakdownFormat, BreakdownReport, BrokenInvoice } from './report.ts';

const breakdownTable: BreakdownFormat = function* (report) {
  const { by, currency } = report;
  const money = (amount: Decimal) => moneyText(amount, currency);
  let isFirst = true;
  for (const { invoice, timezone, lines } of report.invoices()) {
    const zone = timezone === 'UTC' ? '' : `, ${timezone}`;
    const title = `${invoice.customer}  ${invoice.tier}, ${periodLabel(invoice.period, timezone)}${zone}, by ${by}`;
    yield `${isFirst ? '' : '\n'}${printable(title)}\n`;
    isFirst = false;
    const rows = [['', 'used', 'charged', currency.code]];
    for (const { line, parts } of lines) {
      rows.push([`  ${printable(lineKey(line))}`, '', shown(quantityOf(line)), money(line.amount)]);
      for (const part of parts ?? [])
        rows.push([
          `    ${printable(valueText(part, timezone)) || 'unknown'}`,
          shown(part.used),
          shown(part.quantity),
          money(part.amount),
        ]);
    }
    const sum = lines.reduce((total, { line }) => total.plus(line.amount), ZERO);
    rows.push([sum.eq(invoice.subtotal) ? '  subtotal' : '  these lines', '', '', money(sum)]);
    yield plainTable(rows, ['left', 'right', 'right', 'right']);
  }
};

const breakdownJson: BreakdownFormat = function* (report) {
  const { by, currency } = report;
  const head = safeJson({ formatVersion: FORMAT_VERSION, currency: currency.code, by }, 2).slice(0, -2);
  yield `${head},\n  "invoices": [`;
  let before = '';
  for (const one of report.invoices()) {
    yield `${before}\n    ${indentedJson(invoiceObject(one, report), 4)}`;
    before = ',';
  }
  yield `${before === '' ? '' : '\n  '}]\n}\n`;
};

function invoiceObject({ invoice, timezone, lines }: BrokenInvoice, { currency }: BreakdownReport) {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  return {
    ...{ customer: invoice.customer, tier: invoice.tier },
    period: { start: formatInstant(invoice.period.start), end: formatInstant(invoice.period.end) },
    lines: lines.map(({ line, parts }) => ({
      ...{ key: lineKey(line), kind: line.kind, amount: money(line.amount) },
      quantity: quantityOf(line)?.toString() ?? null,
      parts:
        parts?.map((part) => ({
          ...{ value: valueText(part, timezone), used: part.used.toString() },
          ...{ quantity: part.quantity.toString(), amount: money(part.amount) },
        })) ?? null,
    })),
    subtotal: money(invoice.subtotal),
  };
}

const breakdownNdjson: BreakdownFormat = function* (report) {
  for (const cells of rowsOf(report)) {
    const object = Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i]!]));
    yield `${safeJson(object)}\n`;
  }
};

const breakdownCsv: BreakdownFormat = function* (report) {
  yield csvRow(COLUMNS);
  for (const cells of rowsOf(report)) yield csvRow(cells);
};

const COLUMNS = [
  ...['customer', 'period_start', 'period_end', 'key', 'kind', 'meter', 'by', 'value'],
  ...['used', 'quantity', 'amount', 'currency'],
];

/** A row for each part, and one for a line without parts, whose `by` is empty: amounts add up to the subtotal. */
function* rowsOf({ by, currency, invoices }: BreakdownReport): Generator<string[]> {
  for (const { invoice, timezone, lines } of invoices()) {
    const { customer, period } = invoice;
    for (const { line, parts } of lines) {
      const meter = line.kind === 'usage' ? line.meter : '';
      const head = [customer, formatInstant(period.start), formatInstant(period.end), lineKey(line), line.kind, meter];
      const money = (amount: Decimal) => [formatMoney(amount, currency), currency.code];
      if (!parts) yield [...head, '', '', '', quantityOf(line)?.toString() ?? '', ...money(line.amount)];
      for (const part of parts ?? []) {
        const { used, quantity, amount } = part;
        yield [...head, by, valueText(part, timezone), used.toString(), quantity.toString(), ...money(amount)];
      }
    }
  }
}

/** A day, the begin of an hour in the invoice's zone, or a dimension's value, '' for none. */
function valueText({ value }: Part, zone: string): string {
  return typeof value === 'number' ? formatZoned(value, zone) : value;
}

function quantityOf(line: InvoiceLine): Fraction | undefined {
  return 'quantity' in line ? line.quantity : undefined;
}

function shown(quantity: Fraction | undefined): string {
  return quantity ? groupDigits(quantity.toString()) : '';
}

export const BREAKDOWN_FORMATS = {
  table: breakdownTable,
  json: breakdownJson,
  ndjson: breakdownNdjson,
  csv: breakdownCsv,
} as const satisfies Record<string, BreakdownFormat>;
