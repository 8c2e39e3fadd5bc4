/**
 * Finds the values of NDJSON lines by expecting each line to look like an earlier one: the same keys in the same order with
 * the same punctuation, only the values differ. Every byte in between is compared with that template, so a line that passes
 * is as good as parsed; one that does not is parsed strictly, and may become the next template.
 */
import type { Wanted } from '../columns.ts';
import { BATCH_ROWS, type Batch, type BatchLayout } from './batch.ts';
import { type Bytes, bytesOf, SLACK, TAIL_MASK } from './bytes.ts';
import { type Leaf, leavesOf } from './jsonLeaves.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const CR = 0x0d;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const HIGH_BITS = 0x80808080 | 0;
/** Lines of an export come in a few shapes: with and without an optional key, for instance. */
const MOST_TEMPLATES = 8;

type Template = {
  /** What stands before each value, and after the last; one after another. */
  readonly literals: Bytes;
  readonly literalEnds: Int32Array;
  /** For each value the columns that want it: from `columnsFrom[v]` to `columnsFrom[v + 1]`. */
  readonly columns: Int32Array;
  readonly columnsFrom: Int32Array;
  /** Columns that no value is for. */
  readonly absent: Int32Array;
};

export class JsonIndexer {
  readonly layout: BatchLayout;
  private readonly wanted: Wanted;
  private readonly keptDimensions: number;
  private readonly templates: Template[] = [];
  private replaced = 0;

  constructor(wanted: Wanted, kept: { dimensions: number; ids: boolean }) {
    this.wanted = wanted;
    this.keptDimensions = kept.dimensions;
    const meters = wanted.meters.length;
    this.layout = {
      timestamp: 0,
      customer: wanted.customer === undefined ? 1 : -1,
      eventId: kept.ids ? 2 : -1,
      source: kept.ids ? 3 : -1,
      quantities: wanted.meters.map((_, m) => (wanted.constants[m] === undefined ? 4 + m : -1)),
      dimensions: Array.from({ length: kept.dimensions }, (_, d) => 4 + meters + d),
      columns: 4 + meters + kept.dimensions,
    };
  }

  /**
   * Adds to the batch the lines that begin from `from` and before `stop`, until it is full or a line is odd; returns where
   * the first line begins that it did not take. The bytes end with a line end at or after `stop`.
   */
  index(bytes: Bytes, from: number, stop: number, line: number, batch: Batch): number {
    const { rowStarts, lines } = batch;
    let start = from;
    let lineNow = line;
    while (start < stop && batch.rows < BATCH_ROWS) {
      const end = this.match(bytes, start, batch);
      if (end < 0) break;
      rowStarts[batch.rows] = start;
      lines[batch.rows++] = lineNow++;
      start = end;
    }
    return start;
  }

  /** The end of the line, if one of the templates fits. */
  private match(bytes: Bytes, start: number, batch: Batch): number {
    const { templates } = this;
    for (let t = 0; t < templates.length; t++) {
      const template = templates[t]!;
      const end = matchTemplate(bytes.bytes, bytes.view, start, template, batch.rows, batch.starts, batch.ends);
      if (end < 0) continue;
      if (t > 0) {
        templates[t] = templates[t - 1]!; // one step ahead: the common ones end up in front
        templates[t - 1] = template;
      }
      return end;
    }
    return -1;
  }

  /** Takes a line as a template; it must be valid JSON, an object with a timestamp, a customer and a quantity. */
  learn(line: Buffer): void {
    const leaves = leavesOf(line);
    if (!leaves) return;
    const template = this.templateOf(line, leaves);
    if (!template) return;
    if (this.templates.length < MOST_TEMPLATES) this.templates.push(template);
    else this.templates[MOST_TEMPLATES / 2 + (this.replaced++ % (MOST_TEMPLATES / 2))] = template;
  }

  private templateOf(line: Buffer, leaves: readonly Leaf[]): Template | undefined {
    const { layout, wanted } = this;
    const { names } = wanted;
    const keys = new Set(leaves.map((leaf) => leaf.key));
    const columnsOf = new Map<string, number[]>();
    const present = new Set<number>();
    const want = (names: readonly string[], column: number) => {
      const name = names.find((candidate) => keys.has(candidate));
      if (name === undefined || column < 0) return;
      columnsOf.set(name, [...(columnsOf.get(name) ?? []), column]);
      present.add(column);
    };
    want(names.timestamp, layout.timestamp);
    want(names.customer, layout.customer);
    want(names.eventId, layout.eventId);
    want(names.source, layout.source);
    for (const [m, meter] of wanted.meters.entries()) want([meter.field], layout.quantities[m]!);
    for (let d = 0; d < this.keptDimensions; d++) want([wanted.dimensions[d]!], layout.dimensions[d]!);
    // Dimensions that are not kept have to be text or numbers all the same.
    const checked = [...wanted.dimensions, ...names.eventId, ...names.source];
    if (
      leaves.some(
        (leaf) => leaf.isContainer && leaf.key !== undefined && (columnsOf.has(leaf.key) || checked.includes(leaf.key)),
      )
    )
      return undefined;

    const values = leaves.filter((leaf) => !leaf.isContainer);
    const literals = new Uint8Array(line.length + SLACK);
    const literalEnds = new Int32Array(values.length + 1);
    const columns: number[] = [];
    const columnsFrom = new Int32Array(values.length + 1);
    let filled = 0;
    let from = 0;
    for (const [v, leaf] of values.entries()) {
      literals.set(line.subarray(from, leaf.start), filled);
      filled += leaf.start - from;
      literalEnds[v] = filled;
      from = leaf.end;
      if (leaf.key !== undefined) {
        columns.push(...(columnsOf.get(leaf.key) ?? (checked.includes(leaf.key) ? [UNUSED_BUT_CHECKED] : [])));
      }
      columnsFrom[v + 1] = columns.length;
    }
    literals.set(line.subarray(from), filled);
    literalEnds[values.length] = filled + line.length - from;
    const absent = Array.from({ length: layout.columns }, (_, column) => column).filter(
      (column) => !present.has(column),
    );
    return {
      literals: bytesOf(literals),
      literalEnds,
      columns: Int32Array.from(columns),
      columnsFrom,
      absent: Int32Array.from(absent),
    };
  }
}

