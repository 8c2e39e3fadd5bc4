/** Retention as JSON. Fields as in docs/retention.md. */
import { DAY_MS } from '../../core/calendar.ts';
import { type Currency, formatMoney, roundToMinorUnit } from '../../core/money.ts';
import { monthName } from '../../core/months.ts';
import {
  type Cohort,
  type Kept,
  MOVEMENTS,
  type RetentionMonth,
  SPANS,
  type Span,
} from '../../core/retention/retention.ts';
import { type RetentionWeek, WEEK_SPANS, type WeekSpan } from '../../core/retention/weeks.ts';
import { outcomeObjects } from '../checks.ts';
import { FORMAT_VERSION } from '../machine.ts';
import { safeJson } from '../safeText.ts';
import { DEFINITIONS, type RetentionFormat, type RetentionReport, TERMS, WEEK_TERMS } from './report.ts';

export const retentionJson: RetentionFormat = function* (report) {
  const { checks } = report;
  yield `${safeJson({ ...retentionResult(report), ...(checks.length > 0 && { checks: outcomeObjects(checks) }) }, 2)}\n`;
};

/** The whole result, which rules are about. */
export function retentionResult(report: RetentionReport): Record<string, unknown> {
  const { basis, currency, months, cohorts, alarm, weeks } = report;
  const byWeek = weeks?.map((week) => weekObject(week, currency));
  const objects = months.map((month) => monthObject(month, currency));
  return {
    formatVersion: FORMAT_VERSION,
    kind: 'retention',
    basis,
    currency: currency.code,
    definition: [DEFINITIONS[basis], ...TERMS, ...(weeks ? [WEEK_TERMS] : [])],
    alarm,
    latest: objects.at(-1),
    months: objects,
    cohorts: cohorts.map((cohort) => cohortObject(cohort, currency)),
    ...(byWeek && { latestWeek: byWeek.at(-1) ?? null, weeks: byWeek }),
  };
}

function weekObject({ monday, revenue, customers, nrr }: RetentionWeek, currency: Currency): Record<string, unknown> {
  const shares = (Object.keys(WEEK_SPANS) as WeekSpan[]).map((span) => [span, nrr[span]?.toString() ?? null]);
  return {
    monday: weekText(monday),
    revenue: formatMoney(roundToMinorUnit(revenue, currency), currency),
    customers,
    nrr: Object.fromEntries(shares),
  };
}

/** `2026-10-05`. */
export function weekText(monday: number): string {
  return new Date(monday * DAY_MS).toISOString().slice(0, 10);
}

function monthObject(month: RetentionMonth, currency: Currency): Record<string, unknown> {
  const { invoiced, packs, adjustment, opening, closing, movements, customers, counts } = month;
  const money = { invoiced, packs, adjustment, opening, ...movements, closing };
  return {
    month: monthName(month.month),
    ...Object.fromEntries(Object.entries(money).map(([name, amount]) => [name, formatMoney(amount, currency)])),
    customers,
    counts: Object.fromEntries(MOVEMENTS.map((movement) => [movement, counts[movement]])),
    ...Object.fromEntries((['nrr', 'grr', 'logoChurn'] as const).map((share) => [share, sharesObject(share, month)])),
  };
}

/** Null where the span reaches back before the first month, or nobody paid then. */
function sharesObject(share: keyof Kept, { kept }: RetentionMonth): Record<string, string | null> {
  const spans = Object.keys(SPANS) as Span[];
  return Object.fromEntries(spans.map((span) => [span, kept[span]?.[share]?.toString() ?? null]));
}

function cohortObject({ month, customers, months }: Cohort, currency: Currency): Record<string, unknown> {
  return {
    month: monthName(month),
    customers,
    months: months.map((one, after) => ({
      after,
      customers: one.customers,
      revenue: formatMoney(one.revenue, currency),
      share: one.share.toString(),
    })),
  };
}
