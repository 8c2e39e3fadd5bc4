// The benchmark's questions, asked of DuckDB: node duckdb.mjs csv|ndjson hour|distinct|crossings FILE
import { DuckDBInstance } from '@duckdb/node-api';

const [format, question, file] = process.argv.slice(2);
const types = {
  timestamp: 'TIMESTAMP',
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
if (question === 'crossings') {
  // The first instant at which the running sum, ordered by time, is at a share of the limit: a window for each meter.
  const limits = { requests: [160_000, 200_000], egress_bytes: [40_000_000_000, 50_000_000_000] };
  const running = Object.keys(limits).map(
    (column) =>
      `sum(${column}) over (partition by customer_id order by timestamp range unbounded preceding) as ${column}_so_far`,
  );
  const crossings = Object.entries(limits).flatMap(([column, marks]) =>
    marks.map(
      (mark) =>
        `select customer_id, '${column}' m, ${mark} l, min(epoch_ms(timestamp)) t from w where ${column}_so_far >= ${mark} group by customer_id`,
    ),
  );
  const found = await connection.runAndReadAll(
    `with w as (select customer_id, timestamp, ${running.join(', ')} from ${reader}) select customer_id, m, l::varchar, t::varchar from (${crossings.join(' union all ')}) order by all`,
  );
  for (const row of found.getRows()) console.log(row.join('\t'));
} else await askForSums();

async function askForSums() {
  const rows = await connection.runAndReadAll(
    `select customer_id, sum(r)::varchar, sum(c)::varchar, sum(e)::varchar from (${inner}) group by all order by customer_id`,
  );
  for (const row of rows.getRows()) console.log(row.join('\t'));
}
