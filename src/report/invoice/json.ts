/** Invoices as JSON (one document) and NDJSON (one invoice a line, totals and rows on the last). Fields as in the README. */
import { formatInstant } from '../../core/calendar.ts';
import type { CreditUse } from '../../core/credits/burnDown.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { Invoice, InvoiceLine, UsageDetail } from '../../core/invoice/invoice.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import { FORMAT_VERSION, preciseInstant } from '../machine.ts';
import { notesObject } from '../runNotes.ts';
import { safeJson } from '../safeText.ts';
import { entryObject } from '../timeline/json.ts';
import type { TimelineReport } from '../timeline/report.ts';
import { type InvoiceFormat, type InvoiceReport, Totals } from './report.ts';

export const invoiceJson: InvoiceFormat = function* (report) {
  const totals = new Totals();
  yield `{\n  "formatVersion": ${safeJson(FORMAT_VERSION)},\n  "currency": ${safeJson(report.currency.code)},\n  "invoices": [`;
  let before = '';
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    yield `${before}\n    ${indented(invoiceObject(invoice, report.explain), 4)}`;
    before = ',';
  }
  yield before === '' ? '],\n' : '\n  ],\n';
  if (report.timeline) yield `  "timeline": ${indented(entryObjects(report.timeline), 2)},\n`;
  yield `  "totals": ${indented(totals.toJson(report.currency), 2)},\n  "rows": ${indented(report.rows, 2)}`;
  for (const [name, value] of Object.entries(notesObject(report.notes))) yield `,\n  "${name}": ${indented(value, 2)}`;
  yield '\n}\n';
};

export const invoiceNdjson: InvoiceFormat = function* (report: InvoiceReport) {
  const totals = new Totals();
  const head = safeJson({ formatVersion: FORMAT_VERSION, currency: report.currency.code }).slice(0, -1);
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    const json = safeJson(invoiceObject(invoice, report.explain));
    yield `${head},${json.slice(1)}\n`;
  }
  for (const entry of report.timeline ? entryObjects(report.timeline) : []) yield `${safeJson({ timeline: entry })}\n`;
  yield `${safeJson({ totals: totals.toJson(report.currency), rows: report.rows, ...notesObject(report.notes) })}\n`;
};

function entryObjects({ entries, currency }: TimelineReport): Record<string, unknown>[] {
  return entries.map((entry) => entryObject(entry, currency));
}

/** The whole result, for checks: the same fields as the JSON. Invoices are issued only if a rule asks for them. */
export function invoiceResult(report: InvoiceReport): Record<string, unknown> {
  const all = () => [...report.invoices()];
  let invoices: Record<string, unknown>[] | undefined;
  let totals: Record<string, unknown> | undefined;
  return {
    formatVersion: FORMAT_VERSION,
    currency: report.currency.code,
    get invoices() {
      invoices ??= all().map((invoice) => invoiceObject(invoice, report.explain));
      return invoices;
    },
    get totals() {
      if (!totals) {
        const sums = new Totals();
        for (const invoice of report.invoices()) sums.add(invoice);
        totals = sums.toJson(report.currency);
      }
      return totals;
    },
    rows: report.rows,
    ...notesObject(report.notes),
  };
}

/** One invoice, with the fields that the README tells. */
export function invoiceObject(invoice: Invoice, explain: boolean): Record<string, unknown> {
  const { currency, period, taxIncluded } = invoice;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const object = {
    customer: invoice.customer,
    tier: invoice.tier,
    period: { start: formatInstant(period.start), end: formatInstant(period.end) },
    usage: texts(invoice.usage),
    blocked: texts(invoice.blocked),
    lines: invoice.lines.map((line) => lineObject(line, invoice, explain)),
    subtotal: money(invoice.subtotal),
    credits: invoice.credits.map((use) => creditObject(use, currency)),
    creditsApplied: money(invoice.creditsApplied),
    tax: money(invoice.tax),
  };
  if (taxIncluded) Object.assign(object, { taxIncluded: money(taxIncluded) });
  return Object.assign(object, { total: money(invoice.total) });
}

function lineObject(line: InvoiceLine, { currency }: Invoice, explain: boolean): Record<string, unknown> {
  const exact = line.exact.toString();
  const amount = formatMoney(line.amount, currency);
  const { key, kind, description } = line;
  switch (line.kind) {
    case 'fee':
    case 'pack': {
      const quantity = line.quantity.toString();
      return { key, kind, description, quantity, unitPrice: line.unitPrice.toFixed(), exact, amount };
    }
    case 'usage': {
      const object = {
        key,
        kind,
        meter: line.meter,
        description,
        used: line.used.toFixed(),
        included: line.included.toString(),
        quantity: line.quantity.toString(),
        price: line.price,
        ...(line.share !== undefined && { share: line.share }),
        exact,
        amount,
      };
      return explain ? { ...object, rows: rowsObject(line.rows) } : object;
    }
    default:
      return { key, kind, description, exact, amount };
  }
}

function creditObject(
  { grant, opening, drawn, expired, remaining }: CreditUse,
  currency: Currency,
): Record<string, string> {
  const money = (amount: Decimal) => formatMoney(amount, currency);
  return {
    id: grant.id,
    drawn: money(drawn),
    remaining: money(remaining),
    opening: money(opening),
    expired: money(expired),
    ...(grant.reason !== undefined && { reason: grant.reason }),
  };
}

/** Rows behind a line: how many, and the first and last of them, as in `--explain`. */
function rowsObject({ events, isCarried, first, last }: UsageDetail['rows']): Record<string, unknown> {
  return {
    count: events,
    ...(isCarried && { carriedOver: true }),
    first: first === undefined ? null : preciseInstant(first),
    last: last === undefined ? null : preciseInstant(last),
  };
}

/** By meter: as keys of a tier file these can be assigned, because `__proto__` is refused there. */
function texts(map: ReadonlyMap<string, { toString(): string }>): Record<string, string> {
  const object: Record<string, string> = {};
  for (const [meter, quantity] of map) object[meter] = quantity.toString();
  return object;
}

function indented(value: unknown, by: number): string {
  return safeJson(value, 2).replaceAll('\n', `\n${' '.repeat(by)}`);
}
