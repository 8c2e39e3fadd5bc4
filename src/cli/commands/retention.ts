import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import { retention as retentionOver } from '../../app/retention.ts';
import { BASES } from '../../core/retention/input.ts';
import type { RetentionWeek } from '../../core/retention/weeks.ts';
import { RETENTION_FORMATS } from '../../report/retention/index.ts';
import { retentionResult } from '../../report/retention/json.ts';
import { RETENTION_NAMES } from '../../report/retention/names.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { type ClosedFolder, openIntact } from '../closing/closedFolder.ts';
import { command, type globalFlags } from '../command.ts';
import { csvDialect, csvFlags, spelt } from '../flags/csv.ts';
import { choiceFlag, type FlagsOf, switchFlag, withFallback } from '../flags/flag.ts';
import { quietFlag, resultFlags, ruleFlags } from '../flags/groups.ts';
import type { ExitCode, Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';
import { monthFlagsOf } from './restate.ts';
import { ANY_NUMBER } from './verify.ts';

const flags = {
  basis: withFallback(
    choiceFlag(BASES, {
      help: 'amounts that revenue is counted by',
      detail: 'billed: totals without one-off packs, per 30 days; committed: fees and minimums.',
    }),
    'billed',
  ),
  weekly: switchFlag('and NRR week by week, from the ledgers of closed months'),
  ...resultFlags(RETENTION_FORMATS),
  ...csvFlags,
  ...ruleFlags('latest.nrr.month', '>= 100%'),
  quiet: quietFlag,
} as const;
type RetentionFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'retention',
  summary: 'where revenue went: new, expansion, contraction, churn, and how much of it stays',
  operands: {
    name: 'months',
    help: 'folders of closed months and their restatements, or results of meter invoice (JSON, NDJSON)',
    isPath: true,
  },
  flags,
  examples: [
    ['retention close/*', 'movements, NRR, GRR, logo churn and cohorts of all closed months'],
    [
      'retention invoices-*.json --basis committed -o retention.html',
      'fees and minimums alone, as a page with a chart',
    ],
    ['retention close/* --weekly', 'and NRR of each week, and of four weeks against the four before'],
    ["retention close/* --assert 'not alarm'", 'exit code 1 if NRR was below 100 % in both of the last two months'],
  ],
  notes:
    'A restatement counts in the place of the month that it restates. Months must adjoin each other: one that lacks would be one in which nobody paid.',
  run: ({ operands, flags: given, io }) => retention(operands, given, io),
});

async function retention(operands: readonly string[], given: RetentionFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(given);
  const target = resultTarget(given, { formats: RETENTION_FORMATS });
  const dialect = csvDialect(given, { format: target.format, formats: ['csv'] });
  const months = await monthsOf(operands, io);
  const names = months.map((one) => (typeof one === 'string' ? one : join(one.name, 'invoices.ndjson')));
  const found = resultOf(
    await retentionOver(names, given.basis, portsFor(io, given, [{ flag: '-o', name: given.output }])),
  );
  const weeks = given.weekly ? await weeksIn(months, given, io) : undefined;
  const unchecked = { ...found, ...(weeks && { weeks }), checks: [] };
  const checks = outcomesOf(rules, { json: retentionResult(unchecked), names: RETENTION_NAMES });
  const report = { ...unchecked, checks };
  const pieces = RETENTION_FORMATS[target.format](report, presentationFor(target, given, io));
  await putResult(target, spelt(pieces, dialect), io);
  return verdict(checks, given, io);
}

/** Files with invoices, and closed months: each as it is now. */
async function monthsOf(operands: readonly string[], io: Io): Promise<(string | ClosedFolder)[]> {
  if (operands.length === 0) {
    const hint = 'name closed months, or results of meter invoice: meter retention close/*';
    throw new Refusal('usage', [usageProblem('no-files', 'there are no invoices to read', hint)]);
  }
  const opened = await Promise.all(
    operands.map(async (name) => (isFolder(name, io) ? await openIntact(name, io) : name)),
  );
  const folders = opened.filter((one): one is ClosedFolder => typeof one !== 'string');
  const restated = new Set(folders.map(({ manifest }) => manifest.restates?.digest));
  return opened.filter((one) => typeof one === 'string' || !restated.has(one.digest));
}

async function weeksIn(
  months: readonly (string | ClosedFolder)[],
  { basis }: RetentionFlags,
  io: Io,
): Promise<RetentionWeek[]> {
  const file = months.find((one) => typeof one === 'string');
  if (file !== undefined) {
    const message = `${file} has invoices, and no ledger that says on which days they were used`;
    const hint = 'name closed months: meter retention close/* --weekly';
    throw new Refusal('usage', [usageProblem('weekly-without-ledger', message, hint)]);
  }
  const { weeksOfMonths } = await import('../closing/weeks.ts');
  const flagsOf = (folder: ClosedFolder) => monthFlagsOf(folder, { quiet: true, maxRejects: ANY_NUMBER });
  return weeksOfMonths(months as ClosedFolder[], { basis, flagsOf }, io);
}

function isFolder(name: string, io: Io): boolean {
  return statSync(resolve(io.cwd, name), { throwIfNoEntry: false })?.isDirectory() === true;
}
