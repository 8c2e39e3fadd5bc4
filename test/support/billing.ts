/** A whole run as a user starts it: texts of a tier file, a customers file and an export in, invoices out. */
import { Readable } from 'node:stream';
import { openedLedger } from '../../src/app/openingBalances.ts';
import { loadCustomers } from '../../src/config/customers/loadCustomers.ts';
import { readSavedBalances } from '../../src/config/savedBalances.ts';
import { parseDate } from '../../src/core/calendar.ts';
import type { Customer } from '../../src/core/catalog/customer.ts';
import { ledgerDimensions } from '../../src/core/catalog/ledgerDimensions.ts';
import type { RateCard } from '../../src/core/catalog/rateCard.ts';
import { BalanceBook } from '../../src/core/invoice/balanceBook.ts';
import type { Balances } from '../../src/core/invoice/balances.ts';
import { type BillingRun, boundariesOf, issueInvoices, spansOf } from '../../src/core/invoice/billingRun.ts';
import type { Invoice } from '../../src/core/invoice/invoice.ts';
import { runProblems } from '../../src/core/invoice/runProblems.ts';
import { formatMoney } from '../../src/core/money.ts';
import { type PeriodChoice, parsePeriodChoice, periodLabel } from '../../src/core/period.ts';
import { bucketsFor } from '../../src/core/usage/buckets.ts';
import type { RowCounts } from '../../src/core/usage/rowCounts.ts';
import { balancesJson } from '../../src/report/balances.ts';
import { INVOICE_FORMATS, type InvoiceFormatName } from '../../src/report/invoice/index.ts';
import type { InvoiceReport } from '../../src/report/invoice/report.ts';
import { PLAIN } from '../../src/report/style.ts';
import { readUsage } from '../../src/telemetry/reference/readUsage.ts';
import { rateCardOf } from './rateCards.ts';

export type BillingOrder = {
  readonly tiers: string;
  /** YAML, or CSV that begins with `customer_id`. */
  readonly customers?: string;
  /** An export in CSV, or several. Or lines of `TIME QUANTITY…`, see {@link usageOfAcme}. */
  readonly usage?: string | readonly string[];
  /** As for `--period`. Default: every month with usage. */
  readonly period?: string;
  /** Tier of customers that the customers file does not mention. */
  readonly tier?: string;
  /** Balances with which the run begins, as a text that {@link closingOf} gave. */
  readonly opening?: string | undefined;
  /** Keep the first and the last row behind each quantity, as `--explain` needs them. */
  readonly trace?: boolean;
};

export type Billed = {
  readonly run: BillingRun;
  readonly rateCard: RateCard;
  readonly invoices: readonly Invoice[];
  readonly rows: RowCounts;
};

/** Fails the test with everything that is wrong with the order. */
export async function billed(order: BillingOrder): Promise<Billed> {
  const rateCard = rateCardOf(order.tiers);
  const { timezone } = rateCard;
  const customers = order.customers === undefined ? new Map() : customersOf(order.customers, rateCard);
  const periods: PeriodChoice = order.period === undefined ? { kind: 'months' } : choiceOf(order.period, timezone);
  const exports =
    typeof order.usage === 'string' ? [order.usage] : (order.usage ?? ['timestamp,customer_id,requests\n']);
  const opening = order.opening === undefined ? undefined : balancesOf(order.opening, rateCard);
  const { ledger, rows } = await readUsage({
    sources: exports.map((text, i) => {
      return { kind: 'stream', name: `usage-${i}.csv`, stream: Readable.from([Buffer.from(text)]) } as const;
    }),
    meters: [...rateCard.meters.values()],
    ...ledgerDimensions(rateCard, customers),
    buckets: bucketsFor(timezone, boundariesOf(customers, periods, timezone)),
    period: periods.kind === 'one' ? periods.period : undefined,
    spans: spansOf(customers, periods, timezone),
    dedupe: true,
    isOpened: opening !== undefined,
    trace: order.trace === true || opening !== undefined,
    timezone: 'UTC',
    onReject: () => {},
  });
  const defaultTier = order.tier ?? rateCard.defaultTier;
  const terms = { rateCard, periods, customers, defaultTier, opening };
  const run: BillingRun = { ...terms, ledger: openedLedger(ledger, terms) };
  const problems = runProblems(run);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { run, rateCard, invoices: [...issueInvoices(run)], rows };
}

