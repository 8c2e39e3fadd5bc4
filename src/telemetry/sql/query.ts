/**
 * The query that makes a ledger where the rows lie. Its one column holds the lines of the file: an engine's client writes them
 * down, and what reads ledgers reads them.
 *
 * Quantities are added up as integers, in units of 10^−digits of the field's unit; their texts get the point back at the end.
 * What does not look like an instant or a plain number is rejected and counted: no cast rounds anything.
 */
import { countsZero, type Meter } from '../../core/catalog/meter.ts';
import { type Condition, placeOf, type RowFilter } from '../../core/catalog/rowFilter.ts';
import type { Period } from '../../core/period.ts';
import type { Buckets } from '../../core/usage/buckets.ts';
import type { ColumnLayout, Wanted } from '../columns.ts';
import { headerObject } from '../ledger/format.ts';
import { countsValues, type FaultCode } from '../row.ts';
import type { Dialect } from './dialects.ts';

export type LedgerQueryTerms = {
  /** Table or function that gives one, as the engine has it: quoted where it needs that. */
  readonly table: string;
  /** Names of the table's columns, and which of them has which role. */
  readonly columns: readonly string[];
  readonly layout: ColumnLayout;
  readonly wanted: Wanted;
  /** Meters with the number of their own units in one of the field's, as integer over 10^digits. */
  readonly meters: readonly (Meter & { readonly scale: { readonly factor: bigint; readonly digits: number } })[];
  /** Dimensions that the ledger keeps apart: the first of `wanted.dimensions`. */
  readonly dimensions: readonly string[];
  readonly buckets: Buckets;
  readonly period?: Period | undefined;
  readonly dedupe: boolean;
  /** Digits behind the point that quantities may have in their field. */
  readonly digits: number;
  /** The column of instants has the engine's own type, in UTC; otherwise text. */
  readonly hasInstants: boolean;
  /** Columns of floats that are taken. */
  readonly allowFloats: boolean;
};

/** Faults that the query tells apart. */
const FAULTS: readonly FaultCode[] = [
  'wrong-type',
  'not-a-timestamp',
  'out-of-range-time',
  'missing-customer',
  'not-a-number',
];

/** A value and its name. */
type Column = readonly [value: string, name: string];

const OUTCOMES = ['rated', 'duplicate', 'out_of_period', 'conflict'] as const;

const INSTANT =
  '[0-9]{4}-[0-9][0-9]-[0-9][0-9][Tt ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]([.][0-9]{1,9})?([Zz]|[+-][0-9][0-9](:?[0-9][0-9])?)';

export function ledgerQuery(dialect: Dialect, terms: LedgerQueryTerms): string {
  const query = new Query(dialect, terms);
  const steps = [
    ['m_raw', query.raw()],
    ['m_read', query.read()],
    ['m_typed', query.typed()],
    ['m_fates', query.fates()],
    ['m_placed', query.placed()],
    ['m_keyed', query.keyed()],
    ...query.cells(),
    ['m_lines', query.lines()],
  ] as const;
  const order = ['m_part', 'm_c', 'm_bucket', 'm_key', 'm_place'].join(', ');
  const settings = dialect.settings === undefined ? '' : `\n${dialect.settings}`;
  return `${stepsText(steps)}SELECT COALESCE(m_line, 'overflow') AS line FROM m_lines ORDER BY ${order}${settings}\n`;
}

export function stepsText(steps: readonly (readonly [name: string, text: string])[]): string {
  return `WITH\n${steps.map(([name, text]) => `${name} AS (\n${indented(text)}\n)`).join(',\n')}\n`;
}

