import { resolve } from 'node:path';
import { Refusal, usageProblem } from '../../app/refusal.ts';
import type { Note } from '../../core/estimate/note.ts';
import { ESTIMATE_FORMATS, type EstimateFormatName } from '../../report/estimate/index.ts';
import type { EstimatePresentation, EstimatesReport } from '../../report/estimate/report.ts';
import { formatNotes, formatProblems } from '../../report/problems.ts';
import { PLAIN } from '../../report/style.ts';
import { verdict } from '../checks.ts';
import { styleFor } from '../colour.ts';
import { command, type globalFlags } from '../command.ts';
import { type Answer, answer, type EstimateSession } from '../estimateAnswer.ts';
import { type FlagsOf, fileFlag, switchFlag, textFlag, wordsFlag } from '../flags/flag.ts';
import { maxRejectsFlag, priceListsFlag, quietFlag, resultFlags, ruleFlags, strictFlag } from '../flags/groups.ts';
import { annotateNotes, annotateProblems, appendStepSummary } from '../github.ts';
import { isReadOnce, tierFileHere } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeOut } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { presentationFor, putResult, type ResultTarget, resultTarget } from '../resultTarget.ts';
import { watchFiles } from '../watchFiles.ts';

const flags = {
  tiers: priceListsFlag,
  tier: textFlag({ value: 'name', help: "tier to bill on (default: the file's own)" }),
  traffic: fileFlag('traffic by route, for files that tell none'),
  usage: { ...wordsFlag({ value: 'exports', help: 'learn from telemetry what the file leaves out' }), isPath: true },
  env: textFlag({ value: 'name', help: 'environment of a Wrangler configuration, or all' }),
  period: textFlag({ value: 'month', help: '2026-10 (default: a month of 30 days)' }),
  baseline: fileFlag('compare with a saved estimate (JSON) or another configuration'),
  compare: {
    ...wordsFlag({ value: 'files', help: 'tier files that would bill the same, a column each' }),
    isPath: true,
  },
  ...ruleFlags('total', '<= 500'),
  watch: switchFlag('estimate again whenever a file changes'),
  ...resultFlags(ESTIMATE_FORMATS),
  maxRejects: maxRejectsFlag,
  timezone: textFlag({ value: 'zone', help: 'zone of timestamps of --usage that are written without one' }),
  strict: strictFlag,
  quiet: quietFlag,
} as const;
type EstimateFlags = FlagsOf<typeof flags & typeof globalFlags>;

export default command({
  name: 'estimate',
  summary: 'what a route configuration will cost',
  operands: {
    name: 'files',
    help: 'edge.yaml, wrangler.toml, wrangler.json(c) or Kubernetes HTTPRoutes',
    isPath: true,
  },
  flags,
  examples: [
    ['estimate edge.yaml --tiers tiers.yaml', 'the month, route by route, and what other tiers would cost'],
    ['estimate edge.yaml --baseline main.json -o estimate.md', 'what a change costs, for a pull request'],
    ['estimate edge.yaml --compare theirs.yaml', 'what the same routes would cost under another price list'],
    ["estimate edge.yaml --assert 'total <= 500'", 'exit code 1 if it costs more than that'],
  ],
  run: ({ operands, flags: given, io }) => estimate(operands, given, io),
});

async function estimate(files: readonly string[], flags: EstimateFlags, io: Io): Promise<ExitCode> {
  const target = resultTarget(flags, { formats: ESTIMATE_FORMATS, endings: { junit: 'xml' } });
  const inputs = [
    ...[...files, ...(flags.tiers ?? []), flags.traffic, flags.baseline],
    ...(flags.compare ?? []),
  ].filter((name) => name !== undefined);
  checkOutputs([{ flag: '-o', name: flags.output }], inputs, io);
  const session: Session = { files, flags, io, target, telemetry: {} };
  if (flags.watch) {
    refuseWatching(inputs, io);
    return watch(session);
  }
  const { report, checks } = await answer(session);
  await put(report, session);
  const warnings = report.reports.flatMap((one) => one.warnings);
  const notes = notesOf(report);
  if (!flags.quiet) io.stderr.write(formatProblems(warnings, styleFor(io, io.stderr, flags)) + formatNotes(notes));
  annotateProblems(warnings, io);
  annotateNotes(notes, io);
  await appendStepSummary(ESTIMATE_FORMATS.md(report, { style: PLAIN, columns: Number.POSITIVE_INFINITY }), io);
  return verdict(checks, flags, io);
}

