/** From exports and terms to a run that can be billed, and, where it is asked for, to its timeline. */
import { isDeepStrictEqual } from 'node:util';
import { keptFor } from '../core/breakdown/breakdown.ts';
import type { KeptDimensions } from '../core/catalog/grouping.ts';
import { carriesOver } from '../core/catalog/meter.ts';
import type { Decimal } from '../core/decimal.ts';
import { BalanceBook } from '../core/invoice/balanceBook.ts';
import type { Balances } from '../core/invoice/balances.ts';
import { belowZeroProblems } from '../core/invoice/belowZero.ts';
import { type BillingRun, timeOf } from '../core/invoice/billingRun.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { InvoiceIssuer } from '../core/invoice/invoiceIssuer.ts';
import { type RunNotes, runNotes } from '../core/invoice/runNotes.ts';
import { runProblems } from '../core/invoice/runProblems.ts';
import { withSampleBounds } from '../core/invoice/sampleBounds.ts';
import { once } from '../core/once.ts';
import { ChangedInput } from '../core/timeline/crossings.ts';
import type { TimelineEntry } from '../core/timeline/entry.ts';
import { askAll, MOST_STEPS } from '../core/timeline/ledgerQuery.ts';
import { Timeline, type TimelineInput } from '../core/timeline/timeline.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import { hasCorrections } from '../core/usage/rowTerms.ts';
import type { RowsByBucket } from '../core/usage/rowTimes.ts';
import type { ScratchUse } from '../telemetry/fast/scratch.ts';
import type { ProbeRequest, ReadRequest, ReadResult } from '../telemetry/reader.ts';
import { prepareToRead, probeUsage, readUsage } from '../telemetry/readUsage.ts';
import { canReadAgain, SpooledPipes } from '../telemetry/spooledPipes.ts';
import { emptyPeriod, refuseSeveralMonths } from './billingMonths.ts';
import { type BillingTerms, loadTerms, type TermsOptions } from './billingTerms.ts';
import { refuseLaterReadings } from './laterReadings.ts';
import { ledgerRequest } from './ledgerRequest.ts';
import { openedLedger, refuseOtherBegin } from './openingBalances.ts';
import { inputNames, type Ports } from './ports.ts';
import { exportsCalled, type ReadingOptions, readingRequest } from './readingOptions.ts';
import { readRecognising } from './recognise.ts';
import { type Outcome, outcomeOf, Refusal, usageProblem } from './refusal.ts';
import { RecordingPorts } from './sharedRun.ts';

export type BillingOptions = TermsOptions &
  ReadingOptions & {
    /** A `--period` may have no rows. */
    readonly allowEmpty?: boolean;
  };

export type ReadRun = {
  readonly run: BillingRun;
  /** In order of customer, then period. Each is issued when it is read, once: a second call fails with a Bug. */
  readonly invoices: () => Iterable<Invoice>;
  readonly rows: RowCounts;
  readonly notes: RunNotes;
  /** The balances after the run. Fails with a Bug before all of {@link invoices} were issued. */
  readonly closing: () => Balances;
  /** The request to the reader, and its answer. */
  readonly reading: {
    readonly request: Omit<ReadRequest, 'onReject' | 'signal' | 'trace'>;
    readonly result: ReadResult;
  };
  /** In time order; empty if no timeline was asked for. */
  readonly entries: readonly TimelineEntry[];
};

export type RunWishes = {
  /** Keep the first and last row behind each quantity. */
  readonly trace?: boolean;
  /** The balances after the run are wanted. */
  readonly closing?: boolean;
  /**
   * Make a timeline, of these shares of the limits (absent: those that the tier file notifies of). `withoutForecasts`: its
   * entries project nothing, which takes half of the time.
   */
  readonly timeline?:
    | { readonly thresholds?: readonly Decimal[] | undefined; readonly withoutForecasts?: boolean }
    | undefined;
  /** A dimension that lines are to be broken down by. */
  readonly by?: string | undefined;
  /** Reads the exports once more, before copies of pipes are removed; the request has those. */
  readonly again?: (read: ReadRun) => Promise<void>;
  /** Is told what a run has to say beside its invoices, before a timeline reads the exports again. */
  readonly onNotes?: (notes: RunNotes, terms: BillingTerms) => void;
};

