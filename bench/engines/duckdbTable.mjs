// A table of made-up usage in a file of DuckDB, and as CSV where that is wanted: node duckdbTable.mjs FILE QUERY [CSV]
import { DuckDBInstance } from '@duckdb/node-api';

const [file, query, csv] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: '2' });
const connection = await instance.connect();
await connection.run(`CREATE TABLE usage AS ${query}`);
if (csv) await connection.run(`COPY usage TO '${csv}' (HEADER)`);
connection.closeSync();
instance.closeSync();
