/**
 * GitHub Actions: problems and failed checks as annotations beside the code, results in the step's summary.
 *
 * The runner reads workflow commands from both streams; they go to stderr, so that a result on stdout stays a result.
 */
import { appendFile } from 'node:fs/promises';
import type { CheckOutcome } from '../core/checks/check.ts';
import type { Note } from '../core/estimate/note.ts';
import type { Problem } from '../core/problem.ts';
import { printable } from '../report/safeText.ts';
import type { Io } from './io.ts';
import { repositoryPath } from './repositoryPath.ts';

/** GitHub shows no more than ten of a kind for each step. */
const MOST_ANNOTATIONS = 10;
/** GitHub refuses a summary of more than 1 MiB, all of it. */
export const MOST_SUMMARY_BYTES = 1_000_000;

export function isGitHubActions(io: Io): boolean {
  return io.env.GITHUB_ACTIONS === 'true';
}

export function annotateProblems(problems: readonly Problem[], io: Io): void {
  if (!isGitHubActions(io)) return;
  // Errors first: of ten places none should go to a warning while an error is left out.
  const ordered = [...problems].sort((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  for (const { severity, code, source, message, hint } of ordered.slice(0, MOST_ANNOTATIONS)) {
    const text = hint === undefined ? printable(message) : `${printable(message)}\n${printable(hint)}`;
    io.stderr.write(command(severity, { ...place(source, io), title: code }, text));
  }
}

export function annotateNotes(notes: readonly Note[], io: Io): void {
  if (!isGitHubActions(io)) return;
  for (const { message, source } of notes.slice(0, MOST_ANNOTATIONS)) {
    io.stderr.write(command('notice', place(source, io), message));
  }
}

export function annotateChecks(failed: readonly CheckOutcome[], io: Io): void {
  if (!isGitHubActions(io)) return;
  const ordered = [...failed].sort((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  for (const { rule, severity, measured, source } of ordered.slice(0, MOST_ANNOTATIONS)) {
    io.stderr.write(
      command(severity, { ...place(source, io), title: 'check failed' }, `${rule}: measured ${measured}`),
    );
  }
}

/** A case that failed: its name, and what is wrong, line by line. */
export type Failure = { readonly source: Problem['source']; readonly title: string; readonly text: readonly string[] };

export function annotateFailures(failures: readonly Failure[], io: Io): void {
  if (!isGitHubActions(io)) return;
  for (const { source, title, text } of failures.slice(0, MOST_ANNOTATIONS)) {
    io.stderr.write(
      command('error', { ...place(source, io), title: printable(title) }, text.map(printable).join('\n')),
    );
  }
}

/** Appends Markdown to the summary of the step; what is too long for GitHub is cut at a line, and says so. */
export async function appendStepSummary(pieces: Iterable<string>, io: Io): Promise<void> {
  const file = io.env.GITHUB_STEP_SUMMARY;
  if (!isGitHubActions(io) || file === undefined || file === '') return;
  const lines: string[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    lines.push(piece);
    bytes += Buffer.byteLength(piece);
    if (bytes > MOST_SUMMARY_BYTES) break;
  }
  let text = lines.join('');
  if (bytes > MOST_SUMMARY_BYTES) {
    const kept = Buffer.from(text).subarray(0, MOST_SUMMARY_BYTES).toString('utf8');
    text = `${kept.slice(0, kept.lastIndexOf('\n') + 1)}\n… cut off: the rest is too long for a step summary.\n`;
  }
  await appendFile(file, `${text}\n`).catch((error: unknown) => {
    io.stderr.write(`the step summary could not be written: ${(error as Error).message}\n`);
  });
}

function place(source: Problem['source'], io: Io): Record<string, string> {
  if (!source || source.file.startsWith('--')) return {};
  return {
    file: repositoryPath(source.file, { cwd: io.cwd, workspace: io.env.GITHUB_WORKSPACE }),
    ...(source.line !== undefined && { line: String(source.line) }),
    ...(source.column !== undefined && { col: String(source.column) }),
  };
}

/** `::error file=edge.yaml,line=3::…`, escaped as the runner expects it. */
function command(severity: 'error' | 'warning' | 'notice', properties: Record<string, string>, text: string): string {
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${escaped(value, /[%\r\n:,]/g)}`);
  return `::${severity}${shown.length > 0 ? ` ${shown.join(',')}` : ''}::${escaped(text, /[%\r\n]/g)}\n`;
}

function escaped(text: string, what: RegExp): string {
  return text.replace(what, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