/** The balances after a run, as the text of their file. */
export function closingOf({ run, rateCard }: Billed): string {
  const book = new BalanceBook(run);
  for (const _ of book.entering(issueInvoices(run)));
  return [...balancesJson(book.close(), rateCard.currency)].join('');
}

function balancesOf(text: string, { currency }: RateCard): Balances {
  const { balances, problems } = readSavedBalances(text, 'opening.json', currency.code);
  if (!balances) throw new Error(problems.map(({ message }) => message).join('\n'));
  return balances;
}

/** The invoices of a run whose only customer is `acme`. */
export async function invoicesOf(order: BillingOrder): Promise<readonly Invoice[]> {
  return (await billed(order)).invoices;
}

/** The only invoice of a run. */
export async function invoiceOf(order: BillingOrder): Promise<Invoice> {
  const { invoices } = await billed(order);
  if (invoices.length !== 1) throw new Error(`${invoices.length} invoices`);
  return invoices[0]!;
}

export function customersOf(text: string, rateCard: RateCard): ReadonlyMap<string, Customer> {
  const name = text.startsWith('customer_id') ? 'customers.csv' : 'customers.yaml';
  const { customers, problems } = loadCustomers(text, name, rateCard);
  if (!customers) throw new Error(problems.map(({ message, source }) => `${source?.line}: ${message}`).join('\n'));
  return customers;
}

/**
 * An export of customer `acme`: `usageOfAcme('2026-10-05 100', '2026-10-09T12:30:00Z 20')` are 120 requests. A day stands
 * for its noon in UTC.
 */
export function usageOfAcme(...lines: readonly string[]): string {
  return usageRows('requests', lines);
}

/** The same of any columns, separated by blanks in each line. */
export function usageRows(columns: string, lines: readonly string[]): string {
  const rows = lines.map((line) => {
    const [at, ...values] = line.split(' ');
    return `${parseDate(at!) ? `${at}T12:00:00Z` : at},acme,${values.join(',')}\n`;
  });
  return `timestamp,customer_id,${columns}\n${rows.join('')}`;
}

/** The invoices in a format, as `meter invoice --all --format` prints them. */
export function printed({ run, rateCard, rows }: Billed, format: InvoiceFormatName, explain = false): string {
  const report: InvoiceReport = {
    currency: rateCard.currency,
    timezone: rateCard.timezone,
    meters: rateCard.meters,
    rateCard,
    invoices: () => issueInvoices(run),
    rows,
    notes: { daysWithoutRows: [], warnings: [] },
    explain,
    checks: [],
  };
  return [...INVOICE_FORMATS[format](report, { style: PLAIN, columns: Number.POSITIVE_INFINITY, all: true })].join('');
}

/** What became of each credit: `grant-1 10.00 drawn, 5.00 expired, 0.00 left`, in drawing order. */
export function creditsOf({ credits, currency }: Invoice): string[] {
  const money = (amount: Parameters<typeof formatMoney>[0]) => formatMoney(amount, currency);
  return credits.map(({ grant, drawn, expired, remaining }) => {
    return `${grant.id} ${money(drawn)} drawn, ${money(expired)} expired, ${money(remaining)} left`;
  });
}

/** `2026-10` for a calendar month. */
export function labelOf({ period }: Invoice, zone = 'UTC'): string {
  return periodLabel(period, zone);
}

function choiceOf(text: string, zone: string): PeriodChoice {
  const choice = parsePeriodChoice(text, zone);
  if ('reason' in choice) throw new Error(choice.reason);
  return choice;
}
