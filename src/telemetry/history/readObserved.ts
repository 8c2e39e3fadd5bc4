/**
 * Observed account-months for calibration: an account-month history with what was billed and how the customer reacted.
 *
 * Besides the columns of a history: `plan`, and where there are any `scenario`, `notify`, `packs`, `prompted`, `invoice`,
 * `churned`, `disputed`.
 */
import { historyColumns, type Meter } from '../../core/catalog/meter.ts';
import { didYouMean, type Problem } from '../../core/problem.ts';
import { monthNumber } from '../../core/simulation/months.ts';
import { quantityFault } from '../row.ts';
import { InputFailure, type Source } from '../source.ts';
import { fieldsOf, linesOf } from './lines.ts';
import { CUSTOMER_NAMES } from './names.ts';

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

const MOST_PROBLEMS = 100;
const YES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};
const FLAGS = ['churned', 'disputed', 'notify', 'packs', 'prompted'] as const;

/** Rows by customer, then month. Everything wrong is reported at once. */
export async function readObserved(
  sources: readonly Source[],
  meters: readonly Meter[],
): Promise<{ readonly rows: readonly ObservedRow[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const rows: ObservedRow[] = [];
  for (const source of sources) {
    try {
      let header: string[] | undefined;
      for await (const batch of linesOf(source)) {
        for (const { number, text } of batch) {
          const fields = fieldsOf(text) ?? [];
          if (!header) {
            header = fields;
            checkHeader(header, source, number);
            continue;
          }
          const row = readRow(fields, header, meters, source.name, number);
          if (!('message' in row)) rows.push(row);
          else if (problems.length < MOST_PROBLEMS)
            problems.push({ severity: 'error', source: { file: source.name, line: number, excerpt: text }, ...row });
        }
      }
    } catch (error) {
      if (!(error instanceof InputFailure)) throw error;
      problems.push(error.problem);
    }
  }
  rows.sort((a, b) => (a.customer < b.customer ? -1 : a.customer > b.customer ? 1 : a.month - b.month));
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before?.customer !== row.customer || before.month !== row.month) continue;
    const message = `${row.customer} has two rows for one month`;
    problems.push({
      severity: 'error',
      code: 'observed/month-twice',
      source: { file: row.file, line: row.line },
      message,
    });
  }
  return { rows, problems };
}

function readRow(
  fields: readonly string[],
  header: readonly string[],
  meters: readonly Meter[],
  file: string,
  line: number,
): ObservedRow | { code: string; message: string; hint?: string } {
  const field = (...names: readonly string[]) => fields[header.findIndex((name) => names.includes(name))] ?? '';
  if (fields.length !== header.length)
    return {
      code: 'observed/wrong-field-count',
      message: `${fields.length} fields, but the header has ${header.length}`,
    };
  const customer = field(...CUSTOMER_NAMES);
  if (customer === '') return { code: 'observed/missing-customer', message: 'there is no customer id' };
  const month = monthNumber(field('month'));
  if (month === undefined)
    return { code: 'observed/not-a-month', message: `"${field('month')}" is not a month`, hint: 'write 2026-10' };
  const flags: Partial<Record<(typeof FLAGS)[number], boolean>> = {};
  for (const name of FLAGS) {
    const text = field(name).toLowerCase();
    if (text === '') continue;
    if (YES[text] === undefined)
      return { code: 'observed/not-a-yes', message: `${name} "${text}" is neither true nor false` };
    flags[name] = YES[text];
  }
  const numbers = meters.map((meter) => {
    const own = field(...historyColumns(meter));
    return meter.name === 'egress' && own === '' ? { text: field('egress_mb'), scale: 1e6 } : { text: own, scale: 1 };
  });
  const extras = [field('peak_day_requests'), field('tenure_months')] as const;
  const wrong = [...numbers.map(({ text }) => text), ...extras].find((text) => quantityFault(text));
  if (wrong !== undefined)
    return { code: 'observed/not-a-number', message: `"${wrong}" is not a plain decimal number` };
  const optional = (text: string) => (text === '' ? undefined : Number(text));
  return {
    ...{ file, line, customer, month },
    quantities: numbers.map(({ text, scale }) => (text === '' ? Number.NaN : Number(text) * scale)),
    peakDayRequests: optional(extras[0]),
    tenure: optional(extras[1]),
    plan: field('plan', 'tier'),
    scenario: field('scenario') || undefined,
    invoice: field('invoice') || undefined,
    churned: flags.churned ?? false,
    disputed: flags.disputed,
    notify: flags.notify,
    packs: flags.packs ?? false,
    prompted: flags.prompted ?? false,
  };
}

function checkHeader(header: readonly string[], source: Source, line: number): void {
  const missing = [
    ...(header.some((name) => CUSTOMER_NAMES.includes(name)) ? [] : ['customer_id']),
    ...['month', 'requests', 'churned'].filter((name) => !header.includes(name)),
    ...(header.includes('plan') || header.includes('tier') ? [] : ['plan']),
  ];
  if (missing.length === 0) return;
  const meant = missing.map((name) => didYouMean(name, header)).find((name) => name !== undefined);
  const hint = `${meant ? `did you mean ${meant}? ` : ''}the header has ${header.join(', ')}`;
  throw new InputFailure(source, 'missing-column', `there is no column ${missing.join(', ')}`, hint, line);
}
