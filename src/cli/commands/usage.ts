import { followedUsage } from '../../app/follow.ts';
import { FollowedUsage, type UsageState } from '../../app/followUsage.ts';
import { resultOf } from '../../app/refusal.ts';
import { type UsageByDay, usageByDay } from '../../app/usage.ts';
import { historyColumns } from '../../core/catalog/meter.ts';
import { monthName, monthOfInstant } from '../../core/months.ts';
import { accountMonths } from '../../core/usage/accountMonths.ts';
import { csvRow } from '../../report/safeText.ts';
import { toldUsageLine } from '../../report/toldUsage.ts';
import type { FollowedRows } from '../../telemetry/follow/followedRows.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag } from '../flags/flag.ts';
import { EXPORTS, outputFlag, readingFlags, trimIdsFlag } from '../flags/groups.ts';
import { type Follower, follow, followFlags, onlyLines, refuseWithoutFollow } from '../following/follow.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { putResult, resultTarget } from '../resultTarget.ts';

const flags = {
  tiers: fileFlag('tier file with meters and timezone (default: meter.yaml or tiers.yaml here)'),
  trimIds: trimIdsFlag,
  output: outputFlag('write there (CSV)'),
  ...readingFlags,
  ...followFlags,
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
    ['usage logs/ --follow --state usage.state', "each customer's day and month, once it is over"],
  ],
  run: ({ operands, flags: given, io }) => usage(operands, given, io),
});

/** Raw exports to account-months: what is worth keeping of them. */
async function usage(exports: readonly string[], flags: UsageFlags, io: Io): Promise<ExitCode> {
  if (flags.follow) return followed(exports, flags, io);
  refuseWithoutFollow(flags);
  const outputs = [
    { flag: '-o', name: flags.output },
    { flag: '--rejects', name: flags.rejects },
  ];
  const found = resultOf(await usageByDay(exports, flags, portsFor(io, flags, outputs)));
  const target = resultTarget({ ...flags, format: 'csv' }, { formats: { csv: historyCsv } });
  await putResult(target, historyCsv(found), io);
  return EXIT.done;
}

/** A line for each customer and day, and for each customer and month, once it is over. */
async function followed(exports: readonly string[], flags: UsageFlags, io: Io): Promise<ExitCode> {
  if (flags.output !== undefined) throw onlyLines('and -o names a file');
  const { terms, request } = await followedUsage(flags, portsFor(io, flags));
  const kept = { meters: terms.meters.map(({ name }) => name), timezone: terms.timezone };
  const follower = (rows: FollowedRows, before: UsageState | undefined): Follower<UsageState> => {
    const usage = new FollowedUsage(terms, rows, before);
    return {
      look: async (arrived, isOver) => usage.look(arrived, isOver).map(toldUsageLine),
      state: () => usage.state(),
    };
  };
  return follow(exports, { request, stateOf: { what: 'usage', kept }, follower }, flags, io);
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
