import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { testPrices } from '../../app/priceTests.ts';
import { loadTiers, tierFileName } from '../../app/rateCardOption.ts';
import { Refusal, resultOf, usageProblem } from '../../app/refusal.ts';
import { proposals } from '../../core/cases/edges.ts';
import { CASES_FORMATS } from '../../report/cases/index.ts';
import { CASES_NAMES, casesObject } from '../../report/cases/json.ts';
import { proposalYaml } from '../../report/cases/proposal.ts';
import { type CasesReport, isPassed } from '../../report/cases/report.ts';
import { failureLines } from '../../report/cases/words.ts';
import { counted } from '../../report/words.ts';
import { outcomesOf, ruleOptions, verdict } from '../checks.ts';
import { command, type globalFlags } from '../command.ts';
import { type FlagsOf, switchFlag } from '../flags/flag.ts';
import { quietFlag, resultFlags, ruleFlags } from '../flags/groups.ts';
import { annotateFailures, appendStepSummary } from '../github.ts';
import { filesMatching, isDynamicPattern } from '../globs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { checkOutputs } from '../outputs.ts';
import { portsFor } from '../ports.ts';
import { presentationFor, putResult, resultTarget } from '../resultTarget.ts';

const FORMATS = { formats: CASES_FORMATS, endings: { junit: 'xml' } } as const;

const flags = {
  write: switchFlag('propose cases at every edge of a price list, with the amounts of today', {
    detail: 'The operand is a tier file; tiers.test.yaml is written beside tiers.yaml, unless --output names another.',
  }),
  ...ruleFlags('coverage', '>= 90%'),
  ...resultFlags(CASES_FORMATS, 'write there; .xml is JUnit'),
  quiet: quietFlag,
} as const;
type TestFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'test',
  summary: 'cases of a price list, written beside it: what usage must cost',
  operands: {
    name: 'files',
    help: 'test files, globs (default: *.test.yaml here); with --write a tier file',
    count: 'any',
    isPath: true,
  },
  flags,
  examples: [
    ['test', 'every *.test.yaml here, and which parts of the price lists no case reaches'],
    ["test tiers.test.yaml --assert 'coverage >= 90%'", 'exit code 1 for a failed case, or less coverage'],
    ['test prices/*.test.yaml -o report.xml', 'JUnit, for a pipeline'],
    ['test --write tiers.yaml', 'a first tiers.test.yaml, to be confirmed case by case'],
  ],
  run: ({ operands, flags: given, io }) => (given.write ? propose(operands, given, io) : test(operands, given, io)),
});

async function test(operands: readonly string[], flags: TestFlags, io: Io): Promise<ExitCode> {
  const rules = ruleOptions(flags);
  const target = resultTarget(flags, FORMATS);
  const names = await testFiles(operands, io);
  checkOutputs([{ flag: '-o', name: flags.output }], names, io);
  const tested = resultOf(await testPrices(names, portsFor(io, flags)));
  const unchecked: CasesReport = { ...tested, checks: [] };
  // Before anything is written: a rule that the result cannot answer ends the command.
  const checks = rules.length === 0 ? [] : outcomesOf(rules, { json: casesObject(unchecked), names: CASES_NAMES });
  const report: CasesReport = { ...unchecked, checks };
  await putResult(target, CASES_FORMATS[target.format](report, presentationFor(target, flags, io)), io);
  const failed = report.files.flatMap(({ rateCard, results }) =>
    results
      .filter((result) => !isPassed(result))
      .map((result) => ({
        source: result.case.source,
        title: result.case.it,
        text: failureLines(result, rateCard)
          .filter(({ isArithmetic }) => !isArithmetic)
          .map((line) => line.text),
      })),
  );
  annotateFailures(failed, io);
  await appendStepSummary(CASES_FORMATS.md(report), io);
  const code = verdict(checks, flags, io);
  return failed.length > 0 ? EXIT.checkFailed : code;
}

/** Files as they are named and as globs find them, each once. */
async function testFiles(operands: readonly string[], io: Io): Promise<string[]> {
  const names: string[] = [];
  for (const name of operands) {
    const isGlob = isDynamicPattern(name) && !existsSync(resolve(io.cwd, name));
    const found = isGlob ? await filesMatching(name, io.cwd) : [name];
    if (found.length === 0) throw new Refusal('usage', [usageProblem('no-match', `no file matches ${name}`)]);
    names.push(...found);
  }
  if (operands.length > 0) return [...new Set(names)];
  const here = await filesMatching('*.test.{yaml,yml,json}', io.cwd);
  if (here.length > 0) return here;
  const hint = 'name test files, or write the first one beside a price list, as tiers.test.yaml for tiers.yaml';
  throw new Refusal('usage', [usageProblem('no-match', 'there is no *.test.yaml here', hint)]);
}

/** Writes a first test file, and never over one that is there. */
async function propose(operands: readonly string[], flags: TestFlags, io: Io): Promise<ExitCode> {
  const ports = portsFor(io, flags);
  const tiers = operands[0] ?? tierFileName(ports);
  if (operands.length > 1) {
    const message = `--write is for one price list, and there are ${operands.length}`;
    throw new Refusal('usage', [usageProblem('several-files', message, 'name one tier file')]);
  }
  const rateCard = await loadTiers(tiers, ports);
  const output = flags.output ?? tiers.replace(/(\.\w+)?$/, '.test.yaml');
  if (flags.output === undefined && existsSync(resolve(io.cwd, output))) {
    const hint = 'write elsewhere with -o, or to standard output with -o -';
    throw new Refusal('usage', [usageProblem('already-there', `${output} is already there`, hint)]);
  }
  checkOutputs([{ flag: '-o', name: output }], [tiers], io);
  const proposed = proposals(rateCard);
  const named = relative(dirname(resolve(io.cwd, output)), resolve(io.cwd, tiers)).replaceAll('\\', '/');
  const pieces = proposalYaml(proposed, rateCard, tiers === '-' ? undefined : output === '-' ? tiers : named);
  await putResult({ kind: output === '-' ? 'stdout' : 'file', name: output, format: 'yaml' }, pieces, io);
  if (output !== '-' && !flags.quiet)
    io.stderr.write(`${output}: ${counted(proposed.length, 'case')} with the amounts of today, to be confirmed\n`);
  return EXIT.done;
}
