/** Summary of reading an export: the accounting, and rejected rows grouped by reason. */

import { groupDigits } from '../core/quantity.ts';
import type { TimeUnit } from '../core/timestamp.ts';
import type { CounterReport } from '../core/usage/counters/book.ts';
import type { RowCounts } from '../core/usage/rowCounts.ts';
import { printable } from '../report/safeText.ts';
import { sampleText } from '../report/sampleText.ts';
import type { Style } from '../report/style.ts';
import type { LedgersRead, ReadResult, Reject, SlowReason } from '../telemetry/reader.ts';
import { FAULTS, type FaultCode } from '../telemetry/row.ts';

const SHOWN_PER_REASON = 5;

/** Remedies by reason, where the reason does not say it. */
const HINTS: { readonly [Code in FaultCode]?: string } = {
  'invalid-utf8':
    'if it is Windows-1252, add --encoding windows-1252; convert others, for instance with iconv -f ISO-8859-2 -t UTF-8',
  'misplaced-quote': 'quote a field as a whole, and write a quote inside it twice: "the ""best"" one"',
  'not-json': 'write one object a line; numbers as JSON has them, without leading zeros',
  'not-a-timestamp': 'write 2026-10-01T08:00:00Z, or seconds, milliseconds, microseconds or nanoseconds since 1970',
  'may-be-a-date': 'write 2026-10-31T00:00:00Z; --time-unit s (or time_unit in a mapping) if it is a number since 1970',
  'no-timezone': 'add Z or an offset such as +02:00, or name the zone with --timezone',
  'skipped-time': 'write the timestamp with its offset',
  'repeated-time': 'write the timestamp with its offset, or choose with --repeated-hour first or second',
  'no-quantity': 'give each row at least one of these keys',
  'not-in-lookup': 'add it to the lookup file, or leave such rows out with where: in the mapping',
  'not-in-format':
    'compare the line with format: (or split: and header:) of the mapping; meter preview shows the first rows',
  'not-a-number':
    "write digits and at most one point: 1200.5, not 1,200.5; decimal: ',' in a mapping (--map) if it is a decimal comma",
  'contradicted-reading':
    'name the column that tells the counters apart in series: of the mapping, for instance [instance]',
  conflict: 'give each event an id of its own, or count every row with --no-dedupe',
};

/** Rejected rows by reason: all are counted, the first few of each are kept. */
export class RejectGroups {
  private readonly groups = new Map<FaultCode, { count: number; first: Reject[] }>();

  add(reject: Reject): void {
    const group = this.groups.get(reject.code) ?? { count: 0, first: [] };
    this.groups.set(reject.code, group);
    group.count += reject.rows ?? 1;
    if (group.first.length < SHOWN_PER_REASON) group.first.push(reject);
  }

  format(style: Style): string {
    return [...this.groups].map(([code, group]) => formatGroup(code, group, style)).join('');
  }
}

function formatGroup(code: FaultCode, { count, first }: { count: number; first: Reject[] }, style: Style): string {
  const rows = count === 1 ? '1 row' : `${groupDigits(String(count))} rows`;
  const lines = [`${style.error('error:')} ${rows}: ${FAULTS[code]} ${style.dim(`[row/${code}]`)}`];
  for (const reject of first) {
    const where = [reject.file, reject.line].join(':');
    const what = [reject.column, reject.text === undefined ? undefined : quote(reject.text), reject.detail].filter(
      (part) => part !== undefined,
    );
    lines.push(`  ${printable(where)}: ${what.length > 0 ? what.map(printable).join(' ') : quote(reject.raw)}`);
  }
  if (count > first.length) lines.push(`  … and ${groupDigits(String(count - first.length))} more`);
  const hint = HINTS[code];
  if (hint !== undefined) lines.push(`  ${style.strong('hint:')} ${hint}`);
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `"${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)}"`;
}

/** `1 200 rows read = 1 198 rated + 2 duplicate + 0 out of period + 0 rejected`, and the filtered ones where a mapping filters. */
export function formatAccounting(rows: RowCounts): string {
  const counts: [number, string][] = [
    [rows.rated, 'rated'],
    [rows.duplicate, 'duplicate'],
    [rows.outOfPeriod, 'out of period'],
    ...(rows.filtered === undefined ? [] : [[rows.filtered, 'filtered'] as [number, string]]),
    [rows.rejected, 'rejected'],
  ];
  const parts = counts.map(([count, what]) => `${groupDigits(String(count))} ${what}`);
  return `${groupDigits(String(rows.read))} ${rows.read === 1 ? 'row' : 'rows'} read = ${parts.join(' + ')}`;
}

