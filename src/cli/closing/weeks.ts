/** Retention by week over closed months, from their ledgers. */
import { dailyRevenue, dayNumber } from '../../app/dailyRevenue.ts';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { readSavedRevenue } from '../../config/savedRevenue.ts';
import { dateAt } from '../../core/calendar.ts';
import type { Basis } from '../../core/retention/input.ts';
import { type DayRevenue, type RetentionWeek, weeksOf } from '../../core/retention/weeks.ts';
import type { Io } from '../io.ts';
import { readBefore } from './before.ts';
import type { ClosedFolder } from './closedFolder.ts';
import type { MonthFlags } from './month.ts';
import { readFromLedger } from './replay.ts';

/** `folders`: adjoining months; `flagsOf`: of a run over a folder. Throws a Refusal where one has no ledger. */
export async function weeksOfMonths(
  folders: readonly ClosedFolder[],
  { basis, flagsOf }: { readonly basis: Basis; readonly flagsOf: (folder: ClosedFolder) => MonthFlags },
  io: Io,
): Promise<RetentionWeek[]> {
  const days: DayRevenue[] = [];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const folder of folders) {
    const { name, path, manifest } = folder;
    if (manifest.needsExports !== undefined) throw withoutLedger(name, manifest.needsExports);
    const { read, period } = await readFromLedger(folder, flagsOf(folder), io);
    const { run } = readSavedRevenue(readBefore(path).texts.invoices, name);
    for (const day of dailyRevenue(read.run, run!.invoices, basis)) days.push(day);
    const { timezone } = read.run.rateCard;
    first = Math.min(first, dayNumber(dateAt(period.start, timezone)));
    last = Math.max(last, dayNumber(dateAt(period.end - 1, timezone)));
    io.signal.throwIfAborted();
  }
  return weeksOf(days, { first, last });
}

function withoutLedger(name: string, why: string): Refusal {
  const hint = 'leave out --weekly, or the month';
  return new Refusal('usage', [usageProblem('weekly-without-ledger', `${name} has no ledger: ${why}`, hint)]);
}
