/** Turns zod's issues about a file into problems in words for the person who wrote it. */
import type { z } from 'zod';
import { didYouMean, type Problem } from '../core/problem.ts';
import type { ProblemCode, SharedCode } from '../core/problemCodes.ts';
import type { Path, TextTree, YamlFile } from './yamlFile.ts';

type Issue = z.core.$ZodIssue;

type Context = {
  readonly file: YamlFile;
  /** Puts the area before the last part of a code. */
  readonly codeOf: (what: SharedCode<'schema'>) => ProblemCode;
  /** Names of the price models. */
  readonly models: readonly string[];
  /** The keys that the map at a path may have. */
  keysAt(path: Path): readonly string[];
};

export function schemaProblems(issues: readonly Issue[], file: YamlFile, options: Omit<Context, 'file'>): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], { file, ...options }));
}

/** An issue's path and the value there. */
type Place = {
  readonly path: Path;
  readonly value: TextTree | undefined;
  readonly context: Context;
  problem(code: SharedCode<'schema'>, message: string, hint?: string, at?: Path, part?: 'key'): Problem;
};

function placeOf(path: Path, context: Context): Place {
  const { file, codeOf } = context;
  return {
    path,
    value: valueAt(file.tree, path),
    context,
    problem: (code, message, hint, at = path, part) => ({
      severity: 'error',
      code: codeOf(code),
      source: file.locate(at, part),
      message,
      ...(hint !== undefined && { hint }),
    }),
  };
}

function problemsOf(issue: Issue, base: Path, context: Context): Problem[] {
  const place = placeOf([...base, ...issue.path], context);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, place));
    case 'invalid_type':
      return [wrongType(issue.expected, place)];
    case 'invalid_value':
      return [unknownValue(issue.values.map(String), place)];
    case 'too_big':
    case 'too_small':
      return [wrongCount(issue, place)];
    case 'invalid_union':
      return noneFits(issue, place);
    default:
      return [place.problem('invalid', issue.message)];
  }
}

function unknownKey(key: string, { path, context, problem }: Place): Problem {
  const known = context.keysAt(path);
  const meant = didYouMean(key, known);
  const hint = meant ? `did you mean ${meant}?` : `known keys here: ${known.join(', ')}`;
  return problem('unknown-key', `unknown key "${key}"`, hint, [...path, key], 'key');
}

function wrongType(expected: string, { path, value, problem }: Place): Problem {
  if (value !== undefined) {
    return problem('wrong-type', `expected ${nameOfType(expected)}, found ${nameOfValue(value)}`);
  }
  return problem('missing-key', `${String(path.at(-1))} is missing`, undefined, path.slice(0, -1), 'key');
}

function unknownValue(values: readonly string[], { value, problem }: Place): Problem {
  const meant = typeof value === 'string' ? didYouMean(value, values) : undefined;
  const hint = meant ? `did you mean ${meant}?` : undefined;
  return problem('unknown-value', `expected ${orList(values)}, found ${nameOfValue(value)}`, hint);
}

function wrongCount(
  issue: Extract<Issue, { code: 'too_big' | 'too_small' }>,
  { path, value, problem }: Place,
): Problem {
  const name = String(path.at(-1));
  if (!issue.exact) return problem('empty', `${name} is empty`, 'write at least one entry');
  const wanted = Number('minimum' in issue ? issue.minimum : issue.maximum);
  const found = Array.isArray(value) ? value.length : 0;
  const hint = `write ${wanted} of them${wanted === 2 ? ', or a single text' : ''}`;
  return problem('wrong-count', `${name} lists ${found}, expected ${wanted}`, hint);
}

/** No alternative of a union fits: the problems of the likeliest one, or one that names them all. */
function noneFits(issue: Extract<Issue, { code: 'invalid_union' }>, place: Place): Problem[] {
  const { path, value, context, problem } = place;
  if ('discriminator' in issue && issue.discriminator !== undefined && issue.errors.length === 0) {
    return [unknownModel(issue.discriminator, place)];
  }
  if (!issue.errors.every(isOfOtherKind)) {
    return likeliest(issue.errors, value)!.flatMap((inner) => problemsOf(inner, path, context));
  }
  const meant = typeof value === 'string' ? didYouMean(value, issue.errors.flatMap(wordsOf)) : undefined;
  const kinds = [...new Set(issue.errors.flatMap(kindsOf))];
  const message = `expected ${orList(kinds)}, found ${nameOfValue(value)}`;
  return [problem('wrong-type', message, meant ? `did you mean ${meant}?` : undefined)];
}

function unknownModel(key: string, { path, value, context: { models }, problem }: Place): Problem {
  const known = `use one of ${models.join(', ')}`;
  if (value === undefined) return problem('missing-key', `${key} is missing`, known, path.slice(0, -1), 'key');
  const meant = typeof value === 'string' ? didYouMean(value, models) : undefined;
  return problem(
    'unknown-model',
    `${nameOfValue(value)} is not a price model`,
    meant ? `did you mean ${meant}?` : known,
  );
}

/** True if the value is not even of the kind that an alternative is about: a list where a text is expected. */
function isOfOtherKind(issues: readonly Issue[]): boolean {
  return issues.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        issue.code === 'invalid_value' ||
        (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.errors.every(isOfOtherKind))),
  );
}

/** Kinds of value that an alternative would have taken. */
function kindsOf(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'invalid_type') return [nameOfType(issue.expected)];
    if (issue.code === 'invalid_union') return issue.errors.flatMap(kindsOf);
    return wordsOf([issue]).map((word) => (word === 'null' ? word : `"${word}"`));
  });
}

function wordsOf(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
}

/** The alternative of a union that the value comes closest to; among equally close ones the first. */
function likeliest(branches: readonly (readonly Issue[])[], value: TextTree | undefined): readonly Issue[] | undefined {
  // A price by dimension is known by its `by`, and how many dimensions it has, however much else is wrong with it.
  const isByDimension = typeof value === 'object' && value !== null && 'by' in value;
  const fitting = isByDimension ? branches.filter((issues) => !issues.some(isOtherPrice)) : [];
  return [...(fitting.length > 0 ? fitting : branches)].sort((a, b) => distance(a) - distance(b))[0];
}

/** Says that a price is by no dimension, or by another number of them. */
function isOtherPrice(issue: Issue): boolean {
  if (issue.code === 'invalid_union') return issue.path.length === 0;
  return issue.code === 'invalid_type' && issue.path.length === 1 && issue.path[0] === 'by';
}

function distance(issues: readonly Issue[]): number {
  let total = 0;
  for (const issue of issues) {
    if (isOfOtherKind([issue])) total += 1000;
    else if (issue.code !== 'invalid_union') total += 1;
    // One value of another kind somewhere inside does not make the whole of another kind.
    else if (issue.errors.length > 0) total += Math.min(500, ...issue.errors.map(distance));
    else total += 2.5; // no model: further off than two slips in a price by dimension, nearer than three
  }
  return total;
}

function valueAt(tree: TextTree | undefined, path: Path): TextTree | undefined {
  let value = tree;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, TextTree | undefined>)[segment];
  }
  return value;
}

function nameOfType(expected: string): string {
  return (
    { string: 'a text or number', record: 'a map', object: 'a map', array: 'a list', null: 'null' }[expected] ??
    expected
  );
}

function nameOfValue(value: TextTree | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
  return Array.isArray(value) ? 'a list' : 'a map';
}

function orList(values: readonly string[]): string {
  return values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : (values[0] ?? 'nothing');
}
