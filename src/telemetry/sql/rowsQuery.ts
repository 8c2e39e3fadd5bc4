/**
 * The query for single rows of a table: those of some customers' hours, or of one customer, and whatever other rows have one of
 * their event ids, because these decide which row of an event counts.
 *
 * A row is a line: the number of lines in all, the row's fault or a hyphen, and the columns in use as an object of JSON.
 */
import type { Dialect } from './dialects.ts';
import { type LedgerQueryTerms, Query, stepsText } from './query.ts';

/** Rows that are wanted: of hours of UTC, by their number since 1970, or all rows of a customer, by its ids. */
export type Near =
  | { readonly hours: readonly { readonly customer: string; readonly hour: bigint }[] }
  /** Hours of all customers. */
  | { readonly wholeHours: readonly bigint[] }
  | { readonly ids: readonly string[] };

const HOUR = 3_600_000_000_000n;

export function rowsQuery(dialect: Dialect, terms: LedgerQueryTerms, near: Near): string {
  const query = new Query(dialect, terms);
  const isNear = nearTest(dialect, near);
  const comesAgain = terms.dedupe && terms.layout.eventId.length > 0;
  const key = `m_fault = '' AND m_event <> ''`;
  const steps: [string, string][] = [
    ['m_raw', query.raw()],
    ['m_read', query.read({ keepsTexts: true })],
    ['m_typed', query.typed()],
    ['m_ids', `SELECT m_source, m_event FROM m_typed WHERE ${key} AND (${isNear}) GROUP BY m_source, m_event`],
  ];
  const others = ` OR (${key} AND (m_source, m_event) IN (SELECT m_source, m_event FROM m_ids))`;
  const texts = terms.meters.map((_, m) => `m_q${m}`);
  const order = [...query.order(), 'm_source', 'm_event', ...texts].join(', ');
  return [
    stepsText(comesAgain ? steps : steps.slice(0, -1)),
    `SELECT CAST(COUNT(*) OVER () AS ${dialect.text})`,
    ` || CASE WHEN m_fault = '' THEN ' - ' ELSE ' ' || m_fault || ' ' END || ${rowText(dialect, terms)} AS line`,
    `\nFROM m_typed WHERE ${isNear}${comesAgain ? others : ''}\nORDER BY ${order}\n`,
  ].join('');
}

function nearTest(dialect: Dialect, near: Near): string {
  if ('ids' in near) return `m_customer IN (${near.ids.map(dialect.quoteText).join(', ')})`;
  const hour = `CAST(${dialect.quotient('m_at', `CAST(${HOUR} AS ${dialect.long})`)} AS ${dialect.text})`;
  if ('wholeHours' in near)
    return `m_fault = '' AND ${hour} IN (${near.wholeHours.map((one) => dialect.quoteText(String(one))).join(', ')})`;
  const hours = near.hours.map(({ customer, hour }) => dialect.quoteText(`${hour} ${customer}`));
  return `m_fault = '' AND ${hour} || ' ' || m_customer IN (${hours.join(', ')})`;
}

function rowText(dialect: Dialect, { layout, wanted, columns, hasInstants, meters }: LedgerQueryTerms): string {
  const at = hasInstants ? `CAST(COALESCE(m_at, -1) AS ${dialect.text})` : 'm_time';
  const fields = new Map<number, string>();
  const put = (place: number | undefined, value: string) => {
    if (place !== undefined && place >= 0 && !fields.has(place)) fields.set(place, value);
  };
  put(layout.timestamp[0], at);
  put(layout.eventId[0], 'm_event');
  put(layout.source[0], 'm_source');
  if (wanted.customer === undefined) put(layout.customer[0], 'm_customer');
  for (const [d] of wanted.dimensions.entries()) put(layout.dimensions[d], `m_d${d}`);
  for (const [m] of meters.entries()) if (wanted.constants[m] === undefined) put(layout.quantities[m], `m_q${m}`);
  const pieces = [...fields].map(([place, value], i) => {
    const begin = dialect.quoteText(`${i === 0 ? '{' : ','}${JSON.stringify(columns[place])}:`);
    return `${begin} || ${dialect.json(value)}`;
  });
  return `${pieces.join(' || ')} || '}'`;
}
