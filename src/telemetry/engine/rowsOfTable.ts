/** Single rows of tables as lines of JSON, for the readers of rows: a second query, for the hours or the customer in question. */
import { Readable } from 'node:stream';
import { changed } from '../inputFailure.ts';
import type { FaultCode } from '../row.ts';
import type { Source } from '../source.ts';
import { DIALECTS } from '../sql/dialects.ts';
import { type Near, rowsQuery } from '../sql/rowsQuery.ts';
import { connect, type Engine } from './connect.ts';
import { answerOf, type TableRequest, termsFor } from './ledgerOfTable.ts';
import type { NamedTable } from './table.ts';
import { cutOff } from './wholeTables.ts';

export type { Near };

/** Rows that the engine rejected: their number among the rows of the table's answer, from 1, why, and their text. */
export type RejectedRow = {
  readonly file: string;
  readonly line: number;
  readonly code: FaultCode;
  readonly raw: string;
};

export type RowsOfTables<R> = { readonly request: R; readonly rejected: readonly RejectedRow[] };

/** Hours that one query names at most: engines have limits for the length of a query. */
const HOURS_OF_A_QUERY = 2000;

/** True if all sources of a request are tables, and there are some. */
export function areTables(sources: readonly Source[]): boolean {
  return sources.length > 0 && sources.every((source) => source.kind === 'stream' && source.table !== undefined);
}

/**
 * The request with the rows of its tables that are near, as sources that are read once. Throws an InputFailure where an
 * engine fails, or where a table has not `expected` rows in all any more.
 */
export async function withRowsOfTables<R extends TableRequest>(
  request: R,
  asked: Near,
  expected: number | undefined,
): Promise<RowsOfTables<R>> {
  const near = request.customerOf ? nearAliases(asked) : asked;
  const sources: Source[] = [];
  const rejected: RejectedRow[] = [];
  let rows = 0;
  let hasInstants = false;
  for (const source of request.sources) {
    if (source.kind !== 'stream' || !source.table) throw new TypeError('a source that is no table');
    const found = await rowsOf({ name: source.name, table: source.table }, request, near);
    rows += found.all;
    hasInstants ||= found.hasInstants;
    rejected.push(...found.rejected);
    // A source without a row would be an empty file.
    if (found.lines.length > found.rejected.length)
      sources.push({ kind: 'stream', name: source.name, stream: Readable.from([Buffer.from(found.lines.join(''))]) });
  }
  if (expected !== undefined && rows !== expected)
    throw changed(request.sources[0]!, `it had ${expected} rows, and has ${rows} now`);
  return { request: { ...request, sources, ...(hasInstants && { timeUnit: 'ns' as const }) }, rejected };
}

async function rowsOf(named: NamedTable, request: TableRequest, near: Near) {
  const { name, table } = named;
  const engine = await connect(table, { name, signal: request.signal });
  try {
    const dialect = DIALECTS[table.engine];
    const terms = await termsFor(engine, dialect, named, request);
    const found: { lines: string[]; rejected: RejectedRow[] } = { lines: [], rejected: [] };
    for (const part of partsOf(near)) await takeRows(engine, rowsQuery(dialect, terms, part), named, found);
    const [[all] = []] = await answerOf(engine, `SELECT COUNT(*) FROM ${table.table}`);
    return { ...found, hasInstants: terms.hasInstants, all: Number(all) };
  } finally {
    await engine.close();
  }
}

/** An engine does not know which ids stand for a customer: of its hours it is asked for the rows of all customers. */
function nearAliases(asked: Near): Near {
  return 'hours' in asked ? { wholeHours: [...new Set(asked.hours.map(({ hour }) => hour))] } : asked;
}

function partsOf(near: Near): Near[] {
  if (!('hours' in near)) return [near];
  const parts: Near[] = [];
  for (let i = 0; i < near.hours.length; i += HOURS_OF_A_QUERY)
    parts.push({ hours: near.hours.slice(i, i + HOURS_OF_A_QUERY) });
  return parts;
}

const LINE = /^(\d+) (\S+) (.*)$/s;

/** Takes an answer whole: every line says how many there are. */
async function takeRows(
  engine: Engine,
  sql: string,
  source: NamedTable,
  { lines, rejected }: { readonly lines: string[]; readonly rejected: RejectedRow[] },
): Promise<void> {
  let [taken, promised] = [0, 0];
  for await (const batch of engine.rows(sql)) {
    for (const [text = ''] of batch) {
      const [, all, fault, row] = LINE.exec(text) ?? [];
      if (row === undefined) throw cutOff(source);
      promised = Number(all);
      taken++;
      // A blank line is no row, and keeps the numbers of those behind it.
      lines.push(fault === '-' ? `${row}\n` : '\n');
      if (fault !== '-') rejected.push({ file: source.name, line: taken, code: fault as FaultCode, raw: row });
    }
  }
  if (taken !== promised) throw cutOff(source);
}
