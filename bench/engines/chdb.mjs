// The benchmark's questions, asked of embedded ClickHouse: node chdb.mjs csv|ndjson hour|distinct FILE
import { query } from 'chdb';

const [format, question, file] = process.argv.slice(2);
const columns =
  'timestamp String, event_id String, customer_id String, region String, route String, requests UInt64, compute_seconds Decimal(18,6), egress_bytes UInt64';
const source = `file('${file}', '${format === 'csv' ? 'CSVWithNames' : 'JSONEachRow'}', '${columns}')`;
const sums = 'sum(requests) r, sum(compute_seconds) c, sum(egress_bytes) e';
const inner =
  question === 'hour'
    ? `select customer_id, toStartOfHour(parseDateTime64BestEffort(timestamp, 3, 'UTC')) h, ${sums} from ${source} group by customer_id, h`
    : `select any(customer_id) customer_id, any(requests) r, any(compute_seconds) c, any(egress_bytes) e from ${source} group by event_id`;
process.stdout.write(
  query(
    `select customer_id, toString(sum(r)), toString(sum(c)), toString(sum(e)) from (${inner}) group by customer_id order by customer_id settings max_threads = 2`,
    'TabSeparated',
  ),
);
