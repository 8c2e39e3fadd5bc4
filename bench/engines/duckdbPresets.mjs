// The presets' question, asked of DuckDB: node duckdbPresets.mjs PRESET FILE. Sums by customer and hour, then all of them.
import { pathToFileURL } from 'node:url';

const json = (file, columns) => `read_json('${file}', format = 'newline_delimited', columns = {${columns}})`;
const seconds = (field) => `make_timestamp(cast(cast(${field} as double) * 1000000 as bigint))`;

/** For each preset its rows, the customer, the instant and the bytes of one, and which rows count. */
export const QUESTIONS = {
  'nginx-json': {
    from: (file) => json(file, "msec: 'VARCHAR', host: 'VARCHAR', bytes_sent: 'VARCHAR'"),
    select: [`host`, seconds('msec'), 'bytes_sent::bigint'],
  },
  'cloudflare-http': {
    from: (file) =>
      json(
        file,
        "EdgeStartTimestamp: 'BIGINT', ClientRequestHost: 'VARCHAR', ClientRequestSource: 'VARCHAR', EdgeResponseBytes: 'BIGINT'",
      ),
    select: ['ClientRequestHost', 'make_timestamp(EdgeStartTimestamp // 1000)', 'EdgeResponseBytes'],
    where: "ClientRequestSource = 'eyeball'",
  },
  envoy: {
    from: (file) => json(file, "start_time: 'TIMESTAMP', authority: 'VARCHAR', bytes_sent: 'VARCHAR'"),
    select: ["split_part(lower(authority), ':', 1)", 'start_time', 'bytes_sent::bigint'],
  },
  traefik: {
    from: (file) => json(file, "StartUTC: 'TIMESTAMP', RequestHost: 'VARCHAR', DownstreamContentSize: 'BIGINT'"),
    select: ['lower(RequestHost)', 'StartUTC', 'DownstreamContentSize'],
  },
  caddy: {
    from: (file) => json(file, "ts: 'DOUBLE', msg: 'VARCHAR', request: 'STRUCT(host VARCHAR)', size: 'BIGINT'"),
    select: ['request.host', 'make_timestamp(cast(ts * 1000000 as bigint))', 'size'],
    where: "msg = 'handled request'",
  },
  kong: {
    from: (file) =>
      json(file, "started_at: 'BIGINT', consumer: 'STRUCT(custom_id VARCHAR)', response: 'STRUCT(size BIGINT)'"),
    select: ['consumer.custom_id', 'make_timestamp(started_at * 1000)', 'response.size'],
  },
  netlify: {
    from: (file) =>
      json(file, "log_type: 'VARCHAR', timestamp: 'TIMESTAMP', site_id: 'VARCHAR', response_size: 'BIGINT'"),
    select: ['site_id', 'timestamp', 'response_size'],
    where: "log_type = 'traffic'",
  },
  'api-gateway': {
    from: (file) => json(file, "requestTimeEpoch: 'BIGINT', apiKeyId: 'VARCHAR', responseLength: 'BIGINT'"),
    select: ['apiKeyId', 'make_timestamp(requestTimeEpoch * 1000)', 'responseLength'],
  },
  cloudfront: {
    from: (file) =>
      `read_csv('${file}', delim = '\t', header = false, skip = 2, quote = '', escape = '', all_varchar = true)`,
    select: ['column15', "(column00 || ' ' || column01)::timestamp", 'column03::bigint'],
  },
};

const [preset, file] = process.argv.slice(2);
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' });
  const connection = await instance.connect();
  const { from, select, where = 'true' } = QUESTIONS[preset];
  const [customer, at, bytes] = select;
  const hours = `select ${customer} c, date_trunc('hour', ${at}) h, count(*) n, sum(${bytes}) b from ${from(file)} where ${where} group by all`;
  const found = await connection.runAndReadAll(`select sum(n)::varchar, sum(b)::varchar from (${hours})`);
  console.log(found.getRows()[0].join('\t'));
}
