/** The registry of route file formats. A new one is a file beside this one and a line in the list. */
import type { LoadedRoutes } from './drafts.ts';
import { edgeYaml } from './edgeYaml.ts';
import type { RouteFileFormat, RouteFileOptions } from './format.ts';
import { httpRoute } from './httpRoute.ts';
import { unreadFormat } from './unread.ts';
import { wranglerJson } from './wranglerJson.ts';
import { wranglerToml } from './wranglerToml.ts';

/** Asked in this order; the last takes what is left. */
export const ROUTE_FILE_FORMATS: readonly RouteFileFormat[] = [
  unreadFormat,
  wranglerToml,
  wranglerJson,
  httpRoute,
  edgeYaml,
];

export function loadRoutes(text: string, name: string, options: RouteFileOptions = {}): LoadedRoutes {
  const format = ROUTE_FILE_FORMATS.find((one) => one.recognises({ name, text }))!;
  return format.load(text, name, options);
}

/**
 * Each environment of a file as a file of its own, the top level first if it has routes; without environments, the file.
 * Their names say which one they are: `wrangler.toml (staging)`.
 */
export function loadEnvironments(text: string, name: string): LoadedRoutes[] {
  const top = loadRoutes(text, name);
  const names = top.environments ?? [];
  if (names.length === 0) return [top];
  const isEmpty = !top.file && top.problems.every(({ code }) => code === 'wrangler/no-routes');
  const all = names.map((environment) => {
    const loaded = loadRoutes(text, name, { environment });
    return { ...loaded, ...(loaded.file && { file: { ...loaded.file, name: `${name} (${environment})` } }) };
  });
  return isEmpty ? all : [top, ...all];
}

/** True for a route file in another tool's format. */
export function isForeignRouteFile(text: string, name: string): boolean {
  return ROUTE_FILE_FORMATS.some((format) => format !== edgeYaml && format.recognises({ name, text }));
}
