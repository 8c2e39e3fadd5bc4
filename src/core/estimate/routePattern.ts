/**
 * Matches a route in telemetry with the route of a configuration to which it belongs.
 *
 * A configuration writes patterns – `GET /v1/products/*`, `api.example.com/img/:size`, `/cart/{id}` – and telemetry
 * either the same text, or the path of a request. Method and host only have to agree where both sides name them.
 */

export type RoutePattern = {
  readonly match: string;
  readonly method?: string;
  readonly host?: RegExp;
  readonly path: RegExp;
  /** Characters before the first wildcard, and whether there is none: the more, the closer the match. */
  readonly literal: number;
  readonly isExact: boolean;
};

export function routePattern(match: string): RoutePattern {
  const { method, host, path } = parts(match);
  const wildcard = path.search(/[*:{]/);
  return {
    match,
    ...(method !== undefined && { method }),
    ...(host !== undefined && { host: pattern(host, '.') }),
    path: pattern(path, '/'),
    literal: wildcard < 0 ? path.length : wildcard,
    isExact: wildcard < 0,
  };
}

/** The closest pattern for a telemetry route: the same text, then the longest literal beginning. */
export function closestRoute(route: string, patterns: readonly RoutePattern[]): RoutePattern | undefined {
  const same = patterns.find(({ match }) => match === route);
  if (same) return same;
  const { method, host, path } = parts(route);
  let best: RoutePattern | undefined;
  for (const candidate of patterns) {
    if (candidate.method !== undefined && method !== undefined && candidate.method !== method) continue;
    if (candidate.host && host !== undefined && !candidate.host.test(host)) continue;
    if (!candidate.path.test(path)) continue;
    const isCloser =
      !best || candidate.literal > best.literal || (candidate.literal === best.literal && candidate.isExact);
    if (isCloser) best = candidate;
  }
  return best;
}

function parts(text: string): { method?: string; host?: string; path: string } {
  const match = /^(?:([A-Z]+)\s+)?(?:https?:\/\/)?([^/\s?#]*)([^?#]*)/.exec(text.trim());
  const [, method, host = '', path = ''] = match ?? [];
  return {
    ...(method !== undefined && { method }),
    ...(host !== '' && { host }),
    path: path === '' ? '/' : path,
  };
}

/** `*` is anything, `:name` and `{name}` one segment; `/a/*` also is `/a`. */
function pattern(text: string, separator: string): RegExp {
  const source = text
    .split(/(\/\*$|\*+|:[A-Za-z_]\w*|\{[^}]*\})/)
    .map((part, i) => {
      if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (part === '/*') return '(?:/.*)?';
      return part.startsWith('*') ? '.*' : `[^${separator}]+`;
    })
    .join('');
  return new RegExp(`^${source}/?$`);
}
