/** YAML (and so JSON) as a tree of source texts, with the place of everything in it. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Problem, ProblemSource } from '../core/problem.ts';
import { type CodeOf, codesOf } from '../core/problemCodes.ts';
import { groupDigits } from '../core/quantity.ts';

const codeOf = codesOf('yaml');

/**
 * Scalars are strings holding what was written: `010`, `1e-7` and `12345678901234567.89` would be reshaped by a number.
 * Only an empty value, `null` and `~` are null.
 */
export type TextTree = string | null | TextTree[] | { [key: string]: TextTree };
export type TextMap = Extract<TextTree, { [key: string]: TextTree }>;
export type Path = readonly PropertyKey[];

export type YamlFile = {
  readonly name: string;
  /** Undefined if the text is not YAML. */
  readonly tree: TextTree | undefined;
  readonly problems: readonly Problem[];
  /** Source of a value (with `key`, of the key before it); for a missing value, of the nearest thing around it. */
  locate(path: Path, part?: 'key' | 'value'): ProblemSource;
};

/** Characters of a file (UTF-16 units). Parsing takes about a second for each million. */
const MOST_CHARACTERS = 4_000_000;

/**
 * Values of a file: texts, lists and maps, an alias counted as everything that it stands for. Aliases of aliases could
 * make a few lines grow without end.
 */
const MOST_VALUES = 200_000;

/** Deeper than any file of ours: an alias inside what it stands for has no end, and must not exhaust the stack. */
const MOST_LEVELS = 100;

export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const content = withoutMark(text);
  const tooLarge = sizeProblem(content, name);
  if (tooLarge) return refused(name, tooLarge);
  const filled = filledDocuments(content, lines);
  // Of none and of several the parser says what is wrong, and where.
  const document = filled.length === 1 ? filled[0]! : parseDocument(content, OPTIONS);
  return fileOf(document, { content, lines, name });
}

/** The documents of a stream (`---` between them), those without content left out. */
export function readYamlDocuments(text: string, name: string): YamlFile[] {
  const lines = new LineCounter();
  const content = withoutMark(text);
  const tooLarge = sizeProblem(content, name);
  if (tooLarge) return [refused(name, tooLarge)];
  return filledDocuments(content, lines).map((document) => fileOf(document, { content, lines, name }));
}

