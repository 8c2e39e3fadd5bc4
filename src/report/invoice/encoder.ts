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
/** Of a meter: as many as tiers, steps or regions often are. */
const MOST_LATEST = 16;

/** Text before the first value, between two, and behind the last; undefined: a text of the object has the mark in it. */
type Template = readonly string[] | undefined;

export class InvoiceEncoder {
  private readonly style: JsonStyle;
  private readonly templates = new Templates();

  constructor(style: JsonStyle) {
    this.style = style;
  }

  textOf(invoice: Invoice): string {
    const { style } = this;
    const { customer, currency, usage, lines, taxIncluded, taxDetail } = invoice;
    const frame = isUsual(invoice) ? this.frameFor(invoice) : undefined;
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

  private frameFor(invoice: Invoice): Template {
    const { tier, period, usage, taxIncluded, taxDetail: tax } = invoice;
    const alike = [
      tier,
      period.start,
      period.end,
      taxIncluded !== undefined,
      tax?.text,
      String(tax?.rate),
      tax?.reason,
    ];
    alike.push(...usage.keys());
    return this.templates.get('', alike, () => {
      const object = this.style.invoiceObject(invoice);
      const marked: JsonObject = { ...object, lines: [MARK] };
      marked.usage = Object.fromEntries([...usage.keys()].map((meter) => [meter, MARK]));
      const values = ['customer', 'subtotal', 'creditsApplied', 'tax', 'total'];
      if (taxIncluded) values.push('taxIncluded');
      if (tax) values.push('taxBase');
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
    const values = dimensions && JSON.stringify(dimensions);
    const alike = [line.stretch, tier, period.start, period.end, list, description, price, share, step, values];
    return this.templates.get(meter, alike, () => {
      const marked = { ...this.style.lineObject(line, invoice) };
      for (const name of ['used', 'included', 'quantity', 'exact', 'amount']) marked[name] = MARK;
      return templateOf(this.style.line(marked), 5);
    });
  }
}

/** Templates by what the objects of each are alike in. */
class Templates {
  private readonly all = new Map<string, Template>();
  /** By name, the last ones that were asked for: comparing takes less time than putting a key together. */
  private readonly latest = new Map<string, readonly Known[]>();

  /** `name`: of a meter, or '' for the frame of an invoice. */
  get(name: string, alike: readonly Part[], make: () => Template): Template {
    const latest = this.latest.get(name) ?? [];
    for (const known of latest) if (areSame(known.alike, alike)) return known.template;
    const key = `${name}\n${alike.join('\n')}`;
    let template = this.all.get(key);
    if (!template && !this.all.has(key)) {
      if (this.all.size >= MOST_TEMPLATES) this.all.clear();
      template = make();
      this.all.set(key, template);
    }
    this.latest.set(name, [{ alike, template }, ...latest.slice(0, MOST_LATEST - 1)]);
    return template;
  }
}

type Part = string | number | boolean | undefined;
type Known = { readonly alike: readonly Part[]; readonly template: Template };

function areSame(a: readonly Part[], b: readonly Part[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** True for invoices whose objects have the same names, but for their lines. */
function isUsual({ blocked, credits, estimate, lines }: Invoice): boolean {
  return blocked.size === 0 && credits.length === 0 && !estimate && lines.length > 0;
}

function templateOf(text: string, values: number): Template {
  const parts = text.split(MARK_TEXT);
  return parts.length === values + 1 && !parts.some((part) => part.includes(MARK)) ? parts : undefined;
}
