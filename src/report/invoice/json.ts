/** Invoices as JSON (one document) and NDJSON (one invoice a line, totals and rows on the last). Fields as in docs/results.md. */
import { formatInstant } from '../../core/calendar.ts';
import type { CreditUse } from '../../core/credits/burnDown.ts';
import type { Decimal } from '../../core/decimal.ts';
import type { BlockedUsage, Invoice, InvoiceLine, SampleEstimate } from '../../core/invoice/invoice.ts';
import { type Currency, formatMoney } from '../../core/money.ts';
import type { Period } from '../../core/period.ts';
import type { UsageLine } from '../../core/rating/line.ts';
import { CONFIDENCE, type Interval } from '../../core/usage/sample/interval.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION, preciseInstant } from '../machine.ts';
import { notesObject } from '../runNotes.ts';
import { indentedJson, safeJson } from '../safeText.ts';
import { entryObject } from '../timeline/json.ts';
import type { TimelineReport } from '../timeline/report.ts';
import { factsOf } from './bookings.ts';
import { InvoiceEncoder, type JsonObject, type JsonStyle } from './encoder.ts';
import { type InvoiceReport, type PiecedFormat, Totals } from './report.ts';

export const jsonPieces: PiecedFormat = {
  *head({ currency }) {
    yield `{\n  "formatVersion": ${safeJson(FORMAT_VERSION)},\n  "currency": ${safeJson(currency.code)},\n  "invoices": [`;
  },
  piecesUnder({ explain }) {
    if (explain) return (invoice) => indented(invoiceObject(invoice, explain));
    const encoder = new InvoiceEncoder({
      ...OBJECTS,
      invoice: indented,
      line: (object) => indentedJson(object, 8),
      between: ',\n        ',
    });
    return (invoice) => encoder.textOf(invoice);
  },
  between: ',',
  *end(report, totals) {
    yield totals.invoices === 0 ? '],\n' : '\n  ],\n';
    if (report.timeline) yield `  "timeline": ${indentedJson(entryObjects(report.timeline), 2)},\n`;
    yield `  "totals": ${indentedJson(totals.toJson(report.currency), 2)},\n  "rows": ${indentedJson(report.rows, 2)}`;
    for (const [name, value] of Object.entries(endOf(report))) yield `,\n  "${name}": ${indentedJson(value, 2)}`;
    yield '\n}\n';
  },
};

export const ndjsonPieces: PiecedFormat = {
  head: () => [],
  piecesUnder({ explain }) {
    if (explain) return (invoice) => invoiceLine(invoice, explain);
    const encoder = new InvoiceEncoder({
      ...OBJECTS,
      invoice: lineOf,
      line: (object) => safeJson(object),
      between: ',',
    });
    return (invoice) => encoder.textOf(invoice);
  },
  between: '',
  *end(report, totals) {
    for (const entry of report.timeline ? entryObjects(report.timeline) : [])
      yield `${safeJson({ timeline: entry })}\n`;
    yield `${safeJson({ totals: totals.toJson(report.currency), rows: report.rows, ...endOf(report) })}\n`;
  },
};

/** An invoice as a line of NDJSON, with its line end. */
export function invoiceLine(invoice: Invoice, explain = false): string {
  return lineOf(invoiceObject(invoice, explain), invoice);
}

function lineOf(object: JsonObject, { currency }: Invoice): string {
  return `${safeJson({ formatVersion: FORMAT_VERSION, currency: currency.code, ...object })}\n`;
}

function indented(object: JsonObject): string {
  return `\n    ${indentedJson(object, 4)}`;
}

const OBJECTS: Pick<JsonStyle, 'invoiceObject' | 'lineObject'> = {
  invoiceObject: (invoice) => invoiceObject(invoice, false),
  lineObject: (line, invoice) => lineObject(line, invoice, false),
};

/** Fields behind the totals and the rows. */
function endOf({ notes, checks }: Pick<InvoiceReport, 'notes' | 'checks'>): Record<string, unknown> {
  return { ...notesObject(notes), ...(checks.length > 0 && { checks: outcomeObjects(checks) }) };
}

