/** One line for each invoice, where there are many: the same columns for the table and for Markdown. */
import type { Meter } from '../../core/catalog/meter.ts';
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

/** `meters`: those that have a column; of the others the JSON tells. */
export function overviewOf(report: InvoiceReport, meters: readonly Meter[]): Overview {
  const totals = new Totals();
  const sums: { fee: Decimal; usage: Decimal }[] = [];
  const entries: { cells: string[]; blocked: string; fee: Decimal; usage: Decimal; total: Decimal }[] = [];
  const periods = new Set<string>();
  for (const invoice of report.invoices()) {
    totals.add(invoice);
    const { customer, tier, period } = heading(invoice, report);
    periods.add(period);
    const used = meters.map((meter) => formatQuantity(invoice.usage.get(meter.name)!, meter.unit));
    const fee = sumOf(invoice, (kind) => kind === 'fee' || kind === 'pack');
    const usage = sumOf(invoice, (kind) => kind !== 'fee' && kind !== 'pack');
    sums.push({ fee, usage });
    entries.push({
      cells: [customer, period, tier, ...used],
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
  const columns = (cells: string[], amounts: { fee: string; usage: string; total: string }, blocked: string) => [
    cells[0]!,
    ...(severalPeriods ? [cells[1]!] : []),
    ...cells.slice(2),
    amounts.fee,
    amounts.usage,
    amounts.total,
    ...(anyBlocked ? [blocked] : []),
  ];
  const blanks = meters.map(() => '');
  return {
    head: columns(
      ['customer', 'period', 'tier', ...meters.map((meter) => meter.name)],
      {
        fee: 'fee',
        usage: 'usage',
        total: hasTax ? `total ${report.currency.code}, credits and tax in it` : `total ${report.currency.code}`,
      },
      'blocked',
    ),
    align: columns(
      ['left', 'left', 'left', ...meters.map(() => 'right')],
      { fee: 'right', usage: 'right', total: 'right' },
      'left',
    ) as ('left' | 'right')[],
    rows: entries.map(({ cells, blocked, fee, usage, total }) =>
      columns(cells, { fee: money(fee), usage: money(usage), total: money(total) }, blocked),
    ),
    total: columns(
      [`${groupDigits(String(totals.invoices))} invoices`, '', '', ...blanks],
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
