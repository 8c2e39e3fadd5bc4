/** Usage for a simulation: account-month histories, or raw exports from which they are made. */
import { Readable } from 'node:stream';
import { HOUR_MS } from '../core/calendar.ts';
import { filteredDimensions } from '../core/catalog/ledgerDimensions.ts';
import type { Meter } from '../core/catalog/meter.ts';
import { missingDimensionWarnings } from '../core/invoice/runNotes.ts';
import { groupDigits } from '../core/quantity.ts';
import type { Histories } from '../core/simulation/population.ts';
import type { RepeatedHour, TimeUnit } from '../core/timestamp.ts';
import { accountMonths } from '../core/usage/accountMonths.ts';
import { type Buckets, bucketsFor } from '../core/usage/buckets.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { headerIn } from '../records/table.ts';
import type { InputFormat } from '../telemetry/formats.ts';
import { historiesOf } from '../telemetry/history/historyTable.ts';
import { isHistoryHeader, readHistories } from '../telemetry/history/readHistories.ts';
import { headerOf } from '../telemetry/history/readTable.ts';
import { InputFailure, openSource, type Source } from '../telemetry/source.ts';
import { CommandFailure, usageProblem } from './failure.ts';
import { EXIT, type Io } from './io.ts';
import { loadMappingOption } from './mappingOption.ts';
import { type ReadFlags, readExports } from './readExports.ts';
import { warn } from './warnings.ts';

export type ExportFlags = ReadFlags & {
  readonly strict?: boolean;
  readonly inputFormat?: InputFormat;
  readonly timezone?: string;
  readonly trimIds?: boolean;
  readonly timeUnit?: TimeUnit;
  readonly repeatedHour?: RepeatedHour;
  readonly multilineFields?: boolean;
  readonly ignoreColumn?: readonly string[];
  readonly dedupe: boolean;
  readonly dedupeMemory?: number;
  readonly threads?: number;
  readonly map?: string;
};

export type AccountHistories = {
  readonly histories: Histories;
  /** Where the usage was read from raw exports: what it was made of. */
  readonly ledger?: UsageLedger;
};

type Wanted = {
  readonly meters: readonly Meter[];
  /** Zone in which months and days begin. */
  readonly timezone: string;
  readonly contractTiers: ReadonlySet<string>;
};

/** Fails with exit code 3 where an input cannot be read or holds nothing, with 2 where histories and exports are mixed. */
export async function readAccountHistories(
  given: readonly Source[],
  wanted: Wanted,
  flags: ExportFlags,
  io: Io,
): Promise<AccountHistories> {
  const sniffed: { source: Source; isHistory: boolean }[] = [];
  for (const source of given) sniffed.push(await sniff(source));
  const sources = sniffed.map(({ source }) => source);
  const histories = sniffed.filter(({ isHistory }) => isHistory);
  if (histories.length > 0 && histories.length < sniffed.length) {
    const [raw] = sniffed.filter(({ isHistory }) => !isHistory);
    const message = `${histories[0]!.source.name} holds account-months, ${raw!.source.name} raw usage`;
    const hint = 'make account-months of the raw exports first: meter usage EXPORTS -o history.csv';
    throw new CommandFailure(EXIT.usage, [usageProblem('mixed-inputs', message, hint)]);
  }
  return histories.length > 0 ? fromHistories(sources, wanted, flags, io) : fromExports(sources, wanted, flags, io);
}

async function fromHistories(
  sources: readonly Source[],
  { meters, contractTiers }: Wanted,
  flags: ReadFlags,
  io: Io,
): Promise<AccountHistories> {
  const { histories, problems, rows } = await readHistories({ sources, meters, contractTiers, signal: io.signal });
  if (problems.length > 0) throw new CommandFailure(EXIT.badInput, problems);
  if (!histories) throw nothingRead(sources);
  if (!flags.quiet) io.stderr.write(`${groupDigits(String(rows))} account-month${rows === 1 ? '' : 's'} read\n`);
  return { histories };
}

async function fromExports(
  sources: readonly Source[],
  { meters, timezone }: Wanted,
  flags: ExportFlags,
  io: Io,
): Promise<AccountHistories> {
  const ledger = await readLedger(sources, meters, timezone, flags, io);
  const names = meters.map((meter) => meter.name);
  const histories = historiesOf(accountMonths(ledger, 'requests', timezone), names, timezone);
  if (!histories) throw nothingRead(sources);
  return { histories, ledger };
}

/** Usage by day: a simulation asks for months and their busiest day, and a ledger of days is a fraction of one of hours. */
export async function readLedger(
  sources: readonly Source[],
  meters: readonly Meter[],
  timezone: string,
  flags: ExportFlags,
  io: Io,
): Promise<UsageLedger> {
  const buckets: Buckets = timezone === 'UTC' ? { widthMs: 24 * HOUR_MS, cuts: [] } : bucketsFor(timezone);
  const request = {
    sources,
    meters,
    dimensions: filteredDimensions(meters),
    buckets,
    dedupe: flags.dedupe,
    trace: false,
    format: flags.inputFormat,
    timezone: flags.timezone,
    timeUnit: flags.timeUnit,
    repeatedHour: flags.repeatedHour,
    multilineFields: flags.multilineFields,
    ignoredColumns: flags.ignoreColumn,
    trimIds: flags.trimIds,
    mapping:
      flags.map === undefined
        ? undefined
        : await loadMappingOption(flags.map, { meters: new Map(meters.map((meter) => [meter.name, meter])) }, io),
    dedupeMemory: flags.dedupeMemory,
    threads: flags.threads,
  };
  const { ledger, missingDimensions } = await readExports(request, flags, io);
  warn(missingDimensionWarnings(missingDimensions, meters), flags, io, EXIT.badInput);
  return ledger;
}

function nothingRead(sources: readonly Source[]): CommandFailure {
  const names = sources.map((source) => source.name).join(', ');
  return new CommandFailure(EXIT.badInput, [usageProblem('no-usage', `there is no usage in ${names}`)]);
}

/** What a source holds, by its first line. A stream is read on from its start: the source that comes back is the one to read. */
async function sniff(source: Source): Promise<{ source: Source; isHistory: boolean }> {
  try {
    if (source.kind === 'file') return { source, isHistory: isHistoryHeader(await headerOf(source)) };
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