/** The query for the most digits that any quantity has behind its point. */
export function longestFraction(dialect: Dialect, terms: LedgerQueryTerms): string {
  const places = [...new Set(terms.layout.quantities.filter((place) => place >= 0))];
  const lengths = places.map((place) => {
    const text = dialect.asText(dialect.quoteName(terms.columns[place]!));
    return `SELECT MAX(LENGTH(${dialect.split(text, 2)})) AS m_digits FROM ${terms.table}`;
  });
  if (lengths.length === 0) return 'SELECT 0 AS m_digits';
  return `SELECT COALESCE(MAX(m_digits), 0) AS m_digits FROM (${lengths.join(' UNION ALL ')}) m_lengths`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Steps of a query, each of which reads the one before it by its name. */
export class Query {
  private readonly dialect: Dialect;
  private readonly terms: LedgerQueryTerms;

  constructor(dialect: Dialect, terms: LedgerQueryTerms) {
    this.dialect = dialect;
    this.terms = terms;
  }

  /** The columns by their roles, as text. */
  raw(): string {
    const { layout, wanted, hasInstants, table, meters } = this.terms;
    const { timestamp, customer, eventId, source, quantities } = layout;
    const own = wanted.customer === undefined ? this.firstOf(customer) : this.text(wanted.customer);
    const at = timestamp[0]!;
    const columns = [
      [hasInstants ? this.dialect.instant(this.column(at)) : this.firstOf(timestamp), hasInstants ? 'm_at' : 'm_time'],
      [wanted.trimsIds ? `TRIM(${own})` : own, 'm_customer'],
      [this.firstOf(eventId), 'm_event'],
      [this.firstOf(source), 'm_source'],
      ...wanted.dimensions.map((_, d) => [this.dimension(d), `m_d${d}`]),
      ...meters.map((_, m) => [this.quantity(quantities[m]!, wanted.constants[m]), `m_q${m}`]),
      [this.floatTest(), 'm_float'],
    ];
    return `SELECT\n  ${columns.map(([value, name]) => `${value} AS ${name}`).join(',\n  ')}\nFROM ${table}`;
  }

  /** The texts as instants and integers; NULL is no value. `keepsTexts`: the texts, too. */
  read({ keepsTexts = false } = {}): string {
    const { meters, hasInstants, wanted } = this.terms;
    const { nanoseconds, matches } = this.dialect;
    const at = `CASE WHEN ${matches('m_time', INSTANT)} THEN ${nanoseconds('m_time')} END AS m_at`;
    const units = meters.flatMap((meter, m) => [
      `${this.units(meter, `m_q${m}`)} AS m_u${m}`,
      `CASE WHEN m_q${m} = '' THEN 0 ELSE 1 END AS m_p${m}`,
      ...(countsValues(meter) ? [`m_q${m} AS m_t${m}`] : []),
    ]);
    const kept = ['m_customer', 'm_event', 'm_source', 'm_float', ...wanted.dimensions.map((_, d) => `m_d${d}`)];
    const texts = keepsTexts ? [...(hasInstants ? [] : ['m_time']), ...meters.map((_, m) => `m_q${m}`)] : [];
    const columns = [...kept, ...texts, ...(hasInstants ? ['m_at'] : [at]), ...units];
    return `SELECT\n  ${columns.join(',\n  ')}\nFROM m_raw`;
  }

  typed(): string {
    const { meters } = this.terms;
    const noNumber = meters.map((_, m) => `m_u${m} IS NULL`).join(' OR ');
    const content = ['m_at', ...this.content()].flatMap((name) =>
      /^m_[aup]/.test(name) ? [this.asText(name)] : [this.asText(`LENGTH(${name})`), name],
    );
    const fault = [
      `CASE WHEN m_float = 1 THEN 'wrong-type'`,
      `WHEN m_at IS NULL THEN 'not-a-timestamp'`,
      `WHEN m_at < 0 THEN 'out-of-range-time'`,
      `WHEN m_customer = '' THEN 'missing-customer'`,
      `WHEN ${noNumber} THEN 'not-a-number'`,
      `ELSE '' END AS m_fault`,
    ].join('\n    ');
    return `SELECT m_read.*,\n  ${content.join(` || ' ' || `)} AS m_content,\n  ${fault}\nFROM m_read`;
  }

  /** Columns in which two deliveries of an event must agree, beside the instant. */
  private content(): string[] {
    const quantities = this.terms.meters.flatMap((meter, m) => {
      if (countsValues(meter)) return [`m_t${m}`];
      return countsZero(meter) ? [`m_u${m}`, `m_p${m}`] : [`m_u${m}`];
    });
    return [...this.texts(), ...quantities];
  }

  private texts(): string[] {
    return ['m_customer', ...this.terms.wanted.dimensions.map((_, d) => `m_d${d}`)];
  }

  /** Values by which it is decided which delivery of an event counts: the instant, then the content as text, as in files. */
  order(): string[] {
    const quantities = this.terms.meters.map((meter, m) => {
      if (countsValues(meter)) return `m_t${m}`;
      const text = this.decimalText(`m_u${m}`, this.terms.digits);
      return countsZero(meter) ? `CASE WHEN m_p${m} = 0 THEN '' ELSE ${text} END` : text;
    });
    return ['m_at', ...this.texts(), ...quantities];
  }

  /** Fates of the rows: of one event id the earliest row without a fault counts, others repeat or contradict it. */
  fates(): string {
    const fault = `WHEN m_fault <> '' THEN m_fault`;
    if (!this.terms.dedupe || this.terms.layout.eventId.length === 0)
      return `SELECT m_typed.*, 0 AS m_first, CASE ${fault} ELSE 'rated' END AS m_fate\nFROM m_typed`;
    // A row that repeats no other stands alone: by its content, so that no group of rows grows with the table.
    const lone = `CASE WHEN m_fault = '' AND m_event <> '' THEN '' ELSE COALESCE(m_content, '-') END`;
    const over = `OVER (PARTITION BY m_source, m_event, m_lone ORDER BY ${this.order().join(', ')}`;
    return [
      'SELECT m_ranked.*,',
      `  CASE WHEN m_lone = '' AND m_delivery = 1 THEN 1 ELSE 0 END AS m_first,`,
      `  CASE ${fault} WHEN m_lone <> '' OR m_delivery = 1 THEN 'rated'`,
      `    WHEN m_content = m_counting THEN 'duplicate' ELSE 'conflict' END AS m_fate`,
      'FROM (',
      `  SELECT m_alone.*, ROW_NUMBER() ${over}) AS m_delivery,`,
      `    FIRST_VALUE(m_content) ${over} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS m_counting`,
      `  FROM (SELECT m_typed.*, ${lone} AS m_lone FROM m_typed) m_alone`,
      ') m_ranked',
    ].join('\n');
  }

  placed(): string {
    const { period } = this.terms;
    const outside = period && `m_at < ${nanoseconds(period.start)} OR m_at >= ${nanoseconds(period.end)}`;
    const outcome = outside
      ? `CASE WHEN m_fate = 'rated' AND (${outside}) THEN 'out_of_period' ELSE m_fate END`
      : 'm_fate';
    return `SELECT m_fates.*, ${outcome} AS m_outcome\nFROM m_fates`;
  }

  /** The columns that rows are grouped by: rows that are not rated are one group, which no line is made of. */
  keyed(): string {
    const keys = [['m_customer', 'm_c'], ...this.terms.dimensions.map((_, d) => [`m_d${d}`, `m_k${d}`])];
    const columns = [
      'm_placed.*',
      `CASE WHEN m_outcome = 'rated' THEN 1 ELSE 0 END AS m_counts`,
      `CASE WHEN m_outcome = 'rated' THEN ${this.bucket()} ELSE CAST(-1 AS ${this.dialect.long}) END AS m_bucket`,
      ...keys.map(([value, name]) => `CASE WHEN m_outcome = 'rated' THEN ${value} ELSE '' END AS ${name}`),
    ];
    return `SELECT\n  ${columns.join(',\n  ')}\nFROM m_placed`;
  }

  /**
   * A row for each cell, and one for all rows: the table is read once. Lists of distinct values are made of cells alone, in a
   * step of their own, for of all rows they would be one text.
   */
  cells(): (readonly [name: string, text: string])[] {
    const groups = ['m_counts', 'm_c', 'm_bucket', ...this.keyNames()];
    const sets = `GROUP BY GROUPING SETS ((${groups.join(', ')}), ())`;
    const whole = ['GROUPING(m_bucket) AS m_whole', ...groups];
    const counted = this.counted();
    const totals = this.totals();
    const text = (columns: readonly string[], from: string, by: string) =>
      `SELECT\n  ${columns.join(',\n  ')}\nFROM ${from}\n${by}`;
    const named = (columns: readonly Column[]) => columns.map(([value, name]) => `${value} AS ${name}`);
    const sums = named([...counted, ...totals]);
    if (!this.terms.meters.some(({ aggregation }) => aggregation === 'unique'))
      return [['m_cells', text([...whole, ...sums], 'm_keyed', sets)]];
    const again = [...counted, ...totals].map(
      ([, name]): Column => [/^m_[afly][0-9]/.test(name) ? `MAX(${name})` : `COALESCE(SUM(${name}), 0)`, name],
    );
    return [
      ['m_groups', text([...groups, ...sums], 'm_keyed', `GROUP BY ${groups.join(', ')}`)],
      ['m_cells', text([...whole, ...named(again)], 'm_groups', sets)],
    ];
  }

  private totals(): Column[] {
    return this.terms.meters.flatMap((meter, m): Column[] => {
      const counts = `m_counts = 1 AND ${this.counts(meter, m)}`;
      const when = (value: string) => `CASE WHEN ${counts} THEN ${value} END`;
      return [
        [this.aggregate(meter, m, counts), `m_a${m}`],
        [`COUNT(${when('1')})`, `m_e${m}`],
        [`MIN(${when('m_at')})`, `m_f${m}`],
        [`MAX(${when('m_at')})`, `m_l${m}`],
        ...(meter.aggregation === 'unique'
          ? [[this.dialect.distinct(this.dialect.json(`m_t${m}`), counts), `m_y${m}`] as const]
          : []),
      ];
    });
  }

  /** Counts of rows, which the accounting of all rows is made of. */
  private counted(): Column[] {
    const { meters } = this.terms;
    const sound = `m_fault = ''`;
    return [
      ...FAULTS.map((code, i): Column => [sumWhere(`m_fault = '${code}'`), `m_n${i}`]),
      ...meters.map((_, m): Column => [sumWhere(`${sound} AND m_p${m} = 1`), `m_s${m}`]),
      ...this.dimensionNames().map((name, d): Column => [sumWhere(`${sound} AND ${name} <> ''`), `m_v${d}`]),
      ...OUTCOMES.map((outcome): Column => [sumWhere(`m_outcome = '${outcome}'`), `m_${outcome}`]),
      [sumWhere(sound), 'm_sound'],
      ['COALESCE(SUM(m_first), 0)', 'm_ids'],
      ['COUNT(*)', 'm_all'],
    ];
  }

  /** The lines of the file, and what they are ordered by. */
  lines(): string {
    const { meters } = this.terms;
    const last = meters.length + 1;
    const places = Array.from({ length: last + 1 }, (_, place) => `SELECT ${place} AS m_place`).join(' UNION ALL ');
    const begin = [
      this.text('{"customer":'),
      this.dialect.json('m_c'),
      this.text(',"bucket":"'),
      this.asText('m_bucket'),
      this.text('","dimensions":['),
      this.key(),
      this.text(']'),
    ].join(' || ');
    const kinds = meters.map((meter, m) => `WHEN m_place = ${m + 1} THEN ${begin} || ${this.totalText(meter, m)}`);
    const isThere = meters.map((_, m) => `(m_place = ${m + 1} AND m_e${m} > 0)`);
    const events = this.asText(['0', ...meters.map((_, m) => `m_e${m}`)].join(' + '));
    const end = `'{"end":{"rows":' || ${this.asText('m_rated')} || ',"events":' || ${events} || '}}'`;
    return [
      `SELECT CASE WHEN m_whole = 0 THEN 2 WHEN m_place = ${last} THEN 3 ELSE m_place END AS m_part,`,
      `  m_c, m_bucket, ${this.key()} AS m_key, m_place, CASE`,
      `  WHEN m_whole = 1 AND m_place = 0 THEN ${this.text(JSON.stringify(this.header()))}`,
      `  WHEN m_whole = 1 AND m_place = 1 THEN ${this.accounting()}`,
      `  WHEN m_whole = 1 THEN ${end}`,
      `  WHEN m_place = 0 THEN ${begin} || ',"rows":' || ${this.asText('m_rated')} || '}'`,
      `  ${kinds.join('\n  ')}`,
      'END AS m_line',
      `FROM m_cells CROSS JOIN (${places}) m_places`,
      `WHERE (m_whole = 1 AND m_place IN (0, 1, ${last}))`,
      `  OR (m_whole = 0 AND m_counts = 1 AND (${['m_place = 0', ...isThere].join(' OR ')}))`,
    ].join('\n');
  }

  private header() {
    const { buckets, period, dedupe, meters, dimensions, table } = this.terms;
    return headerObject({ ...{ buckets, period, dedupe, meters, dimensions }, sources: [{ name: table }] });
  }

  private accounting(): string {
    const { meters, dimensions, table, allowFloats, columns, layout } = this.terms;
    const pieces: string[] = [];
    const put = (json: string, value: string) => pieces.push(this.text(json), this.asText(value));
    put('{"accounting":{"read":', 'm_all');
    for (const name of OUTCOMES.slice(0, -1)) put(`,"${name}":`, `m_${name}`);
    put(',"rejected":{"conflict":', 'm_conflict');
    for (const [i, code] of FAULTS.entries()) put(`,"${code}":`, `m_n${i}`);
    const seen = meters.map(({ name }, m) => [`m_s${m} > 0`, JSON.stringify(name)] as const);
    const missing = dimensions.map(
      (dimension, d) => [`m_sound > 0 AND m_v${d} = 0`, JSON.stringify({ source: table, dimension })] as const,
    );
    pieces.push(this.text('},"seen_meters":['), this.listed(seen), this.text('],"missing_dimensions":['));
    pieces.push(this.listed(missing));
    const inexact = allowFloats
      ? layout.quantities.filter((place) => place >= 0).map((place) => ({ source: table, column: columns[place] }))
      : [];
    const rest = { inexact, guessed_time_units: [], unended_sources: [], repeated_hour_rows: 0 };
    pieces.push(this.text(`],${JSON.stringify(rest).slice(1, -1)},"event_ids":`), this.asText('m_ids'), `'}}'`);
    return pieces.join(' || ');
  }

  /** The items whose conditions hold, with commas between. */
  private listed(items: readonly (readonly [condition: string, json: string])[]): string {
    if (items.length === 0) return `''`;
    const texts = items.map(([condition, json]) => `CASE WHEN ${condition} THEN ${this.text(`,${json}`)} ELSE '' END`);
    return `SUBSTR(${texts.join(' || ')}, 2)`;
  }

  private totalText(meter: Meter, m: number): string {
    const begin = this.text(`,"meter":${JSON.stringify(meter.name)},"quantity":"`);
    const rest = [`'","events":'`, this.asText(`m_e${m}`), `',"first":"'`, this.asText(`m_f${m}`)];
    const values = meter.aggregation === 'unique' ? [`'","values":['`, `m_y${m}`, `']}'`] : [`'"}'`];
    return [begin, this.quantityText(m), ...rest, `'","last":"'`, this.asText(`m_l${m}`), ...values].join(' || ');
  }

  private quantityText(m: number): string {
    const meter = this.terms.meters[m]!;
    const { scale } = meter;
    if (countsValues(meter)) return this.asText(`m_a${m}`);
    const product = scale.factor === 1n ? `m_a${m}` : `m_a${m} * ${this.integer(scale.factor)}`;
    return this.decimalText(product, this.terms.digits + scale.digits);
  }

  /** The text of an integer over 10^`digits`, with all of the digits. */
  private decimalText(value: string, digits: number): string {
    const text = this.asText(value);
    if (digits === 0) return text;
    const short = `'0.' || LPAD(${text}, ${digits}, '0')`;
    const point = `LENGTH(${text}) - ${digits}`;
    const long = `SUBSTR(${text}, 1, ${point}) || '.' || SUBSTR(${text}, ${point} + 1)`;
    return `CASE WHEN LENGTH(${text}) <= ${digits} THEN ${short} ELSE ${long} END`;
  }

  private aggregate(meter: Meter, m: number, counts: string): string {
    switch (meter.aggregation) {
      case 'count':
        return `COUNT(CASE WHEN ${counts} THEN 1 END)`;
      case 'unique':
        return `COUNT(DISTINCT CASE WHEN ${counts} THEN m_t${m} END)`;
      case 'last':
        return this.dialect.latest(`m_u${m}`, 'm_at', counts);
      case 'max':
        return `MAX(CASE WHEN ${counts} THEN m_u${m} END)`;
      default:
        return `SUM(CASE WHEN ${counts} THEN m_u${m} END)`;
    }
  }

  /** True for rows that the meter counts: quantities of 0 are none, but where 0 says something that nothing does not. */
  private counts(meter: Meter, m: number): string {
    const isThere = countsZero(meter) ? `m_p${m} = 1` : `m_u${m} <> 0`;
    return [isThere, ...this.filter(meter.where ?? [])].join(' AND ');
  }

  private filter(where: RowFilter): string[] {
    return where.map((condition) => {
      const column = `m_d${placeOf(condition, this.terms.dimensions)}`;
      const tests = condition.values.map((value) => this.covers(value, column));
      return `${condition.isNot ? 'NOT ' : ''}(${tests.join(' OR ')})`;
    });
  }

  /** Test for a value of a filter, as in rowFilter.ts: `2xx` is every status code from 200 to 299, and itself. */
  private covers(value: Condition['values'][number], column: string): string {
    const equal = `${column} = ${this.text(value)}`;
    const leading = /^([1-5])xx$/i.exec(value)?.[1];
    return leading === undefined
      ? equal
      : `${equal} OR ${this.dialect.matches(column, `${leading}([0-9][0-9]|[xX][xX])`)}`;
  }

  private bucket(): string {
    const { widthMs, cuts } = this.terms.buckets;
    const width = `CAST(${nanoseconds(widthMs)} AS ${this.dialect.long})`;
    const start = `${this.dialect.quotient('m_at', width)} * ${width}`;
    const floor = `CAST(${start} AS ${this.dialect.long})`;
    if (cuts.length === 0) return floor;
    const steps = [...cuts].reverse().map((cut) => `WHEN m_at >= ${nanoseconds(cut)} THEN ${nanoseconds(cut)}`);
    const cut = `CAST(CASE ${steps.join(' ')} ELSE 0 END AS ${this.dialect.long})`;
    return `GREATEST(${floor}, ${cut})`;
  }

  /** A field as an integer in units of 10^−digits. */
  private units(meter: Meter, text: string): string {
    if (countsValues(meter)) return this.integer(1n);
    const { digits } = this.terms;
    const { matches, parsed, split } = this.dialect;
    const pattern = digits === 0 ? '[0-9]{1,60}([.]0+)?' : `[0-9]{1,60}([.][0-9]{1,${digits}}0*)?`;
    const all = digits === 0 ? split(text, 1) : `${split(text, 1)} || RPAD(${split(text, 2)}, ${digits}, '0')`;
    return `CASE WHEN ${text} = '' THEN ${this.integer(0n)} WHEN ${matches(text, pattern)} THEN ${parsed(all)} END`;
  }

  private quantity(place: number, constant: string | undefined): string {
    if (constant !== undefined) return this.text(constant);
    return place < 0 ? `''` : this.textOf(place);
  }

  private dimension(d: number): string {
    const place = this.terms.layout.dimensions[d]!;
    return place < 0 ? `''` : this.textOf(place);
  }

  /** A column as text: NULL and a hyphen are nothing, as in every export. */
  private textOf(place: number): string {
    return `COALESCE(NULLIF(${this.dialect.asText(this.column(place))}, '-'), '')`;
  }

  /** 1 where a column of quantities is a float, as far as the query can look. */
  private floatTest(): string {
    const { typeOf } = this.dialect;
    const places = this.terms.layout.quantities.filter((place) => place >= 0);
    if (!typeOf || this.terms.allowFloats || places.length === 0) return '0';
    const tests = [...new Set(places)].map((place) => {
      const type = `LOWER(${typeOf(this.column(place))})`;
      return ['float', 'double', 'real'].map((name) => `${type} LIKE '%${name}%'`).join(' OR ');
    });
    return `CASE WHEN ${tests.join(' OR ')} THEN 1 ELSE 0 END`;
  }

  /** The first of several columns that has a value. */
  private firstOf(places: readonly number[]): string {
    const texts = places.map((place) => this.textOf(place));
    if (texts.length < 2) return texts[0] ?? `''`;
    return `COALESCE(${texts.map((text) => `NULLIF(${text}, '')`).join(', ')}, '')`;
  }

  private column(place: number): string {
    return this.dialect.quoteName(this.terms.columns[place]!);
  }

  private dimensionNames(): string[] {
    return this.terms.dimensions.map((_, d) => `m_d${d}`);
  }

  private keyNames(): string[] {
    return this.terms.dimensions.map((_, d) => `m_k${d}`);
  }

  private key(): string {
    const values = this.keyNames().map((name) => this.dialect.json(name));
    return values.length === 0 ? `''` : values.join(` || ',' || `);
  }

  private text(value: string): string {
    return this.dialect.quoteText(value);
  }

  private asText(value: string): string {
    return `CAST(${value} AS ${this.dialect.text})`;
  }

  private integer(value: bigint): string {
    return `CAST(${value} AS ${this.dialect.integer})`;
  }
}

function sumWhere(condition: string): string {
  return `COALESCE(SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
}

function nanoseconds(instant: number): string {
  return String(BigInt(instant) * 1_000_000n);
}
