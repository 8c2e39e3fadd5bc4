/** From exports and terms to a run that can be billed, and, where it is asked for, to its timeline. */
import { isDeepStrictEqual } from 'node:util';
import { ledgerDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Decimal } from '../core/decimal.ts';
import { type BillingRun, boundariesOf, runProblems, spansOf } from '../core/invoice/billingRun.ts';
import type { Invoice } from '../core/invoice/invoice.ts';
import { InvoiceIssuer } from '../core/invoice/invoiceIssuer.ts';
import { type RunNotes, runNotes } from '../core/invoice/runNotes.ts';
import { once } from '../core/once.ts';
import { ChangedInput } from '../core/timeline/crossings.ts';
import type { TimelineEntry } from '../core/timeline/entry.ts';
import { askAll, MOST_STEPS } from '../core/timeline/ledgerQuery.ts';
import { Timeline } from '../core/timeline/timeline.ts';
import { bucketsFor } from '../core/usage/buckets.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import type { RowsByBucket } from '../core/usage/rowTimes.ts';
import type { ScratchUse } from '../telemetry/fast/scratch.ts';
import type { ProbeRequest, ReadRequest, ReadResult } from '../telemetry/reader.ts';
import { prepareToRead, probeUsage, readUsage } from '../telemetry/readUsage.ts';
import { canReadAgain, SpooledPipes } from '../telemetry/spooledPipes.ts';
import { emptyPeriod, refuseSeveralMonths } from './billingMonths.ts';
import { type BillingTerms, loadTerms, type TermsOptions } from './billingTerms.ts';
import { inputNames, type Ports } from './ports.ts';
import { type ReadingOptions, readingRequest } from './readingOptions.ts';
import { readRecognising } from './recognise.ts';
import { type Outcome, outcomeOf, Refusal } from './refusal.ts';

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
  /** In time order; empty if no timeline was asked for. */
  readonly entries: readonly TimelineEntry[];
};

export type RunWishes = {
  /** Keep the first and last row behind each quantity. */
  readonly trace?: boolean;
  /** Make a timeline, of these shares of the limits (absent: those that the tier file notifies of). */
  readonly timeline?: { readonly thresholds?: readonly Decimal[] | undefined } | undefined;
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
      return await readRun(exports, options, ports, { ...wishes, pipes });
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
  { trace = false, timeline: wished, onNotes = () => undefined, pipes }: RunWishes & { readonly pipes: SpooledPipes },
): Promise<ReadRun> {
  const found = ports.sourcesOf(exports);
  found.then(
    (sources) => prepareToRead(sources, options.threads),
    () => undefined, // awaited below; until then a rejection must not count as unhandled
  );
  const terms = await loadTerms(options, ports);
  const { rateCard, customers, periods } = terms;
  const sources = await found;
  ports.beforeReading(inputNames(sources, [options.tiers, options.customers, options.map, options.lookup]));
  const thresholds = wished && (wished.thresholds ?? rateCard.notifications.thresholds);
  const buckets = bucketsFor(rateCard.timezone, boundariesOf(customers, periods, rateCard.timezone));
  const kept = ledgerDimensions(rateCard, customers);

  const request = {
    sources,
    pipes: thresholds && pipes,
    meters: [...rateCard.meters.values()],
    ...kept,
    buckets,
    period: periods.kind === 'one' ? periods.period : undefined,
    spans: spansOf(customers, periods, rateCard.timezone),
    ...(await readingRequest(options, rateCard.meters, ports)),
  };
  const result = await readRecognising({ ...request, trace }, ports);
  const run: BillingRun = { ...terms, ledger: result.ledger };
  if (options.period === undefined) refuseSeveralMonths(result.ledger.rowsByBucket, rateCard.timezone);
  else if (
    periods.kind === 'one' &&
    result.rows.rated === 0 &&
    !options.allowEmpty &&
    !hasValuesThatStay(run, result.rows)
  )
    throw emptyPeriod(options.period, await rowsOutside(request, result), rateCard.timezone);
  const problems = runProblems(run);
  if (problems.length > 0) throw new Refusal('usage', problems);
  const notes = runNotes(run, {
    seenMeters: result.seenMeters,
    missingDimensions: result.missingDimensions,
    mapping: request.mapping,
    hasCustomersFile: options.customers !== undefined,
  });
  onNotes(notes, terms);
  const issuer = new InvoiceIssuer(run);
  const read = { run, invoices: once(() => issuer.invoices()), rows: result.rows, notes };
  if (!thresholds) return { ...read, entries: [] };

  const timeline = new Timeline({
    run,
    billings: issuer.billings(),
    buckets,
    thresholds,
    mostSteps: MOST_STEPS_OF_ONE,
  });
  const passes = await passesOf(timeline, asker({ ...request, signal: ports.signal }, result));
  if (passes > 0) ports.say(`instants from ${passes} more ${passes === 1 ? 'pass' : 'passes'}\n`);
  return { ...read, entries: timeline.entries() };
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

/** True if a customer of the customers file may be billed for what rows before the period tell. */
function hasValuesThatStay({ customers }: BillingRun, { beforePeriod = 0 }: RowCounts): boolean {
  return customers.size > 0 && beforePeriod > 0;
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
    if (!isDeepStrictEqual(rows, expected)) throw changed('they have other rows now');
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
