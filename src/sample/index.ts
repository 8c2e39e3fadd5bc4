/**
 * Telemetry of any size, with the same bytes on every machine: for demos, tests and benchmarks.
 *
 * One row is the count of one edge node for one customer, route and region over a short time. Customers are
 * heavy-tailed, nights and weekends are quiet, and rows are nearly in time order, as in an export: most within 4
 * seconds, a few up to 17 minutes late. Only integers, + − × ÷ and square roots decide a byte, so the same options give
 * the same bytes on every machine; there is no clock and no unseeded randomness.
 */
import { assert } from '../core/assert.ts';
import type { Problem } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { makeCustomers } from './customers.ts';
import { type IdStyle, idWriter } from './eventIds.ts';
import { LAYOUTS, type SampleFormat } from './layout.ts';
import { makeRhythm } from './rhythm.ts';
import { rowWriter } from './rows.ts';

export type { IdStyle, SampleFormat };

export const SAMPLE_FORMATS: readonly SampleFormat[] = ['csv', 'ndjson'];
export const ID_STYLES: readonly IdStyle[] = ['short', 'uuid'];

export type SampleOptions = {
  /** 1 to 10 million, named `cus_00001` and so on. Memory grows with them, by about 150 bytes each, never with rows. */
  readonly customers: number;
  /** Calendar months in UTC, 1 to 120. From one to the next a customer shrinks by up to 3 % or grows by up to 5 %. */
  readonly months: number;
  /**
   * Rows over all months, exactly; 0 to 10¹². They decide how finely usage is divided, not how much there is: a
   * customer has about the same requests a month with few rows as with many, as long as a row has one request or more.
   */
  readonly rows: number;
  /**
   * A whole number from 0 to 2⁵³ − 1. Another seed gives other rows and ids, from as many small and large customers.
   */
  readonly seed: number;
  readonly format: SampleFormat;
  /** Style of the event ids, which are unique within a run. */
  readonly ids: IdStyle;
  /** The first month, `2026-10`; years from 1970, and the last month is in 9999 at the latest. */
  readonly start: string;
};

/** Rows of a customer's month by default. Together with 200 customers: 100 000 rows, about 8 MB of CSV. */
const ROWS_PER_CUSTOMER_MONTH = 500;

export const SAMPLE_DEFAULTS = {
  customers: 200,
  months: 1,
  seed: 7,
  format: 'csv',
  ids: 'short',
  start: '2026-10',
} as const satisfies Omit<SampleOptions, 'rows'>;

/** Completes options with the defaults; `rows` becomes 500 for each customer and month. */
export function sampleOptions(
  given: { readonly [K in keyof SampleOptions]?: SampleOptions[K] | undefined },
): SampleOptions {
  const customers = given.customers ?? SAMPLE_DEFAULTS.customers;
  const months = given.months ?? SAMPLE_DEFAULTS.months;
  return {
    customers,
    months,
    rows: given.rows ?? customers * months * ROWS_PER_CUSTOMER_MONTH,
    seed: given.seed ?? SAMPLE_DEFAULTS.seed,
    format: given.format ?? SAMPLE_DEFAULTS.format,
    ids: given.ids ?? SAMPLE_DEFAULTS.ids,
    start: given.start ?? SAMPLE_DEFAULTS.start,
  };
}

/** Options outside the ranges given at {@link SampleOptions}; empty if the sample can be generated. Names the flags. */
export function checkSampleOptions(options: SampleOptions): Problem[] {
  const problems: Problem[] = [];
  const problem = (flag: CodeOf<'sample'>, message: string, hint: string) =>
    problems.push({ severity: 'error', code: codesOf('sample')(flag), message: `--${flag} ${message}`, hint });
  const checkRange = (flag: 'customers' | 'months' | 'rows' | 'seed', least: number, most: number) => {
    const value = options[flag];
    if (!Number.isInteger(value) || value < least || value > most)
      problem(flag, `${value} is out of range`, `write a whole number from ${least} to ${most}`);
  };
  const checkChoice = (flag: 'format' | 'ids', choices: readonly string[]) => {
    if (!choices.includes(options[flag]))
      problem(flag, `"${options[flag]}" is not known`, `use ${choices.join(' or ')}`);
  };

  checkRange('customers', 1, 10_000_000);
  checkRange('months', 1, 120);
  checkRange('rows', 0, 1e12);
  checkRange('seed', 0, Number.MAX_SAFE_INTEGER);
  checkChoice('format', SAMPLE_FORMATS);
  checkChoice('ids', ID_STYLES);
  const first = parseMonth(options.start);
  if (!first) problem('start', `"${options.start}" is not a month from 1970 on`, 'write for instance 2026-10');
  else if (first.year * 12 + first.month - 1 + options.months > 10_000 * 12)
    problem('start', `${options.start} and ${options.months} months end after the year 9999`, 'begin earlier');
  return problems;
}

function parseMonth(text: string): { readonly year: number; readonly month: number } | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (!match || Number(match[1]) < 1970) return undefined;
  return { year: Number(match[1]), month: Number(match[2]) };
}

const CHUNK_BYTES = 256 * 1024;

/**
 * The sample in chunks of whole lines, nearly 256 KiB each, for CSV with a header line. A chunk is the receiver's to
 * keep: its memory is not used again. The work is done as chunks are asked for, so a slow receiver holds nothing up.
 *
 * Options must have passed {@link checkSampleOptions}. A Bug is thrown if they have not.
 */
export function* generateSample(options: SampleOptions): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const problems = checkSampleOptions(options);
  assert(problems.length === 0, () => problems.map((problem) => problem.message).join('; '));
  const layout = LAYOUTS[options.format];
  const fillRows = rowWriter({
    customers: makeCustomers(options.customers, options.seed),
    rhythm: makeRhythm({ ...parseMonth(options.start)!, months: options.months, rows: options.rows }),
    layout,
    writeId: idWriter(options.ids, options.seed),
    seed: options.seed,
  });

  if (layout.header !== '') yield new TextEncoder().encode(layout.header);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = fillRows(chunk);
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}
