/**
 * Routes that a gateway distinguishes by a header, a parameter or a listener, as routes with traffic of their own or as
 * one.
 */
import type { Note } from '../../core/estimate/note.ts';
import type { RouteDraft, RoutesFile } from './drafts.ts';

/**
 * The file with its variants resolved: those that `keys` – of the traffic file – name are routes, the others are part
 * of the route of their method, host and path, and a note says so.
 */
export function resolveVariants(file: RoutesFile, keys: ReadonlySet<string>): RoutesFile {
  if (file.routes.every(({ variants }) => !variants)) return file;
  const notes: Note[] = [...file.notes];
  const routes = file.routes.flatMap((route): RouteDraft[] => {
    const { variants = [], isOnlyVariants, ...own } = route;
    const named = variants.filter(({ match }) => keys.has(match));
    const merged = variants.filter(({ match }) => !keys.has(match));
    if (merged.length > 0) {
      const names = merged.map(({ match }) => `"${match}"`).join(', ');
      const one = merged.length === 1 ? 'is part of it: give it' : 'are part of it: give them';
      notes.push({
        message: `"${own.match}" is one route, and ${names} ${one} traffic by name to have routes of their own`,
        source: merged[0]!.source,
      });
    }
    const isNoRoute = isOnlyVariants === true && merged.length === 0;
    return [...(isNoRoute ? [] : [own]), ...named];
  });
  return { ...file, routes, notes };
}
