/** Usage for a simulation: account-month histories, or raw exports from which they are made. */
import { Readable } from 'node:stream';
import { dateAt, formatDate, HOUR_MS, type Instant } from '../core/calendar.ts';
import { filteredDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { belowZero } from '../core/invoice/belowZero.ts';
import { listed } from '../core/listed.ts';
import { monthName, monthOfInstant } from '../core/months.ts';
import { withPauses } from '../core/pauses.ts';
import { anchoredPeriods } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import { groupDigits } from '../core/quantity.ts';
import type { Histories } from '../core/simulation/population.ts';
import { accountMonths } from '../core/usage/accountMonths.ts';
import { type Buckets, bucketsFor } from '../core/usage/buckets.ts';
import { counterWarnings } from '../core/usage/counters/warnings.ts';
import { inexactWarnings, mappingNotice, missingDimensionWarnings } from '../core/usage/exportNotes.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { hasCorrections } from '../core/usage/rowTerms.ts';
import { coveredMonths } from '../core/usage/wholeMonths.ts';
import { headerIn } from '../records/table.ts';
import { historiesOf } from '../telemetry/history/historyTable.ts';
import { isHistoryHeader, readHistories } from '../telemetry/history/readHistories.ts';
import { headerOf } from '../telemetry/history/readTable.ts';
import { InputFailure, openSource, type Source } from '../telemetry/source.ts';
import type { Ports } from './ports.ts';
import { type ReadingOptions, readingRequest } from './readingOptions.ts';
import { readRecognising } from './recognise.ts';
import { Refusal, usageProblem } from './refusal.ts';

export type AccountHistories = {
  readonly histories: Histories;
  /** The ledger that the histories were made of, if the usage was read from raw exports. */
  readonly ledger?: UsageLedger;
  /** Months that were left out; they have been told. */
  readonly warnings: readonly Problem[];
};

type Wanted = {
  readonly meters: readonly Meter[];
  /** Zone in which months and days begin. */
  readonly timezone: string;
  readonly contractTiers: ReadonlySet<string>;
};

/** Throws a Refusal where an input cannot be read or holds nothing, and where histories and exports are mixed. */
export async function readAccountHistories(
  given: readonly Source[],
  wanted: Wanted,
  options: ReadingOptions,
  ports: Ports,
): Promise<AccountHistories> {
  const sniffed: { source: Source; isHistory: boolean }[] = [];
  for (const source of given) sniffed.push(await sniff(source));
  const sources = sniffed.map(({ source }) => source);
  const histories = sniffed.filter(({ isHistory }) => isHistory);
  if (histories.length > 0 && histories.length < sniffed.length) {
    const [raw] = sniffed.filter(({ isHistory }) => !isHistory);
    const message = `${histories[0]!.source.name} holds account-months, ${raw!.source.name} raw usage`;
    const hint = 'make account-months of the raw exports first: meter usage EXPORTS -o history.csv';
    throw new Refusal('usage', [usageProblem('mixed-inputs', message, hint)]);
  }
  return histories.length > 0 ? fromHistories(sources, wanted, ports) : fromExports(sources, wanted, options, ports);
}

async function fromHistories(
  sources: readonly Source[],
  { meters, contractTiers }: Wanted,
  ports: Ports,
): Promise<AccountHistories> {
  const { signal } = ports;
  const { histories, problems, rows } = await ports.during('reading account-months', (progress) =>
    readHistories({ sources, meters, contractTiers, signal, progress }),
  );
  if (problems.length > 0) throw new Refusal('input', problems);
  if (!histories) throw nothingRead(sources);
  ports.say(`${groupDigits(String(rows))} account-month${rows === 1 ? '' : 's'} read\n`);
  return { histories, warnings: [] };
}

async function fromExports(
  sources: readonly Source[],
  { meters, timezone }: Wanted,
  options: ReadingOptions,
  ports: Ports,
): Promise<AccountHistories> {
  const ledger = await readLedger(sources, { meters, timezone }, options, ports);
  const names = meters.map((meter) => meter.name);
  const { months, warnings } = wholeMonthsOf(ledger, timezone);
  ports.warn(warnings, 'input');
  const rows = (function* () {
    for (const row of accountMonths(ledger, 'requests', timezone)) if (months.has(row.month.start)) yield row;
  })();
  const histories = await ports.during('making account-months', (progress) =>
    withPauses(historiesOf(rows, names, timezone), progress),
  );
  if (!histories) throw nothingRead(sources);
  return { histories, ledger, warnings };
}

/** Starts of the months to take: those that the exports cover, or all where they cover none. */
function wholeMonthsOf({ span }: UsageLedger, timezone: string): { months: ReadonlySet<number>; warnings: Problem[] } {
  if (!span) return { months: new Set(), warnings: [] };
  const { whole, partial } = coveredMonths(span, timezone);
  const months = new Set((whole.length > 0 ? whole : partial).map(({ start }) => start));
  if (partial.length === 0) return { months, warnings: [] };
  const names = listed(partial.map(({ start }) => monthName(monthOfInstant(start, timezone))));
  const days = `the exports cover ${dayName(span.start, timezone)} to ${dayName(span.end - 1, timezone)}`;
  const what = partial.length === 1 ? 'is part of a month' : 'are parts of months';
  const message = `${days}: ${names} ${what}${whole.length > 0 ? ' and left out' : ', and there is no whole one'}`;
  const hint = 'export months from their first day to their last';
  return { months, warnings: [{ severity: 'warning', code: 'usage/partial-months', message, hint }] };
}

function dayName(instant: Instant, timezone: string): string {
  return formatDate(dateAt(instant, timezone));
}

/** Usage by day: a simulation asks for months and their busiest day, and a ledger of days is a fraction of one of hours. */
export async function readLedger(
  sources: readonly Source[],
  { meters, timezone }: Pick<Wanted, 'meters' | 'timezone'>,
  options: ReadingOptions,
  ports: Ports,
): Promise<UsageLedger> {
  const request = {
    sources,
    meters,
    dimensions: filteredDimensions(meters),
    buckets: dailyBuckets(timezone),
    trace: false,
    billingZone: timezone,
    ...(await readingRequest(options, new Map(meters.map((meter) => [meter.name, meter])), ports)),
  };
  const { ledger, missingDimensions, counters, inexact, ledgers } = await readRecognising(request, ports);
  if (ledgers?.hasCorrections || hasCorrections(request.mapping?.terms)) refuseBelowZero(ledger, timezone);
  ports.warn(
    [
      ...mappingNotice(request.mapping),
      ...inexactWarnings(inexact),
      ...missingDimensionWarnings(missingDimensions, meters),
      ...counterWarnings(counters),
    ],
    'input',
  );
  return ledger;
}

/** Buckets of days, or of hours where days do not begin with those of UTC. */
export function dailyBuckets(timezone: string): Buckets {
  return timezone === 'UTC' ? { widthMs: 24 * HOUR_MS, cuts: [] } : bucketsFor(timezone);
}

/** Months in which corrections took back more than there was. */
function refuseBelowZero(ledger: UsageLedger, timezone: string): void {
  if (!ledger.span) return;
  const months = anchoredPeriods(ledger.span.start, ledger.span.end - 1, 1, timezone);
  const problems = ledger.customers.flatMap((customer) =>
    months.flatMap((month) => belowZero(customer, ledger.usageOf(customer, month), month, timezone)),
  );
  if (problems.length > 0) throw new Refusal('input', problems);
}

function nothingRead(sources: readonly Source[]): Refusal {
  const names = sources.map((source) => source.name).join(', ');
  return new Refusal('input', [usageProblem('no-usage', `there is no usage in ${names}`)]);
}

/** The kind of a source, by its first line. A stream is read on from its start: the source that comes back is the one to read. */
async function sniff(source: Source): Promise<{ source: Source; isHistory: boolean }> {
  try {
    if (source.kind === 'file') return { source, isHistory: isHistoryHeader(await headerOf(source)) };
    if (source.table) return { source, isHistory: false };
    const { chunks } = openSource(source);
    const first = await chunks.next();
    const head = first.done ? Buffer.alloc(0) : first.value;
    const whole = async function* () {
      yield head;
      yield* chunks;
    };
    const again: Source = { ...source, stream: Readable.from(whole()) };
    return { source: again, isHistory: isHistoryHeader(headerIn(head.toString('utf8')) ?? []) };
  } catch (error) {
    if (error instanceof InputFailure) return { source, isHistory: false }; // whoever reads it says what is wrong
    throw error;
  }
}
