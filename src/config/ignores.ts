/**
 * `# meter-ignore CODE reason`: a warning that is meant to be there. At the end of a line it is about that line, on a line
 * of its own about the next one that is not a comment.
 */
import { LINTS } from '../core/lint/index.ts';
import { didYouMean, isError, type Problem, type ProblemSource } from '../core/problem.ts';

export type Ignored = { readonly problem: Problem; readonly reason: string };

type Ignore = {
  readonly code: string;
  readonly reason: string;
  /** Line that it is about, from 1. */
  readonly line: number;
  /** Place of the comment. */
  readonly source: ProblemSource;
};

/** A comment of YAML and TOML, or of JSON with comments. */
const COMMENT = /(?<=^|\s)(?:#|\/\/)\s*meter-ignore(?:\s+(\S+))?(?:\s+(.*?))?\s*$/;
const ONLY_COMMENT = /^\s*(?:#.*|\/\/.*)?$/;

/**
 * Splits the problems of a file by its comments. An ignore that silences nothing, or gives no reason, is a problem itself.
 * `isJudged`: false for codes that nothing here looked for, of which an ignore without effect says nothing.
 */
export function applyIgnores(
  text: string,
  file: string,
  problems: readonly Problem[],
  isJudged: (code: string) => boolean,
): { problems: Problem[]; ignored: Ignored[] } {
  const ignores = ignoresIn(text, file);
  const used = new Set<Ignore>();
  const ignored: Ignored[] = [];
  const kept = problems.filter((problem) => {
    const by = isError(problem) ? undefined : ignores.find((ignore) => isAbout(ignore, problem, file));
    if (!by) return true;
    used.add(by);
    ignored.push({ problem, reason: by.reason });
    return false;
  });
  const unused = ignores.filter((ignore) => !used.has(ignore) && isJudged(ignore.code)).map(withoutEffect);
  return { problems: [...kept, ...unused], ignored };
}

function isAbout({ code, reason, line }: Ignore, problem: Problem, file: string): boolean {
  return reason !== '' && code === problem.code && problem.source?.file === file && problem.source.line === line;
}

function ignoresIn(text: string, file: string): Ignore[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.flatMap((excerpt, i): Ignore[] => {
    const found = COMMENT.exec(excerpt);
    if (!found) return [];
    const next = lines.findIndex((line, j) => j > i && !ONLY_COMMENT.test(line));
    const at = ONLY_COMMENT.test(excerpt) && next >= 0 ? next : i;
    const source = { file, line: i + 1, column: found.index + 1, excerpt };
    return [{ code: found[1] ?? '', reason: found[2] ?? '', line: at + 1, source }];
  });
}

function withoutEffect({ code, reason, source }: Ignore): Problem {
  const about = { severity: 'warning', code: 'lint/unused-ignore', source } as const;
  if (reason === '') {
    const message = `meter-ignore ${code} gives no reason`.replace('  ', ' ');
    return { ...about, message, hint: `write # meter-ignore ${code === '' ? 'lint/cliff' : code} and why it is meant` };
  }
  const meant = didYouMean(
    code,
    LINTS.map((lint) => lint.code).filter((known) => known !== code),
  );
  const isKnown = LINTS.some((lint) => lint.code === code);
  const hint =
    !isKnown && meant ? `did you mean ${meant}?` : 'remove the comment, or put it on or above the line of the warning';
  return { ...about, message: `meter-ignore ${code} has no effect: nothing is found there`, hint };
}
