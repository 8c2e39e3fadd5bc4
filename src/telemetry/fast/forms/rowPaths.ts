/**
 * Writes for the kernel how rows are found in a record, and in which values of it their fields are looked for: as jsonPath.ts
 * says, first in the value at the end of the path, then in those that it leads through.
 */
import { type PathStep, pathOf } from '../../../core/usage/recordForm.ts';
import {
  COLLECT,
  EDGE_INDEX,
  EDGE_KEY,
  EDGE_WHERE,
  ENTER,
  EVERY_ENTRY,
  OP_WORDS,
  SLACK,
} from '../../../kernel/contract.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel } from '../kernel.ts';

/** A field that the kernel has to look for, as contract.ts has it: the head, and its names. */
export type WantedField = { readonly head: readonly number[]; readonly names: readonly string[] };

/** A step to one value. */
type Step = Exclude<PathStep, { readonly every: true }>;

/** `slot`: number of the place where the value is noted; 0: nowhere. */
type Edge = { readonly step: Step; readonly inside: Edge[]; isWanted: boolean; slot: number };

type Op = { readonly kind: number; readonly edge?: Edge; readonly level?: Level };

/** A value that a path leads through: what is wanted in it. */
type Level = { readonly edges: Edge[]; firstSlot: number; slots: number };

/** Has the kernel find a row for each value at the end of the paths; `each` absent: the record is a row. */
export function walkPaths(
  kernel: Kernel,
  columns: number,
  each: readonly (readonly PathStep[])[] | undefined,
  fields: readonly WantedField[],
): void {
  const paths = each ?? [[]];
  const writer = new Writer(kernel);
  const words = paths.flatMap((path) => writer.path(path, fields));
  kernel.call.walkPaths(columns, writer.words(words), paths.length, writer.slots, Number(each !== undefined));
}

class Writer {
  slots = 0;
  private readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  path(path: readonly PathStep[], fields: readonly WantedField[]): number[] {
    const { ops, levels } = opsOf(path);
    const numbersOf = fields.map(({ names }) => names.map((name) => edgesOf(name, levels)));
    for (const level of levels) {
      level.firstSlot = this.slots + 1;
      this.number(level.edges);
      level.slots = this.slots + 1 - level.firstSlot;
    }
    const opWords = ops.flatMap((op) => this.op(op));
    const fieldWords = fields.flatMap(({ head }, f) => {
      const names = numbersOf[f]!.flatMap((edges) =>
        edges.flatMap(([key, path], i) => [key.slot, path?.slot ?? 0, edges.length - 1 - i]),
      );
      return [...head, numbersOf[f]!.flat().length, ...names];
    });
    const [opsAt, fieldsAt] = [this.words(opWords), this.words(fieldWords)];
    return [opsAt, opsAt + opWords.length * 4, fieldsAt, fieldsAt + fieldWords.length * 4];
  }

  words(words: readonly number[]): number {
    const address = this.kernel.allocate(words.length * 4);
    this.kernel.ints(address, words.length).set(words);
    return address;
  }

  private number(edges: readonly Edge[]): void {
    for (const edge of edges) {
      if (edge.isWanted) edge.slot = ++this.slots;
      this.number(edge.inside);
    }
  }

  private op({ kind, edge, level }: Op): number[] {
    const words = new Array<number>(OP_WORDS).fill(0);
    words.splice(0, 2, kind, edge?.slot ?? level?.firstSlot ?? 0);
    if (level) words.splice(2, 2, level.slots, this.node(level.edges));
    return words;
  }

  private node(edges: readonly Edge[]): number {
    let lengths = 0;
    const words = edges.flatMap(({ step, slot, inside }) => {
      const child = inside.length > 0 ? this.node(inside) : 0;
      if ('index' in step) return [EDGE_INDEX, step.index, 0, 0, 0, slot, child];
      if ('where' in step)
        return [EDGE_WHERE, ...this.text(step.where.key), ...this.text(step.where.text), slot, child];
      const [address, length] = this.text(step.key);
      lengths |= 1 << (length & 31);
      return [EDGE_KEY, address, length, 0, 0, slot, child];
    });
    return this.words([edges.length, lengths, ...words]);
  }

  private text(text: string): [address: number, length: number] {
    const bytes = encodeText(text);
    const address = this.kernel.allocate(bytes.length + SLACK);
    this.kernel.bytes(address, bytes.length).set(bytes);
    return [address, bytes.length];
  }
}

/** Steps of the kernel along a path, and the levels of the rows at its end, the record first. */
function opsOf(path: readonly PathStep[]): { readonly ops: readonly Op[]; readonly levels: readonly Level[] } {
  const ops: Op[] = [];
  const levels: Level[] = [];
  const collect = () => {
    const level: Level = { edges: [], firstSlot: 0, slots: 0 };
    levels.push(level);
    ops.push({ kind: COLLECT, level });
  };
  for (const step of path) {
    if ('every' in step) ops.push({ kind: EVERY_ENTRY });
    else {
      collect();
      ops.push({ kind: ENTER, edge: edgeTo(levels.at(-1)!.edges, [step]) });
    }
  }
  collect();
  return { ops, levels };
}

/** Where the value of a name may be: for each level, the innermost first, that of the key and that of the path. */
function edgesOf(name: string, levels: readonly Level[]): (readonly [key: Edge, path: Edge | undefined])[] {
  const steps = stepsOf(name);
  return levels
    .toReversed()
    .map(({ edges }) => [edgeTo(edges, [{ key: name }]), steps && edgeTo(edges, steps)] as const);
}

/** Steps of a name that is a path; undefined if it is only a key. */
function stepsOf(name: string): readonly Step[] | undefined {
  if (!name.includes('[')) return name.includes('.') ? name.split('.').map((key) => ({ key })) : undefined;
  return pathOf(name)?.filter((step): step is Step => !('every' in step));
}

function edgeTo(edges: Edge[], [step, ...others]: readonly Step[]): Edge {
  const same = JSON.stringify(step);
  let edge = edges.find((known) => JSON.stringify(known.step) === same);
  if (!edge) {
    edge = { step: step!, inside: [], isWanted: false, slot: 0 };
    edges.push(edge);
  }
  if (others.length > 0) return edgeTo(edge.inside, others);
  edge.isWanted = true;
  return edge;
}

/** True if the kernel can find the value of a name: an entry that has nothing as a text is for the exact way. */
export function canBeFound(name: string): boolean {
  if (!name.includes('[')) return true;
  const steps = pathOf(name);
  return steps !== undefined && canBeWalked(steps) && !steps.some((step) => 'every' in step);
}

export function canBeWalked(path: readonly PathStep[]): boolean {
  return !path.some((step) => 'where' in step && step.where.text === '');
}

/** True if no value is at the end of two of the paths: then a record has fewer rows than bytes. */
export function areApart(paths: readonly (readonly PathStep[])[]): boolean {
  return paths.every((path, i) => paths.slice(i + 1).every((other) => part(path, other)));
}

/** True if two paths have different keys somewhere, and the same steps before. */
function part(path: readonly PathStep[], other: readonly PathStep[]): boolean {
  const at = path.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(other[i]));
  const [step, counterpart] = [path[at], other[at]];
  return step !== undefined && counterpart !== undefined && 'key' in step && 'key' in counterpart;
}