/** Reads exports and what says how to bill them. No result where the run cannot be billed. */
export function billExports(
  exports: readonly string[],
  options: BillingOptions,
  ports: Ports,
  wishes: RunWishes,
): Promise<Outcome<ReadRun>> {
  return outcomeOf(async () => {
    const pipes = new SpooledPipes(ROWS_OF_HOURS);
    try {
      const read = await readRun(exports, options, ports, { ...wishes, pipes });
      await wishes.again?.(read);
      return read;
    } finally {
      pipes.remove();
    }
  });
}

/** A timeline asks for the rows of some hours once more. */
const ROWS_OF_HOURS: ScratchUse = {
  what: 'the rows of a pipe are kept there, to find the instants at which limits were reached',
  needs: 'give TMPDIR a directory with as much room as the rows take without compression, or give files',
};

async function readRun(
  exports: readonly string[],
  options: BillingOptions,
  ports: Ports,
  wishes: RunWishes & { readonly pipes: SpooledPipes },
): Promise<ReadRun> {
  const { trace = false, timeline: wished, onNotes = () => undefined, pipes } = wishes;
  const found = exportsCalled(exports, options, ports);
  found.then(
    (sources) => prepareToRead(sources, options.threads),
    () => undefined, // awaited below; until then a rejection must not count as unhandled
  );
  const recording = new RecordingPorts(ports);
  const terms = await loadTerms(options, recording.ports);
  const { rateCard, periods, opening } = terms;
  if (periods.kind === 'one') refuseOtherBegin(opening, periods.period, options.opening);
  const sources = await found;
  ports.beforeReading(
    inputNames(sources, [...tierNames(options), options.customers, options.map, options.lookup, options.opening]),
  );
  const thresholds = wished && (wished.thresholds ?? rateCard.notifications.thresholds);
  const request = {
    sources,
    pipes: thresholds || wishes.again ? pipes : undefined,
    ...keptBy(wishes.by, ledgerRequest([terms])),
    openingReadings: opening?.counters,
    ...(await readingRequest(options, rateCard.meters, ports)),
  };
  const handsOver = (opening !== undefined || wishes.closing === true) && request.meters.some(carriesOver);
  const result = await readRecognising({ ...request, trace: trace || handsOver }, ports);
  const run: BillingRun = {
    ...terms,
    ledger: openedLedger(result.ledger, terms),
    sample: result.sample,
    lastReadings: result.counters?.closing,
    hasCorrections: result.ledgers?.hasCorrections ?? hasCorrections(request.mapping?.terms),
  };
  recording.remember(run, options);
  await checkPeriods(run, request, result, options);
  if (periods.kind === 'months') refuseOtherBegin(opening, timeOf(run), options.opening);
  if (wishes.closing && !timeOf(run)) throw withoutMonth();
  if (wishes.closing) refuseLaterReadings(run, request, result);
  const problems = runProblems(run);
  if (problems.length > 0) throw new Refusal('usage', problems);
  if (run.hasCorrections) refuseBelowZero([run]);
  const notes = runNotes(run, {
    seenMeters: result.seenMeters,
    missingDimensions: result.missingDimensions,
    inexact: result.inexact,
    mapping: request.mapping,
    counters: result.counters,
    hasCustomersFile: options.customers !== undefined,
  });
  onNotes(notes, terms);
  const issuer = new InvoiceIssuer(run);
  const book = new BalanceBook(run);
  const read = {
    run,
    invoices: once(() => withSampleBounds(run, book.entering(issuer.invoices()))),
    rows: result.rows,
    notes,
    closing: () => book.close(),
    reading: { request, result },
  };
  if (!thresholds) return { ...read, entries: [] };

  const { withoutForecasts } = wished;
  const input = { run, billings: issuer.billings(), thresholds, withoutForecasts, request, result };
  const entries = await timelineEntries(input, ports);
  return { ...read, entries };
}

/** Reads the exports again, for what their ledger does not say. */
async function timelineEntries(
  of: Pick<TimelineInput, 'run' | 'billings' | 'thresholds' | 'withoutForecasts'> & ReadRun['reading'],
  ports: Ports,
): Promise<TimelineEntry[]> {
  const { request, result } = of;
  const hasNoRows = result.ledgers !== undefined && !result.ledgers.areTables;
  const timeline = new Timeline({
    ...of,
    buckets: request.buckets,
    mostSteps: MOST_STEPS_OF_ONE,
    hasNoRows,
  });
  if (hasNoRows) ports.say('a ledger has no rows: times are those of its totals, and rate limits are not looked at\n');
  const passes = await passesOf(timeline, asker({ ...request, signal: ports.signal }, result));
  if (passes > 0) ports.say(`instants from ${passes} more ${passes === 1 ? 'pass' : 'passes'}\n`);
  return timeline.entries();
}

