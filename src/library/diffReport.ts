/** A comparison as a report. */
import type { ListsCompared } from '../app/diffLists.ts';
import type { RunsCompared } from '../app/diffRuns.ts';
import { periodLabel } from '../core/period.ts';
import { monthsOfRows } from '../core/usage/rowTimes.ts';
import { bookedOf } from '../report/diff/booked.ts';
import type { DiffReport } from '../report/diff/report.ts';

export function diffReportOf({ before, comparisons }: ListsCompared): DiffReport {
  const { rateCard, periods, ledger } = before.run;
  const { currency, timezone } = rateCard;
  const months = monthsOfRows(ledger.rowsByBucket, timezone);
  const period = periods.kind === 'one' ? periods.period : months.length === 1 ? months[0]!.month : undefined;
  const { meters } = rateCard;
  return {
    kind: 'lists',
    currency,
    before: before.name,
    period: period ? periodLabel(period, timezone) : '',
    comparisons: comparisons.map(({ name, changes, summary, grandfathered, pinned, invoicesOf, meters: also }) => ({
      name,
      changes,
      summary,
      grandfathered,
      pinned,
      checks: [],
      pairsOf: (customer) =>
        invoicesOf(customer).map((pair) => ({
          before: pair.before && bookedOf(pair.before, { meters, timezone }),
          after: pair.after && bookedOf(pair.after, { meters: also, timezone }),
        })),
    })),
  };
}

export function runsReportOf({ currency, names, changes, summary, pairsOf }: RunsCompared): DiffReport {
  const [before, name] = names;
  return { kind: 'runs', currency, before, period: '', comparisons: [{ name, changes, summary, checks: [], pairsOf }] };
}
