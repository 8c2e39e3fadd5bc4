/** The contract of a format of route files: how it is recognised, and how its routes are read. */
import type { LoadedRoutes } from './drafts.ts';

export type RouteFileFormat = {
  /** For people: `Wrangler configuration`. */
  readonly kind: string;
  /** By the name's ending and by content; the first format that says yes reads the file. */
  recognises(file: { readonly name: string; readonly text: string }): boolean;
  load(text: string, name: string, options: RouteFileOptions): LoadedRoutes;
};

export type RouteFileOptions = {
  /** Environment of a Wrangler configuration. */
  readonly environment?: string | undefined;
};