function entryObjects({ entries, currency }: TimelineReport): Record<string, unknown>[] {
  return entries.map((entry) => entryObject(entry, currency));
}

/** The whole result, for checks: it has the fields of the JSON, each made when a rule asks for it. */
export function invoiceResult(
  report: Omit<InvoiceReport, 'invoices'>,
  issued: readonly Invoice[],
): Record<string, unknown> {
  let invoices: Record<string, unknown>[] | undefined;
  let totals: Record<string, unknown> | undefined;
  return {
    formatVersion: FORMAT_VERSION,
    currency: report.currency.code,
    get invoices() {
      invoices ??= issued.map((invoice) => invoiceObject(invoice, report.explain));
      return invoices;
    },
    get totals() {
      if (!totals) {
        const sums = new Totals();
        for (const invoice of issued) sums.add(invoice);
        totals = sums.toJson(report.currency);
      }
      return totals;
    },
    rows: report.rows,
    ...notesObject(report.notes),
  };
}

/** One invoice, with the fields that docs/results.md tells. */
export function invoiceObject(invoice: Invoice, explain: boolean): Record<string, unknown> {
  const { currency, taxIncluded, taxDetail } = invoice;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  const object: Record<string, unknown> = {
    customer: invoice.customer,
    tier: invoice.tier,
    period: periodObject(invoice.period),
    usage: texts(invoice.usage),
    blocked: texts(invoice.blocked),
  };
  if (explain) object.blockedUsage = invoice.blockedUsage.map((part) => blockedObject(part, invoice));
  object.lines = invoice.lines.map((line) => lineObject(line, invoice, explain));
  object.subtotal = money(invoice.subtotal);
  object.credits = invoice.credits.map((use) => creditObject(use, currency));
  object.creditsApplied = money(invoice.creditsApplied);
  object.tax = money(invoice.tax);
  if (taxIncluded) object.taxIncluded = money(taxIncluded);
  if (taxDetail) {
    object.taxRate = taxDetail.rate.toFixed();
    object.taxBase = money(taxDetail.base);
    if (taxDetail.reason !== undefined) object.taxReason = taxDetail.reason;
  }
  object.total = money(invoice.total);
  if (invoice.estimate) object.estimate = estimateObject(invoice.estimate, currency);
  return object;
}

/** Bounds of what a sample leaves uncertain. */
function estimateObject({ rate, usage, total }: SampleEstimate, currency: Currency): Record<string, unknown> {
  const bounds = ({ lower, upper }: Interval, print: (value: Decimal) => string) => ({
    lower: print(lower),
    upper: print(upper),
  });
  return {
    ...(rate && { sampleRate: rate.toFixed() }),
    ...{ confidence: CONFIDENCE, bounds: 'binomial' },
    usage: Object.fromEntries([...usage].map(([meter, one]) => [meter, bounds(one, (value) => value.toFixed())])),
    total: bounds(total, (amount) => formatMoney(amount, currency)),
  };
}

function lineObject(line: InvoiceLine, invoice: Invoice, explain: boolean): Record<string, unknown> {
  const facts = factsOf(line, invoice);
  // The object is nobody else's: filling it in takes a fraction of the time that putting together another one does.
  const object: Record<string, unknown> = facts;
  object.stretch = periodObject(facts.stretch);
  if (facts.year) object.year = periodObject(facts.year);
  if (explain && line.kind === 'usage') object.rows = rowsObject(line.rows);
  return object;
}

/** Why something was blocked, as in `--explain`. */
function blockedObject({ meter, stretch, used, quantity, limit, rows }: BlockedUsage, { stretches }: Invoice) {
  const { tier, period } = stretches[stretch]!;
  const quantities = { used: used.toFixed(), blocked: quantity.toString() };
  return { meter, limit, ...quantities, rows: rowsObject(rows), tier, stretch: periodObject(period) };
}

function periodObject({ start, end }: Period): { start: string; end: string } {
  return { start: formatInstant(start), end: formatInstant(end) };
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
function rowsObject({ events, isCarried, first, last }: UsageLine['rows']): Record<string, unknown> {
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
