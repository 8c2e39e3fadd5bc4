/**
 * Contract of the readers of usage exports: rows in, ledger out.
 *
 * A reader may be as clever as it likes about speed; what comes out is defined here and in row.ts, and does not depend
 * on the order of rows or files, on compression, or on how an export was split.
 */
import type { Resolved } from '../core/catalog/idPattern.ts';
import type { Meter } from '../core/catalog/meter.ts';
import type { Period } from '../core/period.ts';
import type { Problem } from '../core/problem.ts';
import type { RepeatedHour, TimeUnit } from '../core/timestamp.ts';
import type { Buckets } from '../core/usage/buckets.ts';
import type { CounterReport } from '../core/usage/counters/book.ts';
import type { KnownReading } from '../core/usage/counters/series.ts';
import type { FloatColumn, MissingDimension } from '../core/usage/exportNotes.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import type { LedgerRow } from '../core/usage/mapLedger.ts';
import type { Mapping } from '../core/usage/mapping.ts';
import type { Probe, ProbedStep } from '../core/usage/probe.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import type { Sample } from '../core/usage/rowTerms.ts';
import type { Delimiter, InputFormat } from './formats.ts';
import type { LedgerSource } from './ledger/format.ts';
import type { Fault, FaultCode } from './row.ts';
import type { Source } from './source.ts';
import type { SpooledPipes } from './spooledPipes.ts';

