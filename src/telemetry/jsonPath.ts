/** Finds values in JSON by keys and paths, and the rows that a record holds. */
import { LosslessNumber } from 'lossless-json';
import { type PathStep, pathOf } from '../core/usage/recordForm.ts';

/** A record, or a row within it: what names are looked for in, the innermost value first, the whole record last. */
export type JsonScope = readonly unknown[];

/** The value of a name in the innermost value that has it; undefined: there is none. */
export function valueIn(scope: JsonScope, name: string): unknown {
  for (const value of scope) {
    const found = valueAt(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The value of a key, or, where there is no such key, at the end of a path: keys between dots into nested objects, and
 * `[0]` or `[key=text]` into arrays.
 */
function valueAt(value: unknown, name: string): unknown {
  if (isObject(value) && Object.hasOwn(value, name)) return value[name];
  if (!name.includes('[')) return isObject(value) ? atKeys(value, name) : undefined;
  return stepsOf(name).reduce((at: unknown, step) => stepInto(at, step), value);
}

function atKeys(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!name.includes('.')) return undefined;
  let value: unknown = object;
  for (const key of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function stepInto(value: unknown, step: PathStep): unknown {
  if ('key' in step) return isObject(value) && Object.hasOwn(value, step.key) ? value[step.key] : undefined;
  if (!Array.isArray(value)) return undefined;
  if ('index' in step) return value[step.index] as unknown;
  if ('every' in step) return undefined;
  const { key, text } = step.where;
  return value.find((entry) => isObject(entry) && plainText(entry[key]) === text) as unknown;
}

/** Steps of the paths that mappings have: few, and asked for with each row. */
const PATHS = new Map<string, readonly PathStep[]>();

function stepsOf(name: string): readonly PathStep[] {
  const known = PATHS.get(name);
  if (known) return known;
  const steps = pathOf(name) ?? [];
  PATHS.set(name, steps);
  return steps;
}

/** The rows of a record: one for each value at the end of `path`, in order; none where the path ends early. */
export function rowsAt(record: unknown, path: readonly PathStep[]): readonly JsonScope[] {
  let scopes: JsonScope[] = [[record]];
  for (const step of path) {
    scopes = scopes.flatMap(([innermost, ...outer]): JsonScope[] => {
      if ('every' in step) return Array.isArray(innermost) ? innermost.map((entry: unknown) => [entry, ...outer]) : [];
      const found = stepInto(innermost, step);
      return found === undefined || found === null ? [] : [[found, innermost, ...outer]];
    });
  }
  return scopes;
}

/** Text of a text, a number or a truth value; '' for nothing. Undefined: an object or an array. */
export function plainText(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value instanceof LosslessNumber ? value.value : undefined;
}

/** All of a value as one text, equal for objects and lists that have the same entries in another order. */
export function wholeText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(wholeText).sort().join(',')}]`;
  if (!isObject(value)) return value instanceof LosslessNumber ? value.value : JSON.stringify(value ?? null);
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}:${wholeText(entry)}`);
  return `{${entries.sort().join(',')}}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}
