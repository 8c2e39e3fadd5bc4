/** A billing run as commands read it: notes on standard error, outputs checked before the exports are read. */
import { type BillingOptions, billExports, type ReadRun, type RunWishes } from '../app/billExports.ts';
import { resultOf } from '../app/refusal.ts';
import { tellNotes } from './billingNotes.ts';
import type { Io } from './io.ts';
import { portsFor } from './ports.ts';
import type { ReadFlags } from './readExports.ts';
import type { WarningFlags } from './warnings.ts';

export type BillingFlags = BillingOptions & WarningFlags & ReadFlags & { readonly output?: string };

/**
 * `filesEndIn`: the result goes to a directory, and its files have this ending. `closing`: the file of the balances
 * after the run. Throws a Refusal.
 */
export async function readBillingRun(
  exports: readonly string[],
  flags: BillingFlags,
  io: Io,
  {
    filesEndIn,
    closing,
    ...wishes
  }: Omit<RunWishes, 'onNotes' | 'closing'> & {
    readonly filesEndIn?: string | undefined;
    readonly closing?: string | undefined;
  },
): Promise<ReadRun> {
  const outputs = [
    { flag: '-o', name: flags.output, filesEndIn },
    { flag: '--rejects', name: flags.rejects },
    { flag: '--closing', name: closing },
  ];
  const onNotes: RunWishes['onNotes'] = (notes, { defaultTier: tier }) =>
    tellNotes(notes, { customersFile: flags.customers, tier }, flags, io);
  return resultOf(
    await billExports(exports, flags, portsFor(io, flags, outputs), {
      ...wishes,
      closing: closing !== undefined,
      onNotes,
    }),
  );
}
