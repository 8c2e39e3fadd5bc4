/**
 * Kubernetes Gateway API: `HTTPRoute` resources, any number in one YAML stream or `List` among others.
 *
 * Every match of every rule, for every host name, is a route: `GET api.example.com/v1/*`. Without matches a rule takes
 * everything. Matches that differ in headers, query parameters or the listener alone are variants of one route (see
 * {@link RouteDraft}). A `RequestMirror` filter is traffic that is sent twice. Resources that route by other kinds are named.
 */
import { Decimal } from '../../core/decimal.ts';
import type { Note } from '../../core/estimate/note.ts';
import { Fraction } from '../../core/fraction.ts';
import { isError, type Problem, type ProblemSource } from '../../core/problem.ts';
import { type CodeOf, codesOf } from '../../core/problemCodes.ts';
import { asMap, type Path, readYamlDocuments, type TextTree } from '../yamlFile.ts';
import type { Given, LoadedRoutes, RouteDraft, RouteVariant } from './drafts.ts';
import type { RouteFileFormat } from './format.ts';

const codeOf = codesOf('httproute');

/** Kinds of resources that route requests, and are not read. */
const OTHER_KINDS = ['GRPCRoute', 'Ingress', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'IngressRoute', 'VirtualService'];

export const httpRoute: RouteFileFormat = {
  kind: 'HTTPRoute',
  recognises: ({ text }) => KIND.test(text),
  load: loadHttpRoutes,
};

const KIND = new RegExp(`^\\s*-?\\s*["']?kind["']?\\s*:\\s*["']?(HTTPRoute|${OTHER_KINDS.join('|')})\\b`, 'm');

type Tree = Readonly<Record<string, TextTree>>;
/** A resource, and where what is in it stands. */
type Resource = { readonly tree: Tree; locate(path: Path): ProblemSource };
/** A route of one match; `variant` says what else it asks for, '' if nothing. */
type Match = RouteDraft & { readonly variant: string };

function loadHttpRoutes(text: string, name: string): LoadedRoutes {
  const documents = readYamlDocuments(text, name);
  const problems: Problem[] = documents.flatMap((document) => document.problems);
  const resources = documents.flatMap(({ tree, locate }) => resourcesIn({ tree: asMap(tree) ?? {}, locate }));
  const notes = resources.flatMap(skippedNote);
  const matches = resources.flatMap((one) => (one.tree.kind === 'HTTPRoute' ? matchesOf(one, problems) : []));
  const routes = withVariants(matches, problems);
  if (routes.length === 0 && problems.length === 0) {
    const found = notes.map(({ message }) => message).join('; ');
    problems.push({
      severity: 'error',
      code: 'httproute/no-routes',
      source: notes[0]?.source ?? { file: name },
      message: `there is no HTTPRoute in this file${found === '' ? '' : `: ${found}`}`,
      hint: 'write its routes as HTTPRoutes or in an edge.yaml: routes: [{ match: example.com/*, traffic: 40M/month }]',
    });
  }
  if (problems.some(isError)) return { problems };
  return {
    file: { name, kind: httpRoute.kind, defaults: {}, middleware: new Map(), routes, checks: [], notes },
    problems,
  };
}

/** A `List`, as kubectl prints it, holds resources under `items`. */
function resourcesIn(resource: Resource): Resource[] {
  if (typeof resource.tree.kind !== 'string' || !/List$/.test(resource.tree.kind)) return [resource];
  return asList(resource.tree.items).flatMap((item, i) =>
    resourcesIn({ tree: asMap(item) ?? {}, locate: (path) => resource.locate(['items', i, ...path]) }),
  );
}

function skippedNote({ tree, locate }: Resource): Note[] {
  const { kind } = tree;
  if (typeof kind !== 'string' || !OTHER_KINDS.includes(kind)) return [];
  const name = asMap(tree.metadata)?.name;
  const shown = typeof name === 'string' ? `${kind} "${name}"` : kind;
  return [{ message: `${shown} is not read`, source: locate(['kind']) }];
}

/** One draft for each name; matches with the same name are its variants, unless they ask for the same as well. */
function withVariants(matches: readonly Match[], problems: Problem[]): RouteDraft[] {
  const routes = new Map<string, Match[]>();
  for (const match of matches) routes.set(match.match, [...(routes.get(match.match) ?? []), match]);
  return [...routes.values()].map((all): RouteDraft => {
    for (const [i, one] of all.entries()) {
      const before = all.slice(0, i).find(({ variant }) => variant === one.variant);
      if (!before) continue;
      problems.push({
        severity: 'error',
        code: 'httproute/route-twice',
        source: one.source,
        message: `"${one.match}" is already in line ${before.source.line}`,
        hint: 'keep one of the two, or tell them apart by a header, a parameter or a listener',
      });
    }
    const { variant: _, ...first } = all.find(({ variant }) => variant === '') ?? all[0]!;
    if (all.length === 1) return first;
    const variants = all
      .filter(({ variant }) => variant !== '')
      .map(({ match, variant, source, mirror }): RouteVariant => {
        return { match: `${match} [${variant}]`, source, ...(mirror && { mirror }) };
      });
    return { ...first, variants, isOnlyVariants: variants.length === all.length };
  });
}

