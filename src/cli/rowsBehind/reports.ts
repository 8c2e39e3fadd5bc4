/** Reports of the rows behind a customer's lines, for the formats. */
import type { RowsBehind } from '../../app/rows.ts';
import { type By, breakdownOf } from '../../core/breakdown/breakdown.ts';
import { groupKey } from '../../core/breakdown/lineGroup.ts';
import type { InvoiceLine } from '../../core/invoice/invoice.ts';
import type { BreakdownReport } from '../../report/breakdown/report.ts';
import type { RowsReport } from '../../report/rows/report.ts';
import { FAULTS } from '../../telemetry/row.ts';

export function rowsReport({ billings, groups, dimensions, rows, others, withoutCustomer }: RowsBehind): RowsReport {
  const { customer, rateCard } = billings[0]!.input;
  return {
    ...{ customer, currency: rateCard.currency, timezone: rateCard.timezone },
    ...{ dimensions, groups, rows, others, withoutCustomer },
    faults: FAULTS,
  };
}

/** All lines, or those that were asked for. */
export function breakdownReport({ billings, groups, read, isAll }: RowsBehind, by: By): BreakdownReport {
  const { rateCard } = read.run;
  const { currency, meters } = rateCard;
  const isAsked = (billing: RowsBehind['billings'][number], line: InvoiceLine) =>
    isAll ||
    (line.kind === 'usage' &&
      groups.some(
        ({ billing: own, group, only }) =>
          own === billing && group.key === groupKey(line) && (only === undefined || group.lines[only] === line),
      ));
  return {
    ...{ by, currency, meters },
    *invoices() {
      for (const billing of billings) {
        const lines = breakdownOf(billing, by, meters).filter(({ line }) => isAsked(billing, line));
        yield { invoice: billing.invoice, timezone: billing.input.rateCard.timezone, lines };
      }
    },
  };
}
