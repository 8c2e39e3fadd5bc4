/** DuckDB in memory, for tests. */
import { DuckDBInstance } from '@duckdb/node-api';

export type Ask = (sql: string) => Promise<(readonly unknown[])[]>;

/** Runs `use` with a database; `path`: a file, absent: in memory. */
export async function withDuckDb<T>(use: (ask: Ask) => Promise<T>, path = ':memory:'): Promise<T> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return await use(async (sql) => [...(await connection.runAndReadAll(sql)).getRows()]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