/** For values that no column holds, but which must be neither `true` nor `false`. */
const UNUSED_BUT_CHECKED = -1;

function matchTemplate(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  { literals, literalEnds, columns, columnsFrom, absent }: Template,
  row: number,
  starts: Int32Array,
  ends: Int32Array,
): number {
  const literalView = literals.view;
  const values = literalEnds.length - 1;
  let i = start;
  let literal = 0;
  for (let v = 0; ; v++) {
    const literalEnd = literalEnds[v]!;
    while (literal + 4 <= literalEnd) {
      if (view.getInt32(i, true) !== literalView.getInt32(literal, true)) return -1;
      i += 4;
      literal += 4;
    }
    const left = literalEnd - literal;
    if (left > 0) {
      if (((view.getInt32(i, true) ^ literalView.getInt32(literal, true)) & TAIL_MASK[left]!) !== 0) return -1;
      i += left;
      literal = literalEnd;
    }
    if (v === values) break;

    let c = bytes[i]!;
    let valueStart = i;
    let valueEnd: number;
    if (c === QUOTE) {
      valueStart = ++i;
      for (;;) {
        // Four bytes at a time: is any of them a control character, a blank, `!`, a quote or a backslash?
        let word = view.getInt32(i, true);
        let other = word ^ 0x5c5c5c5c;
        let special = (((word - 0x23232323) & ~word) | ((other - 0x01010101) & ~other)) & HIGH_BITS;
        while (special === 0) {
          i += 4;
          word = view.getInt32(i, true);
          other = word ^ 0x5c5c5c5c;
          special = (((word - 0x23232323) & ~word) | ((other - 0x01010101) & ~other)) & HIGH_BITS;
        }
        i += (31 - Math.clz32(special & -special)) >> 3; // bits above the lowest may be false
        c = bytes[i]!;
        if (c === QUOTE) break;
        if (c === BACKSLASH || c < 0x20) return -1;
        i++;
      }
      valueEnd = i++;
    } else if ((c - ZERO) >>> 0 <= 9 || c === MINUS) {
      if (c === MINUS) c = bytes[++i]!;
      if (c === ZERO) c = bytes[++i]!;
      else {
        if ((c - ZERO) >>> 0 > 9) return -1;
        while ((c - ZERO) >>> 0 <= 9) c = bytes[++i]!;
      }
      if (c === POINT) {
        c = bytes[++i]!;
        if ((c - ZERO) >>> 0 > 9) return -1;
        while ((c - ZERO) >>> 0 <= 9) c = bytes[++i]!;
      }
      valueEnd = i;
    } else {
      const width = literalWidth(bytes, i);
      const isNull = bytes[i] === 0x6e;
      // Neither text nor number where one of them is wanted: for the exact reader to say so.
      if (width === 0 || (!isNull && columnsFrom[v] !== columnsFrom[v + 1])) return -1;
      valueEnd = i; // null is nothing
      i += width;
    }
    for (let k = columnsFrom[v]!; k < columnsFrom[v + 1]!; k++) {
      const column = columns[k]!;
      if (column < 0) continue;
      starts[column * BATCH_ROWS + row] = valueStart;
      ends[column * BATCH_ROWS + row] = valueEnd;
    }
  }
  if (bytes[i] === CR && bytes[i + 1] === LF) i++;
  if (bytes[i] !== LF) return -1;
  for (let k = 0; k < absent.length; k++) {
    starts[absent[k]! * BATCH_ROWS + row] = 0;
    ends[absent[k]! * BATCH_ROWS + row] = 0;
  }
  return i + 1;
}

/** Characters of `true`, `false` or `null`, 0 if it is none of them. */
function literalWidth(bytes: Uint8Array, at: number): number {
  for (const word of WORDS) {
    let i = 0;
    while (i < word.length && bytes[at + i] === word[i]) i++;
    if (i === word.length) return i;
  }
  return 0;
}

const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
