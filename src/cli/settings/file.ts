/** The configuration file: defaults of flags by command, `invoice: { customers: customers.yaml }`. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { asMap, readYaml, type TextTree, type YamlFile } from '../../config/yamlFile.ts';
import { didYouMean, type Problem } from '../../core/problem.ts';
import type { ProblemCode } from '../../core/problemCodes.ts';
import { type Command, globalFlags } from '../command.ts';
import { BadValue, type Flag, type Flags, keyName } from '../flags/flag.ts';
import { holdsSettings } from '../inputs.ts';
import type { Io } from '../io.ts';

/** Texts for a flag, and the place that they stand at, `meter.yaml:3:5`. */
export type Setting = { readonly texts: readonly string[]; readonly place: string };

/** By command, then by the key of the flag. */
export type Settings = ReadonlyMap<string, ReadonlyMap<string, Setting>>;

const NAME = 'meter.yaml';

/** `meter.yaml` of the working directory, if it holds settings and is no tier file. */
export function settingsFileHere({ cwd }: Io): string | undefined {
  const path = resolve(cwd, NAME);
  return existsSync(path) && holdsSettings(path) ? NAME : undefined;
}

/** `names`: of all commands. Sections of commands that are not among `commands` are taken as they are. */
export function readSettings(
  text: string,
  name: string,
  { commands, names }: { readonly commands: readonly Command[]; readonly names: readonly string[] },
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  const file = readYaml(text, name);
  const problems: Problem[] = [...file.problems];
  const settings = new Map<string, ReadonlyMap<string, Setting>>();
  if (file.tree !== undefined && file.tree !== null) {
    for (const [key, section] of entriesOf(file.tree, [], file, problems)) {
      const command = commands.find((one) => one.name === key);
      if (!names.includes(key)) {
        const source = file.locate([key], 'key');
        const message = `there is no command "${key}"`;
        problems.push(problem('settings/unknown-command', source, message, hintFor(key, names)));
      } else if (command) settings.set(key, readSection(command, section, file, problems));
    }
  }
  return { settings, problems };
}

function readSection(
  command: Command,
  section: TextTree,
  file: YamlFile,
  problems: Problem[],
): ReadonlyMap<string, Setting> {
  const flags: Flags = { ...command.flags, color: globalFlags.color };
  const keys = new Map(Object.keys(flags).map((key) => [keyName(key), key]));
  const found = new Map<string, Setting>();
  if (section === null) return found;
  for (const [written, value] of entriesOf(section, [command.name], file, problems)) {
    const path = [command.name, written];
    const key = keys.get(written);
    if (key === undefined) {
      const message = `meter ${command.name} has no flag "${written}"`;
      const hint = hintFor(written.replace(/^(--)?(no-)?/, '').replaceAll('_', '-'), keys.keys());
      problems.push(problem('settings/unknown-flag', file.locate(path, 'key'), message, hint));
      continue;
    }
    const texts = textsOf(value, flags[key]!, path, file, problems);
    if (!texts) continue;
    const { line, column } = file.locate(path, 'key');
    found.set(key, { texts, place: [file.name, line, column].join(':') });
  }
  return found;
}

function textsOf(
  value: TextTree,
  flag: Flag,
  path: readonly string[],
  file: YamlFile,
  problems: Problem[],
): readonly string[] | undefined {
  const isList = Array.isArray(value);
  const values: readonly TextTree[] = isList ? value : [value];
  const takesList = flag.takes === 'words' || flag.takes === 'repeated';
  const before = problems.length;
  const refuse = (message: string, hint: string, at: readonly PropertyKey[] = path) =>
    problems.push(problem('settings/bad-value', file.locate(at), message, hint));
  if (isList && !takesList) refuse(`${path[1]} takes one value, and this is a list`, 'write a single value');
  const texts = values.map((one, i) => {
    const at = isList ? [...path, i] : path;
    if (typeof one !== 'string') {
      refuse(`${path[1]} takes ${takesList ? 'texts' : 'a text'}`, 'write a single value, or a list of them', at);
      return '';
    }
    try {
      flag.one(one);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      refuse(`"${one}" is no value of ${path[1]}`, hintOf(error), at);
    }
    return flag.isPath && one !== flag.keyword ? besideFile(one, file.name) : one;
  });
  return problems.length > before ? undefined : texts;
}

/** A path in a configuration file begins at the file's directory. */
function besideFile(path: string, file: string): string {
  return path === '-' || isAbsolute(path) ? path : join(dirname(file), path);
}

/** The entries of a map; a problem and none if it is something else. */
function entriesOf(tree: TextTree, path: readonly string[], file: YamlFile, problems: Problem[]) {
  const map = asMap(tree);
  if (map) return Object.entries(map);
  const [what, example] =
    path.length === 0
      ? ['a configuration has names of commands at its top', 'invoice: { customers: customers.yaml }']
      : [`${path[0]}: has flags and their values`, `${path[0]}: { quiet: true }`];
  problems.push(problem('settings/not-a-map', file.locate(path), what, `write for instance ${example}`));
  return [];
}

function problem(code: ProblemCode, source: NonNullable<Problem['source']>, message: string, hint: string): Problem {
  return { severity: 'error', code, source, message, hint };
}

export function hintFor(word: string, candidates: Iterable<string>): string {
  const known = [...candidates];
  const meant = didYouMean(word, known);
  return meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`;
}

/** The sentence of a bad value as a hint. */
export function hintOf({ message }: BadValue): string {
  return `${message[0]!.toLowerCase()}${message.slice(1)}`.replace(/\.$/, '');
}
