/**
 * The registry of SQL dialects. All of them get one query (query.ts); what their names for its parts are stands here. Patterns
 * need no backslashes, which some engines take out of texts.
 */

export type Dialect = {
  readonly name: string;
  /** The engine was asked in tests; absent: the text is only generated. */
  readonly isTested?: boolean;
  /** Type of text, and of the widest exact integer. */
  readonly text: string;
  readonly integer: string;
  /** Type of counts and nanoseconds: 64 bits. */
  readonly long: string;
  readonly quoteName: (name: string) => string;
  readonly quoteText: (text: string) => string;
  /** A column as text, '' for NULL. */
  readonly asText: (column: string) => string;
  /** True where all of a text matches. */
  readonly matches: (text: string, pattern: string) => string;
  /** Nanoseconds since 1970 of a text that looks like an instant with a zone; NULL if it is none. */
  readonly nanoseconds: (text: string) => string;
  /** Nanoseconds since 1970 of a column of the engine's own instants in UTC. */
  readonly instant: (column: string) => string;
  /** The integer of digits, NULL if it does not fit. */
  readonly parsed: (digits: string) => string;
  /** The part before the point, and the one behind it ('' if there is none). */
  readonly split: (text: string, part: 1 | 2) => string;
  /** Integer part of a quotient. */
  readonly quotient: (a: string, b: string) => string;
  /** The value in the latest row, of several the largest. */
  readonly latest: (value: string, at: string, condition: string) => string;
  /** A text as a string of JSON. */
  readonly json: (text: string) => string;
  /** The different texts of the rows that meet a condition, each once, with commas between: an aggregate. */
  readonly distinct: (text: string, condition: string) => string;
  /** Name of a column's type, for the query itself to look at; absent: the gate alone knows it. */
  readonly typeOf?: (column: string) => string;
  /** The statement whose first column has the names of a table's columns. */
  readonly columnNames: (table: string) => string;
  /** The query that has the types of some columns of a table: `column_name`, `data_type`. */
  readonly columnTypes: (table: string, names: readonly string[]) => string;
  /** Parts of the names of types that are instants, in lower case; other types of time have no zone. */
  readonly instantTypes: readonly string[];
  /** Settings, which stand behind the query. */
  readonly settings?: string;
};

const doubled = (quote: string) => (name: string) => quote + name.replaceAll(quote, quote + quote) + quote;
const quoted = doubled("'");
/** For engines to which a backslash is the begin of something. */
const escaped = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Nanoseconds from whole seconds and the digits of the fraction: no engine's own type has to hold them. */
const fromSeconds = (seconds: string, fraction: string, long: string) =>
  `${seconds} * 1000000000 + CAST(rpad(${fraction}, 9, '0') AS ${long})`;

const informationSchema = (table: string) => {
  const name = table.split('.').at(-1)!;
  return `SELECT column_name, data_type FROM information_schema.columns WHERE lower(table_name) = lower(${quoted(name)})`;
};

/** BigQuery's columns of a table: each data set has an information schema of its own. */
function bigqueryColumns(table: string): string {
  const parts = table.replaceAll('`', '').split('.');
  const schema = parts.slice(0, -1).join('.');
  return `SELECT column_name, data_type FROM ${schema === '' ? '' : `\`${schema}\`.`}INFORMATION_SCHEMA.COLUMNS WHERE table_name = ${quoted(parts.at(-1)!)}`;
}

const described = (table: string) =>
  `SELECT column_name, column_type AS data_type FROM (DESCRIBE SELECT * FROM ${table})`;

const duckdb: Dialect = {
  name: 'DuckDB',
  isTested: true,
  text: 'VARCHAR',
  asText: (column) => `COALESCE(CAST(${column} AS VARCHAR), '')`,
  integer: 'HUGEINT',
  long: 'BIGINT',
  quoteName: doubled('"'),
  quoteText: quoted,
  matches: (text, pattern) => `regexp_full_match(${text}, ${quoted(pattern)})`,
  nanoseconds: (text) => `epoch_ns(TRY_CAST(${text} AS TIMESTAMP_NS))`,
  instant: (column) => `epoch_ns(${column})`,
  parsed: (digits) => `TRY_CAST(${digits} AS HUGEINT)`,
  split: (text, part) => `split_part(${text}, '.', ${part})`,
  quotient: (a, b) => `${a} // ${b}`,
  latest: (value, at, condition) => `arg_max(${value}, {'a': ${at}, 'v': ${value}}) FILTER (WHERE ${condition})`,
  json: (text) => `CAST(to_json(${text}) AS VARCHAR)`,
  distinct: (text, condition) => `array_to_string(list_sort(list(DISTINCT ${text}) FILTER (WHERE ${condition})), ',')`,
  typeOf: (column) => `typeof(${column})`,
  columnNames: described,
  columnTypes: described,
  instantTypes: ['timestamp with time zone', 'timestamptz'],
};

