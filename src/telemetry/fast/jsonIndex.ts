/**
 * Finds the values of NDJSON lines by expecting each line to look like an earlier one: the same keys in the same order with
 * the same punctuation, only the values differ. Every byte in between is compared with that template, so a line that passes
 * is as good as parsed; one that does not is parsed strictly, and may become the next template.
 */
import type { Wanted } from '../columns.ts';
import type { Batch, BatchLayout } from './batch.ts';
import { FIXED_COLUMNS } from './batch.ts';
import { type Leaf, leavesOf } from './jsonLeaves.ts';
import { type Kernel, SLACK } from './kernel.ts';

export class JsonIndexer {
  readonly layout: BatchLayout;
  private readonly kernel: Kernel;
  private readonly wanted: Wanted;
  private readonly keptDimensions: number;
  private readonly columns: number;
  private learned = 0;
  /** Bytes of each template that is known, by address. */
  private readonly templates = new Map<number, number>();

  constructor(kernel: Kernel, wanted: Wanted, kept: { dimensions: number; ids: boolean }, batch: Batch) {
    this.kernel = kernel;
    this.columns = kernel.call.newJsonColumns(batch.starts, batch.ends, batch.rowStarts.address, batch.lines.address);
    this.wanted = wanted;
    this.keptDimensions = kept.dimensions;
    const meters = wanted.meters.length;
    this.layout = {
      isText: false,
      alternatives: [],
      timestamp: 0,
      customer: wanted.customer === undefined ? 1 : -1,
      eventId: kept.ids ? 2 : -1,
      source: kept.ids ? 3 : -1,
      quantities: wanted.meters.map((_, m) => (wanted.constants[m] === undefined ? FIXED_COLUMNS + m : -1)),
      dimensions: Array.from({ length: kept.dimensions }, (_, d) => FIXED_COLUMNS + meters + d),
    };
  }

  /**
   * Adds to the batch the lines that begin from `from` and before `stop`, until it is full or a line is odd; returns where
   * the first line begins that it did not take. The bytes end with a line end at or after `stop`. All places are addresses.
   */
  index(from: number, stop: number, _end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.tellFieldsBy('columns');
    batch.rows = call.indexJson(this.columns, from, stop, line, batch.rows);
    return call.nextLine(this.columns) >>> 0;
  }

  /** Takes a line as a template; it must be valid JSON, an object with a timestamp, a customer and a quantity. */
  learn(line: Buffer): void {
    const leaves = leavesOf(line);
    if (!leaves) return;
    const template = this.templateOf(line, leaves);
    if (!template) return;
    const { address, bytes } = template;
    const replaced = this.kernel.call.addTemplate(this.columns, address, this.learned++) >>> 0;
    this.templates.set(address, bytes);
    if (replaced === 0) return;
    this.kernel.call.release(replaced, this.templates.get(replaced)!);
    this.templates.delete(replaced);
  }

  private templateOf(line: Buffer, leaves: readonly Leaf[]): { address: number; bytes: number } | undefined {
    const { layout, wanted } = this;
    const { names } = wanted;
    const keys = new Set(leaves.map((leaf) => leaf.key));
    const columnsOf = new Map<string, number[]>();
    const present = new Set<number>();
    const roles = [names.timestamp, names.customer, names.eventId, names.source];
    // Which of several keys counts depends on their values.
    if (roles.some((candidates) => candidates.filter((name) => keys.has(name)).length > 1)) return undefined;
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
    const absent = Array.from({ length: columnsOfLayout(layout) }, (_, column) => column).filter(
      (column) => !present.has(column),
    );
    return this.written({ literals, literalEnds, columns, columnsFrom, absent });
  }

  /** Puts a template where the kernel can read it: the numbers and addresses that it begins with, and what they tell of. */
  private written({ literals, literalEnds, columns, columnsFrom, absent }: Template) {
    const lists = [literalEnds, columnsFrom, Int32Array.from(columns), Int32Array.from(absent)];
    const bytes = HEAD_WORDS * 4 + lists.reduce((sum, list) => sum + list.byteLength, 0) + literals.length;
    const address = this.kernel.allocate(bytes);
    let filled = address + HEAD_WORDS * 4;
    const [endsAt, columnsFromAt, columnsAt, absentAt] = lists.map((list) => {
      const at = filled;
      this.kernel.ints(at, list.length).set(list);
      filled += list.byteLength;
      return at;
    });
    this.kernel.bytes(filled, literals.length).set(literals);
    const values = literalEnds.length - 1;
    // As `Template` in src/kernel/json.ts.
    const head = [values, filled, endsAt!, columnsAt!, columnsFromAt!, absentAt!, absent.length];
    this.kernel.ints(address, HEAD_WORDS).set(head);
    return { address, bytes };
  }
}

type Template = {
  /** What stands before each value, and after the last; one after another, and some bytes more. */
  readonly literals: Uint8Array;
  readonly literalEnds: Int32Array;
  /** For each value the columns that want it: from `columnsFrom[v]` to `columnsFrom[v + 1]`. */
  readonly columns: readonly number[];
  readonly columnsFrom: Int32Array;
  /** Columns that no value is for. */
  readonly absent: readonly number[];
};

const HEAD_WORDS = 7;

/** For values that no column holds, but which must be neither `true` nor `false`. */
const UNUSED_BUT_CHECKED = -1;

function columnsOfLayout({ quantities, dimensions }: BatchLayout): number {
  return FIXED_COLUMNS + quantities.length + dimensions.length;
}
