/** Notes of a billing run beside its result, as fields of its JSON. */
import { formatDate } from '../core/calendar.ts';
import type { RunNotes } from '../core/invoice/runNotes.ts';
import { sampleObject } from './sampleText.ts';

export function notesObject({ daysWithoutRows, customers, warnings, sample }: RunNotes): Record<string, unknown> {
  return {
    ...(sample && { sample: sampleObject(sample) }),
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
