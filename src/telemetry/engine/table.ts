/** A table in an engine, named as a source: `duckdb:usage.duckdb?table=usage`, `clickhouse://host/db?table=usage`. */

export type EngineTable = {
  /** The path of a file for DuckDB, the address of a server for ClickHouse, without a password. */
  readonly address: string;
  readonly table: string;
} & (
  | { readonly engine: 'duckdb' }
  | { readonly engine: 'clickhouse'; readonly login: Login; readonly database: string }
);

export type Login = { readonly username: string; readonly password: string };

/** The name of a table in messages, headers and errors: nothing secret is in it. */
export type NamedTable = { readonly name: string; readonly table: EngineTable };

const PREFIX = /^(duckdb:|clickhouses?:\/\/)/;

/** True for names that stand for a table. */
export function isTableName(name: string): boolean {
  return PREFIX.test(name);
}

/**
 * The table that a name stands for; a text says what is wrong with the name, and does not repeat it. `password`: of the
 * server, where the name has none.
 */
export function tableCalled(name: string, password: string | undefined): NamedTable | string {
  const at = name.indexOf('?');
  const [place, query] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
  const table = new URLSearchParams(query).get('table') ?? '';
  if (table === '') return 'no table is named';
  if (place.startsWith('duckdb:')) {
    const address = place.slice('duckdb:'.length);
    return address === ''
      ? 'no file is named'
      : { name: `duckdb:${address}?table=${table}`, table: { engine: 'duckdb', address, table } };
  }
  return serverTable(place, table, password);
}

function serverTable(place: string, table: string, password: string | undefined): NamedTable | string {
  const isSecure = place.startsWith('clickhouses:');
  const http = place.replace(PREFIX, isSecure ? 'https://' : 'http://');
  if (!URL.canParse(http)) return 'its address is none';
  const { hostname, port, username, password: own, pathname } = new URL(http);
  const host = `${hostname}:${port === '' ? (isSecure ? 8443 : 8123) : port}`;
  const database = decodeURIComponent(pathname.slice(1)) || 'default';
  const login = {
    username: decodeURIComponent(username) || 'default',
    password: own === '' ? (password ?? '') : decodeURIComponent(own),
  };
  return {
    name: `${isSecure ? 'clickhouses' : 'clickhouse'}://${host}/${database}?table=${table}`,
    table: { engine: 'clickhouse', address: `${isSecure ? 'https' : 'http'}://${host}`, table, login, database },
  };
}