export function formatSummary(result: ReadResult, milliseconds: number): string {
  const seconds = Math.max(milliseconds, 1) / 1000;
  const perSecond = groupDigits(String(Math.round(result.rows.read / seconds)));
  const lines = [formatAccounting(result.rows)];
  lines.push(...notesOnRows(result.rows));
  if (result.ledgers) lines.push(...ledgerLines(result.ledgers, result.rejectedBy));
  else if (result.rows.read > 0) {
    const speed = `${perSecond} rows/s, ${formatBytes(result.bytes / seconds)}/s`;
    lines.push(`${formatBytes(result.bytes)} in ${seconds.toFixed(2)} s: ${speed}${idsNote(result)}`);
  }
  if (result.sample) lines.push(`${sampleText(result.sample)}: quantities are scaled up, and have bounds`);
  if (result.counters) lines.push(...counterLines(result.counters));
  const { aliasesUsed = [] } = result;
  if (aliasesUsed.length > 0)
    lines.push(
      `${groupDigits(String(aliasesUsed.length))} ${aliasesUsed.length === 1 ? 'id is an alias' : 'ids are aliases'} of customers: ${printable(aliasesUsed.slice(0, 3).join(', '))}${aliasesUsed.length > 3 ? ', …' : ''}`,
    );
  if (result.slow) lines.push(`read by the slow reader: ${SLOW_REASONS[result.slow]}`);
  if (result.guessedTimeUnits.length > 0) {
    const units = result.guessedTimeUnits.map((unit) => UNIT_NAMES[unit]).join(' and ');
    lines.push(
      `timestamps that are numbers were taken for ${units} since 1970, by their size; --time-unit says otherwise`,
    );
  }
  if (result.repeatedHourRows > 0) {
    const rows = groupDigits(String(result.repeatedHourRows));
    lines.push(
      `${rows} ${result.repeatedHourRows === 1 ? 'row has a time' : 'rows have times'} that a clock change repeats, without a zone; --repeated-hour says which is meant`,
    );
  }
  for (const name of result.unendedSources) lines.push(`the last row of ${printable(name)} has no line end`);
  return `${lines.join('\n')}\n`;
}

function notesOnRows({ read, filtered, beforePeriod = 0 }: RowCounts): string[] {
  const lines: string[] = [];
  if (filtered && filtered === read)
    lines.push('no row meets what the mapping asks for (where); meter preview shows what rows have instead');
  if (beforePeriod > 0) {
    const rows = beforePeriod === 1 ? '1 row' : `${groupDigits(String(beforePeriod))} rows`;
    lines.push(
      `${rows} before the period ${beforePeriod === 1 ? 'counts' : 'count'} only for values that stay until another row (last, time_weighted)`,
    );
  }
  return lines;
}

/** Number of counters, of resets, and of counters of which something is not in the usage. */
function counterLines({ counters, baselines, resets }: CounterReport): string[] {
  if (counters === 0) return [];
  const count = (n: number, what: string) => `${groupDigits(String(n))} ${what}${n === 1 ? '' : 's'}`;
  const begun =
    baselines === 0
      ? ''
      : `; ${count(baselines, 'first reading')} only a baseline, what was counted before is not in it`;
  return [`${count(counters, 'counter')}, ${count(resets, 'reset')}${begun}`];
}

/** The reasons of rows that were rejected when the ledgers were made: the rows themselves cannot be shown. */
function ledgerLines({ files, sources, records }: LedgersRead, rejectedBy: ReadResult['rejectedBy']): string[] {
  const counted = (n: number, what: string) => `${groupDigits(String(n))} ${n === 1 ? what : `${what}s`}`;
  const lines = [
    `read from ${counted(files, 'ledger')} of ${counted(sources.length, 'export')}: ${counted(records, 'record')}`,
  ];
  if (rejectedBy.size > 0) {
    const reasons = [...rejectedBy].map(([code, rows]) => `${groupDigits(String(rows))} ${code}`);
    lines.push(`rejected rows of the ledgers by reason: ${reasons.join(', ')}`);
  }
  if (files > 1) lines.push('an event that was delivered into two ledgers counts in each');
  return lines;
}

/** `; 9 950 000 event ids in 79.8 MB`: what deduplication had to remember. */
function idsNote({ distinctIds, idBytes }: ReadResult): string {
  if (distinctIds === 0) return '';
  const ids = `; ${groupDigits(String(distinctIds))} event ${distinctIds === 1 ? 'id' : 'ids'}`;
  if (!idBytes) return ids;
  const { memory, disk } = idBytes;
  return `${ids} in ${formatBytes(memory + disk)}${disk > 0 ? `, ${formatBytes(disk)} of it on disk` : ''}`;
}

const SLOW_REASONS: Record<SlowReason, string> = {
  'no-simd': 'this processor has no SIMD for WebAssembly',
  'no-room': 'the system limits the address space (ulimit -v); the fast reader reserves 4 GiB for each thread',
  'in-order': 'a tier has a rate limit, for which the requests of each second are counted row by row',
  aliases: 'the customers file has aliases, by which rows of several ids are of one customer',
  corrections: 'the mapping lets rows take usage back',
  sample: 'the exports are a sample, of which the squares of quantities are added up, too',
  series: 'the mapping speaks of counters or intervals, whose rows are compared with each other',
  'every-row': 'a meter is weighted by time or a percentile, for which every row has to be kept',
  mapping: 'the mapping has forms (paths of each that meet, …) that the fast reader does not take',
};

const UNIT_NAMES: Record<TimeUnit, string> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
};

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`;
}
