/**
 * Account-month histories: one row for each customer and calendar month, as `meter usage` writes them.
 *
 * `customer_id,month,…one column for each meter…,peak_day_requests,tenure_months`; columns in any order, others are ignored.
 * Memory grows with account-months: about 60 bytes each.
 */
import { historyColumns, type Meter } from '../../core/catalog/meter.ts';
import { didYouMean, type Problem } from '../../core/problem.ts';
import { monthNumber } from '../../core/simulation/months.ts';
import type { Histories } from '../../core/simulation/population.ts';
import { quantityFault } from '../row.ts';
import { InputFailure, type Source } from '../source.ts';
import { HistoryTable } from './historyTable.ts';
import { fieldsOf, linesOf } from './lines.ts';
import { CUSTOMER_NAMES, TIMESTAMP_NAMES } from './names.ts';

export type HistoryRequest = {
  readonly sources: readonly Source[];
  readonly meters: readonly Meter[];
  /** Tiers whose customers have contracts of their own. */
  readonly contractTiers: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
};

export type HistoryResult = {
  /** Undefined if there is not a single good row. */
  readonly histories: Histories | undefined;
  readonly problems: readonly Problem[];
  readonly rows: number;
};

/** Everything wrong is reported at once, at most so many problems in full. */
const MOST_PROBLEMS = 100;

export async function readHistories(request: HistoryRequest): Promise<HistoryResult> {
  const table = new HistoryTable(request.meters.length);
  const problems: Problem[] = [];
  let further = 0;
  let rows = 0;
  const report = (problem: Problem) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
    else further++;
  };

  for (const source of request.sources) {
    try {
      await readSource(source);
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      report(error.problem);
    }
  }
  if (further > 0) report({ severity: 'error', code: 'history/more', message: `${further} more rows have problems` });
  const names = request.meters.map((meter) => meter.name);
  return { histories: table.finish(names, report), problems, rows };

  async function readSource(source: Source): Promise<void> {
    let columns: Columns | undefined;
    for await (const batch of linesOf(source)) {
      request.signal?.throwIfAborted();
      for (const line of batch) {
        const fields = fieldsOf(line.text);
        if (!columns) {
          columns = columnsOf(fields ?? [], request.meters, source, line.number);
          continue;
        }
        rows++;
        const at = { file: source.name, line: line.number, excerpt: line.text };
        const fault = fields
          ? takeRow(fields, columns)
          : { code: 'misplaced-quote', message: 'quotes do not fit together' };
        if (fault) report({ severity: 'error', source: at, ...fault, code: `history/${fault.code}` });
      }
    }
  }

  function takeRow(fields: readonly string[], columns: Columns): RowFault | undefined {
    if (fields.length !== columns.count)
      return { code: 'wrong-field-count', message: `${fields.length} fields, but the header has ${columns.count}` };
    const customer = fields[columns.customer]!;
    if (customer === '') return { code: 'missing-customer', message: 'there is no customer id' };
    const month = monthNumber(fields[columns.month]!);
    if (month === undefined)
      return { code: 'not-a-month', message: `"${fields[columns.month]}" is not a month`, hint: 'write 2026-10' };
    const entry = table.begin(customer, month);
    if (entry === undefined) {
      const message = `${customer} already has a row for ${fields[columns.month]}`;
      return { code: 'month-twice', message, hint: 'was a file given twice, or a month exported twice?' };
    }
    for (const [m, column] of columns.meters.entries()) {
      if (!column) continue;
      const text = fields[column.position]!;
      const fault = numberFault(text, column.name);
      if (fault) return fault;
      if (text !== '') table.set(entry, m, text, column.scale);
    }
    for (const [field, position] of [
      ['peak', columns.peakDay],
      ['tenure', columns.tenure],
    ] as const) {
      if (position < 0 || fields[position] === '') continue;
      const fault = numberFault(fields[position]!, field === 'peak' ? 'peak_day_requests' : 'tenure_months');
      if (fault) return fault;
      table.setExtra(entry, field, Number(fields[position]));
    }
    if (columns.tier >= 0 && request.contractTiers.has(fields[columns.tier]!)) table.contract(entry);
    return undefined;
  }
}

type RowFault = { code: string; message: string; hint?: string };

function numberFault(text: string, column: string): RowFault | undefined {
  const fault = quantityFault(text);
  if (!fault) return undefined;
  const what = fault === 'negative-quantity' ? 'is negative' : 'is not a plain decimal number';
  return { code: fault, message: `${column} "${text}" ${what}` };
}

type Columns = {
  readonly count: number;
  readonly customer: number;
  readonly month: number;
  /** By meter. `scale`: how many of the meter's own units one of the column's is. */
  readonly meters: readonly (
    | { readonly position: number; readonly name: string; readonly scale: number }
    | undefined
  )[];
  readonly peakDay: number;
  readonly tenure: number;
  readonly tier: number;
};

/** Units that a column may be in besides its meter's own, by the ending of its name. */
const BYTE_COLUMNS: Readonly<Record<string, number>> = { egress_mb: 1e6, egress_gb: 1e9 };

function columnsOf(header: readonly string[], meters: readonly Meter[], source: Source, line: number): Columns {
  const position = (...names: string[]) => header.findIndex((name) => names.includes(name));
  const columns: Columns = {
    count: header.length,
    customer: position(...CUSTOMER_NAMES),
    month: position('month'),
    meters: meters.map((meter) => {
      const own = position(...historyColumns(meter));
      if (own >= 0) return { position: own, name: header[own]!, scale: 1 };
      if (meter.name !== 'egress') return undefined;
      const scaled = position(...Object.keys(BYTE_COLUMNS));
      return scaled < 0
        ? undefined
        : { position: scaled, name: header[scaled]!, scale: BYTE_COLUMNS[header[scaled]!]! };
    }),
    peakDay: position('peak_day_requests'),
    tenure: position('tenure_months'),
    tier: position('tier'),
  };
  const missing = [
    ...(columns.customer < 0 ? ['customer_id'] : []),
    ...(columns.month < 0 ? ['month'] : []),
    ...(columns.meters[meters.findIndex((meter) => meter.name === 'requests')] ? [] : ['requests']),
  ];
  if (missing.length > 0) {
    const meant = missing.map((name) => didYouMean(name, header)).find((name) => name !== undefined);
    throw new InputFailure(
      source,
      'missing-column',
      `there is no column ${missing.join(', ')}`,
      `${meant ? `did you mean ${meant}? ` : ''}the header has ${header.join(', ')}`,
      line,
    );
  }
  return columns;
}

/** True if a header is one of an account-month history, not of a raw export. */
export function isHistoryHeader(header: readonly string[]): boolean {
  return header.includes('month') && !TIMESTAMP_NAMES.some((name) => header.includes(name));
}
