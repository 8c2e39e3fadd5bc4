/** Checks a file against its zod schema, and goes on with what is left when something does not fit. */
import { z } from 'zod';
import type { Problem } from '../core/problem.ts';
import type { ProblemCode, SharedCode } from '../core/problemCodes.ts';
import { schemaProblems } from './schemaProblems.ts';
import type { Path, TextTree, YamlFile } from './yamlFile.ts';

export type SchemaCheck<T> = {
  /** The file without what does not fit; undefined if nothing sensible is left. */
  readonly tree: T | undefined;
  readonly problems: readonly Problem[];
};

/**
 * Reports everything that does not fit, and gives the rest, so that what is wrong inside the rest can be reported in
 * the same run. `whereMissing` holds stand-ins for required keys whose absence would otherwise cost the whole map
 * around them.
 */
export function checkSchema<T>(
  file: YamlFile,
  schema: z.ZodType<T>,
  {
    codeOf,
    models,
    whereMissing = {},
  }: {
    codeOf: (what: SharedCode<'schema'>) => ProblemCode;
    models: readonly string[];
    whereMissing?: Readonly<Record<string, string>>;
  },
): SchemaCheck<T> {
  const first = schema.safeParse(file.tree);
  if (first.success) return { tree: first.data, problems: [] };
  const problems = schemaProblems(first.error.issues, file, { codeOf, models, keysAt: (path) => keysAt(schema, path) });

  const rest = structuredClone(file.tree!);
  for (let checked: z.ZodSafeParseResult<T> = first; ; checked = schema.safeParse(rest)) {
    if (checked.success) return { tree: checked.data, problems };
    const removed = checked.error.issues.map((issue) => repair(rest, issue, whereMissing));
    if (!removed.some(Boolean)) return { tree: undefined, problems };
  }
}

/** Takes out of the tree what an issue is about, or puts a stand-in there; true if that changed anything. */
function repair(tree: TextTree, issue: z.core.$ZodIssue, whereMissing: Readonly<Record<string, string>>): boolean {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => remove(tree, [...issue.path, key])).some(Boolean);
  const key = issue.path.at(-1);
  const parent = containerAt(tree, issue.path.slice(0, -1));
  if (key === undefined || !parent) return false;
  if (key in parent) return remove(tree, issue.path);
  const standIn = whereMissing[String(key)];
  if (standIn === undefined) return remove(tree, issue.path.slice(0, -1));
  parent[key] = standIn;
  return true;
}

function remove(tree: TextTree, path: Path): boolean {
  const key = path.at(-1);
  const parent = containerAt(tree, path.slice(0, -1));
  if (key === undefined || !parent || !(key in parent)) return false;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return true;
}

function containerAt(tree: TextTree, path: Path): Record<PropertyKey, TextTree> | undefined {
  let value: TextTree | undefined = tree;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, TextTree | undefined>)[segment];
  }
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, TextTree>) : undefined;
}

/** The keys that a map at a path may have, read off the schema. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let schemas: z.ZodType[] = [schema];
  for (const segment of path) schemas = schemas.flatMap((one) => inside(one, segment));
  return [...new Set(schemas.flatMap(keysOf))];
}

function inside(schema: z.ZodType, segment: PropertyKey): z.ZodType[] {
  return alternatives(schema).flatMap((one): z.ZodType[] => {
    if (one instanceof z.ZodObject) return segment in one.shape ? [one.shape[segment as string] as z.ZodType] : [];
    if (one instanceof z.ZodRecord) return [one.valueType as z.ZodType];
    return one instanceof z.ZodArray ? [one.element as z.ZodType] : [];
  });
}

function keysOf(schema: z.ZodType): string[] {
  return alternatives(schema).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

function alternatives(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return alternatives(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(alternatives);
  return [schema];
}
