/**
 * Routes of a Wrangler configuration (Cloudflare Workers), whether it was written as TOML or JSON.
 *
 * Only keys that describe routes are read: `route`, `routes`, `name`, `env`, `limits.cpu_ms`. The rest configures the
 * Worker. A pattern is `example.com/api/*`; `limits.cpu_ms` is where a request is cut off, so it bounds the compute,
 * and is not taken for its mean.
 */
import { Decimal } from '../../core/decimal.ts';
import type { Note } from '../../core/estimate/note.ts';
import { didYouMean, isError, type Problem, type ProblemSource } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import type { LoadedRoutes, RouteDraft } from './drafts.ts';

const codeOf = codesOf('wrangler');

/** A parsed file: plain data, and where a path in it stands. */
export type WranglerFile = {
  readonly name: string;
  readonly tree: unknown;
  locate(path: readonly (string | number)[]): ProblemSource;
};

type Tree = Readonly<Record<string, unknown>>;
type TreePath = (string | number)[];
type Setting = { readonly value: unknown; readonly path: TreePath };
type AddError = (code: CodeOf<'wrangler'>, path: TreePath, message: string, hint?: string) => void;
type Pattern = { readonly pattern: string; readonly path: TreePath };

export function readWrangler(file: WranglerFile, environment: string | undefined): LoadedRoutes {
  const problems: Problem[] = [];
  const error: AddError = (code, path, message, hint) =>
    problems.push({
      severity: 'error',
      code: codeOf(code),
      source: file.locate(path),
      message,
      ...(hint && { hint }),
    });
  const top = asTree(file.tree);
  if (!top) {
    error('not-a-map', [], 'a Wrangler configuration is a map', 'begin with name = "…"');
    return { problems };
  }
  const environments = asTree(top.env) ?? {};
  const names = Object.keys(environments);
  const own = environment === undefined ? top : asTree(environments[environment]);
  if (!own) {
    const meant = didYouMean(environment!, names);
    const known = names.length > 0 ? `known: ${names.join(', ')}` : 'the file has no env';
    const hint = meant ? `did you mean ${meant}?` : known;
    error('unknown-environment', ['env'], `there is no environment "${environment}"`, hint);
    return { problems };
  }
  const scope: TreePath = environment === undefined ? [] : ['env', environment];
  // An environment inherits what it does not set.
  const setting = (key: string): Setting | undefined => {
    if (own[key] !== undefined) return { value: own[key], path: [...scope, key] };
    return top[key] === undefined ? undefined : { value: top[key], path: [key] };
  };

  const patterns = patternsIn(own, setting, error);
  if (patterns.length === 0 && problems.length === 0) {
    const main = workersDev(setting('name'));
    const hint =
      names.length > 0 ? `name an environment with --env: ${names.join(', ')}` : 'add routes = ["example.com/*"]';
    if (main) patterns.push(main);
    else error('no-routes', [], 'there are no routes', hint);
  }
  if (problems.some(isError)) return { problems, environments: names };

  const most = mostCompute(setting('limits'), file);
  const routes = patterns.map(
    ({ pattern, path }): RouteDraft => ({
      match: pattern,
      source: file.locate(path),
      ...(most && { mostCompute: most }),
    }),
  );
  return {
    file: {
      name: file.name,
      kind: 'Wrangler configuration',
      defaults: {},
      middleware: new Map(),
      routes,
      checks: [],
      notes: skippedIn(setting, file),
    },
    problems,
    environments: names,
  };
}

/** The patterns of `route` and `routes`, of which an environment inherits neither where it sets the other. */
function patternsIn(own: Tree, setting: (key: string) => Setting | undefined, error: AddError): Pattern[] {
  const found: Pattern[] = [];
  const take = (value: unknown, path: TreePath) => {
    const pattern = patternOf(value, path);
    if (pattern) found.push(pattern);
    else error('not-a-route', path, 'a route is a pattern, or a table with one', 'write pattern = "example.com/*"');
  };
  const single = own.route === undefined && own.routes !== undefined ? undefined : setting('route');
  if (single) take(single.value, single.path);
  const several = own.routes === undefined && own.route !== undefined ? undefined : setting('routes');
  if (several && !Array.isArray(several.value))
    error('not-a-list', several.path, 'routes is a list', 'write routes = ["…"]');
  else for (const [i, route] of ((several?.value ?? []) as unknown[]).entries()) take(route, [...several!.path, i]);

  const twice = found.find(({ pattern }, i) => found.findIndex((other) => other.pattern === pattern) !== i);
  if (twice) error('route-twice', twice.path, `"${twice.pattern}" is there twice`, 'keep one of the two');
  return found;
}

/** Undefined if the value is no route. */
function patternOf(value: unknown, path: TreePath): Pattern | undefined {
  const route = asTree(value);
  const written = route ? route.pattern : value;
  if (typeof written !== 'string' || written.trim() === '') return undefined;
  const isDomain = route?.custom_domain === true || route?.custom_domain === 'true';
  return { pattern: isDomain ? `${written}/*` : written, path: route ? [...path, 'pattern'] : path };
}

/** The pattern under which a Worker without routes is reached. */
function workersDev(name: Setting | undefined): Pattern | undefined {
  if (typeof name?.value !== 'string' || name.value === '') return undefined;
  return { pattern: `${name.value}.workers.dev/*`, path: name.path };
}

/** `limits.cpu_ms`, in seconds. */
function mostCompute(limits: Setting | undefined, file: WranglerFile): RouteDraft['mostCompute'] {
  const cpu = asTree(limits?.value)?.cpu_ms;
  if (cpu === undefined || !/^\d+(\.\d+)?$/.test(String(cpu))) return undefined;
  const source = file.locate([...limits!.path, 'cpu_ms']);
  return { value: new Decimal(String(cpu)).div(1000), origin: 'route', source };
}

/** Names other triggers of a Worker and other receivers of its requests, since their cost is not in the estimate. */
function skippedIn(setting: (key: string) => Setting | undefined, file: WranglerFile): Note[] {
  const notes: Note[] = [];
  const add = (what: string, key: string, inner?: string) => {
    const found = setting(key);
    const list = inner === undefined ? found?.value : asTree(found?.value)?.[inner];
    if (!found || !Array.isArray(list) || list.length === 0) return;
    const names = list.map(nameOf).filter((name) => name !== '');
    const count = list.length === 1 ? `1 ${what} is` : `${list.length} ${what}s are`;
    const source = file.locate(inner === undefined ? found.path : [...found.path, inner]);
    notes.push({ message: `${count} not estimated${names.length > 0 ? `: ${names.join(', ')}` : ''}`, source });
  };
  add('cron trigger', 'triggers', 'crons');
  add('service binding', 'services');
  add('queue consumer', 'queues', 'consumers');
  return notes;
}

function nameOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  const { service, queue, binding } = asTree(entry) ?? {};
  return [service, queue, binding].find((text): text is string => typeof text === 'string') ?? '';
}

function asTree(value: unknown): Tree | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined;
}
