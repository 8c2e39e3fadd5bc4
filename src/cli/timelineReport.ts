import type { ReadRun } from '../app/billExports.ts';
import { dailyUsage } from '../core/timeline/daily.ts';
import type { TimelineReport } from '../report/timeline/report.ts';

/** The report of a run's timeline. */
export function timelineReportOf({ run, rows, notes, entries }: ReadRun): TimelineReport {
  const { currency, timezone, meters } = run.rateCard;
  return {
    currency,
    timezone,
    meters,
    entries,
    rows,
    notes,
    dailyUsage: (customer, period, meter) => dailyUsage(run.ledger, { customer, period, meter, timezone }),
  };
}