/** Documents that hold more than comments: templates leave empty ones between separators, and behind the last one. */
function filledDocuments(content: string, lines: LineCounter): Document.Parsed[] {
  const documents = [...parseAllDocuments(content, { ...OPTIONS, lineCounter: lines })] as Document.Parsed[];
  return documents.filter((document) => !isEmpty(document) || document.errors.length > 0);
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

// The parser would compare each key with every key before it; `surveyOf` finds keys that appear twice.
const OPTIONS = { prettyErrors: false, uniqueKeys: false } as const;

function refused(name: string, problem: Problem): YamlFile {
  return { name, tree: undefined, problems: [problem], locate: () => ({ file: name }) };
}

/** A problem if parsing this text would take too long. What aliases add to it shows only afterwards. */
function sizeProblem(content: string, name: string): Problem | undefined {
  if (content.length > MOST_CHARACTERS) {
    const found = `this file has ${groupDigits(String(content.length))} characters`;
    return tooLarge(name, `${found}, more than the ${groupDigits(String(MOST_CHARACTERS))} that are read`);
  }
  // A text takes two characters at least: itself and what separates it from the next.
  if (content.length / 2 <= MOST_TEXTS) return undefined;
  let texts = 0;
  for (const token of new Lexer().lex(content)) {
    if (token === SCALAR_FOLLOWS) texts++;
    if (texts > MOST_TEXTS) return tooLarge(name, `this file ${TOO_MANY_VALUES}`);
  }
  return undefined;
}

/** Keys and texts of a file with {@link MOST_VALUES}: a key has a value, so there are no more keys than values. */
const MOST_TEXTS = 2 * MOST_VALUES;

/** The token that the lexer puts before each key and each text. */
const SCALAR_FOLLOWS = '\x1f';

const TOO_MANY_VALUES = `has more than ${groupDigits(String(MOST_VALUES))} values`;

function tooLarge(name: string, message: string): Problem {
  const hint = 'customers can be listed in a CSV file, which may have any length';
  return { severity: 'error', code: 'yaml/too-large', source: { file: name }, message, hint };
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function fileOf(
  document: Document.Parsed,
  { content, lines, name }: { content: string; lines: LineCounter; name: string },
): YamlFile {
  const at = (offset: number): ProblemSource => {
    const { line, col } = lines.linePos(offset);
    const start = lines.lineStarts[line - 1] ?? 0;
    const end = content.indexOf('\n', start);
    const excerpt = content.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    return { file: name, line, column: col, excerpt };
  };

  const problems: Problem[] = [];
  const add: AddProblem = (code, offset, message, hint) => {
    const source = offset === undefined ? { file: name } : at(offset);
    problems.push({ severity: 'error', code: codeOf(code), source, message, ...(hint !== undefined && { hint }) });
  };
  // Once the parser has given up on the depth, everything after it is an echo of that.
  const tooDeep = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const survey = surveyOf(document);
  const errors = tooDeep ? [tooDeep] : [...document.errors, ...survey.repeatedKeys].sort((a, b) => a.pos[0] - b.pos[0]);
  for (const error of errors) {
    const { code = 'syntax', message = lowerFirst(error.message), hint } = WORDS[error.code] ?? {};
    add(code, error.pos[0], message, hint);
  }

  const walk = new Conversion(survey, add);
  if (problems.length === 0 && isEmpty(document)) add('empty', undefined, 'there is nothing in this file');
  const tree = problems.length > 0 ? undefined : walk.convert(document.contents, 0);
  const { deepest, nodes } = walk;
  if (deepest) {
    const hint = 'lists and maps go no deeper; or does an alias stand inside of what it stands for?';
    add('too-deep', deepest.range?.[0], `this is nested more than ${MOST_LEVELS} levels deep`, hint);
  }
  if (nodes > MOST_VALUES) {
    if (survey.targets.size === 0) problems.push(tooLarge(name, `this file ${TOO_MANY_VALUES}`));
    else {
      const message = `with what its aliases stand for, this file ${TOO_MANY_VALUES}`;
      add('too-large', undefined, message, 'write out what is needed, with fewer aliases of aliases');
    }
  }
  return {
    name,
    tree: problems.length > 0 ? undefined : tree,
    problems,
    locate: (path, part = 'value') => at(offsetOf(document, survey, path, part)),
  };
}

type AddProblem = (code: CodeOf<'yaml'>, offset: number | undefined, message: string, hint?: string) => void;

/** From nodes to texts, with aliases written out. Stops where there is too much of it. */
class Conversion {
  nodes = 0;
  /** The first node that is nested too deep. */
  deepest: Node | undefined;
  private readonly survey: Survey;
  private readonly add: AddProblem;

  constructor(survey: Survey, add: AddProblem) {
    this.survey = survey;
    this.add = add;
  }

  convert(node: Node | null | undefined, level: number): TextTree {
    this.nodes++;
    if (this.nodes > MOST_VALUES || !node) return null;
    if (level > MOST_LEVELS) {
      this.deepest ??= node;
      return null;
    }
    if (isAlias(node)) {
      const target = this.survey.targets.get(node);
      if (!target) this.add('unknown-alias', node.range?.[0], `there is no anchor "&${node.source}" before this alias`);
      return this.convert(target, level + 1);
    }
    if (isScalar(node)) return scalarText(node);
    if (isSeq(node)) return (node.items as Node[]).map((item) => this.convert(item, level + 1));
    return isMap(node) ? this.convertMap(node.items as Pair<Node, Node>[], level) : null;
  }

  private convertMap(pairs: readonly Pair<Node, Node>[], level: number): TextTree {
    const map: TextMap = Object.create(null) as TextMap;
    for (const { key, value } of pairs) {
      const text = isScalar(key) ? (scalarText(key) ?? '') : undefined;
      if (text === undefined) {
        const hint = 'write lists and maps behind a key, not as one';
        this.add('syntax', key?.range?.[0] ?? 0, 'a key must be plain text', hint);
      } else if (text === '__proto__') {
        // Copying an object would take it for the object's prototype, and what it holds would silently be gone.
        this.add('reserved-key', key.range?.[0], '"__proto__" cannot be a key', 'choose another name');
      } else map[text] = this.convert(value, level + 1);
    }
    return map;
  }
}

/** Facts about a document's nodes, found in one walk in the order of the text. */
type Survey = {
  /** The node that each alias stands for: the last one before it with that anchor. Unknown anchors have no entry. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Keys that stand in the same map before. */
  readonly repeatedKeys: readonly {
    readonly code: 'DUPLICATE_KEY';
    readonly pos: readonly [number];
    message: string;
  }[];
  /** The pair of a key in a map. A map's keys are put into a table when one of them is first asked for. */
  pairOf(map: YAMLMap, key: string): Pair<Node, Node> | undefined;
};

function surveyOf(document: Document.Parsed): Survey {
  const targets = new Map<Alias, Node>();
  const repeatedKeys: Survey['repeatedKeys'][number][] = [];
  const anchored = new Map<string, Node>();
  const walk = (node: Node | null | undefined, level: number): void => {
    if (!node || level > MOST_LEVELS) return;
    if (isAlias(node)) {
      const target = anchored.get(node.source);
      if (target) targets.set(node, target);
      return;
    }
    // Before what is inside it: an alias in there that stands for this node has no end, and is refused as too deep.
    if ('anchor' in node && node.anchor) anchored.set(node.anchor, node);
    for (const child of childrenOf(node)) walk(child, level + 1);
    for (const key of isMap(node) ? repeatedKeysIn(node.items as Pair<Node, Node>[]) : []) {
      repeatedKeys.push({ code: 'DUPLICATE_KEY', pos: [key.range?.[0] ?? 0], message: 'this key appears twice' });
    }
  };
  walk(document.contents as Node | null, 0);

  const tables = new Map<YAMLMap, Map<string, Pair<Node, Node>>>();
  const pairOf = (map: YAMLMap, key: string) => {
    let table = tables.get(map);
    if (!table) {
      table = new Map();
      for (const pair of map.items as Pair<Node, Node>[]) {
        const text = isScalar(pair.key) ? (scalarText(pair.key) ?? '') : undefined;
        if (text !== undefined && !table.has(text)) table.set(text, pair);
      }
      tables.set(map, table);
    }
    return table.get(key);
  };
  return { targets, repeatedKeys, pairOf };
}

function childrenOf(node: Node): readonly (Node | null | undefined)[] {
  if (isSeq(node)) return node.items as Node[];
  return isMap(node) ? (node.items as Pair<Node, Node>[]).flatMap(({ key, value }) => [key, value]) : [];
}

function repeatedKeysIn(pairs: readonly Pair<Node, Node>[]): Scalar[] {
  const repeated: Scalar[] = [];
  const keys = new Set<string>();
  for (const { key } of pairs) {
    if (!isScalar(key)) continue;
    const text = scalarText(key) ?? '';
    if (keys.has(text)) repeated.push(key);
    keys.add(text);
  }
  return repeated;
}

/** Codes, messages and hints for errors of the parser whose own words are for programmers. */
const WORDS: Readonly<Record<string, { code?: CodeOf<'yaml'>; message?: string; hint?: string }>> = {
  DUPLICATE_KEY: { code: 'duplicate-key', hint: 'keep one of them' },
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

function offsetOf(document: Document.Parsed, survey: Survey, path: Path, part: 'key' | 'value'): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = survey.targets.get(node) ?? null;
    if (isMap(node)) {
      const pair = survey.pairOf(node, String(segment));
      if (!pair) return offset;
      offset = offsetOfPair(pair, part === 'key' && depth === path.length - 1) ?? offset;
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

function offsetOfPair({ key, value }: Pair<Node, Node>, wantsKey: boolean): number | undefined {
  // An empty value stands right behind its colon, or on the next line: the key is what a reader looks for.
  const isEmptyValue = isScalar(value) && value.range && value.range[0] === value.range[1];
  const ofKey = key.range?.[0];
  return wantsKey || isEmptyValue ? ofKey : (value?.range?.[0] ?? ofKey);
}

/** The tree if it is a map. */
export function asMap(tree: TextTree | undefined): TextMap | undefined {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? tree : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
