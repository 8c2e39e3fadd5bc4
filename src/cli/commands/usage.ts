import { resultOf } from '../../app/refusal.ts';
import { type UsageByDay, usageByDay } from '../../app/usage.ts';
import { historyColumns } from '../../core/catalog/meter.ts';
import { monthName, monthOfInstant } from '../../core/months.ts';
import { accountMonths } from '../../core/usage/accountMonths.ts';
import { csvRow } from '../../report/safeText.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag } from '../flags/flag.ts';
import { EXPORTS, outputFlag, readingFlags, trimIdsFlag } from '../flags/groups.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { putResult, resultTarget } from '../resultTarget.ts';

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
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--rejects', name: flags.rejects },
  ];
  const found = resultOf(await usageByDay(exports, flags, portsFor(io, flags, outputs)));
  const target = resultTarget({ ...flags, format: 'csv' }, { formats: { csv: historyCsv } });
  await putResult(target, historyCsv(found), io);
  return EXIT.done;
}

function* historyCsv({ ledger, meters, timezone }: UsageByDay): Generator<string> {
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
