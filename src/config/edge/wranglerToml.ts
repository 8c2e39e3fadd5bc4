import { parse, TomlError } from 'smol-toml';
import type { ProblemSource } from '../../core/problem.ts';
import type { RouteFileFormat } from './format.ts';
import { readWrangler } from './wrangler.ts';

/** `wrangler.toml`. */
export const wranglerToml: RouteFileFormat = {
  kind: 'Wrangler configuration',
  recognises: ({ name }) => name.endsWith('.toml'),
  load(text, name, { environment }) {
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
    const at = (line: number, column: number): ProblemSource => ({
      file: name,
      line,
      column,
      excerpt: lines[line - 1] ?? '',
    });
    let tree: unknown;
    try {
      tree = parse(text.replace(/^\uFEFF/, ''));
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [reason] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      const source = at(error.line, error.column);
      return {
        problems: [
          {
            severity: 'error',
            code: 'wrangler/toml-syntax',
            source,
            message: `this is not TOML: ${reason}`,
            hint: hintFor(source.excerpt ?? ''),
          },
        ],
      };
    }
    return readWrangler({ name, tree, locate: (path) => locate(path) }, environment);

    /** The parser keeps no places: a value is looked for by its text, and a key by its name, within its section. */
    function locate(path: readonly (string | number)[]): ProblemSource {
      const value = path.reduce<unknown>((place, key) => (place as Record<string, unknown> | undefined)?.[key], tree);
      const key = [...path].reverse().find((segment) => typeof segment === 'string') ?? '';
      const section = path[0] === 'env' ? lines.findIndex((line) => line.trim().startsWith(`[env.${path[1]}`)) : 0;
      const from = Math.max(0, section);
      const wanted = typeof value === 'string' ? [`"${value}"`, `'${value}'`, String(key)] : [String(key)];
      for (const text of wanted) {
        if (text === '') continue;
        const index = lines.findIndex(
          (line, i) => i >= from && line.includes(text) && !line.trimStart().startsWith('#'),
        );
        if (index >= 0) return at(index + 1, lines[index]!.indexOf(text) + 1);
      }
      return at(1, 1);
    }
  },
};

function hintFor(line: string): string {
  if (/^\s*[\w.-]+\s*:/.test(line)) return 'TOML sets keys with =, not with :';
  if (/=\s*[A-Za-z*][^"'\s]*/.test(line)) return 'put texts in quotes';
  if (/,\s*$/.test(line) && !/[[{]/.test(line)) return 'remove the comma at the end of the line';
  return 'check quotes and brackets on this line and the one before it';
}
