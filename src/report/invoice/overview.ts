/** One line for each invoice, where there are many: the same columns for the table and for Markdown. */
import { type Decimal, sum } from '../../core/decimal.ts';
import type { Invoice, LineKind } from '../../core/invoice/invoice.ts';
import { formatMoney } from '../../core/money.ts';
import { formatQuantity, groupDigits } from '../../core/quantity.ts';
import { type InvoiceReport, Totals } from './report.ts';
import { blockedText, heading } from './words.ts';

export type Overview = {
  readonly head: readonly string[];
  readonly align: readonly ('left' | 'right')[];
  readonly rows: readonly (readonly string[])[];
  readonly total: readonly string[];
  /** The blocked column is only there if something was blocked. */
  readonly anyBlocked: boolean;
};

/** Between so many invoices, the work can be interrupted. */
const INVOICES_BETWEEN = 256;

/**
 * Meters that lines or caps are about have a column; of the others the JSON tells. Gives empty pieces of text while it
 * works, behind which an interruption is noticed.
 */
export function* overviewOf(report: InvoiceReport): Generator<string, Overview> {
  const meters = [...report.meters.values()];
  const shown = new Set<string>();
  const totals = new Totals();
  const sums: { fee: Decimal; usage: Decimal }[] = [];
  const entries: { cells: string[]; used: string[]; blocked: string; fee: Decimal; usage: Decimal; total: Decimal }[] =
    [];
  const periods = new Set<string>();
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    if (totals.invoices % INVOICES_BETWEEN === 0) yield '';
    for (const line of invoice.lines) if (line.kind === 'usage') shown.add(line.meter);
    for (const meter of invoice.blocked.keys()) shown.add(meter);
    const { customer, tier, period } = heading(invoice, report);
    periods.add(period);
    const used = meters.map((meter) => formatQuantity(invoice.usage.get(meter.name)!, meter.unit));
    const fee = sumOf(invoice, (kind) => kind === 'fee' || kind === 'pack');
    const usage = sumOf(invoice, (kind) => kind !== 'fee' && kind !== 'pack');
    sums.push({ fee, usage });
    entries.push({
      cells: [customer, period, tier],
      used,
      blocked: blockedText(invoice, report),
      fee,
      usage,
      total: invoice.total,
    });
  }
  const severalPeriods = periods.size > 1;
  const hasTax = !totals.tax.isZero() || !totals.creditsApplied.isZero();
  const anyBlocked = entries.some(({ blocked }) => blocked !== '');
  const money = (amount: Decimal) => groupDigits(formatMoney(amount, report.currency));
  const columns = (
    cells: string[],
    used: readonly string[],
    amounts: { fee: string; usage: string; total: string },
    blocked: string,
  ) => [
    cells[0]!,
    ...(severalPeriods ? [cells[1]!] : []),
    cells[2]!,
    ...used.filter((_, m) => shown.has(meters[m]!.name)),
    amounts.fee,
    amounts.usage,
    amounts.total,
    ...(anyBlocked ? [blocked] : []),
  ];
  return {
    head: columns(
      ['customer', 'period', 'tier'],
      meters.map((meter) => meter.name),
      {
        fee: 'fee',
        usage: 'usage',
        total: hasTax ? `total ${report.currency.code}, credits and tax in it` : `total ${report.currency.code}`,
      },
      'blocked',
    ),
    align: columns(
      ['left', 'left', 'left'],
      meters.map(() => 'right'),
      { fee: 'right', usage: 'right', total: 'right' },
      'left',
    ) as ('left' | 'right')[],
    rows: entries.map(({ cells, used, blocked, fee, usage, total }) =>
      columns(cells, used, { fee: money(fee), usage: money(usage), total: money(total) }, blocked),
    ),
    total: columns(
      [`${groupDigits(String(totals.invoices))} invoices`, '', ''],
      meters.map(() => ''),
      {
        fee: money(sum(sums.map(({ fee }) => fee))),
        usage: money(sum(sums.map(({ usage }) => usage))),
        total: money(totals.total),
      },
      '',
    ),
    anyBlocked,
  };
}

function sumOf(invoice: Invoice, belongs: (kind: LineKind) => boolean): Decimal {
  return sum(invoice.lines.filter((line) => belongs(line.kind)).map((line) => line.amount));
}
