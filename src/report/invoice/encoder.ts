/**
 * Writes invoices as JSON. Most are alike but for the customer and the numbers, so the text around those is made once, of the
 * first invoice and the first line of each kind, and filled in for the others.
 */
import type { Decimal } from '../../core/decimal.ts';
import type { Invoice, InvoiceLine } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import type { UsageLine } from '../../core/rating/line.ts';
import { safeJson } from '../safeText.ts';

export type JsonObject = Record<string, unknown>;

/** How objects are written, and what objects there are. */
export type JsonStyle = {
  /** The text of an invoice. */
  readonly invoice: (object: JsonObject, invoice: Invoice) => string;
  /** The text of one of its lines, as it stands among the others, and what stands between two of them. */
  readonly line: (object: JsonObject) => string;
  readonly between: string;
  readonly invoiceObject: (invoice: Invoice) => JsonObject;
  readonly lineObject: (line: InvoiceLine, invoice: Invoice) => JsonObject;
};

/** In the place of a value; a private character, which JSON writes as it is. */
const MARK = '\ue000';
const MARK_TEXT = `"${MARK}"`;
const MOST_TEMPLATES = 10_000;

/** Text before the first value, between two, and behind the last; undefined: a text of the object has the mark in it. */
type Template = readonly string[] | undefined;

export class InvoiceEncoder {
  private readonly style: JsonStyle;
  private readonly templates = new Map<string, Template>();

  constructor(style: JsonStyle) {
    this.style = style;
  }

  textOf(invoice: Invoice): string {
    const { style } = this;
    const { customer, currency, usage, lines, taxIncluded, taxDetail } = invoice;
    const place = `${invoice.tier}\n${invoice.period.start} ${invoice.period.end}`;
    const frame = isUsual(invoice) ? this.frameFor(invoice, place) : undefined;
    if (!frame) return style.invoice(style.invoiceObject(invoice), invoice);
    const money = (amount: Decimal) => `"${formatMoney(amount, currency)}"`;
    let at = 0;
    let text = frame[at++]! + safeJson(customer) + frame[at++]!;
    for (const quantity of usage.values()) text += `"${quantity.toFixed()}"${frame[at++]!}`;
    for (let i = 0; i < lines.length; i++) {
      if (i > 0) text += style.between;
      text += this.lineText(lines[i]!, invoice);
    }
    text += frame[at++]! + money(invoice.subtotal) + frame[at++]! + money(invoice.creditsApplied) + frame[at++]!;
    text += money(invoice.tax) + frame[at++]!;
    if (taxIncluded) text += money(taxIncluded) + frame[at++]!;
    if (taxDetail) text += money(taxDetail.base) + frame[at++]!;
    return text + money(invoice.total) + frame[at]!;
  }

  private frameFor(invoice: Invoice, place: string): Template {
    const { usage, taxIncluded, taxDetail } = invoice;
    const tax = taxDetail ? `${taxDetail.text}\n${taxDetail.rate}\n${taxDetail.reason}` : '';
    const key = `${place}\n${[...usage.keys()].join('\n')}\n${taxIncluded !== undefined}\n${tax}`;
    return this.known(`frame\n${key}`, () => {
      const object = this.style.invoiceObject(invoice);
      const marked: JsonObject = { ...object, lines: [MARK] };
      marked.usage = Object.fromEntries([...usage.keys()].map((meter) => [meter, MARK]));
      const values = ['customer', 'subtotal', 'creditsApplied', 'tax', 'total'];
      if (taxIncluded) values.push('taxIncluded');
      if (taxDetail) values.push('taxBase');
      for (const name of values) marked[name] = MARK;
      return templateOf(this.style.invoice(marked, invoice), values.length + usage.size + 1);
    });
  }

  private lineText(line: InvoiceLine, invoice: Invoice): string {
    const { style } = this;
    const isUsage = line.kind === 'usage' && line.exact.terminates;
    const template = isUsage ? this.templateFor(line, invoice) : undefined;
    if (!isUsage || !template) return style.line(style.lineObject(line, invoice));
    const used = line.used.toFixed();
    const isAll = line.quantity.terminates && line.quantity.numerator === line.used;
    const quantity = isAll ? used : line.quantity.toString();
    const [before, afterUsed, afterIncluded, afterQuantity, afterExact, after] = template;
    const amount = formatMoney(line.amount, invoice.currency);
    const quantities = `${before}"${used}"${afterUsed}"${line.included.toString()}"${afterIncluded}"${quantity}"`;
    return `${quantities}${afterQuantity}"${line.exact.toString()}"${afterExact}"${amount}"${after}`;
  }

  private templateFor(line: UsageLine, invoice: Invoice): Template {
    const { meter, description, price, share, step, dimensions } = line;
    const { tier, period, list } = invoice.stretches[line.stretch]!;
    const place = `${line.stretch}\n${tier}\n${period.start} ${period.end}\n${list}`;
    const values = dimensions ? JSON.stringify(dimensions) : '';
    return this.known(`${meter}\n${description}\n${price}\n${share}\n${step}\n${place}\n${values}`, () => {
      const marked = { ...this.style.lineObject(line, invoice) };
      for (const name of ['used', 'included', 'quantity', 'exact', 'amount']) marked[name] = MARK;
      return templateOf(this.style.line(marked), 5);
    });
  }

  private known(key: string, make: () => Template): Template {
    const before = this.templates.get(key);
    if (before || this.templates.has(key)) return before;
    if (this.templates.size >= MOST_TEMPLATES) this.templates.clear();
    const template = make();
    this.templates.set(key, template);
    return template;
  }
}

/** True for invoices whose objects have the same names, but for their lines. */
function isUsual({ blocked, credits, estimate, lines }: Invoice): boolean {
  return blocked.size === 0 && credits.length === 0 && !estimate && lines.length > 0;
}

function templateOf(text: string, values: number): Template {
  const parts = text.split(MARK_TEXT);
  return parts.length === values + 1 && !parts.some((part) => part.includes(MARK)) ? parts : undefined;
}
