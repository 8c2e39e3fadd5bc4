import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadRateCard } from '../../config/loadRateCard.ts';
import { historyColumns, type Meter } from '../../core/catalog/meter.ts';
import { lookAlikeWarnings } from '../../core/invoice/runNotes.ts';
import { monthName, monthOfInstant } from '../../core/simulation/months.ts';
import { accountMonths } from '../../core/usage/accountMonths.ts';
import type { UsageLedger } from '../../core/usage/ledger.ts';
import { csvRow } from '../../report/safeText.ts';
import { readLedger } from '../accountHistories.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag } from '../flags/flag.ts';
import { EXPORTS, outputFlag, readingFlags, trimIdsFlag } from '../flags/groups.ts';
import { sourcesOf } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically, writeOut } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { loadTiersOption } from '../rateCardOption.ts';
import { warn } from '../warnings.ts';

const flags = {
  tiers: fileFlag('tier file with meters and timezone (default: meter.yaml or tiers.yaml here)'),
  trimIds: trimIdsFlag,
  output: outputFlag('write there (CSV)'),
  ...readingFlags,
} as const;
type UsageFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'usage',
  summary: 'account-months out of raw exports: what simulate needs, in a small file',
  operands: EXPORTS,
  flags,
  examples: [
    ["usage 'exports/*.csv.gz' -o history.csv", 'a row for each customer and month'],
    ['usage usage.csv --tiers tiers.yaml', 'with the meters and the timezone of a tier file'],
  ],
  run: ({ operands, flags: given, io }) => usage(operands, given, io),
});

/** Raw exports to account-months: what is worth keeping of them. */
async function usage(exports: readonly string[], flags: UsageFlags, io: Io): Promise<ExitCode> {
  const say = (text: string) => {
    if (!flags.quiet) io.stderr.write(text);
  };
  const hasTiers =
    flags.tiers !== undefined || ['meter.yaml', 'tiers.yaml'].some((name) => existsSync(resolve(io.cwd, name)));
  const { meters, timezone } = hasTiers ? await loadTiersOption(flags.tiers, io, say) : BUILT_IN;
  const sources = await sourcesOf(exports, io);
  const inputs = sources.flatMap((source) => (source.kind === 'file' ? [source.path] : []));
  const named = [flags.tiers, flags.map].filter((name) => name !== undefined);
  checkOutputs(
    [
      { flag: '-o', name: flags.output },
      { flag: '--rejects', name: flags.rejects },
    ],
    [...inputs, ...named],
    io,
  );
  const ledger = await readLedger(sources, [...meters.values()], timezone, flags, io);
  warn(lookAlikeWarnings(ledger.customers), flags, io, EXIT.badInput);
  const rows = historyCsv(ledger, [...meters.values()], timezone);
  if (flags.output === undefined || flags.output === '-') await writeOut(io, rows);
  else await writeFileAtomically(io, flags.output, rows);
  return EXIT.done;
}

/** The meters that need no tier file. */
const BUILT_IN = loadRateCard('pricing_tiers: { free: { cost: 0 } }').rateCard!;

function* historyCsv(ledger: UsageLedger, meters: readonly Meter[], timezone: string): Generator<string> {
  const columns = meters.map((meter) => historyColumns(meter)[0]!);
  yield csvRow(['customer_id', 'month', ...columns, 'peak_day_requests', 'tenure_months']);
  for (const { customer, month, usage, peakDay, tenureMonths } of accountMonths(ledger, 'requests', timezone)) {
    yield csvRow([
      customer,
      monthName(monthOfInstant(month.start, timezone)),
      ...meters.map((meter) => usage.get(meter.name)?.quantity.toFixed() ?? ''),
      peakDay.toFixed(),
      tenureMonths === undefined ? '' : String(tenureMonths),
    ]);
  }
}
