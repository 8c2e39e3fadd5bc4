/** Notes of a billing run beside its result, as fields of its JSON. */
import { formatDate } from '../core/calendar.ts';
import type { RunNotes } from '../core/invoice/runNotes.ts';

export function notesObject({ daysWithoutRows, customers, warnings }: RunNotes): Record<string, unknown> {
  return {
    daysWithoutRows: daysWithoutRows.map(({ first, last, days }) => ({
      from: formatDate(first),
      to: formatDate(last),
      days,
    })),
    ...(customers && { customersOnDefaultTier: customers.onDefaultTier, customersWithoutRows: customers.withoutRows }),
    warnings: warnings.map(({ code, message, customers: about, meter }) => ({
      code,
      message,
      ...(about && { customers: about }),
      ...(meter !== undefined && { meter }),
    })),
  };
}
