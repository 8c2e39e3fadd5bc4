/** Balances after a run of ledgers of counters: the next run goes on from the last readings of the month. */
import { type BillingRun, timeOf } from '../core/invoice/billingRun.ts';
import { codesOf } from '../core/problemCodes.ts';
import type { ReadRequest, ReadResult } from '../telemetry/reader.ts';
import { Refusal } from './refusal.ts';

/** A ledger has the last reading of each counter, and of one that was read on after the month not the one that closes it. */
export function refuseLaterReadings(
  run: BillingRun,
  { spans }: Pick<ReadRequest, 'spans'>,
  { ledgers, counters }: ReadResult,
): void {
  const isLater = counters?.closing.some(({ customer, at }) => {
    const end = spans?.get(customer)?.billed?.end ?? timeOf(run)?.end;
    return end !== undefined && at > BigInt(end) * 1_000_000n;
  });
  if (!ledgers || !isLater) return;
  throw new Refusal('input', [
    {
      severity: 'error',
      code: codesOf('ledger')('needs-rows'),
      message: 'the ledger has readings of counters from after the month, and not those that close it',
      hint: 'make the ledger of the exports up to the end of the month, or bill the exports',
    },
  ]);
}
