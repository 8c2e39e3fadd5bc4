/** `meter invoice --by`: the lines of all invoices, broken down. */
import type { ReadRun } from '../../app/billExports.ts';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import { type By, breakdownOf } from '../../core/breakdown/breakdown.ts';
import { billings } from '../../core/invoice/billingRun.ts';
import { issueInvoice } from '../../core/invoice/issueInvoice.ts';
import { BREAKDOWN_FORMATS } from '../../report/breakdown/index.ts';
import type { BreakdownReport } from '../../report/breakdown/report.ts';
import type { Io } from '../io.ts';
import { presentationFor, putResult, type ResultTarget } from '../resultTarget.ts';

export async function putBreakdown(
  { run }: ReadRun,
  by: By,
  target: ResultTarget<string>,
  flags: { readonly color?: boolean },
  io: Io,
): Promise<void> {
  const { currency, meters } = run.rateCard;
  const report: BreakdownReport = {
    ...{ by, currency, meters },
    *invoices() {
      for (const billing of billings(run, issueInvoice)) {
        const { invoice, input } = billing;
        yield { invoice, timezone: input.rateCard.timezone, lines: breakdownOf(billing, by, meters) };
      }
    },
  };
  const format = BREAKDOWN_FORMATS[target.format as keyof typeof BREAKDOWN_FORMATS];
  await putResult(target, format(report, presentationFor(target, flags, io)), io);
}

type ByFlags = { readonly by?: By; readonly explain?: boolean; readonly timeline?: boolean; readonly closing?: string };

/** A breakdown is a result of its own, in formats of its own. */
export function refuseNoPlaceForBy(flags: ByFlags, target: ResultTarget<string>): void {
  if (flags.by === undefined) return;
  const refuse = (message: string, hint: string) => {
    throw new Refusal('usage', [usageProblem('no-place-for-by', message, hint)]);
  };
  const formats = Object.keys(BREAKDOWN_FORMATS).join(', ');
  if (target.kind === 'directory') refuse('--by has no place in a directory of invoices', 'name one file: -o days.csv');
  if (!Object.hasOwn(BREAKDOWN_FORMATS, target.format))
    refuse(`--by has no place in ${target.format}`, `its formats are ${formats}`);
  const other = (['explain', 'timeline', 'closing'] as const).find((name) => flags[name]);
  if (other) refuse(`--by and --${other} are results of their own`, 'use them in two runs');
}
