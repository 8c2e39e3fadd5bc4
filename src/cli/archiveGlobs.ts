/** Patterns of names within an archive, with the wildcards of globs: `*` within a directory, `**` across, `?` one character. */

export function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split(/(\*\*\/|\*\*|\*|\?)/);
  const source = parts.map((part) => WILDCARDS[part] ?? part.replace(/[.+^${}()|[\]\\]/g, '\\$&')).join('');
  const matching = new RegExp(`^${source}$`, 'su');
  return (name) => matching.test(name);
}

const WILDCARDS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
