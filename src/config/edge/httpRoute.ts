/**
 * Kubernetes Gateway API: `HTTPRoute` resources, any number in one YAML stream among others.
 *
 * Every match of every rule, for every host name, is a route: `GET api.example.com/v1/*`. Without matches a rule takes
 * everything. Headers and query parameters narrow a match, but are not part of the name. A `RequestMirror` filter is traffic that is sent twice.
 */
import { Decimal } from '../../core/decimal.ts';
import { Fraction } from '../../core/fraction.ts';
import { isError, type Problem } from '../../core/problem.ts';
import { type Path, readYamlDocuments, type TextTree, type YamlFile } from '../yamlFile.ts';
import type { Given, LoadedRoutes, RouteDraft } from './drafts.ts';
import type { RouteFileFormat } from './format.ts';

export const httpRoute: RouteFileFormat = {
  kind: 'HTTPRoute',
  recognises: ({ text }) => /^\s*["']?kind["']?\s*:\s*["']?HTTPRoute\b/m.test(text),
  load: loadHttpRoutes,
};

type Tree = Readonly<Record<string, TextTree>>;

function loadHttpRoutes(text: string, name: string): LoadedRoutes {
  const documents = readYamlDocuments(text, name);
  const problems: Problem[] = documents.flatMap((document) => document.problems);
  const routes: RouteDraft[] = [];
  for (const document of documents) {
    const resource = asTree(document.tree);
    if (resource?.kind === 'HTTPRoute') routes.push(...routesOf(resource, document, problems));
  }
  const places = new Map<string, RouteDraft>();
  for (const route of routes) {
    const before = places.get(route.match);
    if (before) {
      problems.push({
        severity: 'error',
        code: 'httproute/route-twice',
        source: route.source,
        message: `"${route.match}" is already in line ${before.source.line}`,
        hint: 'keep one of the two: matches that differ only in headers or parameters are one route here',
      });
    }
    places.set(route.match, route);
  }
  if (problems.some(isError)) return { problems };
  return {
    file: { name, kind: httpRoute.kind, defaults: {}, middleware: new Map(), routes, checks: [], notes: [] },
    problems,
  };
}

function routesOf(resource: Tree, file: YamlFile, problems: Problem[]): RouteDraft[] {
  const error = (code: string, path: Path, message: string, hint: string) =>
    problems.push({ severity: 'error', code: `httproute/${code}`, source: file.locate(path), message, hint });
  const spec = asTree(resource.spec);
  const rules = asList(spec?.rules);
  if (!spec || rules.length === 0) {
    error('no-rules', ['spec'], 'this HTTPRoute has no rules', 'write at least one under spec.rules');
    return [];
  }
  const hosts = asList(spec.hostnames).map(String);
  return rules.flatMap((ruleTree, r) => {
    const path: Path = ['spec', 'rules', r];
    const rule = asTree(ruleTree) ?? {};
    const mirror = mirrorOf(rule, path, file, error);
    const matches = asList(rule.matches);
    const named =
      matches.length === 0
        ? [{ text: '/*', path }]
        : matches.map((match, m) => matchText(match, [...path, 'matches', m]));
    return named.flatMap(({ text, path: at, method }: { text: string; path: Path; method?: string }) =>
      (hosts.length === 0 ? [''] : hosts).map(
        (host): RouteDraft => ({
          match: `${method === undefined ? '' : `${method} `}${host}${text}`,
          source: file.locate(at),
          ...(mirror && { mirror }),
        }),
      ),
    );
  });
}

function matchText(tree: TextTree, path: Path): { text: string; path: Path; method?: string } {
  const match = asTree(tree) ?? {};
  const given = asTree(match.path) ?? {};
  const value = typeof given.value === 'string' ? given.value : '/';
  const type = typeof given.type === 'string' ? given.type : 'PathPrefix';
  const text = type === 'PathPrefix' ? `${value.replace(/\/$/, '')}/*` : value;
  return { text, path, ...(typeof match.method === 'string' && { method: match.method }) };
}

/** What all mirror filters of a rule send on, as a share of its requests; a filter without a share sends everything. */
function mirrorOf(
  rule: Tree,
  path: Path,
  file: YamlFile,
  error: (code: string, path: Path, message: string, hint: string) => void,
): Given<Fraction> | undefined {
  let total = Fraction.ZERO;
  let source: Given<Fraction>['source'] | undefined;
  for (const [i, filterTree] of asList(rule.filters).entries()) {
    const filter = asTree(filterTree);
    if (filter?.type !== 'RequestMirror') continue;
    const at = [...path, 'filters', i];
    source ??= file.locate(at);
    const mirror = asTree(filter.requestMirror) ?? {};
    const fraction = asTree(mirror.fraction);
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

function asTree(value: TextTree | undefined): Tree | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function asList(value: TextTree | undefined): TextTree[] {
  return Array.isArray(value) ? value : [];
}
