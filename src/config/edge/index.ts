/** The registry of route file formats. A new one is a file beside this one and a line in the list. */
import type { LoadedRoutes } from './drafts.ts';
import { edgeYaml } from './edgeYaml.ts';
import type { RouteFileFormat, RouteFileOptions } from './format.ts';
import { httpRoute } from './httpRoute.ts';
import { wranglerJson } from './wranglerJson.ts';
import { wranglerToml } from './wranglerToml.ts';

/** Asked in this order; the last takes what is left. */
export const ROUTE_FILE_FORMATS: readonly RouteFileFormat[] = [wranglerToml, wranglerJson, httpRoute, edgeYaml];

export function loadRoutes(text: string, name: string, options: RouteFileOptions = {}): LoadedRoutes {
  const format = ROUTE_FILE_FORMATS.find((one) => one.recognises({ name, text }))!;
  return format.load(text, name, options);
}

/** True for a route file in another tool's format. */
export function isForeignRouteFile(text: string, name: string): boolean {
  return ROUTE_FILE_FORMATS.some((format) => format !== edgeYaml && format.recognises({ name, text }));
}
