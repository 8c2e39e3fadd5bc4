/** Which months exports hold, and when a billing run has to ask which of them is meant. */
import { periodLabel } from '../core/period.ts';
import { groupDigits } from '../core/quantity.ts';
import { type MonthOfRows, monthsOfRows, type RowsByBucket } from '../core/usage/rowTimes.ts';
import { Refusal, usageProblem } from './refusal.ts';

const MOST_MONTHS = 6;

/** Without `--period` a month is billed only if there is no other: an export's edges often reach into its neighbours. */
export function refuseSeveralMonths(rowsByBucket: RowsByBucket, zone: string): void {
  const months = monthsOfRows(rowsByBucket, zone);
  if (months.length < 2) return;
  const fullest = months.reduce((most, month) => (month.rows > most.rows ? month : most));
  throw new Refusal('usage', [
    usageProblem(
      'several-months',
      `the exports hold ${months.length} months, and nothing says which to bill: ${monthTexts(months, zone)}`,
      `--period ${periodLabel(fullest.month, zone)} bills one month, --period all bills each of them`,
    ),
  ]);
}

/** The failure of a run whose `--period` has no row; `rowsByBucket` is what the exports hold, if that is known. */
export function emptyPeriod(period: string, rowsByBucket: RowsByBucket | undefined, zone: string): Refusal {
  const months = rowsByBucket && monthsOfRows(rowsByBucket, zone);
  const held = months && (months.length === 0 ? 'the exports hold no rows' : `they hold ${monthTexts(months, zone)}`);
  const hints = [...(held === undefined ? [] : [held]), '--allow-empty bills a period without rows'];
  return new Refusal('input', [
    usageProblem('empty-period', `no row of the exports is in --period ${period}`, hints.join('; ')),
  ]);
}

/** `2026-10: 743 h, 9.9 M rows; 2026-11: 1 h, 39 rows`; hours are those with rows. */
function monthTexts(months: readonly MonthOfRows[], zone: string): string {
  const shown = months.slice(0, MOST_MONTHS).map(({ month, hours, rows }) => {
    return `${periodLabel(month, zone)}: ${groupDigits(String(hours))} h, ${rowsText(rows)}`;
  });
  const more = months.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more, to ${periodLabel(months.at(-1)!.month, zone)}` : '');
}

function rowsText(rows: number): string {
  if (rows >= 1e6) return `${groupDigits((rows / 1e6).toFixed(1))} M rows`;
  return rows === 1 ? '1 row' : `${groupDigits(String(rows))} rows`;
}