const clickhouse: Dialect = {
  name: 'ClickHouse',
  isTested: true,
  text: 'String',
  asText: (column) => `ifNull(toString(${column}), '')`,
  integer: 'Int256',
  long: 'Int64',
  quoteName: (name) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
  quoteText: escaped,
  matches: (text, pattern) => `match(${text}, ${escaped(`^(?:${pattern})$`)})`,
  nanoseconds: (text) => `toUnixTimestamp64Nano(parseDateTime64BestEffortOrNull(${text}, 9, 'UTC'))`,
  instant: (column) => `toUnixTimestamp64Nano(toDateTime64(${column}, 9, 'UTC'))`,
  parsed: (digits) => `toInt256OrNull(${digits})`,
  split: (text, part) => `splitByChar('.', ${text})[${part}]`,
  quotient: (a, b) => `intDiv(${a}, ${b})`,
  latest: (value, at, condition) => `argMaxIf(${value}, (${at}, ${value}), ${condition})`,
  json: (text) => `toJSONString(${text})`,
  distinct: (text, condition) => `arrayStringConcat(arraySort(groupUniqArrayIf(${text}, ${condition})), ',')`,
  typeOf: (column) => `toTypeName(${column})`,
  columnNames: (table) => `DESCRIBE TABLE ${table}`,
  // No query can read what DESCRIBE answers; an aggregate has a type without any row.
  columnTypes: (table, names) =>
    names
      .map((name) => {
        const column = clickhouse.quoteName(name);
        return `SELECT ${escaped(name)} AS column_name, toTypeName(any(${column})) AS data_type FROM (SELECT ${column} FROM ${table} LIMIT 0)`;
      })
      .join(' UNION ALL '),
  // Seconds or parts of them since 1970; a zone is for their text alone.
  instantTypes: ['datetime'],
  settings: 'SETTINGS max_bytes_before_external_group_by = 4000000000, max_bytes_before_external_sort = 4000000000',
};

const bigquery: Dialect = {
  name: 'BigQuery',
  text: 'STRING',
  asText: (column) => `COALESCE(CAST(${column} AS STRING), '')`,
  integer: 'BIGNUMERIC',
  long: 'INT64',
  quoteName: (name) => `\`${name.replaceAll('`', '\\`')}\``,
  quoteText: escaped,
  matches: (text, pattern) => `REGEXP_CONTAINS(${text}, ${escaped(`^(?:${pattern})$`)})`,
  nanoseconds: (text) =>
    fromSeconds(
      `UNIX_SECONDS(SAFE_CAST(REGEXP_REPLACE(${text}, '[.][0-9]+', '') AS TIMESTAMP))`,
      `COALESCE(REGEXP_EXTRACT(${text}, '[.]([0-9]+)'), '0')`,
      'INT64',
    ),
  instant: (column) => `UNIX_MICROS(${column}) * 1000`,
  parsed: (digits) => `SAFE_CAST(${digits} AS BIGNUMERIC)`,
  split: (text, part) => `COALESCE(SPLIT(${text}, '.')[SAFE_OFFSET(${part - 1})], '')`,
  quotient: (a, b) => `DIV(${a}, ${b})`,
  latest: (value, at, condition) =>
    `ARRAY_AGG(IF(${condition}, ${value}, NULL) IGNORE NULLS ORDER BY ${at} DESC, ${value} DESC LIMIT 1)[SAFE_OFFSET(0)]`,
  json: (text) => `TO_JSON_STRING(${text})`,
  distinct: (text, condition) => `STRING_AGG(DISTINCT IF(${condition}, ${text}, NULL), ',')`,
  columnNames: bigqueryColumns,
  columnTypes: bigqueryColumns,
  instantTypes: ['timestamp'],
};

