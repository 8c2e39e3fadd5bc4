// The benchmark's questions, asked of DuckDB: node duckdb.mjs csv|ndjson hour|distinct FILE
import { DuckDBInstance } from '@duckdb/node-api';

const [format, question, file] = process.argv.slice(2);
const types = {
  timestamp: 'TIMESTAMPTZ',
  event_id: 'VARCHAR',
  customer_id: 'VARCHAR',
  region: 'VARCHAR',
  route: 'VARCHAR',
  requests: 'BIGINT',
  compute_seconds: 'DECIMAL(18,6)',
  egress_bytes: 'BIGINT',
};
const columns = `{${Object.entries(types)
  .map(([name, type]) => `'${name}': '${type}'`)
  .join(', ')}}`;
const reader =
  format === 'csv'
    ? `read_csv('${file}', header = true, columns = ${columns})`
    : `read_json('${file}', format = 'newline_delimited', columns = ${columns})`;
const sums = 'sum(requests) r, sum(compute_seconds) c, sum(egress_bytes) e';
const inner =
  question === 'hour'
    ? `select customer_id, date_trunc('hour', timestamp) h, ${sums} from ${reader} group by all`
    : `select customer_id, requests r, compute_seconds c, egress_bytes e from (select distinct on (event_id) * from ${reader})`;

const instance = await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run("set timezone = 'UTC'");
const rows = await connection.runAndReadAll(
  `select customer_id, sum(r)::varchar, sum(c)::varchar, sum(e)::varchar from (${inner}) group by all order by customer_id`,
);
for (const row of rows.getRows()) console.log(row.join('\t'));
