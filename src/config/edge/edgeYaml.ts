/**
 * `edge.yaml`: our own format of route configurations, and traffic files, which give the routes of another file their
 * traffic.
 */
import type { Middleware, Origin } from '../../core/estimate/edge.ts';
import { byPlace, isError } from '../../core/problem.ts';
import { type CodeOf, codesOf, type SharedCode } from '../../core/problemCodes.ts';
import { checkSchema } from '../checkSchema.ts';
import { ConfigReader } from '../configReader.ts';
import { asMap, readYaml } from '../yamlFile.ts';
import type { LoadedRoutes, RouteDraft, RoutesFile } from './drafts.ts';
import { type EdgeFile, edgeFileSchema, type TrafficText, trafficFileSchema } from './edgeSchema.ts';
import type { RouteFileFormat } from './format.ts';
import { checkMiddlewareNames, readChecks, readMiddleware, readRate, readSettings, readTraffic } from './readRoute.ts';

type RoutesReader = ConfigReader<SharedCode<'routes'>>;

export const edgeYaml: RouteFileFormat = {
  kind: 'route configuration',
  recognises: () => true, // the one that is left when no other is recognised
  load: (text, name) => loadEdgeFile(text, name),
};

function loadEdgeFile(text: string, name: string): LoadedRoutes {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const checked = checkSchema(file, edgeFileSchema, { codeOf: codesOf('edge'), models: [] });
  const reader = new ConfigReader<CodeOf<'edge'>>(file, codesOf('edge'));
  const read = checked.tree && readEdgeFile(checked.tree, reader, name, checked.problems.length === 0);
  const problems = [...checked.problems, ...reader.problems].sort(byPlace);
  return read && !problems.some(isError) ? { file: read, problems } : { problems };
}

function readEdgeFile(tree: EdgeFile, reader: RoutesReader, name: string, isWhole: boolean): RoutesFile {
  const middleware = readMiddleware(reader, tree.middleware ?? {});
  const places = new Map<string, number>();
  const routes = tree.routes.map((text, i): RouteDraft => {
    const path = ['routes', i];
    const match = text.match.trim();
    const source = reader.at([...path, 'match']);
    const before = places.get(match);
    if (before !== undefined) {
      reader.error('route-twice', [...path, 'match'], `"${match}" is already in line ${before}`, 'keep one of the two');
    } else places.set(match, source.line ?? 0);
    const traffic =
      text.traffic === undefined ? undefined : readTraffic(reader, text.traffic, [...path, 'traffic'], 'route');
    return { match, source, ...(traffic && { traffic }), ...readSettings(reader, text, path, 'route') };
  });
  // A part that does not fit the schema was left out: a missing setting may only have been misspelt.
  if (isWhole) checkMiddleware(reader, tree, middleware);
  return { name, kind: edgeYaml.kind, routes, notes: [], ...readShared(tree, reader, middleware) };
}

function checkMiddleware(reader: RoutesReader, tree: EdgeFile, middleware: ReadonlyMap<string, Middleware>): void {
  checkMiddlewareNames(reader, middleware, [
    { names: tree.defaults?.middleware ?? [], path: ['defaults', 'middleware'] },
    ...tree.routes.map((route, i) => ({ names: route.middleware ?? [], path: ['routes', i, 'middleware'] })),
  ]);
}

function readShared(
  tree: Omit<EdgeFile, 'routes'>,
  reader: RoutesReader,
  middleware: ReadonlyMap<string, Middleware>,
): Pick<RoutesFile, 'tier' | 'peak' | 'defaults' | 'middleware' | 'checks'> {
  if (tree.version !== undefined && tree.version !== '1') {
    reader.error('unknown-version', ['version'], `version ${tree.version} is not known`, 'write version: 1');
  }
  const peak = tree.peak === undefined ? undefined : readRate(reader, tree.peak, ['peak']);
  return {
    ...(tree.tier !== undefined && {
      tier: { value: tree.tier, origin: 'route' as Origin, source: reader.at(['tier']) },
    }),
    ...(peak && { peak: { value: peak, origin: 'route' as Origin, source: reader.at(['peak']) } }),
    defaults: readSettings(reader, tree.defaults ?? {}, ['defaults'], 'defaults'),
    middleware,
    checks: [...readChecks(reader, 'checks', tree.checks), ...readChecks(reader, 'warn', tree.warn)],
  };
}

/** A traffic file. A file without `routes` is a map from routes to traffic itself. */
export function loadTrafficFile(text: string, name: string): LoadedRoutes {
  const file = readYaml(text, name);
  if (file.tree === undefined) return { problems: file.problems };
  const map = asMap(file.tree);
  const isPlain = map && !('routes' in map);
  const wrapped = isPlain
    ? {
        ...file,
        tree: { routes: file.tree },
        locate: ((path, part) => file.locate(path.slice(1), part)) as typeof file.locate,
      }
    : file;
  const checked = checkSchema(wrapped, trafficFileSchema, { codeOf: codesOf('traffic'), models: [] });
  const reader = new ConfigReader<CodeOf<'traffic'>>(wrapped, codesOf('traffic'));
  let read: RoutesFile | undefined;
  if (checked.tree) {
    const { tree } = checked;
    const middleware = readMiddleware(reader, tree.middleware ?? {});
    const routes = Object.entries(tree.routes).map(([match, text]): RouteDraft => {
      const path = ['routes', match];
      const isTraffic = typeof text === 'string' || 'expected' in text;
      const settings = isTraffic ? {} : text;
      const trafficText = isTraffic ? (text as TrafficText) : text.traffic;
      const trafficPath = isTraffic ? path : [...path, 'traffic'];
      const traffic =
        trafficText === undefined ? undefined : readTraffic(reader, trafficText, trafficPath, 'traffic file');
      const source = reader.at(path, 'key');
      return { match, source, ...(traffic && { traffic }), ...readSettings(reader, settings, path, 'traffic file') };
    });
    read = { name, kind: 'traffic file', routes, notes: [], ...readShared(tree, reader, middleware) };
  }
  const problems = [...checked.problems, ...reader.problems].sort(byPlace);
  return read && !problems.some(isError) ? { file: read, problems } : { problems };
}