function matchesOf({ tree, locate }: Resource, problems: Problem[]): Match[] {
  const error = (code: CodeOf<'httproute'>, path: Path, message: string, hint: string) =>
    problems.push({ severity: 'error', code: codeOf(code), source: locate(path), message, hint });
  const spec = asMap(tree.spec);
  const rules = asList(spec?.rules);
  if (!spec || rules.length === 0) {
    error('no-rules', ['spec'], 'this HTTPRoute has no rules', 'write at least one under spec.rules');
    return [];
  }
  const hosts = asList(spec.hostnames).map(String);
  const listeners = asList(spec.parentRefs).flatMap((ref) => listenerOf(asMap(ref) ?? {}));
  return rules.flatMap((ruleTree, r) => {
    const path: Path = ['spec', 'rules', r];
    const rule = asMap(ruleTree) ?? {};
    const mirror = mirrorOf(rule, path, locate, error);
    const matches = asList(rule.matches);
    const named: NamedMatch[] =
      matches.length === 0
        ? [{ text: '/*', path, asks: [] }]
        : matches.map((match, m) => namedMatch(match, [...path, 'matches', m]));
    return named.flatMap(({ text, path: at, method, asks }) =>
      (hosts.length === 0 ? [''] : hosts).map(
        (host): Match => ({
          match: `${method === undefined ? '' : `${method} `}${host}${text}`,
          source: locate(at),
          variant: [...asks, ...listeners].join(', '),
          ...(mirror && { mirror }),
        }),
      ),
    );
  });
}

/** `listener https`, for a route that is attached to one listener of its Gateway. */
function listenerOf({ sectionName, port }: Tree): string[] {
  if (typeof sectionName === 'string') return [`listener ${sectionName}`];
  return typeof port === 'string' ? [`port ${port}`] : [];
}

type NamedMatch = { text: string; path: Path; method?: string; asks: readonly string[] };

function namedMatch(tree: TextTree, path: Path): NamedMatch {
  const match = asMap(tree) ?? {};
  const given = asMap(match.path) ?? {};
  const value = typeof given.value === 'string' ? given.value : '/';
  const type = typeof given.type === 'string' ? given.type : 'PathPrefix';
  const text = type === 'PathPrefix' ? `${value.replace(/\/$/, '')}/*` : value;
  const asks = [...conditions(match.headers, ': '), ...conditions(match.queryParams, '=')];
  return { text, path, asks, ...(typeof match.method === 'string' && { method: match.method }) };
}

/** `traffic: test`, `version=2`. */
function conditions(tree: TextTree | undefined, sign: string): string[] {
  return asList(tree).map((one) => {
    const { name, value } = asMap(one) ?? {};
    return `${String(name)}${sign}${String(value)}`;
  });
}

/** Share of a rule's requests that all its mirror filters send on; a filter without a share sends everything. */
function mirrorOf(
  rule: Tree,
  path: Path,
  locate: Resource['locate'],
  error: (code: CodeOf<'httproute'>, path: Path, message: string, hint: string) => void,
): Given<Fraction> | undefined {
  let total = Fraction.ZERO;
  let source: Given<Fraction>['source'] | undefined;
  for (const [i, filterTree] of asList(rule.filters).entries()) {
    const filter = asMap(filterTree);
    if (filter?.type !== 'RequestMirror') continue;
    const at = [...path, 'filters', i];
    source ??= locate(at);
    const mirror = asMap(filter.requestMirror) ?? {};
    const fraction = asMap(mirror.fraction);
    const [top, bottom] = fraction
      ? [fraction.numerator, fraction.denominator ?? '100']
      : [mirror.percent ?? '100', '100'];
    if (!isWhole(top) || !isWhole(bottom) || Number(bottom) === 0) {
      error(
        'not-a-share',
        at,
        'this mirror has no share that can be read',
        'write percent: 10, or a fraction of whole numbers',
      );
    } else total = total.plus(Fraction.of(new Decimal(top), new Decimal(bottom)));
  }
  return source && { value: total, origin: 'route', source };
}

function isWhole(value: TextTree | undefined): value is string {
  return typeof value === 'string' && /^\d{1,12}$/.test(value);
}

function asList(value: TextTree | undefined): TextTree[] {
  return Array.isArray(value) ? value : [];
}
