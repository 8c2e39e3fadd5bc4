/** What a directory of documents holds, for whoever sends them: one page with sums and peculiarities, and a row each as CSV. */
import { formatDate } from '../../core/calendar.ts';
import { Decimal, plus, sum, ZERO } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import type { Invoice } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { periodLabel } from '../../core/period.ts';
import { type Block, columns, money, type Row, type Table, text } from '../document.ts';
import { html, htmlHead } from '../render/html.ts';
import { PAGE_STYLE } from '../render/pageStyle.ts';
import { csvRow, htmlText } from '../safeText.ts';
import { counted, countText, percentText } from '../words.ts';
import { type InvoiceReport, Totals } from './report.ts';
import type { DocumentTerms } from './sheet/sheet.ts';

type Entry = {
  readonly file: string;
  readonly number: string;
  readonly customer: string;
  readonly name: string;
  readonly tier: string;
  readonly period: string;
  readonly subtotal: Decimal;
  readonly credits: Decimal;
  readonly tax: Decimal;
  readonly taxIncluded: Decimal | undefined;
  readonly total: Decimal;
  readonly rows: number;
  readonly isNew: boolean;
};

/** Customers in a table, at most; the CSV has all. */
const MOST_NAMES = 50;
const TOP = 10;

export class DocumentIndex {
  private readonly report: InvoiceReport;
  private readonly terms: DocumentTerms;
  private readonly entries: Entry[] = [];
  private readonly totals = new Totals();
  private readonly tiers = new Sums();
  private readonly meters = new Sums();
  private readonly regions = new Sums();

  constructor(report: InvoiceReport, terms: DocumentTerms) {
    this.report = report;
    this.terms = terms;
  }

  /** Adds a document, after its number is known. `file`: its name in the directory. */
  add(invoice: Invoice, file: string): void {
    this.totals.add(invoice);
    this.tiers.add(invoice.tier, invoice.total);
    for (const line of invoice.lines) {
      if (line.kind !== 'usage') continue;
      this.meters.add(line.meter, line.amount);
      const region = line.dimensions?.find(({ name }) => name === 'region');
      if (region) this.regions.add(region.value === '' ? 'unknown' : region.value, line.amount);
    }
    const { customer, tier, subtotal, creditsApplied: credits, tax, taxIncluded, total } = invoice;
    this.entries.push({
      ...{ file, customer, tier, subtotal, credits, tax, taxIncluded, total },
      number: this.terms.numberOf(invoice) ?? '',
      name: this.terms.billTo(customer)?.name ?? '',
      period: periodLabel(invoice.period, this.report.timezone),
      rows: this.terms.rowsOf(invoice),
      isNew: this.terms.isNew(invoice),
    });
  }

  /** A row for each document, in the order of the numbers. */
  *csv(): Generator<string> {
    const { currency } = this.report;
    const amount = (value: Decimal | undefined) => (value === undefined ? '' : formatMoney(value, currency));
    const { customers } = this.report.notes;
    const byDefault = new Set(customers?.onDefaultTier);
    yield csvRow([
      ...['file', 'number', 'customer', 'name', 'tier', 'period', 'currency', 'subtotal', 'credits', 'tax'],
      ...['tax_included', 'total', 'rows', 'is_new', 'is_on_default_tier'],
    ]);
    for (const one of this.entries) {
      const { file, number, customer, name, tier, period, subtotal, credits, tax, taxIncluded, total } = one;
      const about = [String(one.rows), String(one.isNew), String(!customers || byDefault.has(customer))];
      const amounts = [amount(subtotal), amount(credits), amount(tax), amount(taxIncluded), amount(total)];
      yield csvRow([file, number, customer, name, tier, period, currency.code, ...amounts, ...about]);
    }
  }

  *html(): Generator<string> {
    const title = `${counted(this.entries.length, 'invoice')}, ${this.report.currency.code}`;
    yield htmlHead({ title, style: PAGE_STYLE, runsScript: false });
    yield `<h1>${htmlText(title)}</h1>\n`;
    yield* html(this.blocks(), title);
    yield '</body>\n</html>\n';
  }

  private *blocks(): Generator<Block> {
    yield this.totalTable();
    if (this.entries.length > 0) yield this.distribution();
    yield this.topCustomers();
    yield this.tiers.table('By tier', 'tier', this);
    if (!this.meters.isEmpty) yield this.meters.table('Usage charges by meter', 'meter', this);
    if (!this.regions.isEmpty) yield this.regions.table('Usage charges by region', 'region', this);
    yield* this.peculiarities();
    yield this.documents();
  }

  amount(value: Decimal) {
    return money(value, this.report.currency);
  }

