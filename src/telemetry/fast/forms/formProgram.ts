/**
 * The forms and conditions of a mapping as steps over the columns of a batch. A row that is unusual for some form is marked as
 * slow, and the exact way reads it.
 */
import type { FieldForm, RowCondition } from '../../../core/usage/fieldForm.ts';
import { BATCH_ROWS } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import type { Batch, RowForms } from '../batch.ts';
import type { Kernel, KernelArray } from '../kernel.ts';
import { RowConditions } from './conditions.ts';
import type { RowRange } from './distinctTexts.ts';
import type { FormColumns } from './formColumns.ts';
import { FormSteps, NO_COLUMN } from './formSteps.ts';
import { timeParts } from './timeParts.ts';

/** Columns of the fields that forms are made of; {@link NO_COLUMN} for one that the export lacks. */
export type FormInputs = {
  text(field: string): number;
  /** As conditions see a field. */
  condition(field: string): number;
};

export type FormOptions = {
  readonly batch: Batch;
  readonly columns: FormColumns;
  readonly inputs: FormInputs;
  readonly wanted: Wanted;
  /** Texts with which lines begin that are no rows. */
  readonly marks?: readonly string[];
};

/** The text that a form is made of, in a rule for one text. */
const ITS_TEXT: FieldForm = { kind: 'field', field: '', steps: [] };

export class FormProgram implements RowForms {
  private readonly kernel: Kernel;
  private readonly batch: Batch;
  private readonly columns: FormColumns;
  private readonly inputs: FormInputs;
  private readonly derived: Wanted['derived'];
  private readonly making: FormSteps;
  private readonly conditions: RowConditions;
  private readonly known = new Map<string, number>();
  private readonly mask: KernelArray<Uint8Array>;
  /** 1 for rows of the batch that the mapping's conditions leave out. */
  private readonly leftOut: KernelArray<Uint8Array>;
  private readonly hasConditions: boolean;
  /** A column of nothing. */
  private nothing: number | undefined;

  constructor(kernel: Kernel, { batch, columns, inputs, wanted, marks = [] }: FormOptions) {
    this.kernel = kernel;
    this.batch = batch;
    this.columns = columns;
    this.inputs = inputs;
    this.derived = wanted.derived;
    this.making = new FormSteps(kernel, batch, columns, wanted.lookups);
    this.mask = kernel.newBytes(BATCH_ROWS);
    this.leftOut = kernel.newBytes(BATCH_ROWS);
    this.conditions = new RowConditions(kernel, columns, this.making.constants);
    this.hasConditions = wanted.where.length > 0;
    if (marks.length > 0) this.markLines(marks);
    if (this.hasConditions) this.leaveOut(wanted.where);
  }

  /** Lines that are no rows are for the exact way, whatever is in them. */
  private markLines(marks: readonly string[]): void {
    const { kernel, batch, making } = this;
    const texts = marks.map((mark) => making.constants.text(mark));
    making.steps.push(({ first, rows }) => {
      for (const { address, length } of texts)
        kernel.call.markStarts(batch.rowStarts.address + first * 4, rows, address, length, batch.slow.address + first);
    });
  }

  private leaveOut(where: readonly RowCondition[]): void {
    const { kernel, mask, batch, leftOut } = this;
    this.markThose(where, mask);
    this.making.steps.push(({ first, rows }) => {
      kernel.call.markLeftOut(mask.address + first, rows, batch.slow.address + first, leftOut.address + first);
    });
  }

  /** The column of a derived value, by the name that stands for it. */
  columnOf(name: string): number {
    let column = this.known.get(name);
    if (column === undefined) {
      column = this.columnOfForm(this.derived.get(name)!, name);
      this.known.set(name, column);
    }
    return column;
  }

  /** {@link columnOf}, but a column of nothing where no row has a text. */
  someColumnOf(name: string): number {
    const column = this.columnOf(name);
    if (column !== NO_COLUMN) return column;
    this.nothing ??= this.making.filled('');
    return this.nothing;
  }

  run(first: number): void {
    const { batch, kernel } = this;
    if (first === 0) kernel.call.clearFormTexts();
    const range: RowRange = { first, rows: batch.rows - first, slow: batch.slow.values };
    for (const step of this.making.steps) step(range);
  }

  settle(first: number, mark: number, ifPlain: boolean): void {
    if (!this.hasConditions) return;
    const { batch, kernel, leftOut } = this;
    const rows = batch.rows - first;
    kernel.call.setMarks(leftOut.address + first, rows, batch.slow.address + first, mark, ifPlain);
  }

  blank(columns: readonly number[], first: number): void {
    const { batch, kernel, leftOut } = this;
    const rows = batch.rows - first;
    if (!this.hasConditions || !leftOut.values.subarray(first, batch.rows).includes(1)) return;
    for (const column of new Set(columns)) {
      if (column < 0) continue;
      const [starts, ends] = [this.columns.startsOf(column, first), this.columns.endsOf(column, first)];
      kernel.call.blankFields(starts, ends, rows, leftOut.address + first);
    }
  }

  keep(row: number): void {
    this.leftOut.values[row] = 0;
  }

  release(): void {
    this.making.release();
    this.conditions.release();
    for (const array of [this.mask, this.leftOut]) this.kernel.release(array);
  }

  private columnOfForm(form: FieldForm, name: string): number {
    const { making } = this;
    const of = (one: FieldForm) => this.columnOfForm(one, name);
    switch (form.kind) {
      case 'field':
        return form.steps.reduce((column, step) => making.stepped(column, step), this.inputs.text(form.field));
      case 'constant':
        return form.text === '' ? NO_COLUMN : making.filled(form.text);
      case 'joined':
        return making.joined(form.of.map(of), form.between);
      case 'first':
        return form.of.map(of).reduce((column, other) => making.chosen(column, other), NO_COLUMN);
      case 'product':
        return form.of.map(of).reduce((column, other) => making.multiplied(column, other), making.filled('1'));
      case 'lookup':
        return making.worked(of(form.of), { ...form, of: ITS_TEXT }, name);
      case 'when':
        return this.kept(of(form.of), form.where);
      case 'instant': {
        const parts = timeParts(form.format);
        const column = of(form.of);
        return parts ? making.instants(column, parts) : making.worked(column, { ...form, of: ITS_TEXT }, name);
      }
    }
  }

  private kept(column: number, where: readonly RowCondition[]): number {
    if (column === NO_COLUMN) return NO_COLUMN;
    const { kernel } = this;
    const mask = this.conditions.newMask();
    this.markThose(where, mask);
    return this.making.added(column, (places, rows, out, first) =>
      kernel.call.keepFields(...places, rows, mask.address + first, ...out),
    );
  }

  /** Adds a step that sets `mask` to 1 for rows that meet all conditions, and to 0 for others. */
  private markThose(where: readonly RowCondition[], mask: KernelArray<Uint8Array>): void {
    const marks = where.map((condition) => {
      return this.conditions.marksOf(condition, this.inputs.condition(condition.field), mask);
    });
    this.making.steps.push((range) => {
      mask.values.fill(1, range.first, range.first + range.rows);
      for (const mark of marks) mark(range);
    });
  }
}

/** True if a form can have a fault of its own, beside those of its fields. */
export function canFault(form: FieldForm): boolean {
  if (form.kind === 'lookup' || form.kind === 'instant') return true;
  if (form.kind === 'field') return form.steps.some(({ kind }) => kind === 'decimal-comma');
  return 'of' in form && [form.of].flat().some(canFault);
}