type Session = EstimateSession & { readonly target: Target; readonly flags: EstimateFlags };

type Target = ResultTarget<EstimateFormatName>;

async function put(
  report: EstimatesReport,
  { io, flags, target }: Session,
  before: readonly string[] = [],
): Promise<void> {
  const page = target.format === 'html' ? await import('../page.ts').then(({ pageFiles }) => pageFiles()) : undefined;
  const presentation: EstimatePresentation = {
    ...presentationFor(target, flags, io),
    ...(page && { page }),
  };
  const pieces = ESTIMATE_FORMATS[target.format](report, presentation);
  await putResult(target, [...before, ...pieces], io);
}

/**
 * Estimates again whenever a file changes. On a terminal the answer is drawn in place; a file that is broken for the
 * moment leaves the last good answer standing, with what is wrong below it.
 */
async function watch(session: Session): Promise<ExitCode> {
  const { files: routeFiles, flags, io, target } = session;
  const isTerminal = io.stdout.isTTY === true && target.kind === 'stdout';
  const tiers = flags.tiers ?? [tierFileHere(io)];
  const files = [...routeFiles, ...tiers, flags.traffic, flags.baseline, ...(flags.compare ?? [])].filter(
    (name) => name !== undefined,
  );
  let last: Answer | undefined;
  const draw = async () => {
    const clear = isTerminal ? [CLEAR] : last ? ['\n'] : [];
    try {
      last = await answer({ ...session, flags: { ...flags, quiet: true } });
      await putAgain(last, session, clear);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (isTerminal) await (last ? put(last.report, session, clear) : writeOut(io, clear));
      sayWhy(error, last !== undefined, session);
    }
    if (isTerminal) io.stderr.write(`\nwatching ${files.join(', ')}; Ctrl-C ends\n`);
  };
  if (flags.usage !== undefined) last = await answer(session).catch(() => undefined);
  await draw();
  await watchFiles(
    files.map((name) => resolve(io.cwd, name)),
    draw,
    io.signal,
  );
  return EXIT.interrupted;
}

/** Says why there is no new answer. `isAnswered`: an earlier one stands. */
function sayWhy({ problems }: Refusal, isAnswered: boolean, { io, flags }: Session): void {
  if (isAnswered) io.stderr.write('\nthe last good answer stands, because of this:\n');
  io.stderr.write(formatProblems(problems, styleFor(io, io.stderr, flags)));
}

/** An answer with all that is to be said of it; `before`: what goes in front of it on standard output. */
async function putAgain({ report, checks }: Answer, session: Session, before: readonly string[]): Promise<void> {
  const { io, flags, target } = session;
  await put(report, session, target.kind === 'stdout' ? before : []);
  const warnings = report.reports.flatMap((one) => one.warnings);
  io.stderr.write(formatProblems(warnings, styleFor(io, io.stderr, flags)) + formatNotes(notesOf(report)));
  verdict(checks, flags, io);
}

/** An input that can be read once cannot be read again when a file changes. */
function refuseWatching(inputs: readonly string[], io: Io): void {
  const once = inputs.find((name) => isReadOnce(name, io));
  if (once === undefined) return;
  const message = `${once} can be read once, and --watch reads it again`;
  throw new Refusal('usage', [usageProblem('watch-pipe', message, 'write it to a file')]);
}

function notesOf({ reports, notes }: EstimatesReport): Note[] {
  return [...reports.flatMap((one) => one.notes), ...notes];
}

/** Cursor home, and everything below it gone: no flicker, as clearing the whole screen would give. */
const CLEAR = '\u001b[H\u001b[J';
