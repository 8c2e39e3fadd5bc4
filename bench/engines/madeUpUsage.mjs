// Rows of usage that any engine makes alike: integer arithmetic on the row's number, nothing drawn.
// Every hundredth row is delivered again; instants have nanoseconds, compute has six digits behind the point.
// A customer has 50 000 rows, about 67 an hour.
const ROWS_OF_A_CUSTOMER = 50_000;
const START = 1790812800n; // 1 October 2026 in seconds
const SECONDS = 31n * 86_400n;

/** The statement behind CREATE TABLE … AS. `numbers`: a table function whose column `n` counts from 0. */
function rows(dialect, count, numbers) {
  const { integer, text, instant, padded, div } = dialect;
  const step = (SECONDS * 1_000_000_000n) / BigInt(count);
  const ns = `(${integer('j')} * ${step} + ${integer('a')} % 1000)`;
  return `
SELECT ${instant(`${integer(`${START}`)} * 1000000000 + ${ns}`)} AS timestamp,
  'e-' || ${text('j')} AS event_id,
  'customer-' || ${padded(`a % ${Math.ceil(count / ROWS_OF_A_CUSTOMER)}`, 4)} AS customer_id,
  CASE b % 3 WHEN 0 THEN 'fra' WHEN 1 THEN 'iad' ELSE 'sin' END AS region,
  '/v1/' || ${text('b % 20')} AS route,
  ${integer('1 + b % 99')} AS requests,
  ${text(`${div('b', 1_000_000)} % 60`)} || '.' || ${padded('b % 1000000', 6)} AS compute_seconds,
  ${integer('(a % 100000) * 977')} AS egress_bytes
FROM (SELECT j, a, (a * 16807) % 2147483647 AS b
  FROM (SELECT j, (j * 48271 + 11) % 2147483647 AS a
    FROM (SELECT n - CASE WHEN n % 100 = 99 THEN 1 ELSE 0 END AS j FROM ${numbers}) m_0) m_1) m_2`;
}

export const duckdbRows = (count) =>
  rows(
    {
      integer: (value) => `CAST(${value} AS BIGINT)`,
      text: (value) => `CAST(${value} AS VARCHAR)`,
      padded: (value, digits) => `lpad(CAST(${value} AS VARCHAR), ${digits}, '0')`,
      div: (a, b) => `${a} // ${b}`,
      instant: (value) =>
        `strftime(make_timestamp((${value}) // 1000), '%Y-%m-%dT%H:%M:%S.') || lpad(CAST((${value}) % 1000000000 AS VARCHAR), 9, '0') || 'Z'`,
    },
    count,
    `(SELECT range AS n FROM range(${count})) m_n`,
  );

export const clickhouseRows = (count) =>
  rows(
    {
      integer: (value) => `toInt64(${value})`,
      text: (value) => `toString(${value})`,
      padded: (value, digits) => `leftPad(toString(${value}), ${digits}, '0')`,
      div: (a, b) => `intDiv(${a}, ${b})`,
      instant: (value) => `concat(replaceOne(toString(fromUnixTimestamp64Nano(${value}, 'UTC')), ' ', 'T'), 'Z')`,
    },
    count,
    `(SELECT toInt64(number) AS n FROM numbers(${count})) m_n`,
  );
