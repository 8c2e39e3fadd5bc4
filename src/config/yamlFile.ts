/** YAML (and so JSON) as a tree of source texts, with the place of everything in it. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { Problem, ProblemSource } from '../core/problem.ts';

/**
 * Scalars are strings holding what was written: `010`, `1e-7` and `12345678901234567.89` would be reshaped by a number.
 * Only an empty value, `null` and `~` are null.
 */
export type TextTree = string | null | TextTree[] | { [key: string]: TextTree };
export type Path = readonly PropertyKey[];

export type YamlFile = {
  readonly name: string;
  /** Undefined if the text is not YAML. */
  readonly tree: TextTree | undefined;
  readonly problems: readonly Problem[];
  /** Where a value stands (or, with `key`, the key before it); for what is not there, the nearest thing around it. */
  locate(path: Path, part?: 'key' | 'value'): ProblemSource;
};

/** More nodes than any file of ours needs: aliases of aliases can make a few lines grow without end. */
const MOST_NODES = 1_000_000;

/** Deeper than any file of ours: an alias inside what it stands for has no end, and must not exhaust the stack. */
const MOST_LEVELS = 100;

export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): ProblemSource => {
    const { line, col } = lines.linePos(offset);
    const excerpt = content.split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
    return { file: name, line, column: col, excerpt };
  };

  const problems: Problem[] = [];
  const add = (code: string, offset: number | undefined, message: string, hint?: string) => {
    const source = offset === undefined ? { file: name } : at(offset);
    problems.push({ severity: 'error', code: `yaml/${code}`, source, message, ...(hint !== undefined && { hint }) });
  };
  // Once the parser has given up on the depth, everything after it is an echo of that.
  const tooDeep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  for (const error of tooDeep ? [tooDeep] : document.errors) {
    const { code = 'syntax', message = lowerFirst(error.message), hint } = WORDS[error.code] ?? {};
    add(code, error.pos[0], message, hint);
  }

  let nodes = 0;
  let deepest: Node | undefined;
  const convert = (node: Node | null | undefined, level: number): TextTree => {
    nodes++;
    if (nodes > MOST_NODES || !node) return null;
    if (level > MOST_LEVELS) {
      deepest ??= node;
      return null;
    }
    if (isAlias(node)) {
      const target = node.resolve(document) as Node | undefined;
      if (!target) add('unknown-alias', node.range?.[0], `there is no anchor "&${node.source}" before this alias`);
      return convert(target, level + 1);
    }
    if (isScalar(node)) return scalarText(node);
    if (isSeq(node)) return (node.items as Node[]).map((item) => convert(item, level + 1));
    if (isMap(node)) {
      const map: { [key: string]: TextTree } = Object.create(null) as { [key: string]: TextTree };
      for (const { key, value } of node.items as Pair<Node, Node>[]) {
        const text = isScalar(key) ? (scalarText(key) ?? '') : undefined;
        if (text === undefined) {
          add(
            'syntax',
            key?.range?.[0] ?? 0,
            'a key must be plain text',
            'write lists and maps behind a key, not as one',
          );
        } else if (text === '__proto__') {
          // Copying an object would take it for the object's prototype, and what it holds would silently be gone.
          add('reserved-key', key.range?.[0], '"__proto__" cannot be a key', 'choose another name');
        } else map[text] = convert(value, level + 1);
      }
      return map;
    }
    return null;
  };
  const isEmpty = document.contents === null || (isScalar(document.contents) && document.contents.value === null);
  if (problems.length === 0 && isEmpty) add('empty', undefined, 'there is nothing in this file');
  const tree = problems.length > 0 ? undefined : convert(document.contents, 0);
  if (deepest) {
    const hint = 'lists and maps go no deeper; or does an alias stand inside of what it stands for?';
    add('too-deep', deepest.range?.[0], `this is nested more than ${MOST_LEVELS} levels deep`, hint);
  }
  if (nodes > MOST_NODES) {
    const message = `aliases make this file more than ${MOST_NODES} values large`;
    add('too-large', undefined, message, 'write out what is needed, with fewer aliases of aliases');
  }
  return {
    name,
    tree: problems.length > 0 ? undefined : tree,
    problems,
    locate: (path, part = 'value') => at(offsetOf(document, path, part)),
  };
}

/** What the parser says of a file, where its own words are for programmers. */
const WORDS: Readonly<Record<string, { code?: string; message?: string; hint?: string }>> = {
  DUPLICATE_KEY: { code: 'duplicate-key', message: 'this key appears twice', hint: 'keep one of them' },
  RESOURCE_EXHAUSTION: {
    code: 'too-deep',
    message: `this is nested more than ${MOST_LEVELS} levels deep`,
    hint: 'lists and maps go no deeper',
  },
  TAB_AS_INDENT: { hint: 'indent with spaces' },
  MULTIPLE_DOCS: { message: 'a second document begins here', hint: 'keep one document in a file' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " in one line',
    hint: 'put quotes around a text that contains ": ", and each key on a line of its own',
  },
  BAD_INDENT: { hint: 'is a bracket or a brace before this not closed? otherwise check the indentation' },
  BAD_SCALAR_START: { hint: 'put quotes around a text that begins with this character' },
};

function scalarText(scalar: Scalar): string | null {
  if (scalar.value === null) return null;
  return scalar.type === 'PLAIN' && scalar.source !== undefined ? scalar.source : String(scalar.value);
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = (node.resolve(document) as Node | undefined) ?? null;
    if (isMap(node)) {
      const pairs = node.items as Pair<Node, Node>[];
      const pair = pairs.find(({ key }) => isScalar(key) && (scalarText(key) ?? '') === String(segment));
      if (!pair) return offset;
      const wantsKey = part === 'key' && depth === path.length - 1;
      offset = (wantsKey ? undefined : pair.value?.range?.[0]) ?? pair.key.range?.[0] ?? offset;
      // An empty value stands right behind its colon, or on the next line: the key is what a reader looks for.
      if (isScalar(pair.value) && pair.value.range && pair.value.range[0] === pair.value.range[1]) {
        offset = pair.key.range?.[0] ?? offset;
      }
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(segment)] as Node | undefined;
      if (!item) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
