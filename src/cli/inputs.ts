/** From the arguments of a command to files and streams. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { Refusal, usageProblem } from '../app/refusal.ts';
import { isTierFile } from '../config/meterYaml.ts';
import type { Problem } from '../core/problem.ts';
import { isTableName, tableCalled } from '../telemetry/engine/table.ts';
import { statusOf } from '../telemetry/fileState.ts';
import type { Source } from '../telemetry/source.ts';
import { fileSources } from '../telemetry/zipSources.ts';
import { matcherOf } from './archiveGlobs.ts';
import type { Io } from './io.ts';
import { NamedPipe } from './namedPipe.ts';

/**
 * Files, named pipes, globs and `-`, in the order of the arguments; what a glob finds, by name. A file named twice, be it
 * by another link to it, is read once, and standard input can be named once.
 */
export async function sourcesOf(args: readonly string[], io: Io): Promise<Source[]> {
  const sources = new Map<string, Source>();
  const problems: Problem[] = [];
  takeTables(args.filter(isTableName), { sources, problems }, io);
  for (const arg of args.filter((name) => !isTableName(name))) {
    if (isStandardInput(arg)) {
      if (sources.has('-')) {
        problems.push(
          usageProblem('stdin-twice', 'standard input is named twice', 'it can be read once: name it once'),
        );
      }
      sources.set('-', { kind: 'stream', name: 'standard input', stream: io.stdin });
      continue;
    }
    if (arg === '') {
      problems.push(
        usageProblem('empty-name', 'the name of an export is empty', 'is a variable of the shell not set?'),
      );
      continue;
    }
    const found = await sourcesCalled(arg, io);
    if (found.length === 0) problems.push(usageProblem('no-match', `no file matches ${arg}`));
    for (const source of found) {
      const identity = identityOf(source);
      if (!sources.has(identity)) sources.set(identity, source);
    }
  }
  if (problems.length > 0) {
    const isAboutFiles = problems.every(({ code }) => code === 'usage/no-match');
    throw new Refusal(isAboutFiles ? 'input' : 'usage', problems);
  }
  return [...sources.values()];
}

/** Tables of engines among the names. */
function takeTables(
  names: readonly string[],
  { sources, problems }: { readonly sources: Map<string, Source>; readonly problems: Problem[] },
  io: Io,
): void {
  for (const arg of names) {
    const found = tableCalled(arg, io.env.METER_CLICKHOUSE_PASSWORD);
    if (typeof found === 'string') {
      const hint = 'write duckdb:FILE?table=NAME or clickhouse://USER@HOST:PORT/DATABASE?table=NAME';
      problems.push(usageProblem('bad-table', `a table of an engine is to be read, and ${found}`, hint));
      continue;
    }
    const { name, table } = found;
    const own = table.engine === 'duckdb' ? { ...table, address: resolve(io.cwd, table.address) } : table;
    sources.set(name, { kind: 'stream', name, stream: Readable.from([]), table: own });
  }
}

/** A name of standard input; a file that is redirected to it can be opened by that name like any other. */
function isStandardInput(name: string): boolean {
  if (name === '-') return true;
  return /^\/dev\/(stdin|fd\/0)$|^\/proc\/self\/fd\/0$/.test(name) && statusOf(name)?.isFile() !== true;
}

/** The sources that a name stands for: a file, the files of an archive, those that a glob matches in a directory or an archive. */
async function sourcesCalled(arg: string, io: Io): Promise<Source[]> {
  if (existsSync(resolve(io.cwd, arg))) return sourcesOfFile(arg, io);
  const part = partOfArchive(arg, io);
  if (part) return sourcesOfFile(part.archive, io, part.takes);
  return (await matchesOf(arg, io)).flatMap((name) => sourcesOfFile(name, io));
}

function sourcesOfFile(name: string, io: Io, takes?: (entry: string) => boolean): Source[] {
  const path = resolve(io.cwd, name);
  if (statusOf(path)?.isFIFO() === true) return [{ kind: 'stream', name, stream: new NamedPipe(path) }];
  return fileSources(name, path, takes);
}

/** `x.zip/a/*.csv`: an archive, and which of its files are meant. */
function partOfArchive(arg: string, io: Io) {
  const [, archive, pattern] = /^(.+?\.zip)[/\\](.+)$/i.exec(arg) ?? [];
  if (archive === undefined || statusOf(resolve(io.cwd, archive))?.isFile() !== true) return undefined;
  return { archive, takes: matcherOf(pattern!) };
}

/** An identity of a source, equal for two names of one file. Systems that do not number their files have only the name. */
function identityOf(source: Source): string {
  if (source.kind === 'stream') return source.name;
  const { seen, entry, path } = source;
  if (seen && seen.ino !== 0n) return [seen.dev, seen.ino, seen.size, seen.mtimeNs, entry?.name ?? ''].join(' ');
  return [realPathOf(path), entry?.name ?? ''].join(' ');
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // what is the matter with it will show when it is opened
  }
}

/** Files that a glob matches; any other text is a name, though of no file that is there. */
async function matchesOf(text: string, io: Io): Promise<string[]> {
  const { filesMatching, isDynamicPattern } = await import('./globs.ts');
  return isDynamicPattern(text) ? filesMatching(text, io.cwd) : [text];
}

/** Standard inputs that a configuration was read from. */
const used = new WeakSet<Io['stdin']>();

async function readStandardInput({ stdin }: Io): Promise<Buffer> {
  if (used.has(stdin)) {
    const hint = 'it can be read once: name it once';
    throw new Refusal('usage', [usageProblem('stdin-twice', 'standard input is named twice', hint)]);
  }
  used.add(stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** True for what can be read once: standard input, a pipe such as `<( … )` makes. */
export function isReadOnce(name: string, io: Io): boolean {
  return isStandardInput(name) || statusOf(resolve(io.cwd, name))?.isFIFO() === true;
}

/** The text of a configuration file, of standard input, or of a pipe. */
export async function readConfigFile(name: string, io: Io): Promise<string> {
  try {
    const bytes = isStandardInput(name) ? await readStandardInput(io) : await readFile(resolve(io.cwd, name));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      {
        ENOENT: 'there is no such file',
        EISDIR: 'it is a directory',
        EACCES: 'it may not be read',
        ENOTDIR: 'what should be its directory is a file',
        ENAMETOOLONG: 'its name is too long',
        ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
      }[code ?? ''] ?? message;
    throw new Refusal('usage', [
      { severity: 'error', code: 'config/unreadable', source: { file: name }, message: why, hint: 'check the path' },
    ]);
  }
}

/** The tier file that commands find in the working directory when none is named. */
export function tierFileHere(io: Io): string | undefined {
  return ['meter.yaml', 'tiers.yaml'].find((name) => {
    const path = resolve(io.cwd, name);
    return existsSync(path) && (name !== 'meter.yaml' || !holdsSettings(path));
  });
}

/** True for a `meter.yaml` with settings of commands, which is no tier file. */
export function holdsSettings(path: string): boolean {
  try {
    return !isTierFile(readFileSync(path, 'utf8'), path);
  } catch {
    return false; // it is no file, or may not be read: whoever reads it as a tier file says so
  }
}
