/**
 * Net revenue retention on live telemetry, week by week: what customers of a year ago pay now for four weeks, against what
 * they paid in the same four weeks then. Real departures are in it; nothing is simulated.
 */

import { monthOfInstant, periodOfMonth } from '../months.ts';
import { atOnce, type Steps } from '../pauses.ts';
import { MEAN_MONTH_DAYS } from './defaults.ts';
import type { Scenario } from './scenario.ts';
import { billerFor } from './tierBiller.ts';

/** Half-open. */
export type Window = { readonly start: number; readonly end: number };

export type WeeklyNrr = {
  readonly weeks: readonly { readonly start: number; readonly end: number; readonly nrr: number }[];
  /** The mean over four weeks is below 1 twice running. */
  readonly alarm: boolean;
};

export const WEEK_MS: number = 7 * 86_400_000;
export const WINDOW_WEEKS = 4;
export const YEAR_WEEKS = 52;

/** Windows of four weeks, one beginning each week, that have one of a year before; empty if the span is too short. */
export function comparedWindows(span: Window): { readonly now: Window; readonly before: Window }[] {
  const windows: { now: Window; before: Window }[] = [];
  const from = (start: number) => ({ start, end: start + WINDOW_WEEKS * WEEK_MS });
  for (let end = span.end; end - (YEAR_WEEKS + WINDOW_WEEKS) * WEEK_MS >= span.start; end -= WEEK_MS) {
    const start = end - WINDOW_WEEKS * WEEK_MS;
    windows.unshift({ now: from(start), before: from(start - YEAR_WEEKS * WEEK_MS) });
  }
  return windows;
}

/**
 * By scenario. Each account is billed on the plan that is cheapest for its usage of a year before, and stays on it. Four weeks of
 * usage are billed as the month that they are a part of, both times as a month of the same length: neither a leap day nor the
 * fee of a longer month is growth.
 * `usageIn` gives quantities by account and meter, the same accounts for every window.
 */
export function weeklyNrr(...input: Parameters<typeof weeklyNrrByWindow>): Map<string, WeeklyNrr> {
  return atOnce(weeklyNrrByWindow(...input));
}

/** The same, a window at a step. */
export function* weeklyNrrByWindow(
  scenarios: readonly Scenario[],
  meters: readonly string[],
  windows: readonly { readonly now: Window; readonly before: Window }[],
  usageIn: (window: Window) => Float64Array,
): Steps<Map<string, WeeklyNrr>> {
  const requests = meters.indexOf('requests');
  const weeks = scenarios.map((): { start: number; end: number; nrr: number }[] => []);
  for (const [w, { now, before }] of windows.entries()) {
    yield w / windows.length;
    const [nowUsage, beforeUsage] = [asMonth(usageIn(now)), asMonth(usageIn(before))];
    for (const [s, { plans, rateCard }] of scenarios.entries()) {
      const period = periodOfMonth(monthOfInstant(now.start, rateCard.timezone), rateCard.timezone);
      const billers = plans.map((tier) => billerFor({ rateCard, tier, period, meters }));
      let [paid, pays] = [0, 0];
      for (let offset = 0; offset < beforeUsage.length; offset += meters.length) {
        if (!(beforeUsage[offset + requests]! > 0)) continue;
        const bills = billers.map((biller) => biller.fee + biller.usageCharges(beforeUsage, offset));
        const plan = bills.indexOf(Math.min(...bills));
        paid += bills[plan]!;
        if (!(nowUsage[offset + requests]! > 0)) continue;
        pays += billers[plan]!.fee + billers[plan]!.usageCharges(nowUsage, offset);
      }
      weeks[s]!.push({ ...now, nrr: paid > 0 ? pays / paid : 1 });
    }
  }
  return new Map(scenarios.map(({ name }, s) => [name, { weeks: weeks[s]!, alarm: isFalling(weeks[s]!) }]));
}

/** What four weeks of usage come to in a month of the mean length, in whole units. */
function asMonth(usage: Float64Array): Float64Array {
  return usage.map((quantity) => Math.round((quantity * MEAN_MONTH_DAYS) / (WINDOW_WEEKS * 7)));
}

function isFalling(weeks: readonly { readonly nrr: number }[]): boolean {
  const months = monthlyMeans(weeks.map(({ nrr }) => nrr));
  return months.some((mean, i) => mean < 1 && (months[i + 1] ?? 1) < 1);
}

function monthlyMeans(weekly: readonly number[]): number[] {
  const means: number[] = [];
  for (let end = weekly.length; end >= WINDOW_WEEKS; end -= WINDOW_WEEKS) {
    means.unshift(weekly.slice(end - WINDOW_WEEKS, end).reduce((sum, nrr) => sum + nrr, 0) / WINDOW_WEEKS);
  }
  return means;
}
