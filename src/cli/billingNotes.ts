/** Notes on standard error about the time and the customers of a billing run. */
import { formatDate } from '../core/calendar.ts';
import type { RunNotes } from '../core/invoice/runNotes.ts';
import { listed } from '../core/listed.ts';
import { groupDigits } from '../core/quantity.ts';
import type { RunWarning } from '../core/usage/exportNotes.ts';
import type { DayRange } from '../core/usage/rowTimes.ts';
import { formatProblems } from '../report/problems.ts';
import { printable, shortened } from '../report/safeText.ts';
import { styleFor } from './colour.ts';
import { annotateProblems } from './github.ts';
import type { Io } from './io.ts';
import { refuseWarnings, type WarningFlags } from './warnings.ts';

const MOST_RANGES = 4;
const MOST_CUSTOMERS = 3;
const MOST_LOOK_ALIKES = 10;

/** Says what a run has to say beside its invoices; with `--strict` its warnings end it. */
export function tellNotes(
  notes: RunNotes,
  where: { customersFile: string | undefined; tier: string | undefined },
  flags: WarningFlags,
  io: Io,
): void {
  refuseWarnings(notes.warnings, flags, 'input');
  if (!flags.quiet) {
    io.stderr.write(
      [...dayLines(notes), ...customerLines(notes, where), ...creditLines(notes)].map((line) => `${line}\n`).join(''),
    );
    io.stderr.write(shownWarnings(notes.warnings, flags, io));
  }
  annotateProblems(notes.warnings, io);
}

function dayLines({ daysWithoutRows: ranges }: RunNotes): string[] {
  if (ranges.length === 0) return [];
  const shown = ranges.slice(0, MOST_RANGES).map(rangeText);
  const more = ranges.slice(MOST_RANGES).reduce((sum, { days }) => sum + days, 0);
  if (more > 0) shown.push(more === 1 ? '1 more day' : `${groupDigits(String(more))} more days`);
  return [`no rows on ${listed(shown)}`];
}

function rangeText({ first, last, days }: DayRange): string {
  return days === 1 ? formatDate(first) : `${formatDate(first)} to ${formatDate(last)}`;
}

function customerLines(
  { customers, excluded }: RunNotes,
  { customersFile, tier }: { customersFile: string | undefined; tier: string | undefined },
): string[] {
  const lines: string[] = [];
  if (excluded)
    lines.push(
      excluded.length === 0 ? '--exclude excludes nobody' : `excluded: ${count(excluded)}, ${firstOf(excluded)}`,
    );
  if (!customers) return lines.map(printable);
  const { onDefaultTier, withoutRows } = customers;
  if (onDefaultTier.length > 0)
    lines.push(`not in ${customersFile}, so on tier ${tier}: ${count(onDefaultTier)}, ${firstOf(onDefaultTier)}`);
  if (withoutRows.length > 0)
    lines.push(`in ${customersFile}, and without rows: ${count(withoutRows)}, ${firstOf(withoutRows)}`);
  return lines.map(printable);
}

function creditLines({ creditsInFull = [] }: RunNotes): string[] {
  if (creditsInFull.length === 0) return [];
  const who = `${count(creditsInFull)}, ${firstOf(creditsInFull)}`;
  const how = '--closing FILE writes what is left, and --opening FILE of the next month begins with it';
  return [printable(`credits from before this run are taken in full: ${who}; ${how}`)];
}

function count(ids: readonly string[]): string {
  return ids.length === 1 ? '1 customer' : `${groupDigits(String(ids.length))} customers`;
}

function firstOf(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_CUSTOMERS).map((id) => `"${shortened(id, 60)}"`);
  return shown.join(', ') + (ids.length > MOST_CUSTOMERS ? ', …' : '');
}

/** The first ten groups of look-alikes, and every other warning. */
function shownWarnings(warnings: readonly RunWarning[], flags: WarningFlags, io: Io): string {
  const style = styleFor(io, io.stderr, flags);
  const lookAlikes = warnings.filter(({ customers }) => customers);
  const others = warnings.filter(({ customers }) => !customers);
  const more = lookAlikes.length - MOST_LOOK_ALIKES;
  const rest = more > 0 ? `… and ${groupDigits(String(more))} more such groups of customers\n` : '';
  return formatProblems(others, style) + formatProblems(lookAlikes.slice(0, MOST_LOOK_ALIKES), style) + rest;
}
