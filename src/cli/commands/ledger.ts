import { ledgerOf } from '../../app/ledger.ts';
import { resultOf } from '../../app/refusal.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag } from '../flags/flag.ts';
import { EXPORTS, outputFlag, readingFlags, tiersFlag, trimIdsFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { LEDGER_FORMATS, writeLedger } from '../ledgerTarget.ts';
import { portsFor } from '../ports.ts';
import { resultTarget } from '../resultTarget.ts';

const flags = {
  tiers: tiersFlag,
  customers: fileFlag('customers file, so that totals are cut where a customer changes tier inside an hour'),
  trimIds: trimIdsFlag,
  output: outputFlag('write there: .ndjson, .ndjson.gz, .ndjson.zst or .parquet'),
  ...readingFlags,
} as const;
type LedgerFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'ledger',
  summary: 'exports added up by customer and hour: a small file that every command takes in their place',
  operands: EXPORTS,
  flags,
  examples: [
    ["ledger 'exports/*.csv.gz' --tiers tiers.yaml -o october.ndjson.gz", 'once, where the exports lie'],
    ['ledger week-*.ndjson.gz -o october.ndjson.gz', 'ledgers of different exports as one'],
  ],
  notes: 'meter invoice october.ndjson.gz then gives the same invoices as the exports, and so do the other commands.',
  run: ({ operands, flags: given, io }) => ledger(operands, given, io),
});

async function ledger(exports: readonly string[], flags: LedgerFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: LEDGER_FORMATS });
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--rejects', name: flags.rejects },
  ];
  const content = resultOf(await ledgerOf(exports, flags, portsFor(io, flags, outputs)));
  await writeLedger(target, content, io);
  return EXIT.done;
}
