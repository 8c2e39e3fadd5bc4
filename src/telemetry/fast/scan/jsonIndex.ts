/** Finds the values of NDJSON lines: the kernel takes lines apart, and gets a table of the keys and fields to look for. */
import { type FieldForm, isThere, valueFields } from '../../../core/usage/fieldForm.ts';
import {
  CONDITION_FIELD,
  FIELD_COLUMN_AT,
  FIELD_HEAD_WORDS,
  FIELD_KIND_AT,
  KEY_ENTRY_WORDS,
  LINE_KEY,
  PATTERN_BYTES,
  QUANTITY_FIELD,
  SLACK,
  TEXT_FIELD,
} from '../../../kernel/contract.ts';
import { countsEveryRow, hasBrackets, type Wanted } from '../../columns.ts';
import type { Batch, BatchLayout } from '../batch.ts';
import { FIXED_COLUMNS } from '../batch.ts';
import { encodeText } from '../bytes.ts';
import { bytePattern } from '../forms/bytePattern.ts';
import { FormColumns } from '../forms/formColumns.ts';
import { canFault, FormProgram } from '../forms/formProgram.ts';
import { type WantedField, walkPaths } from '../forms/rowPaths.ts';
import type { Kernel } from '../kernel.ts';

export class JsonIndexer {
  readonly layout: BatchLayout;
  private readonly kernel: Kernel;
  private readonly columns: number;
  private readonly fields: WantedField[] = [];

  constructor(kernel: Kernel, wanted: Wanted, kept: { dimensions: number; ids: boolean }, batch: Batch) {
    this.kernel = kernel;
    this.columns = kernel.call.newJsonColumns(batch.starts, batch.ends, batch.rowStarts.address, batch.lines.address);
    const meters = wanted.meters.length;
    const columns = new FormColumns(batch, FIXED_COLUMNS + meters + kept.dimensions);
    const forms = this.formsOf(wanted, { batch, columns });
    const { names } = wanted;
    /** The column of a field, or of what is worked out in its place. */
    const want = (candidates: readonly string[], column: number, kind = TEXT_FIELD) => {
      const [first] = candidates;
      if (first !== undefined && wanted.derived.has(first)) return column < 0 ? -1 : forms!.someColumnOf(first);
      this.want(candidates, column, kind);
      return column;
    };
    const isRead = (m: number) => wanted.constants[m] === undefined;
    this.layout = {
      isText: false,
      wrapped: [],
      alternatives: [],
      timestamp: want(names.timestamp, 0),
      customer: wanted.customer === undefined ? want(names.customer, 1) : -1,
      eventId: want(names.eventId, kept.ids ? 2 : -1),
      source: want(names.source, kept.ids ? 3 : -1),
      quantities: wanted.meters.map(({ field }, m) =>
        isRead(m) ? want([field], FIXED_COLUMNS + m, QUANTITY_FIELD) : -1,
      ),
      // Dimensions that are not kept have to be text or numbers all the same.
      dimensions: wanted.dimensions
        .map((dimension, d) => want([dimension], d < kept.dimensions ? FIXED_COLUMNS + meters + d : -1))
        .slice(0, kept.dimensions),
      forms,
    };
    const { prefix } = wanted.records;
    const pattern = prefix && bytePattern(prefix);
    if (pattern) {
      const { address, values } = kernel.newBytes(pattern.length);
      values.set(pattern);
      kernel.call.setPrefix(this.columns, address, pattern.length / PATTERN_BYTES);
    }
    this.tellKernel(!countsEveryRow(wanted) && !givesQuantity(wanted), wanted);
  }

