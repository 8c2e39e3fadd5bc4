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
  parseAllDocuments,
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

export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const content = withoutMark(text);
  return fileOf(parseDocument(content, { ...OPTIONS, lineCounter: lines }), { content, lines, name });
}

/** The documents of a stream (`---` between them), those without content left out. */
export function readYamlDocuments(text: string, name: string): YamlFile[] {
  const lines = new LineCounter();
  const content = withoutMark(text);
  const documents = parseAllDocuments(content, { ...OPTIONS, lineCounter: lines }) as Document.Parsed[];
  const filled = documents.filter(({ contents, errors }) => contents !== null || errors.length > 0);
  return filled.map((document) => fileOf(document, { content, lines, name }));
}

const OPTIONS = { prettyErrors: false, uniqueKeys: true } as const;

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function fileOf(
  document: Document.Parsed,
  { content, lines, name }: { content: string; lines: LineCounter; name: string },
): YamlFile {
  const at = (offset: number): ProblemSource => {
    const { line, col } = lines.linePos(offset);
    const excerpt = content.split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
    return { file: name, line, column: col, excerpt };
  };

  const problems: Problem[] = document.errors.map((error) => ({
    severity: 'error',
    code: error.code === 'DUPLICATE_KEY' ? 'yaml/duplicate-key' : 'yaml/syntax',
    source: at(error.pos[0]),
    message: error.code === 'DUPLICATE_KEY' ? 'this key appears twice' : lowerFirst(error.message),
    ...(error.code === 'DUPLICATE_KEY' && { hint: 'keep one of them' }),
    ...(error.code === 'TAB_AS_INDENT' && { hint: 'indent with spaces' }),
  }));

  let nodes = 0;
  const convert = (node: Node | null | undefined): TextTree => {
    nodes++;
    if (nodes > MOST_NODES) return null;
    if (isAlias(node)) return convert(node.resolve(document) as Node | undefined);
    if (isScalar(node)) return scalarText(node);
    if (isSeq(node)) return (node.items as Node[]).map(convert);
    if (isMap(node)) {
      const map: { [key: string]: TextTree } = Object.create(null) as { [key: string]: TextTree };
      for (const pair of node.items as Pair<Node, Node>[]) {
        if (!isScalar(pair.key)) {
          problems.push({
            severity: 'error',
            code: 'yaml/syntax',
            source: at(pair.key?.range?.[0] ?? 0),
            message: 'a key must be plain text',
          });
        } else map[scalarText(pair.key) ?? ''] = convert(pair.value);
      }
      return map;
    }
    return null;
  };
  const tree = problems.length > 0 ? undefined : convert(document.contents);
  if (nodes > MOST_NODES) {
    problems.push({
      severity: 'error',
      code: 'yaml/too-large',
      source: { file: name },
      message: `aliases make this file more than ${MOST_NODES} values large`,
    });
  }
  return {
    name,
    tree: problems.length > 0 ? undefined : tree,
    problems,
    locate: (path, part = 'value') => at(offsetOf(document, path, part)),
  };
}

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
