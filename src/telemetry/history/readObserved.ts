/**
 * Observed account-months for calibration: an account-month history with what was billed and how the customer reacted.
 *
 * Besides the columns of a history: `plan`, and where there are any `scenario`, `notify`, `packs`, `prompted`, `invoice`,
 * `churned`, `disputed`.
 */
import type { Meter } from '../../core/catalog/meter.ts';
import type { Problem } from '../../core/problem.ts';
import { type CodeOf, codesOf, type SharedCode } from '../../core/problemCodes.ts';
import type { Header, RowFault, TableFormat, TakeRow } from '../../records/table.ts';
import type { Source } from '../source.ts';
import {
  accountMonthColumns,
  accountMonthOf,
  CUSTOMER_NAMES,
  type MeterColumn,
  meterColumn,
  numberFault,
  requestColumns,
} from './accountMonthColumns.ts';
import { readTable } from './readTable.ts';
import { notAYes, yesOrNo } from './yesOrNo.ts';

export type ObservedRow = {
  readonly file: string;
  readonly line: number;
  readonly customer: string;
  /** Counted from year 0. */
  readonly month: number;
  /** By meter; NaN: not reported. */
  readonly quantities: readonly number[];
  readonly peakDayRequests: number | undefined;
  readonly tenure: number | undefined;
  readonly plan: string;
  readonly scenario: string | undefined;
  readonly invoice: string | undefined;
  readonly churned: boolean;
  readonly disputed: boolean | undefined;
  readonly notify: boolean | undefined;
  readonly packs: boolean;
  readonly prompted: boolean;
};

const FLAGS = ['churned', 'disputed', 'notify', 'packs', 'prompted'] as const;
type Flags = Readonly<Partial<Record<(typeof FLAGS)[number], boolean>>>;

/** Rows by customer, then month. Everything wrong is reported at once. */
export async function readObserved(
  sources: readonly Source[],
  meters: readonly Meter[],
): Promise<{ readonly rows: readonly ObservedRow[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const rows: ObservedRow[] = [];
  for (const source of sources) {
    const format: TableFormat<CodeOf<'observed'>> = {
      codeOf: codesOf('observed'),
      required: [CUSTOMER_NAMES, ['month'], requestColumns(meters), ['churned'], ['plan', 'tier']],
      rows: (header: Header) => observedRows(header, meters, source.name, rows),
    };
    await readTable(source, format, problems);
  }
  rows.sort((a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : a.month - b.month));
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before?.customer !== row.customer || before.month !== row.month) continue;
    problems.push({
      severity: 'error',
      code: 'observed/month-twice',
      source: { file: row.file, line: row.line },
      message: `${row.customer} has two rows for one month`,
    });
  }
  return { rows, problems };
}

/** Adds each row that is good to `rows`. */
function observedRows(
  header: Header,
  meters: readonly Meter[],
  file: string,
  rows: ObservedRow[],
): TakeRow<CodeOf<'observed'>> {
  const columns = accountMonthColumns(header);
  const quantityColumns = meters.map((meter) => meterColumn(header, meter));
  const optional = (name: string) => {
    const position = header.position(name);
    return (fields: readonly string[]) => (position < 0 ? '' : fields[position]!);
  };
  const [scenario, invoice] = [optional('scenario'), optional('invoice')];
  const plan = header.position('plan', 'tier');
  const present = quantityColumns.filter((column) => column !== undefined);
  const extras = ['peak_day_requests', 'tenure_months'].map((name) => ({ name, text: optional(name) }));
  const flagTexts = FLAGS.map((name) => ({ name, text: optional(name) }));

  return (fields, { line }) => {
    const identified = accountMonthOf(fields, columns);
    if ('code' in identified) return identified;
    const flags = flagsOf(flagTexts.map(({ name, text }) => ({ name, text: text(fields) })));
    if ('code' in flags) return flags;
    const fault = firstFault([
      ...present.map(({ name, position }) => ({ name, text: fields[position]! })),
      ...extras.map(({ name, text }) => ({ name, text: text(fields) })),
    ]);
    if (fault) return fault;
    const [peakDayRequests, tenure] = extras.map(({ text }) => numberOf(text(fields)));
    rows.push({
      ...{ file, line, ...identified },
      quantities: quantityColumns.map((column) => quantityIn(fields, column)),
      ...{ peakDayRequests, tenure, plan: fields[plan]! },
      scenario: scenario(fields) || undefined,
      invoice: invoice(fields) || undefined,
      churned: flags.churned ?? false,
      disputed: flags.disputed,
      notify: flags.notify,
      packs: flags.packs ?? false,
      prompted: flags.prompted ?? false,
    });
    return undefined;
  };
}

/** The fault of the first text that is no number. */
function firstFault(
  texts: readonly { readonly name: string; readonly text: string }[],
): RowFault<SharedCode<'accountMonths'>> | undefined {
  for (const { name, text } of texts) {
    const fault = numberFault(text, name);
    if (fault) return fault;
  }
  return undefined;
}

/** In the meter's unit; NaN: not reported. */
function quantityIn(fields: readonly string[], column: MeterColumn | undefined): number {
  const reported = column && numberOf(fields[column.position]!);
  return reported === undefined ? Number.NaN : reported * column!.scale;
}

function numberOf(text: string): number | undefined {
  return text === '' ? undefined : Number(text);
}

function flagsOf(
  texts: readonly { readonly name: (typeof FLAGS)[number]; readonly text: string }[],
): Flags | RowFault<SharedCode<'accountMonths'>> {
  const flags: Partial<Record<(typeof FLAGS)[number], boolean>> = {};
  for (const { name, text } of texts) {
    if (text === '') continue;
    const value = yesOrNo(text);
    if (value === undefined) return notAYes(name, text);
    flags[name] = value;
  }
  return flags;
}
