/** Columns of a batch that forms are worked out of and into. They are never located by a list of delimiters. */

import type { FieldForm } from '../../../core/usage/fieldForm.ts';
import { COLUMN_BYTES } from '../../../kernel/contract.ts';
import type { Wanted } from '../../columns.ts';
import type { Batch } from '../batch.ts';

export class FormColumns {
  private readonly batch: Batch;
  private next: number;

  /** `first`: the first column that nobody has. */
  constructor(batch: Batch, first: number) {
    this.batch = batch;
    this.next = first;
  }

  /** A column that nobody has. */
  add(): number {
    return this.next++;
  }

  /** Address of a column's starts, from a row on. */
  startsOf(column: number, row = 0): number {
    return this.batch.starts + column * COLUMN_BYTES + row * 4;
  }

  endsOf(column: number, row = 0): number {
    return this.batch.ends + column * COLUMN_BYTES + row * 4;
  }
}

/** Columns that the forms and conditions of a mapping need at most. */
export function formColumnsOf({ derived, where }: Pick<Wanted, 'derived' | 'where'>): number {
  return [...derived.values()].reduce((sum, form) => sum + columnsOf(form), 1 + where.length * 2);
}

function columnsOf(form: FieldForm): number {
  if (form.kind === 'field') return 2 + form.steps.length;
  const conditions = form.kind === 'when' ? form.where.length * 2 : 0;
  const parts = 'of' in form ? [form.of].flat() : [];
  return parts.reduce((sum, part) => sum + 1 + columnsOf(part), 2 + conditions);
}
