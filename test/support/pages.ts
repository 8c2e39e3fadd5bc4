/**
 * Pages: Markdown with fenced `console` sessions, replayed command by command.
 *
 * ````
 * ```console
 * $ meter invoice usage.csv --tiers tiers.yaml
 * what it prints on standard output
 * 2> what it prints on standard error
 * [exit 2]
 * ```
 * ````
 *
 * Commands run in a copy of the repository's root, or of the directory that a comment at the top of the page names
 * (`<!-- in: fixtures/first-month -->`), so that files which one command writes are there for the next. Besides `meter`,
 * also `cat FILE…`, `ls DIRECTORY`, `head -n N FILE` and `printf TEXT` are known; `… | meter …` and `meter … < FILE` give
 * it an input. What sets the place up (`npm`, `npx` of other programs, `git`, `cd`) is not run, and stays as it stands.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT, type RunResult, runMeter } from './runMeter.ts';

/** The page as it should read: its prose, its commands, and what they print now. */
export async function replayPage(path: string): Promise<string> {
  const page = readFileSync(resolve(ROOT, path), 'utf8');
  const directory = mkdtempSync(join(tmpdir(), 'meter-page-'));
  try {
    fill(directory, /^<!-- in: (.+?) -->$/m.exec(page)?.[1]);
    const parts = page.split(/^(```console\n[\s\S]*?^```$)/m);
    const replayed: string[] = [];
    for (const part of parts) {
      replayed.push(part.startsWith('```console\n') ? await replayFence(part, directory, path) : part);
    }
    return replayed.join('');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function fill(directory: string, from: string | undefined): void {
  if (from !== undefined) {
    cpSync(resolve(ROOT, from), directory, { recursive: true });
    return;
  }
  for (const name of readdirSync(ROOT)) if (name !== '.git') symlinkSync(join(ROOT, name), join(directory, name));
}

async function replayFence(fence: string, cwd: string, page: string): Promise<string> {
  const lines = fence.split('\n').slice(1, -1);
  const sessions: { command: string; recorded: string[] }[] = [];
  for (const line of lines) {
    const last = sessions.at(-1);
    if (last?.command.endsWith('\\') && last.recorded.length === 0) last.command += `\n${line}`;
    else if (line.startsWith('$ ')) sessions.push({ command: line.slice(2), recorded: [] });
    else if (last) last.recorded.push(line);
    else throw new Error(`${page}: a console session must begin with a command, not with ${line}`);
  }
  const replayed: string[] = [];
  for (const { command, recorded } of sessions) {
    const result = await runCommand(command.replaceAll(/\\\n/g, ' '), cwd, page);
    replayed.push(`$ ${command}`, ...(result === undefined ? recorded : transcript(result)));
  }
  return ['```console', ...replayed, '```'].join('\n');
}

/** Standard output as it is, then standard error behind `2> `, then the exit code if it is not 0. */
export function transcript({ stdout, stderr, exitCode }: RunResult): string[] {
  return [
    ...linesOf(stdout),
    ...linesOf(stderr).map((line) => `2> ${line}`.trimEnd()),
    ...(exitCode === 0 ? [] : [`[exit ${exitCode}]`]),
  ];
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Undefined: not ours to run. */
async function runCommand(command: string, cwd: string, page: string): Promise<RunResult | undefined> {
  const words = wordsOf(command);
  const bar = words.indexOf('|');
  if (bar >= 0) {
    const stdin = filter(words.slice(0, bar), cwd);
    if (stdin === undefined) throw new Error(`${page}: only cat, head and printf can be piped: ${command}`);
    return runProgram(words.slice(bar + 1), { cwd, stdin, page });
  }
  const from = words.indexOf('<');
  if (from >= 0) {
    const stdin = readFileSync(resolve(cwd, words[from + 1]!));
    return runProgram([...words.slice(0, from), ...words.slice(from + 2)], { cwd, stdin, page });
  }
  return runProgram(words, { cwd, stdin: Buffer.alloc(0), page });
}

async function runProgram(
  words: readonly string[],
  { cwd, stdin, page }: { cwd: string; stdin: Buffer; page: string },
): Promise<RunResult | undefined> {
  const set = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(words.slice(0, set).map((word) => word.split(/=(.*)/s).slice(0, 2)));
  const program = words.slice(set);
  const args = argumentsOfMeter(program);
  if (args) return runMeter(args, { cwd, stdin, env });
  const output = filter(program, cwd);
  if (output !== undefined) return { stdout: output.toString('utf8'), stderr: '', exitCode: 0 };
  if (/^(npm|npx|git|cd)$/.test(program[0] ?? '')) return undefined;
  throw new Error(`${page}: ${program.join(' ')} cannot be replayed`);
}

function argumentsOfMeter(words: readonly string[]): readonly string[] | undefined {
  if (words[0] === 'meter') return words.slice(1);
  const isMeter = (words[0] === 'npx' && words[1] === 'meter') || (words[0] === 'node' && words[1] === 'bin/meter.js');
  return isMeter ? words.slice(2) : undefined;
}

function filter([program, ...args]: readonly string[], cwd: string): Buffer | undefined {
  const read = (name: string) => readFileSync(resolve(cwd, name));
  switch (program) {
    case 'cat':
      return Buffer.concat(args.map(read));
    case 'ls':
      return Buffer.from(
        readdirSync(resolve(cwd, args[0] ?? '.'))
          .filter((name) => !name.startsWith('.'))
          .sort()
          .map((name) => `${name}\n`)
          .join(''),
      );
    case 'head':
      return Buffer.from(
        read(args[2]!)
          .toString('utf8')
          .split(/(?<=\n)/)
          .slice(0, Number(args[1]))
          .join(''),
      );
    case 'printf':
      return Buffer.from(args[0]!.replaceAll('\\n', '\n').replaceAll('\\t', '\t'));
    default:
      return undefined;
  }
}

/** Words as a shell cuts them: blanks, and single and double quotes that keep them. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
}
