/** Finds the values of NDJSON lines: the kernel takes lines apart, and gets a table of the keys and fields to look for. */
import {
  FIELD_COLUMN_AT,
  FIELD_HEAD_WORDS,
  FIELD_IS_QUANTITY_AT,
  FIELD_NAMES_AT,
  KEY_ENTRY_WORDS,
  LINE_KEY,
  SLACK,
} from '../../../kernel/contract.ts';
import { countsEveryRow, type Wanted } from '../../columns.ts';
import type { Batch, BatchLayout } from '../batch.ts';
import { FIXED_COLUMNS } from '../batch.ts';
import { encodeText } from '../bytes.ts';
import type { Kernel } from '../kernel.ts';

export class JsonIndexer {
  readonly layout: BatchLayout;
  private readonly kernel: Kernel;
  private readonly columns: number;

  constructor(kernel: Kernel, wanted: Wanted, kept: { dimensions: number; ids: boolean }, batch: Batch) {
    this.kernel = kernel;
    this.columns = kernel.call.newJsonColumns(batch.starts, batch.ends, batch.rowStarts.address, batch.lines.address);
    const meters = wanted.meters.length;
    this.layout = {
      isText: false,
      wrapped: [],
      alternatives: [],
      timestamp: 0,
      customer: wanted.customer === undefined ? 1 : -1,
      eventId: kept.ids ? 2 : -1,
      source: kept.ids ? 3 : -1,
      quantities: wanted.meters.map((_, m) => (wanted.constants[m] === undefined ? FIXED_COLUMNS + m : -1)),
      dimensions: Array.from({ length: kept.dimensions }, (_, d) => FIXED_COLUMNS + meters + d),
    };
    this.want(wanted);
  }

  private want(wanted: Wanted): void {
    const { layout, kernel } = this;
    const { names } = wanted;
    const keys = new WantedKeys();
    const fields: number[] = [];
    const want = (candidates: readonly string[], column: number | undefined, isQuantity = false) => {
      const head = new Array<number>(FIELD_HEAD_WORDS);
      head[FIELD_COLUMN_AT / 4] = (column ?? -1) + 1;
      head[FIELD_IS_QUANTITY_AT / 4] = Number(isQuantity);
      head[FIELD_NAMES_AT / 4] = candidates.length;
      fields.push(...head, ...candidates.flatMap((name) => keys.numbersOf(name)));
    };
    want(names.timestamp, layout.timestamp);
    if (wanted.customer === undefined) want(names.customer, layout.customer);
    want(names.eventId, layout.eventId);
    want(names.source, layout.source);
    for (const [m, { field }] of wanted.meters.entries()) {
      if (wanted.constants[m] === undefined) want([field], layout.quantities[m], true);
    }
    // Dimensions that are not kept have to be text or numbers all the same.
    for (const [d, dimension] of wanted.dimensions.entries()) want([dimension], layout.dimensions[d]);

    const fieldsAt = kernel.allocate(fields.length * 4);
    kernel.ints(fieldsAt, fields.length).set(fields);
    const keysAt = keys.write(kernel);
    const needsQuantity = Number(!countsEveryRow(wanted));
    kernel.call.wantFields(this.columns, keysAt, keys.count, fieldsAt, fields.length, needsQuantity);
  }

  /**
   * Adds to the batch the lines that begin from `from` and before `stop`, until it is full or a line is slow; returns where
   * the first line begins that it did not take. The bytes end, at `end`, with a line end at or after `stop`. All places are
   * addresses.
   */
  index(from: number, stop: number, end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.locateFieldsBy('columns');
    batch.rows = call.indexJson(this.columns, from, stop, end, line, batch.rows);
    return call.nextLine(this.columns) >>> 0;
  }
}

/** The keys that the kernel has to know: those of a line's object have numbers from 1, those of objects within it too. */
class WantedKeys {
  private readonly keys: { readonly parent: number; readonly name: Uint8Array }[] = [];
  private readonly numbers = new Map<string, number>();

  get count(): number {
    return this.keys.length;
  }

  /** The number of the key of that name, and that of the key at the end of the path, if it is one; 0 if not. */
  numbersOf(name: string): [key: number, path: number] {
    const path = name.includes('.')
      ? name.split('.').reduce((parent, part) => this.numberOf(parent, part), LINE_KEY)
      : 0;
    return [this.numberOf(LINE_KEY, name), path];
  }

  private numberOf(parent: number, name: string): number {
    const known = `${parent} ${name}`;
    let number = this.numbers.get(known);
    if (number === undefined) {
      number = this.keys.push({ parent, name: encodeText(name) });
      this.numbers.set(known, number);
    }
    return number;
  }

  /** Puts them where the kernel can read them, as KeyTable in src/kernel/jsonKeys.ts; returns the address. */
  write(kernel: Kernel): number {
    const names = this.keys.reduce((sum, { name }) => sum + name.length, 0);
    const headBytes = this.keys.length * KEY_ENTRY_WORDS * 4;
    const address = kernel.allocate(headBytes + names + SLACK);
    let filled = address + headBytes;
    for (const [k, { parent, name }] of this.keys.entries()) {
      kernel.ints(address + k * KEY_ENTRY_WORDS * 4, KEY_ENTRY_WORDS).set([parent, filled, name.length]);
      kernel.bytes(filled, name.length).set(name);
      filled += name.length;
    }
    return address;
  }
}
