/** Problems as people read them: where, what, what instead. */
import type { Problem, ProblemSource } from '../core/problem.ts';
import { printable, shortened } from './safeText.ts';
import type { Style } from './style.ts';

/** More problems than this are counted, not shown. */
const MOST_SHOWN = 20;

/** Longest message or hint: the names in them can be of any length. */
const MOST_CHARACTERS = 500;

/**
 * ```
 * tiers.yaml:4:18: error: "1e-7" is not a plain decimal number [tiers/not-a-number]
 *   4 |     amount: 1e-7
 *     |             ^
 *   hint: write 0.0000001
 * ```
 */
export function formatProblem(problem: Problem, style: Style): string {
  const { source, severity, message, code, hint } = problem;
  const place = source && [source.file, source.line, source.column].filter((part) => part !== undefined).join(':');
  const tint = severity === 'error' ? style.error : style.warning;
  const lines = [
    `${place ? `${printable(place)}: ` : ''}${tint(`${severity}:`)} ${readable(message)} ${style.dim(`[${code}]`)}`,
  ];
  if (source?.excerpt !== undefined && source.line !== undefined) {
    const number = String(source.line);
    const { text, column } = cut(source.excerpt, source.column ?? 1);
    lines.push(`  ${style.dim(`${number} |`)} ${printable(text)}`.trimEnd());
    if (source.column !== undefined) {
      const before = printable(text.slice(0, column - 1)).length + Math.max(0, column - 1 - text.length);
      lines.push(`  ${style.dim(`${' '.repeat(number.length)} |`)} ${' '.repeat(before)}${tint('^')}`);
    }
  }
  if (hint !== undefined) lines.push(`  ${style.strong('hint:')} ${readable(hint)}`);
  return `${lines.join('\n')}\n`;
}

/** `edge.yaml:3: note: 1 cron trigger is not estimated`, a line each. */
export function formatNotes(notes: readonly { readonly message: string; readonly source?: ProblemSource }[]): string {
  const lines = notes.map(({ message, source }) => {
    const place = source && [source.file, source.line].filter((part) => part !== undefined).join(':');
    return `${place ? `${printable(place)}: ` : ''}note: ${readable(message)}\n`;
  });
  return lines.join('');
}

function readable(text: string): string {
  return printable(shortened(text, MOST_CHARACTERS));
}

export function formatProblems(problems: readonly Problem[], style: Style): string {
  const shown = problems.slice(0, MOST_SHOWN).map((problem) => formatProblem(problem, style));
  const more = problems.length - MOST_SHOWN;
  return shown.join('') + (more > 0 ? `… and ${more} more problems\n` : '');
}

/** The part of a long line around a column. */
function cut(line: string, column: number): { text: string; column: number } {
  const width = 100;
  const text = line.replaceAll('\t', ' ');
  if (text.length <= width) return { text, column };
  const from = Math.max(0, column - 1 - width / 2);
  return { text: text.slice(from, from + width), column: column - from };
}
