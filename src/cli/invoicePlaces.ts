/** Wishes about invoices that have no place in the result that is asked for. */
import { Refusal, usageProblem } from '../app/refusal.ts';
import type { Problem } from '../core/problem.ts';
import { DOCUMENT_FORMATS } from '../report/invoice/documentFormats.ts';
import { FORMATS_OF_LINES, INVOICE_FORMATS } from '../report/invoice/index.ts';
import { refuseWhatDocumentsHave } from './documents/flags.ts';

type Wishes = { readonly timeline?: boolean; readonly explain?: boolean };
type Closing = { readonly closing?: string; readonly customer?: readonly string[] };

/** Refuses what the format has no place for, or always has. */
export function refuseWhatHasNoPlace(flags: Wishes, format: string): void {
  const { timeline, explain } = flags;
  const isDocument = (name: string) => (DOCUMENT_FORMATS as readonly string[]).includes(name);
  const isOfLines = (name: string) => (FORMATS_OF_LINES as ReadonlySet<string>).has(name);
  if (isDocument(format)) refuseWhatDocumentsHave(flags, format);
  if (!isOfLines(format)) return;
  const others = Object.keys(INVOICE_FORMATS).filter((name) => !isOfLines(name) && !isDocument(name));
  const another = `use ${others.slice(0, -1).join(', ')} or ${others.at(-1)}`;
  const why = format === 'junit' ? 'which holds rules alone' : 'where every row is of an invoice';
  const problems: Problem[] = [];
  if (timeline) {
    const message = `--timeline has no place in ${format}, ${why}`;
    const hint = `${another}, or meter timeline for the entries by themselves`;
    problems.push(usageProblem('no-place-for-timeline', message, hint));
  }
  if (explain) {
    const message = `--explain has no place in ${format}, ${why}`;
    const hint = `${another}; without --explain, csv has what each amount was worked out from in columns`;
    problems.push(usageProblem('no-place-for-explain', message, hint));
  }
  if (problems.length > 0) throw new Refusal('usage', problems);
}

/** Balances of some customers would lose those of all others. */
export function refuseClosingOfSome({ closing, customer }: Closing): void {
  if (closing === undefined || customer === undefined) return;
  throw new Refusal('usage', [
    usageProblem(
      'closing-of-some',
      '--closing is about all customers, and --customer names some',
      'close the month without --customer; what was left of the credits of all others would be lost',
    ),
  ]);
}
