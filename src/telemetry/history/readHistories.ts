/**
 * Account-month histories: one row for each customer and calendar month, as `meter usage` writes them.
 *
 * `customer_id,month,…one column for each meter…,peak_day_requests,tenure_months`; columns in any order, others are ignored.
 * Memory grows with account-months: about 60 bytes each.
 */
import type { Meter } from '../../core/catalog/meter.ts';
import { withPauses } from '../../core/pauses.ts';
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf, type SharedCode } from '../../core/problemCodes.ts';
import type { Histories } from '../../core/simulation/population.ts';
import type { Header, RowFault, TableFormat } from '../../records/table.ts';
import type { Source } from '../source.ts';
import {
  type AccountMonthColumns,
  accountMonthColumns,
  accountMonthOf,
  CUSTOMER_NAMES,
  type MeterColumn,
  meterColumn,
  numberFault,
  requestColumns,
  TIMESTAMP_NAMES,
} from './accountMonthColumns.ts';
import { HistoryTable } from './historyTable.ts';
import { readTable } from './readTable.ts';

export type HistoryRequest = {
  readonly sources: readonly Source[];
  readonly meters: readonly Meter[];
  /** Tiers whose customers have contracts of their own. */
  readonly contractTiers: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the share of the files that is read; may pause the reading. */
  readonly progress?: ((done: number) => Promise<void>) | undefined;
};

export type HistoryResult = {
  /** Undefined if there is not a single good row. */
  readonly histories: Histories | undefined;
  readonly problems: readonly Problem[];
  readonly rows: number;
};

/** Everything wrong is reported at once. */
export async function readHistories(request: HistoryRequest): Promise<HistoryResult> {
  const table = new HistoryTable(request.meters.length);
  const problems: Problem[] = [];
  let rows = 0;
  const format: TableFormat<CodeOf<'history'>> = {
    codeOf: codesOf('history'),
    required: [CUSTOMER_NAMES, ['month'], requestColumns(request.meters)],
    rows: (header) => {
      const columns = columnsOf(header, request.meters);
      return (fields) => takeRow(fields, columns, table, request.contractTiers);
    },
  };
  const { signal } = request;
  const total = request.sources.reduce((sum, source) => sum + sizeOf(source), 0);
  let before = 0;
  for (const source of request.sources) {
    // The size of a stream is not known: it counts as nothing of the whole.
    const progress = async (bytes: number) =>
      request.progress?.(total > 0 ? Math.min(1, (before + Math.min(bytes, sizeOf(source))) / total) : 0);
    rows += await readTable(source, format, problems, { signal, progress });
    before += sizeOf(source);
  }
  const names = request.meters.map((meter) => meter.name);
  const finishing = table.finish(names, (problem) => problems.push(problem));
  return { histories: await withPauses(finishing, async () => request.progress?.(1)), problems, rows };
}

function sizeOf(source: Source): number {
  return source.kind === 'file' ? (source.seen?.size ?? 0) : 0;
}

function takeRow(
  fields: readonly string[],
  columns: Columns,
  table: HistoryTable,
  contractTiers: ReadonlySet<string>,
): RowFault<CodeOf<'history'>> | undefined {
  const identified = accountMonthOf(fields, columns);
  if ('code' in identified) return identified;
  const { customer, month } = identified;
  const entry = table.begin(customer, month);
  if (entry === undefined) {
    const message = `${customer} already has a row for ${fields[columns.month]}`;
    return { code: 'month-twice', message, hint: 'was a file given twice, or a month exported twice?' };
  }
  const fault =
    takeQuantities(fields, columns.meters, table, entry) ?? takeExtras(fields, columns.extras, table, entry);
  if (fault) return fault;
  if (columns.tier >= 0 && contractTiers.has(fields[columns.tier]!)) table.contract(entry);
  return undefined;
}

type Entry = NonNullable<ReturnType<HistoryTable['begin']>>;

function takeQuantities(
  fields: readonly string[],
  meters: Columns['meters'],
  table: HistoryTable,
  entry: Entry,
): RowFault<SharedCode<'accountMonths'>> | undefined {
  for (const [m, column] of meters.entries()) {
    if (!column) continue;
    const text = fields[column.position]!;
    const fault = numberFault(text, column.name);
    if (fault) return fault;
    if (text !== '') table.set(entry, m, text, column.scale);
  }
  return undefined;
}

function takeExtras(
  fields: readonly string[],
  extras: Columns['extras'],
  table: HistoryTable,
  entry: Entry,
): RowFault<SharedCode<'accountMonths'>> | undefined {
  for (const { field, name, position } of extras) {
    const text = fields[position]!;
    const fault = numberFault(text, name);
    if (fault) return fault;
    if (text !== '') table.setExtra(entry, field, Number(text));
  }
  return undefined;
}

type Columns = AccountMonthColumns & {
  /** By meter; undefined: not in the file. */
  readonly meters: readonly (MeterColumn | undefined)[];
  readonly extras: readonly { readonly field: 'peak' | 'tenure'; readonly name: string; readonly position: number }[];
  /** −1: not in the file. */
  readonly tier: number;
};

function columnsOf(header: Header, meters: readonly Meter[]): Columns {
  const extras = [
    { field: 'peak', name: 'peak_day_requests' },
    { field: 'tenure', name: 'tenure_months' },
  ] as const;
  return {
    ...accountMonthColumns(header),
    meters: meters.map((meter) => meterColumn(header, meter)),
    extras: extras
      .map((extra) => ({ ...extra, position: header.position(extra.name) }))
      .filter(({ position }) => position >= 0),
    tier: header.position('tier'),
  };
}

/** True if a header is one of an account-month history, not of a raw export. */
export function isHistoryHeader(header: readonly string[]): boolean {
  return header.includes('month') && !TIMESTAMP_NAMES.some((name) => header.includes(name));
}
