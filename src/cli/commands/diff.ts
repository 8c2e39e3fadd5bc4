import { type DiffOptions, diffLists, type ListsCompared, nothingToCompare } from '../../app/diffLists.ts';
import { diffRuns } from '../../app/diffRuns.ts';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import { parseShare } from '../../config/texts.ts';
import type { Check } from '../../core/checks/check.ts';
import type { Decimal } from '../../core/decimal.ts';
import { failed } from '../../core/quantity.ts';
import { diffReportOf, runsReportOf } from '../../library/diffReport.ts';
import { DIFF_FORMATS } from '../../report/diff/index.ts';
import { comparisonResult } from '../../report/diff/json.ts';
import { DIFF_NAMES } from '../../report/diff/names.ts';
import type { DiffReport } from '../../report/diff/report.ts';
import { tellNotes } from '../billingNotes.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, fileFlag, repeatedFlag, textFlag } from '../flags/flag.ts';
import { billingFlags, EXPORTS, resultFlags, ruleFlags } from '../flags/groups.ts';
import { appendStepSummary } from '../github.ts';
import type { ExitCode, Io } from '../io.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';

const flags = {
  ...billingFlags,
  against: {
    ...repeatedFlag({
      value: 'file',
      help: 'price list to compare --tiers with (repeatable)',
      detail: 'The exports are read once for all of them.',
    }),
    isPath: true,
  },
  againstCustomers: fileFlag('customers file beside --against (default: --customers)'),
  grandfather: textFlag({
    value: 'share',
    help: 'leave whoever would pay over so much more on the old list: 20%',
    detail:
      'The result says who they are and what that costs a month; as yaml it is the customers file with their pins.',
  }),
  ...resultFlags(DIFF_FORMATS),
  ...ruleFlags('increase.p95', '<= 20%'),
} as const;
type DiffFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'diff',
  summary: 'what each customer would pay under another price list, and why',
  operands: { ...EXPORTS, help: `${EXPORTS.help}; or two results of meter invoice --format json` },
  flags,
  examples: [
    ['diff usage.csv --tiers old.yaml --against new.yaml --customers customers.csv', 'each change and its causes'],
    ['diff usage.csv --tiers old.yaml --against new.yaml -o diff.md', 'a comment for a pull request'],
    ['diff september.json october.json', 'two results of meter invoice: prices, usage, who came and went'],
    [
      "diff usage.csv --tiers old.yaml --against new.yaml --assert 'increase.p95 <= 20%'",
      'exit code 1 if more than one customer in twenty pays over 20% more',
    ],
  ],
  run: ({ operands, flags: given, io }) => diff(operands, given, io),
});

async function diff(exports: readonly string[], given: DiffFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(given);
  const target = resultTarget(given, { formats: DIFF_FORMATS, endings: { junit: 'xml' } });
  if (target.format === 'yaml' && (given.grandfather === undefined || (given.against ?? []).length > 1)) {
    throw new Refusal('usage', [
      usageProblem(
        'no-customers-file',
        'yaml is the customers file of --grandfather, for one list',
        'add --grandfather 20%, with one --against; or use another format',
      ),
    ]);
  }
  const isOfLists = given.against !== undefined || given.againstCustomers !== undefined;
  if (!isOfLists && (exports.length !== 2 || given.grandfather !== undefined)) throw nothingToCompare();
  const unchecked = isOfLists
    ? diffReportOf(await readLists(exports, given, io))
    : runsReportOf(
        resultOf(
          await diffRuns(exports as [string, string], portsFor(io, given, [{ flag: '-o', name: given.output }])),
        ),
      );
  const report = checked(unchecked, rules);
  await putResult(target, DIFF_FORMATS[target.format](report, presentationFor(target, given, io)), io);
  await appendStepSummary(DIFF_FORMATS.md(report), io);
  return verdict(
    report.comparisons.flatMap(({ checks }) => checks),
    given,
    io,
  );
}

async function readLists(exports: readonly string[], given: DiffFlags, io: Io): Promise<ListsCompared> {
  const { grandfather: share, ...shared } = given;
  const options: DiffOptions = { ...shared, ...(share !== undefined && { grandfather: shareOption(share) }) };
  const outputs = [
    { flag: '-o', name: given.output },
    { flag: '--rejects', name: given.rejects },
  ];
  return resultOf(
    await diffLists(exports, options, portsFor(io, given, outputs), {
      onNotes: (notes, { defaultTier: tier }) => tellNotes(notes, { customersFile: given.customers, tier }, given, io),
    }),
  );
}

function shareOption(text: string): Decimal {
  const share = parseShare(text);
  if (!failed(share)) return share.value;
  throw new Refusal('usage', [
    usageProblem('bad-share', `--grandfather "${text}" ${share.reason}`, 'write a share, such as 20%'),
  ]);
}

/** Rules hold for each list by itself. */
function checked(report: DiffReport, rules: readonly Check[]): DiffReport {
  if (rules.length === 0) return report;
  const isOne = report.comparisons.length === 1;
  const comparisons = report.comparisons.map((comparison) => {
    const outcomes = outcomesOf(rules, { json: comparisonResult(comparison, report), names: DIFF_NAMES });
    const checks = outcomes.map((one) => (isOne ? one : { ...one, rule: `${comparison.name}: ${one.rule}` }));
    return { ...comparison, checks };
  });
  return { ...report, comparisons };
}