  private totalTable(): Table {
    const { subtotal, creditsApplied, tax, taxIncluded, total } = this.totals;
    const row = (label: string, value: Decimal, role?: 'total'): Row => ({
      ...(role && { role }),
      cells: [text(label), this.amount(value)],
    });
    return {
      kind: 'table',
      title: 'Totals',
      columns: columns('', this.report.currency.code),
      rows: [
        row('subtotal', subtotal),
        row('credits', creditsApplied.neg()),
        row('tax', tax),
        ...(taxIncluded ? [row('tax included', taxIncluded)] : []),
        row('total', total, 'total'),
      ],
    };
  }

  /** Bills by powers of ten, and what half and nine tenths of the customers do not exceed. */
  private distribution(): Table {
    const totals = this.entries.map(({ total }) => total).sort((a, b) => a.cmp(b));
    const at = (share: number) => totals[Math.ceil(share * totals.length) - 1]!;
    const bins = new Map<string, Decimal[]>();
    for (const total of totals) bins.set(binOf(total), [...(bins.get(binOf(total)) ?? []), total]);
    const { currency } = this.report;
    return {
      kind: 'table',
      title: 'Distribution of bills',
      note: `half are at most ${formatMoney(at(0.5), currency)}, nine of ten at most ${formatMoney(at(0.9), currency)}, the highest is ${formatMoney(totals.at(-1)!, currency)}`,
      columns: columns('total', 'invoices', currency.code),
      rows: [...bins].map(([label, all]) => ({
        cells: [text(label), text(countText(all.length)), this.amount(sum(all))],
      })),
    };
  }

  private topCustomers(): Table {
    const byCustomer = new Sums();
    for (const { customer, total } of this.entries) byCustomer.add(customer, total);
    return byCustomer.table(`Top ${TOP} customers`, 'customer', this, TOP, this.totals.total);
  }

  private *peculiarities(): Generator<Block> {
    const { customers, daysWithoutRows, warnings } = this.report.notes;
    const isNew = this.entries.filter((entry) => entry.isNew).map(({ customer }) => customer);
    yield* names('New customers', isNew);
    yield* names('On the default tier without being named', customers?.onDefaultTier ?? []);
    yield* names('Without any row of usage', customers?.withoutRows ?? []);
    yield* names(
      'Days without any row',
      daysWithoutRows.map(({ first, last }) => {
        const [from, to] = [formatDate(first), formatDate(last)];
        return from === to ? from : `${from} to ${to}`;
      }),
    );
    yield* names(
      'Warnings',
      warnings.map(({ message }) => message),
    );
  }

  private documents(): Table {
    return {
      kind: 'table',
      title: 'Documents',
      columns: [
        ...['number', 'customer', 'name', 'tier', 'period'].map((head) => ({ head, align: 'left' as const })),
        { head: this.report.currency.code, align: 'right' },
      ],
      rows: this.entries.map(({ file, number, customer, name, tier, period, total }) => ({
        link: encodeURIComponent(file),
        cells: [text(number === '' ? file : number), ...[customer, name, tier, period].map(text), this.amount(total)],
      })),
    };
  }
}

function* names(title: string, all: readonly string[]): Generator<Block> {
  if (all.length === 0) return;
  const more = all.length > MOST_NAMES ? [`and ${countText(all.length - MOST_NAMES)} more: index.csv has all`] : [];
  yield { kind: 'list', title: `${title} (${countText(all.length)})`, items: [...all.slice(0, MOST_NAMES), ...more] };
}

/** `0`, `up to 10`, `10 to 100`, …; `below 0`. */
function binOf(total: Decimal): string {
  if (total.isZero()) return '0';
  if (total.isNegative()) return 'below 0';
  let high = new Decimal(10);
  while (total.gt(high)) high = high.times(10);
  return high.eq(10) ? 'up to 10' : `${countText(high.toNumber() / 10)} to ${countText(high.toNumber())}`;
}

/** Sums and counts of amounts by name. */
class Sums {
  private readonly found = new Map<string, { count: number; total: Decimal }>();

  add(name: string, amount: Decimal): void {
    const { count, total } = this.found.get(name) ?? { count: 0, total: ZERO };
    this.found.set(name, { count: count + 1, total: plus(total, amount) });
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** The highest first; of equal ones by name. */
  table(
    title: string,
    head: string,
    index: Pick<DocumentIndex, 'amount'>,
    most = Number.POSITIVE_INFINITY,
    whole: Decimal = sum([...this.found.values()].map(({ total }) => total)),
  ): Table {
    const sorted = [...this.found].sort(([a, x], [b, y]) => y.total.cmp(x.total) || (a < b ? -1 : 1));
    return {
      kind: 'table',
      title,
      columns: columns(head, 'count', 'amount', 'share'),
      rows: sorted.slice(0, most).map(([name, { count, total }]) => ({
        cells: [
          text(name),
          text(countText(count)),
          index.amount(total),
          text(whole.isZero() ? '–' : percentText(Fraction.of(total).dividedBy(Fraction.of(whole)), 1)),
        ],
      })),
    };
  }
}
