/** The type gate: whether a table's columns hold what a ledger can be made of exactly. It is asked before the ledger. */
import type { Dialect } from './dialects.ts';
import type { LedgerQueryTerms } from './query.ts';

/** Columns by what they are read for. */
export type UsedColumns = { readonly instants: readonly string[]; readonly quantities: readonly string[] };

export function usedColumns({ layout, columns }: Pick<LedgerQueryTerms, 'layout' | 'columns'>): UsedColumns {
  const names = (places: readonly number[]) => [
    ...new Set(places.filter((place) => place >= 0).map((place) => columns[place]!)),
  ];
  return { instants: names(layout.timestamp), quantities: names(layout.quantities) };
}

/** Texts of verdicts; the first says that all is well. */
export const VERDICTS = {
  ok: 'ok',
  float: 'refuse: a float is no exact quantity; store or cast it as integer, decimal or text',
  days: 'refuse: days are no instants; give the instant as text in RFC 3339 with its zone',
  zoneless: 'refuse: times without a zone; give the instant as text in RFC 3339 with its zone',
  type: 'refuse: neither text nor number; give it as text',
} as const;

/** The query that lists the columns in use with their types and a verdict on each. */
export function gateQuery(dialect: Dialect, table: string, { instants, quantities }: UsedColumns): string {
  const names = [...new Set([...instants, ...quantities])];
  const list = (names: readonly string[]) => names.map(dialect.quoteText).join(', ');
  const like = (...types: readonly string[]) => types.map((type) => `LOWER(data_type) LIKE '%${type}%'`).join(' OR ');
  const isInstant = `column_name IN (${list(instants)})`;
  const verdict = (name: keyof typeof VERDICTS) => dialect.quoteText(VERDICTS[name]);
  const lines = [
    'SELECT column_name, data_type, CASE',
    `  WHEN ${isInstant} AND (${like('char', 'string', 'text')}) THEN ${verdict('ok')}`,
    `  WHEN ${isInstant} AND (${like('timestamp_ntz')}) THEN ${verdict('zoneless')}`,
    `  WHEN ${isInstant} AND (${like(...dialect.instantTypes)}) THEN ${verdict('ok')}`,
    `  WHEN ${isInstant} AND (${like('timestamp', 'datetime')}) THEN ${verdict('zoneless')}`,
    `  WHEN ${isInstant} THEN ${verdict('days')}`,
    `  WHEN ${like('float', 'double', 'real')} THEN ${verdict('float')}`,
    `  WHEN ${like('int', 'dec', 'num', 'char', 'string', 'text')} THEN ${verdict('ok')}`,
    `  ELSE ${verdict('type')}`,
    'END AS verdict',
    `FROM (${dialect.columnTypes(table, names)}) m_columns`,
    `WHERE column_name IN (${list(names)})`,
    'ORDER BY column_name',
  ];
  return `${lines.join('\n')}\n`;
}