export type ReadRequest = {
  readonly sources: readonly Source[];
  /** Keeps what can be read only once for further requests with the same sources; absent: it is read once. */
  readonly pipes?: SpooledPipes | undefined;
  readonly meters: readonly Meter[];
  /** Dimensions that the ledger keeps apart. */
  readonly dimensions: readonly string[];
  /** Several of them by whose combinations usage is wanted; absent: none. */
  readonly groupings?: readonly (readonly string[])[] | undefined;
  readonly buckets: Buckets;
  /** Rows outside count as out of period; absent: every row is in. */
  readonly period?: Period | undefined;
  /**
   * True if balances give the values that are in force when the period begins: rows before it are not read. Absent:
   * they are read for the meters whose value stays.
   */
  readonly isOpened?: boolean | undefined;
  /** Customers for whom more than that has to be known; by id. */
  readonly spans?: ReadonlyMap<string, CustomerSpan> | undefined;
  /** Count a `source` + `event_id` once. */
  readonly dedupe: boolean;
  /** Keep the first and last instant behind each quantity. */
  readonly trace: boolean;
  readonly format?: InputFormat | undefined;
  /** Sign between the fields of CSV; absent: it is recognised from the first line. */
  readonly separator?: Delimiter | undefined;
  /** Assignment of columns or keys to roles; absent: the usual names. Quantities are read in the unit of the field. */
  readonly mapping?: Mapping | undefined;
  /** Quoted fields may hold lines that look like rows. */
  readonly multilineFields?: boolean | undefined;
  /** Columns and keys that no role is meant by, however near their names are to an expected one. */
  readonly ignoredColumns?: readonly string[] | undefined;
  /** Finds the customer that an id stands for; absent: an id is a customer. */
  readonly customerOf?: CustomerResolver | undefined;
  /** Takes white space off the ends of customer ids; the ids of `spans` have none then. */
  readonly trimIds?: boolean | undefined;
  readonly timezone?: string | undefined;
  readonly timeUnit?: TimeUnit | undefined;
  readonly repeatedHour?: RepeatedHour | undefined;
  /** Zone in which billing months begin where there is no period; absent: UTC. */
  readonly billingZone?: string | undefined;
  /** Last readings of counters from the run before. */
  readonly openingReadings?: readonly KnownReading[] | undefined;
  /** Takes columns of floats for what they hold, though that may not be what was measured. */
  readonly allowFloats?: boolean | undefined;
  /** Called for each rejected row, in file order within a file. */
  readonly onReject: (reject: Reject) => void;
  /** False: a reject's `raw` may be '' if the reject has a column, a text or a detail. Absent: true. */
  readonly keepsRaw?: boolean | undefined;
  /**
   * Called whenever a reading begins, perhaps twice; what it returns is called for each row that is rated in that
   * reading. The last reading is the one that counts. It costs; customers and hours are better probed ({@link
   * ProbeReader}).
   */
  readonly follow?: (() => (row: LedgerRow) => void) | undefined;
  /** Threads to use at most; absent: one for each processor. Results do not depend on it. */
  readonly threads?: number | undefined;
  /**
   * Bytes that deduplication may take before it moves to a temporary directory; absent: 1 GiB. About 16 for each id.
   */
  readonly dedupeMemory?: number | undefined;
  /** Called now and then with the reader's progress. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the reader: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
};

/** Throws nothing; the same answer for the same id. */
export type CustomerResolver = (id: string) => Resolved;

export type CustomerSpan = {
  /** Instead of the request's period. */
  readonly billed?: Period;
  /** Rows outside are rejected: the customer was on no tier then. Ends may be infinite. */
  readonly covered: Period;
  /** Day of the month on which their months begin; absent: the first. */
  readonly anchor?: number;
};

export type Progress = {
  /** Taken from the sources so far, before decompression. */
  readonly bytes: number;
  /** Bytes of all sources that are files. */
  readonly totalBytes: number;
};

export type ReadResult = {
  readonly ledger: UsageLedger;
  readonly rows: RowCounts;
  /** Bytes read from the sources, before decompression. */
  readonly bytes: number;
  /** Inputs that could not be read, or not to their end: what was counted is then not the whole usage. */
  readonly failures: readonly Problem[];
  /** Units that bare numbers of the timestamp column were taken for, when not forced. */
  readonly guessedTimeUnits: readonly TimeUnit[];
  /** Sources whose last row counts though it has no line end and its last field may have been cut off. */
  readonly unendedSources: readonly string[];
  /** Rows, duplicates among them, with a time that a clock change repeats, of whose two instants one was chosen. */
  readonly repeatedHourRows: number;
  /** Names of the meters for which some row that was not rejected on its own has a value, even 0. */
  readonly seenMeters: ReadonlySet<string>;
  /**
   * Kept dimensions in which no row of a source has a value, of those rows that were not rejected on their own; for
   * sources with such rows, in the order of the sources and dimensions. `source` is its name.
   */
  readonly missingDimensions: readonly MissingDimension[];
  /** Distinct ids remembered for deduplication. */
  readonly distinctIds: number;
  /** Bytes that remembering them took; undefined where that is not measured. */
  readonly idBytes: { readonly memory: number; readonly disk: number } | undefined;
  /** Facts about counters and amounts of intervals; absent: the mapping speaks of none. */
  readonly counters?: CounterReport | undefined;
  /** Ids that stood for other customers, as the resolver said; ascending. Absent: there is no resolver. */
  readonly aliasesUsed?: readonly string[] | undefined;
  /** The export is a sample, from which usage is estimated; absent: it has all rows. */
  readonly sample?: Sample | undefined;
  /** Why the slow reader was taken; absent: it was not. */
  readonly slow?: SlowReason | undefined;
  /** Rejected rows by their reason. */
  readonly rejectedBy: ReadonlyMap<FaultCode, number>;
  /** Columns whose quantities are floats, by the source that has them: what is made of them is not exact. */
  readonly inexact: readonly FloatColumn[];
  /** The ledgers that were read instead of rows; absent: rows were read. */
  readonly ledgers?: LedgersRead | undefined;
};

export type LedgersRead = {
  readonly files: number;
  /** Inputs whose rows the ledgers hold. */
  readonly sources: readonly LedgerSource[];
  readonly records: number;
  /** Rows behind them may have taken usage back; absent: none has. */
  readonly hasCorrections?: true;
  /** All of them are tables of engines, which can be asked for single rows; absent: some are files. */
  readonly areTables?: true;
};

/**
 * The processor has no SIMD for WebAssembly; the system gives no address space; rows are wanted in their order; a meter
 * needs every row; rows are compared with others of their series; the rows are a sample; a mapping has forms that only the
 * reference reader takes.
 */
export type SlowReason =
  | 'no-simd'
  | 'no-room'
  | 'in-order'
  | 'every-row'
  | 'series'
  | 'sample'
  | 'corrections'
  | 'aliases'
  | 'mapping';

/** A row that was not counted because something is wrong with it. */
export type Reject = Fault & {
  readonly file: string;
  /** Line number of the row's first line, from 1. */
  readonly line: number;
  /** The row as it stands in the file, without the line end; bytes that are not UTF-8 appear as U+FFFD. */
  readonly raw: string;
  /** Number of rows that a record of a ledger stands for; absent: 1. */
  readonly rows?: number;
};

export type UsageReader = (request: ReadRequest) => Promise<ReadResult>;

/** A reader of rows; who calls it counts the rejected rows by their reason. */
export type RowReader = (request: ReadRequest) => Promise<RowResult>;
export type RowResult = Omit<ReadResult, 'rejectedBy' | 'ledgers' | 'inexact'>;

/** Another pass over the same sources, in which the same rows are rated, for finer steps than a ledger's. */
export type ProbeRequest = Omit<ReadRequest, 'trace' | 'onReject' | 'follow'> & { readonly probes: readonly Probe[] };

export type ProbeResult = {
  /** For each probe, in the order of the request: its steps with usage, ascending. */
  readonly probed: readonly (readonly ProbedStep[])[];
  /** Rows of the sources; undefined where only those of the probes' hours were asked for. */
  readonly rows: RowCounts | undefined;
  readonly failures: readonly Problem[];
};

/**
 * Reads the rows once more and adds up their usage in steps. The rows that count are those of the first pass: dedupe,
 * rejects and periods are part of the request. Rejects are not reported again. Like a ledger, the steps do not depend
 * on the order of rows or files; memory grows with the steps that have usage, whose number the caller keeps in bounds.
 */
export type ProbeReader = (request: ProbeRequest) => Promise<ProbeResult>;
