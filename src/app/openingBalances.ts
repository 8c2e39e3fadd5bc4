/** The balances of the run before, and whether they are those with which a run can begin. */
import { formatInstant } from '../core/calendar.ts';
import type { Balances } from '../core/invoice/balances.ts';
import type { Period } from '../core/period.ts';
import type { UsageLedger } from '../core/usage/ledger.ts';
import { OpenedLedger } from '../core/usage/openedLedger.ts';
import type { BillingTerms } from './billingTerms.ts';
import { Refusal } from './refusal.ts';

/** Refuses balances that do not end where the run begins. `time` undefined: the run has none, and so no begin. */
export function refuseOtherBegin(
  opening: Balances | undefined,
  time: Period | undefined,
  file: string | undefined,
): void {
  if (!opening || !time || opening.end === time.start) return;
  const isEarlier = opening.end < time.start;
  throw new Refusal('usage', [
    {
      severity: 'error',
      code: 'balances/not-adjoining',
      ...(file !== undefined && { source: { file } }),
      message: `they end at ${formatInstant(opening.end)}, and this run begins at ${formatInstant(time.start)}`,
      hint: isEarlier
        ? 'bill the time between first, with --opening and --closing'
        : 'give the balances with which the time before this run was closed',
    },
  ]);
}

/** The ledger with the values that are in force when the run begins. */
export function openedLedger(ledger: UsageLedger, { opening, rateCard, customers }: BillingTerms): UsageLedger {
  if (!opening) return ledger;
  const values = new Map(
    [...opening.customers].flatMap(([id, own]) => (own.values.size > 0 ? [[id, own.values]] : [])),
  );
  if (values.size === 0) return ledger;
  const anchors = new Map([...customers].map(([id, { anchor }]) => [id, anchor]));
  return new OpenedLedger(ledger, { meters: [...rateCard.meters.values()], values, anchors });
}
