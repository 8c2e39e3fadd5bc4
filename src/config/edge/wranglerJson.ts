import type { ProblemSource } from '../../core/problem.ts';
import { readYaml, type TextTree } from '../yamlFile.ts';
import type { RouteFileFormat } from './format.ts';
import { readWrangler } from './wrangler.ts';

/** `wrangler.json` and `wrangler.jsonc`. */
export const wranglerJson: RouteFileFormat = {
  kind: 'Wrangler configuration',
  recognises: ({ name, text }) =>
    /\.jsonc?$/.test(name) &&
    (/(^|\/)wrangler\.jsonc?$/.test(name) || /"(compatibility_date|main|workers_dev|account_id)"\s*:/.test(text)),
  load(text, name, { environment }) {
    // JSON is YAML, and so is read with places; comments and commas before a closing bracket are JSONC's own.
    const file = readYaml(withoutComments(text), name);
    const lines = text.split('\n');
    const asWritten = (source: ProblemSource): ProblemSource =>
      source.line === undefined ? source : { ...source, excerpt: lines[source.line - 1]!.replace(/\r$/, '') };
    if (file.tree === undefined) {
      const hint = 'check commas, quotes and brackets on this line and the one before it';
      return {
        problems: file.problems.map((problem) => ({
          ...problem,
          ...(problem.source && { source: asWritten(problem.source) }),
          code: problem.code === 'yaml/syntax' ? 'wrangler/json-syntax' : problem.code,
          hint: problem.hint ?? hint,
        })),
      };
    }
    return readWrangler(
      { name, tree: file.tree as TextTree, locate: (path) => asWritten(file.locate(path)) },
      environment,
    );
  },
};

/** Blanks instead of comments, tabs and trailing commas: everything else stays in its line and column. */
export function withoutComments(text: string): string {
  const token = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[}\]])|\t/g;
  return text.replace(token, (found) => (found.startsWith('"') ? found : found.replace(/[^\n\r]/g, ' ')));
}
