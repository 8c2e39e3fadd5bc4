/** Problems of ledgers that are read. */
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import { OutsideFault } from '../outsideFault.ts';

type Named = { readonly name: string };

/** A ledger that cannot be read, or not for what the run needs. */
export function ledgerFault(
  source: Named,
  code: CodeOf<'ledger'>,
  message: string,
  { hint, line }: { readonly hint: string; readonly line?: number },
): OutsideFault {
  return new OutsideFault('input', {
    severity: 'error',
    code: codesOf('ledger')(code),
    source: { file: source.name, ...(line !== undefined && { line }) },
    message,
    hint,
  });
}

export const MAKE_AGAIN = 'make the ledger again from its exports: meter ledger EXPORTS -o LEDGER';

export function damaged(source: Named, line: number, why: string): OutsideFault {
  return ledgerFault(source, 'damaged', `the record is damaged: ${why}`, { hint: MAKE_AGAIN, line });
}
