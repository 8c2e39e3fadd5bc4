/** Ids as people write them down: letter by letter, `*` for any text. */

/** True if `id` is what the pattern describes. */
export function matchesId(pattern: string, id: string): boolean {
  if (!pattern.includes('*')) return pattern === id;
  const [first, ...rest] = pattern.split('*') as [string, ...string[]];
  const last = rest.pop()!;
  if (id.length < first.length + last.length || !id.startsWith(first) || !id.endsWith(last)) return false;
  let at = first.length;
  const end = id.length - last.length;
  // Each part is looked for as early as it can be: what is left for the others is most then.
  for (const part of rest) {
    const found = id.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Another name of a customer in the telemetry: an old id, a zone, a key; `*` stands for any text. */
export type Alias = { readonly pattern: string; readonly customer: string };

/** Customer that an id stands for, or the customers between whom it cannot be told. */
export type Resolved = { readonly customer: string } | { readonly between: readonly string[] };

/**
 * Finds customers by their aliases: an alias without `*` first, then the pattern with the most letters. An id of
 * `customers` is itself.
 */
export function aliasResolver(aliases: readonly Alias[], customers: ReadonlySet<string>): (id: string) => Resolved {
  const exact = new Map(aliases.map(({ pattern, customer }) => [pattern, customer]));
  const patterns = aliases
    .filter(({ pattern }) => pattern.includes('*'))
    .sort((a, b) => lettersOf(b.pattern) - lettersOf(a.pattern));
  const resolve = (id: string): Resolved => {
    const known = customers.has(id) ? id : exact.get(id);
    if (known !== undefined) return { customer: known };
    const [first, ...others] = patterns.filter(({ pattern }) => matchesId(pattern, id));
    if (!first) return { customer: id };
    const alike = others.filter(({ pattern }) => lettersOf(pattern) === lettersOf(first.pattern));
    const between = [...new Set([first, ...alike].map(({ customer }) => customer))].sort();
    return between.length === 1 ? { customer: first.customer } : { between };
  };
  const seen = new Map<string, Resolved>();
  return (id) => {
    const before = seen.get(id);
    if (before) return before;
    const resolved = resolve(id);
    seen.set(id, resolved);
    return resolved;
  };
}

function lettersOf(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}