function keptBy<R extends KeptDimensions>(by: string | undefined, request: R): R {
  return by === undefined ? request : keptFor(request, by);
}

/** Throws a Refusal where corrections took back more than there was. */
export function refuseBelowZero(runs: readonly BillingRun[]): void {
  const messages = new Map(runs.flatMap(belowZeroProblems).map((problem) => [problem.message, problem]));
  if (messages.size > 0) throw new Refusal('input', [...messages.values()]);
}

/** The tier files that options name. */
export function tierNames({ tiers = [] }: BillingOptions): readonly string[] {
  return typeof tiers === 'string' ? [tiers] : tiers;
}

/** Throws a Refusal where it is not known which months are meant, or where the period asked for has no rows. */
export async function checkPeriods(
  run: BillingRun,
  request: Omit<ReadRequest, 'trace' | 'onReject'>,
  result: ReadResult,
  { period, allowEmpty }: BillingOptions,
): Promise<void> {
  const { timezone } = run.rateCard;
  if (period === undefined) refuseSeveralMonths(result.ledger.rowsByBucket, timezone);
  else if (run.periods.kind === 'one' && result.rows.rated === 0 && !allowEmpty && !hasValuesThatStay(run, result.rows))
    throw emptyPeriod(period, await rowsOutside(request, result), timezone);
}

/** Answers all queries of a timeline; how many times the exports were read again for it. */
async function passesOf(timeline: Timeline, ask: Parameters<typeof askAll>[1]): Promise<number> {
  try {
    const first = await askAll(timeline.queries(), ask);
    const second = await askAll(timeline.furtherQueries(), ask);
    return first.passes + second.passes;
  } catch (error) {
    throw error instanceof ChangedInput ? changed(error.message) : error;
  }
}

/** One query may have so many steps of the {@link MOST_STEPS} of a pass. */
const MOST_STEPS_OF_ONE = MOST_STEPS / 16;

/** True if a customer of the customers file may be billed for what rows before the period tell, or balances. */
function hasValuesThatStay({ customers, opening }: BillingRun, { beforePeriod = 0 }: RowCounts): boolean {
  const isHeld = (id: string) => (opening?.customers.get(id)?.values.size ?? 0) > 0;
  return customers.size > 0 && (beforePeriod > 0 || [...customers.keys()].some(isHeld));
}

function withoutMonth(): Refusal {
  return new Refusal('usage', [
    usageProblem(
      'closing-without-month',
      'there are no rows, and nothing says at the end of which month the balances are',
      'name the month with --period, and --allow-empty if it has no rows',
    ),
  ]);
}

/** When there are rows in exports all of whose rows are out of the period; undefined where they cannot be read again. */
async function rowsOutside(
  request: Omit<ReadRequest, 'trace' | 'onReject'>,
  { rows }: ReadResult,
): Promise<RowsByBucket | undefined> {
  if (rows.outOfPeriod === 0) return new Map();
  if (!request.pipes && !request.sources.every(canReadAgain)) return undefined;
  const whole = { ...request, period: undefined, spans: undefined };
  return (await readUsage({ ...whole, trace: false, onReject: () => undefined })).ledger.rowsByBucket;
}

/** Asks in another pass, which must find what the first one found. */
function asker(request: Omit<ProbeRequest, 'probes'>, before: Pick<ReadResult, 'rows'>): Parameters<typeof askAll>[1] {
  return async (probes) => {
    const { probed, rows, failures } = await probeUsage({ ...request, probes });
    if (failures.length > 0) throw new Refusal('input', failures);
    const { beforePeriod = 0, ...found } = before.rows;
    const expected = {
      ...found,
      rated: found.rated + beforePeriod,
      outOfPeriod: found.outOfPeriod - beforePeriod,
    };
    if (rows && !isDeepStrictEqual(rows, expected)) throw changed('they have other rows now');
    return probed;
  };
}

function changed(why: string): Refusal {
  return new Refusal('input', [
    {
      severity: 'error',
      code: 'input/changed',
      message: `the exports changed while they were read: ${why}`,
      hint: 'run it again when nothing writes to them any more',
    },
  ]);
}