const snowflake: Dialect = {
  name: 'Snowflake',
  text: 'VARCHAR',
  asText: (column) => `COALESCE(CAST(${column} AS VARCHAR), '')`,
  integer: 'NUMBER(38, 0)',
  long: 'NUMBER(19, 0)',
  quoteName: doubled('"'),
  quoteText: (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  matches: (text, pattern) => `REGEXP_LIKE(${text}, ${quoted(pattern)})`,
  nanoseconds: (text) =>
    fromSeconds(
      `DATE_PART(EPOCH_SECOND, TRY_TO_TIMESTAMP_TZ(REGEXP_REPLACE(${text}, '[.][0-9]+', '')))`,
      `COALESCE(REGEXP_SUBSTR(${text}, '[.]([0-9]+)', 1, 1, 'e'), '0')`,
      'NUMBER(19, 0)',
    ),
  instant: (column) => `DATE_PART(EPOCH_NANOSECOND, ${column})`,
  parsed: (digits) => `TRY_TO_NUMBER(${digits}, 38, 0)`,
  split: (text, part) => `SPLIT_PART(${text}, '.', ${part})`,
  quotient: (a, b) => `FLOOR(${a} / ${b})`,
  latest: (value, at, condition) =>
    `CAST(ARRAY_AGG(CASE WHEN ${condition} THEN CAST(${value} AS VARCHAR) END) WITHIN GROUP (ORDER BY ${at} DESC, ${value} DESC)[0] AS VARCHAR)`,
  json: (text) => `TO_JSON(TO_VARIANT(${text}))`,
  distinct: (text, condition) => `LISTAGG(DISTINCT CASE WHEN ${condition} THEN ${text} END, ',')`,
  columnNames: informationSchema,
  columnTypes: informationSchema,
  instantTypes: ['timestamp_tz', 'timestamp_ltz', 'timestamp with'],
};

const athena: Dialect = {
  name: 'Athena and Trino',
  text: 'VARCHAR',
  asText: (column) => `COALESCE(CAST(${column} AS VARCHAR), '')`,
  integer: 'DECIMAL(38, 0)',
  long: 'BIGINT',
  quoteName: doubled('"'),
  quoteText: quoted,
  matches: (text, pattern) => `regexp_like(${text}, ${quoted(`^(?:${pattern})$`)})`,
  nanoseconds: (text) =>
    fromSeconds(
      `CAST(to_unixtime(TRY(from_iso8601_timestamp(replace(upper(regexp_replace(${text}, '[.][0-9]+', '')), ' ', 'T')))) AS BIGINT)`,
      `coalesce(regexp_extract(${text}, '[.]([0-9]+)', 1), '0')`,
      'BIGINT',
    ),
  instant: (column) =>
    `CAST(to_unixtime(date_trunc('second', ${column})) AS BIGINT) * 1000000000 + CAST(rpad(date_format(${column}, '%f'), 9, '0') AS BIGINT)`,
  parsed: (digits) => `TRY_CAST(${digits} AS DECIMAL(38, 0))`,
  split: (text, part) => `coalesce(split_part(${text}, '.', ${part}), '')`,
  quotient: (a, b) => `${a} / ${b}`,
  latest: (value, at, condition) => `max_by(${value}, ROW(${at}, ${value})) FILTER (WHERE ${condition})`,
  json: (text) => `json_format(CAST(${text} AS JSON))`,
  distinct: (text, condition) => `array_join(array_sort(array_agg(DISTINCT ${text}) FILTER (WHERE ${condition})), ',')`,
  typeOf: (column) => `typeof(${column})`,
  columnNames: informationSchema,
  columnTypes: informationSchema,
  instantTypes: ['with time zone'],
};

const spark: Dialect = {
  name: 'Spark SQL, with spark.sql.ansi.enabled = true',
  text: 'STRING',
  asText: (column) => `COALESCE(CAST(${column} AS STRING), '')`,
  integer: 'DECIMAL(38, 0)',
  long: 'BIGINT',
  quoteName: doubled('`'),
  quoteText: escaped,
  matches: (text, pattern) => `${text} RLIKE ${escaped(`^(?:${pattern})$`)}`,
  nanoseconds: (text) =>
    fromSeconds(
      `unix_seconds(TRY_CAST(regexp_replace(${text}, '[.][0-9]+', '') AS TIMESTAMP))`,
      `regexp_extract(${text}, '[.]([0-9]+)', 1)`,
      'BIGINT',
    ),
  instant: (column) => `unix_micros(${column}) * 1000`,
  parsed: (digits) => `TRY_CAST(${digits} AS DECIMAL(38, 0))`,
  split: (text, part) => `coalesce(split_part(${text}, '.', ${part}), '')`,
  quotient: (a, b) => `${a} DIV ${b}`,
  latest: (value, at, condition) => `max_by(${value}, struct(${at}, ${value})) FILTER (WHERE ${condition})`,
  json: (text) => `substring(to_json(named_struct('v', ${text})), 6, length(to_json(named_struct('v', ${text}))) - 6)`,
  distinct: (text, condition) => `array_join(sort_array(collect_set(CASE WHEN ${condition} THEN ${text} END)), ',')`,
  typeOf: (column) => `typeof(${column})`,
  columnNames: informationSchema,
  columnTypes: informationSchema,
  instantTypes: ['timestamp'],
};

export const DIALECTS = { clickhouse, duckdb, bigquery, snowflake, athena, spark } as const;
export type DialectName = keyof typeof DIALECTS;
export const DIALECT_NAMES = Object.keys(DIALECTS) as DialectName[];
