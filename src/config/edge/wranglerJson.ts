import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem, ProblemSource } from '../../core/problem.ts';
import type { RouteFileFormat } from './format.ts';
import { readWrangler } from './wrangler.ts';

/** `wrangler.json` and `wrangler.jsonc`. */
export const wranglerJson: RouteFileFormat = {
  kind: 'Wrangler configuration',
  recognises: ({ name, text }) =>
    /\.jsonc?$/.test(name) &&
    (/(^|\/)wrangler\.jsonc?$/.test(name) || /"(compatibility_date|main|workers_dev|account_id)"\s*:/.test(text)),
  load(text, name, { environment }) {
    const at = placesIn(text, name);
    const tooDeep = firstTooDeep(text);
    if (tooDeep !== undefined) {
      const message = `this is nested more than ${MOST_LEVELS} levels deep`;
      return { problems: [problem('too-deep', at(tooDeep), message, 'lists and maps go no deeper')] };
    }
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first || !root) {
      const what = first ? (WORDS[printParseErrorCode(first.error)] ?? 'this is not JSON') : 'there is nothing here';
      const hint = 'check commas, quotes and brackets on this line and the one before it';
      return { problems: [problem('json-syntax', at(first?.offset ?? 0), what, hint)] };
    }
    return readWrangler(
      { name, tree: dataOf(root, text), locate: (path) => at(nearest(root, path).offset) },
      environment,
    );
  },
};

/** Deeper than any configuration: the parser goes a level of the stack down for each. */
const MOST_LEVELS = 100;

/** Messages for errors of the parser about which more can be said than that the text is not JSON. */
const WORDS: Readonly<Record<string, string>> = {
  CommaExpected: 'a comma is missing before this',
  ColonExpected: 'a colon is missing before this',
  PropertyNameExpected: 'a name in double quotes is missing before this',
  ValueExpected: 'a value is missing before this',
  CloseBraceExpected: 'a } is missing before this',
  CloseBracketExpected: 'a ] is missing before this',
  EndOfFileExpected: 'something stands behind the end of the configuration',
  UnexpectedEndOfString: 'a text has no closing quote',
  UnexpectedEndOfComment: 'a comment has no */',
  InvalidSymbol: 'this is no JSON value',
};

function problem(code: 'too-deep' | 'json-syntax', source: ProblemSource, message: string, hint: string): Problem {
  return { severity: 'error', code: `wrangler/${code}`, source, message, hint };
}

function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let level = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan(); // a text as a whole: a bracket in it begins no token
    const first = text[scanner.getTokenOffset()];
    if (first === '{' || first === '[') level++;
    if (first === '}' || first === ']') level--;
    if (level > MOST_LEVELS) return scanner.getTokenOffset();
  }
  return undefined;
}

/** Numbers stay the text that was written. */
function dataOf(node: Node, text: string): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).map(({ children: [key, value] = [] }) => [
          String(key!.value),
          value && dataOf(value, text),
        ]),
      );
    case 'array':
      return (node.children ?? []).map((child) => dataOf(child, text));
    case 'number':
      return text.slice(node.offset, node.offset + node.length);
    default:
      return node.value;
  }
}

/** The node at a path, or the last one on the way to it. Of a name that appears twice, the last one counts. */
function nearest(root: Node, path: readonly (string | number)[]): Node {
  let node = root;
  for (const segment of path) {
    const property = node.children?.findLast(({ children }) => children?.[0]?.value === segment);
    const next = node.type === 'array' ? node.children?.[Number(segment)] : property?.children?.[1];
    if (!next) return node;
    node = next;
  }
  return node;
}

function placesIn(text: string, file: string): (offset: number) => ProblemSource {
  return (offset) => {
    const before = text.slice(0, offset);
    const start = before.lastIndexOf('\n') + 1;
    const end = text.indexOf('\n', offset);
    const excerpt = text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    return { file, line: before.split('\n').length, column: offset - start + 1, excerpt };
  };
}
