import { extname, resolve } from 'node:path';
import type { Note } from '../../core/estimate/note.ts';
import { ESTIMATE_FORMATS, type EstimateFormatName } from '../../report/estimate/index.ts';
import type { EstimatePresentation, EstimatesReport } from '../../report/estimate/report.ts';
import { formatNotes, formatProblems } from '../../report/problems.ts';
import { PLAIN } from '../../report/style.ts';
import { verdict } from '../checks.ts';
import { styleFor } from '../colour.ts';
import { type Answer, answer, type EstimateSession } from '../estimateAnswer.ts';
import type { EstimateFlags } from '../estimateFlags.ts';
import { CommandFailure, usageProblem } from '../failure.ts';
import { annotateNotes, annotateProblems, appendStepSummary } from '../github.ts';
import { isReadOnce, tierFileName } from '../inputs.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { writeFileAtomically, writeOut } from '../output.ts';
import { checkOutputs } from '../outputs.ts';
import { columnsOf } from '../resultTarget.ts';

export type { EstimateFlags };

import { watchFiles } from '../watchFiles.ts';

export async function estimate(files: readonly string[], flags: EstimateFlags, io: Io): Promise<ExitCode> {
  const target = targetOf(flags);
  const inputs = [...files, flags.tiers, flags.traffic, flags.baseline].filter((name) => name !== undefined);
  checkOutputs([{ flag: '-o', name: target.path }], inputs, io);
  const session: Session = { files, flags, io, target };
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

type Session = EstimateSession & { readonly target: Target };

type Target = { readonly path?: string; readonly format: EstimateFormatName };

/** Where the result goes and as what: `--format` wins, then the name's ending, then a table. */
function targetOf({ output, format }: EstimateFlags): Target {
  if (output === undefined || output === '-') return { format: format ?? 'table' };
  const ending = extname(output).slice(1);
  const byEnding = ({ txt: 'table', markdown: 'md', htm: 'html' } as Record<string, string>)[ending] ?? ending;
  const chosen = format ?? byEnding;
  if (Object.hasOwn(ESTIMATE_FORMATS, chosen)) return { path: output, format: chosen as EstimateFormatName };
  const endings = Object.keys(ESTIMATE_FORMATS).filter((name) => name !== 'table');
  const hint = `use .${endings.join(', .')} or .txt, or name one with --format`;
  throw new CommandFailure(EXIT.usage, [
    usageProblem('unknown-ending', `the ending of ${output} does not tell a format`, hint),
  ]);
}

async function put(
  report: EstimatesReport,
  { io, flags, target }: Session,
  before: readonly string[] = [],
): Promise<void> {
  const isFile = target.path !== undefined;
  const page = target.format === 'html' ? await import('../page.ts').then(({ pageFiles }) => pageFiles()) : undefined;
  const presentation: EstimatePresentation = {
    style: isFile ? PLAIN : styleFor(io, io.stdout, flags),
    columns: isFile ? Number.POSITIVE_INFINITY : columnsOf(io),
    ...(page && { page }),
  };
  const pieces = ESTIMATE_FORMATS[target.format](report, presentation);
  if (isFile) await writeFileAtomically(io, resolve(io.cwd, target.path!), pieces);
  else await writeOut(io, [...before, ...pieces]);
}

/**
 * Estimates again whenever a file changes. On a terminal the answer is drawn in place; a file that is broken for the
 * moment leaves the last good answer standing, with what is wrong below it.
 */
async function watch(session: Session): Promise<ExitCode> {
  const { files: routeFiles, flags, io, target } = session;
  const isTerminal = io.stdout.isTTY === true && target.path === undefined;
  const { name: tiers } = tierFileName(flags.tiers, io);
  const files = [...routeFiles, tiers, flags.traffic, flags.baseline].filter((name) => name !== undefined);
  let last: Answer | undefined;
  const draw = async () => {
    const clear = isTerminal ? [CLEAR] : last ? ['\n'] : [];
    try {
      last = await answer({ ...session, flags: { ...flags, quiet: true } });
      await put(last.report, session, target.path === undefined ? clear : []);
      const warnings = last.report.reports.flatMap((one) => one.warnings);
      io.stderr.write(formatProblems(warnings, styleFor(io, io.stderr, flags)) + formatNotes(notesOf(last.report)));
      verdict(last.checks, flags, io);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      if (isTerminal && last) await put(last.report, session, clear);
      else if (isTerminal) await writeOut(io, clear);
      if (last) io.stderr.write('\nthe last good answer stands, because of this:\n');
      io.stderr.write(formatProblems(error.problems, styleFor(io, io.stderr, flags)));
    }
    if (isTerminal) io.stderr.write(`\nwatching ${files.join(', ')}; Ctrl-C ends\n`);
  };
  if (flags.usage !== undefined)
    await answer(session)
      .then((first) => (last = first))
      .catch(() => undefined);
  await draw();
  await watchFiles(
    files.map((name) => resolve(io.cwd, name)),
    draw,
    io.signal,
  );
  return EXIT.interrupted;
}

/** What can be read once cannot be read again when a file changes. */
function refuseWatching(inputs: readonly string[], io: Io): void {
  const once = inputs.find((name) => isReadOnce(name, io));
  if (once === undefined) return;
  const message = `${once} can be read once, and --watch reads it again`;
  throw new CommandFailure(EXIT.usage, [usageProblem('watch-pipe', message, 'write it to a file')]);
}

function notesOf({ reports, notes }: EstimatesReport): Note[] {
  return [...reports.flatMap((one) => one.notes), ...notes];
}

/** Cursor home, and everything below it gone: no flicker, as clearing the whole screen would give. */
const CLEAR = '\u001b[H\u001b[J';
