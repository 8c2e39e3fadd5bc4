/** Steps that work out one column of a batch of others: in the kernel, or once for each distinct text. */
import { type FieldForm, type TextStep, URL_PARTS } from '../../../core/usage/fieldForm.ts';
import type { Wanted } from '../../columns.ts';
import { formText } from '../../fieldForms.ts';
import type { Fault } from '../../row.ts';
import type { Batch } from '../batch.ts';
import type { Kernel } from '../kernel.ts';
import { bytePattern } from './bytePattern.ts';
import { Constants } from './constants.ts';
import { DistinctTexts, ONLY_EXACTLY, type RowRange, type TextRule } from './distinctTexts.ts';
import type { FormColumns } from './formColumns.ts';

/** In place of a column: no row has a text. */
export const NO_COLUMN = -1;

type Step = (range: RowRange) => void;

export class FormSteps {
  /** In the order in which they have to be done. */
  readonly steps: Step[] = [];
  readonly constants: Constants;
  private readonly kernel: Kernel;
  private readonly batch: Batch;
  private readonly columns: FormColumns;
  private readonly lookups: Wanted['lookups'];
  private readonly distinct: DistinctTexts[] = [];

  constructor(kernel: Kernel, batch: Batch, columns: FormColumns, lookups: Wanted['lookups']) {
    this.kernel = kernel;
    this.batch = batch;
    this.columns = columns;
    this.lookups = lookups;
    this.constants = new Constants(kernel);
  }

  stepped(column: number, step: TextStep): number {
    if (column === NO_COLUMN) return NO_COLUMN;
    const { call } = this.kernel;
    const slow = this.batch.slow.address;
    switch (step.kind) {
      case 'before':
      case 'after': {
        const { address, length } = this.constants.text(step.text);
        if (length === 0) break;
        return this.added(column, (places, rows, out, first) =>
          call.cutFields(...places, rows, address, length, step.kind === 'after', ...out, slow + first),
        );
      }
      case 'label':
        return this.added(column, (places, rows, out, first) =>
          call.labelsOf(...places, rows, step.place, ...out, slow + first),
        );
      case 'url': {
        const part = URL_PARTS.indexOf(step.part);
        return this.added(column, (places, rows, out, first) =>
          call.urlParts(...places, rows, part, ...out, slow + first),
        );
      }
      case 'decode':
        return this.added(column, (places, rows, out, first) =>
          call.decodePercents(...places, rows, ...out, slow + first),
        );
      case 'nothing': {
        const { address, count } = this.constants.list(step.texts);
        return this.added(column, (places, rows, out) => call.dropFields(...places, rows, address, count, ...out));
      }
      case 'pattern': {
        const pattern = bytePattern(step.pattern);
        if (!pattern) break;
        const { address, count } = this.constants.pattern(pattern);
        return this.added(column, (places, rows, out, first) =>
          call.matchFields(...places, rows, address, count, ...out, slow + first),
        );
      }
      case 'query':
        break;
    }
    return this.worked(column, { kind: 'field', field: '', steps: [step] }, '');
  }

  /** A form of one field as a rule for its text. */
  private ruleOf(form: FieldForm, name: string): TextRule {
    const { lookups } = this;
    return (text) => {
      let found: Fault | undefined;
      const conditions = { text: () => text, has: () => text !== '' };
      const fault = (fault: Fault) => {
        found ??= fault;
      };
      const value = formText(form, { name, lookups, fields: { text: () => text, conditions, fault } });
      return found ? ONLY_EXACTLY : value;
    };
  }

  /** Works out a form of one text once for each distinct one. */
  worked(column: number, form: FieldForm, name: string): number {
    if (column === NO_COLUMN) return NO_COLUMN;
    const { columns, kernel } = this;
    const texts = new DistinctTexts(kernel, this.ruleOf(form, name));
    this.distinct.push(texts);
    const out = columns.add();
    this.steps.push((range) => texts.run(columns, column, out, range));
    return out;
  }

  instants(column: number, parts: Uint8Array): number {
    if (column === NO_COLUMN) return NO_COLUMN;
    const { call } = this.kernel;
    const { address, length } = this.constants.bytes(parts);
    const slow = this.batch.slow.address;
    return this.added(column, (places, rows, out, first) =>
      call.writeInstants(...places, rows, address, length, ...out, slow + first),
    );
  }

  filled(text: string): number {
    const { columns, kernel } = this;
    const { address, length } = this.constants.text(text);
    const out = columns.add();
    this.steps.push(({ first, rows }) => {
      kernel.call.fillColumn(address, address + length, rows, columns.startsOf(out, first), columns.endsOf(out, first));
    });
    return out;
  }

  joined(of: readonly number[], between: string): number {
    if (of.includes(NO_COLUMN)) return NO_COLUMN;
    const { columns, kernel, batch } = this;
    const { address, length } = this.constants.text(between);
    const table = this.constants.words(of.length * 2);
    const out = columns.add();
    this.steps.push(({ first, rows }) => {
      table.values.set(of.flatMap((column) => [columns.startsOf(column, first), columns.endsOf(column, first)]));
      const places = [columns.startsOf(out, first), columns.endsOf(out, first)] as const;
      kernel.call.joinFields(table.address, of.length, rows, address, length, ...places, batch.slow.address + first);
    });
    return out;
  }

  chosen(column: number, other: number): number {
    if (column === NO_COLUMN) return other;
    if (other === NO_COLUMN) return column;
    const { columns, kernel } = this;
    return this.added(column, (places, rows, out, first) =>
      kernel.call.chooseField(...places, columns.startsOf(other, first), columns.endsOf(other, first), rows, ...out),
    );
  }

  multiplied(column: number, other: number): number {
    if (column === NO_COLUMN || other === NO_COLUMN) return NO_COLUMN;
    const { columns, kernel, batch } = this;
    return this.added(column, (places, rows, out, first) => {
      const others = [columns.startsOf(other, first), columns.endsOf(other, first)] as const;
      kernel.call.multiplyFields(...places, ...others, rows, ...out, batch.slow.address + first);
    });
  }

  /** A new column, made of another one by `make`. */
  added(column: number, make: ColumnStep): number {
    const { columns } = this;
    const out = columns.add();
    this.steps.push(({ first, rows }) =>
      make(
        [columns.startsOf(column, first), columns.endsOf(column, first)],
        rows,
        [columns.startsOf(out, first), columns.endsOf(out, first)],
        first,
      ),
    );
    return out;
  }

  release(): void {
    for (const texts of this.distinct) texts.release();
    this.constants.release();
  }
}

type Places = readonly [starts: number, ends: number];
type ColumnStep = (places: Places, rows: number, out: Places, first: number) => void;