  /** Undefined if the mapping has neither forms nor conditions. */
  private formsOf(wanted: Wanted, { batch, columns }: { batch: Batch; columns: FormColumns }): FormProgram | undefined {
    if (wanted.derived.size === 0 && wanted.where.length === 0) return undefined;
    const quantities = quantityFields(wanted);
    const inputs = new Map<string, number>();
    const input = (field: string, kind: number) => {
      const key = `${kind} ${field}`;
      const column = inputs.get(key) ?? columns.add();
      if (!inputs.has(key)) this.want([field], column, kind);
      inputs.set(key, column);
      return column;
    };
    const forms = new FormProgram(this.kernel, {
      batch,
      columns,
      inputs: {
        text: (field) => input(field, quantities.has(field) ? QUANTITY_FIELD : TEXT_FIELD),
        condition: (field) => input(field, CONDITION_FIELD),
      },
      wanted,
    });
    // Also of those that nobody reads it has to be known whether they have a fault.
    for (const [name, form] of wanted.derived) {
      if (canFault(form)) forms.columnOf(name);
      else for (const field of valueFields(form)) this.want([field], -1, TEXT_FIELD);
    }
    return forms;
  }

  /** Has the kernel look for a field that has one of the names. */
  private want(candidates: readonly string[], column: number, kind: number): void {
    const head = new Array<number>(FIELD_HEAD_WORDS - 1);
    head[FIELD_COLUMN_AT / 4] = column + 1;
    head[FIELD_KIND_AT / 4] = kind;
    this.fields.push({ head, names: candidates });
  }

  private tellKernel(needsQuantity: boolean, wanted: Wanted): void {
    const { fields, kernel } = this;
    const { each } = wanted.records;
    const keys = new WantedKeys();
    const isWalked = each !== undefined || fields.some(({ names }) => names.some(hasBrackets));
    const words = isWalked
      ? []
      : fields.flatMap(({ head, names }) => [
          ...head,
          names.length,
          ...names.flatMap((name) => [...keys.numbersOf(name), 0]),
        ]);
    const fieldsAt = kernel.allocate(words.length * 4);
    kernel.ints(fieldsAt, words.length).set(words);
    const keysAt = keys.write(kernel);
    kernel.call.wantFields(this.columns, keysAt, keys.count, fieldsAt, words.length, Number(needsQuantity));
    if (isWalked) walkPaths(kernel, this.columns, each, fields);
  }

  /** Lines before the first one that was not taken. */
  get linesBefore(): number {
    return this.kernel.call.linesBeforeNext(this.columns);
  }

  /** Place in its line of the row at which the kernel stopped because only the exact way can take it; −1: there is none. */
  get oddRow(): number {
    return this.kernel.call.oddRow(this.columns);
  }

  /**
   * Adds to the batch the lines that begin from `from` and before `stop`, until it is full or a line is slow; returns where
   * the first line begins that it did not take, or not all rows of. The bytes end, at `end`, with a line end at or after
   * `stop`. All places are addresses.
   */
  index(from: number, stop: number, end: number, line: number, batch: Batch): number {
    const { call } = this.kernel;
    batch.locateFieldsBy('columns');
    batch.rows = call.indexJson(this.columns, from, stop, end, line, batch.rows);
    return call.nextLine(this.columns) >>> 0;
  }
}

/** True if some meter has a value in every row, whatever its fields are. */
function givesQuantity(wanted: Wanted): boolean {
  return formsOfMeters(wanted).some((form) => isThere(form, () => false));
}

/** Fields of which one is enough for a meter to have a value. */
function quantityFields(wanted: Wanted): ReadonlySet<string> {
  return new Set(formsOfMeters(wanted).flatMap(sufficientFields));
}

function formsOfMeters({ meters, constants, derived }: Wanted): FieldForm[] {
  return meters.flatMap(({ field }, m) => (constants[m] === undefined ? (derived.get(field) ?? []) : []));
}

function sufficientFields(form: FieldForm): readonly string[] {
  if (form.kind === 'field') return [form.field];
  const parts = 'of' in form ? [form.of].flat() : [];
  return form.kind === 'first' || parts.length === 1 ? parts.flatMap(sufficientFields) : [];
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
