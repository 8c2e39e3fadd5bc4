/** A run as people read it, taken from its invoices as they pass: a few of them whole, one row for each of many. */
import { type Decimal, plus, ZERO } from '../../core/decimal.ts';
import type { Invoice, LineKind } from '../../core/invoice/invoice.ts';
import type { Interval } from '../../core/usage/sample/interval.ts';
import { type InvoiceReport, Totals } from './report.ts';
import { blockedText, heading } from './words.ts';

/** Up to so many invoices are shown line by line, more with a line each. */
const MOST_BLOCKS = 5;

/** Bytes of Markdown that an invoice takes at least: with a row in a table of all, or with a table of its own. */
export const LEAST_BYTES = { row: 20, block: 75 };

/** An invoice in a table of all of them. */
export type DigestRow = {
  readonly customer: string;
  readonly period: string;
  readonly tier: string;
  /** In the order of the report's meters. */
  readonly usage: readonly Decimal[];
  /** Fees and packs. */
  readonly fees: Decimal;
  /** All other lines. */
  readonly charges: Decimal;
  readonly total: Decimal;
  /** Bounds of the total; absent: it was measured. */
  readonly estimated?: Interval | undefined;
  /** '' if nothing was blocked. */
  readonly blocked: string;
};

export class InvoiceDigest {
  readonly totals = new Totals();
  fees: Decimal = ZERO;
  charges: Decimal = ZERO;
  /** Names of the meters that lines or hard caps are about. */
  readonly meters = new Set<string>();
  readonly periods = new Set<string>();
  isAnyBlocked = false;
  readonly rows: DigestRow[] = [];
  private readonly report: InvoiceReport;
  private readonly mostRows: number;
  private readonly mostBlocks: number;
  private whole: Invoice[] = [];

  /** `mostBytes`: where the text that is made of it is cut off. What could not be seen is not kept. */
  constructor(report: InvoiceReport, mostBytes = Number.POSITIVE_INFINITY) {
    this.report = report;
    this.mostRows = mostBytes / LEAST_BYTES.row;
    this.mostBlocks = report.explain ? mostBytes / LEAST_BYTES.block : MOST_BLOCKS;
  }

  add(invoice: Invoice): void {
    this.totals.add(invoice);
    const isBlock = this.totals.invoices <= this.mostBlocks;
    if (isBlock) this.whole.push(invoice);
    if (this.report.explain) return;
    if (!isBlock) this.whole = [];
    this.addRow(invoice);
  }

  /** The invoices to show line by line; undefined if there are so many that each is a row. */
  get blocks(): readonly Invoice[] | undefined {
    return this.report.explain || this.totals.invoices <= MOST_BLOCKS ? this.whole : undefined;
  }

  private addRow(invoice: Invoice): void {
    const { lines, blocked, usage, total } = invoice;
    for (const line of lines) if (line.kind === 'usage') this.meters.add(line.meter);
    for (const meter of blocked.keys()) this.meters.add(meter);
    const { customer, period, tier } = heading(invoice, this.report);
    this.periods.add(period);
    const fees = sumOf(invoice, isFee);
    const charges = sumOf(invoice, (kind) => !isFee(kind));
    [this.fees, this.charges] = [plus(this.fees, fees), plus(this.charges, charges)];
    if (blocked.size > 0) this.isAnyBlocked = true;
    if (this.rows.length >= this.mostRows) return;
    const quantities = [...this.report.meters.keys()].map((meter) => usage.get(meter)!);
    const own = { customer, period, tier, usage: quantities, fees, charges, total, estimated: invoice.estimate?.total };
    this.rows.push({ ...own, blocked: blockedText(invoice, this.report) });
  }
}

function isFee(kind: LineKind): boolean {
  return kind === 'fee' || kind === 'pack';
}

function sumOf({ lines }: Invoice, belongs: (kind: LineKind) => boolean): Decimal {
  let total = ZERO;
  for (const line of lines) if (belongs(line.kind)) total = plus(total, line.amount);
  return total;
}
