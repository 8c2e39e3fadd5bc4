/** A table as a ledger: the engine adds up, and its answer is read like a ledger's file, whole or not at all. */
import { Readable } from 'node:stream';
import { carriesOver } from '../../core/catalog/meter.ts';
import type { Period } from '../../core/period.ts';
import { layoutOf, wantedOf } from '../columns.ts';
import { InputFailure } from '../inputFailure.ts';
import { nearNames } from '../keyNames.ts';
import type { ReadRequest } from '../reader.ts';
import type { Source } from '../source.ts';
import { DIALECTS, type Dialect } from '../sql/dialects.ts';
import { gateQuery, usedColumns, VERDICTS } from '../sql/gate.ts';
import { type LedgerQueryTerms, ledgerQuery, longestFraction } from '../sql/query.ts';
import { notForTables, scaleOf } from '../sql/scale.ts';
import { connect, type Engine } from './connect.ts';
import type { NamedTable } from './table.ts';

/** A request, as far as a query is made of it. */
export type TableRequest = Omit<ReadRequest, 'onReject' | 'trace'>;

/** The source whose text is the ledger of a table. */
export function tableAsLines(table: NamedTable, request: ReadRequest): Source {
  return { kind: 'stream', name: table.name, stream: Readable.from(linesOf(table, request)) };
}

async function* linesOf(named: NamedTable, request: ReadRequest): AsyncGenerator<Buffer> {
  const { name, table } = named;
  const engine = await connect(table, { name, signal: request.signal });
  try {
    const dialect: Dialect = DIALECTS[table.engine];
    const terms = await termsFor(engine, dialect, named, request);
    for await (const batch of engine.rows(ledgerQuery(dialect, terms)))
      yield Buffer.from(batch.map(([line]) => `${line}\n`).join(''));
  } finally {
    await engine.close();
  }
}

export async function answerOf(engine: Engine, sql: string): Promise<(readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for await (const batch of engine.rows(sql)) rows.push(...batch);
  return rows;
}

/** Asks for the table's columns, their types, and how many digits are behind the points of its quantities. */
export async function termsFor(
  engine: Engine,
  dialect: Dialect,
  source: NamedTable,
  request: TableRequest,
): Promise<LedgerQueryTerms> {
  const { table } = source.table;
  const rest = notForTables(request.mapping);
  if (rest !== undefined) {
    const hint = 'make a view that has the columns as they are needed, and map its columns';
    throw new InputFailure(source, 'no-query', `the mapping has ${rest}, for which no query is made`, hint);
  }
  const columns = (await answerOf(engine, dialect.columnNames(table))).map(([column]) => column!);
  const wanted = wantedOf(request);
  const layout = layoutOf(columns, wanted);
  const fault = 'code' in layout ? layout : nearNames(columns, wanted);
  if (fault) throw new InputFailure(source, fault.code, fault.message, fault.hint);
  const found = layout as Exclude<typeof layout, { code: string }>;
  const used = usedColumns({ layout: found, columns });
  const types = await answerOf(engine, gateQuery(dialect, table, used));
  refuseTypes(source, types, request);
  const [, type = ''] = types.find(([column]) => column === used.instants[0]) ?? [];
  const terms: LedgerQueryTerms = {
    ...{ table, columns, layout: found, wanted },
    meters: request.meters.map((meter) => ({ ...meter, scale: scaleOf(request.mapping, meter.name) })),
    dimensions: request.dimensions,
    buckets: request.buckets,
    period: periodFor(request),
    dedupe: request.dedupe,
    digits: 0,
    hasInstants: /timestamp|datetime/i.test(type),
    allowFloats: request.allowFloats === true && types.some(([, , verdict]) => verdict === VERDICTS.float),
  };
  const [[longest] = []] = await answerOf(engine, longestFraction(dialect, terms));
  return { ...terms, digits: Math.min(Number(longest) || 0, MOST_DIGITS) };
}

/** Digits behind the point; rows with more are rejected. */
const MOST_DIGITS = 18;

/** The period, where rows outside of it are nobody's: nothing before it stays, and no customer has another. */
function periodFor({ meters, period, spans }: TableRequest): Period | undefined {
  const hasOwn = [...(spans?.values() ?? [])].some(({ billed }) => billed);
  return hasOwn || meters.some(carriesOver) ? undefined : period;
}

function refuseTypes(
  source: NamedTable,
  types: readonly (readonly string[])[],
  { allowFloats }: Pick<ReadRequest, 'allowFloats'>,
): void {
  for (const [column, type, verdict = ''] of types) {
    if (verdict === VERDICTS.ok || (verdict === VERDICTS.float && allowFloats)) continue;
    const [why, hint] = verdict.replace('refuse: ', '').split('; ');
    const code = verdict === VERDICTS.float ? 'float-column' : 'column-type';
    throw new InputFailure(source, code, `the column ${column} is ${type}: ${why}`, hint);
  }
}
