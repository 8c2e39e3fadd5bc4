/** Chooses a column of the batch for each field of delimited text that somebody wants. */
import { fieldsOf, isThere } from '../../../core/usage/fieldForm.ts';
import type { Wanted } from '../../columns.ts';
import type { CsvHeader } from '../../csvRow.ts';
import type { BatchLayout } from '../batch.ts';
import { FormColumns } from '../forms/formColumns.ts';
import { canFault, FormProgram } from '../forms/formProgram.ts';
import { NO_COLUMN } from '../forms/formSteps.ts';
import type { Accumulator } from './accumulator.ts';
import { marksOf } from './markedLine.ts';

export type CsvLayout = {
  /** For each column of the file its column in the batch, or −1 for one that nobody wants. */
  readonly columns: readonly number[];
  readonly layout: BatchLayout;
  /** Fields are never located by a list of places. */
  readonly needsColumns: boolean;
};

export function csvLayoutOf(
  header: CsvHeader,
  { wanted, kept }: { readonly wanted: Wanted; readonly kept: { readonly dimensions: number; readonly ids: boolean } },
  taker: Pick<Accumulator, 'batch' | 'formProgram'>,
): CsvLayout {
  const { layout, dialect, columns: names } = header;
  const columns = new Array<number>(header.fields).fill(-1);
  let count = 0;
  const rawColumn = (field: number) => {
    if (field < 0 || field >= header.fields) return NO_COLUMN;
    if (columns[field] === -1) columns[field] = count++;
    return columns[field]!;
  };
  const { timestamp, customer, eventId, source, quantities } = layout;
  const dimensions = layout.dimensions.slice(0, kept.dimensions);
  const ids = kept.ids ? [...eventId, ...source] : [];
  const inputs = [...wanted.derived.values()].flatMap(fieldsOf).concat(wanted.where.map(({ field }) => field));
  for (const field of [...timestamp, ...customer, ...ids, ...quantities, ...dimensions]) rawColumn(field);
  for (const name of inputs) rawColumn(names.indexOf(name));
  const wrapped = dialect.quotes === 'field' ? Array.from({ length: count }, (_, column) => column) : [];

  const marks = marksOf(wanted);
  const hasForms = wanted.derived.size > 0 || wanted.where.length > 0 || marks.length > 0;
  const column = (name: string) => rawColumn(names.indexOf(name));
  const forms = hasForms
    ? taker.formProgram(names, (kernel) => {
        const made = new FormProgram(kernel, {
          batch: taker.batch,
          columns: new FormColumns(taker.batch, count),
          inputs: { text: column, condition: column },
          wanted,
          marks,
        });
        for (const [name, form] of wanted.derived) {
          if (canFault(form) && isThere(form, (field) => names.includes(field))) made.columnOf(name);
        }
        return made;
      })
    : undefined;
  const derived = [...wanted.derived.keys()];
  const columnFor = (field: number) =>
    field < header.fields ? rawColumn(field) : forms!.someColumnOf(derived[field - header.fields]!);
  const alternatives: [number, number][] = [];
  const roleOf = (fields: readonly number[]) => {
    const [first = -1, ...others] = fields.map(columnFor);
    for (const other of others) alternatives.push([first, other]);
    return first;
  };
  const roles = {
    timestamp: roleOf(timestamp),
    customer: roleOf(customer),
    eventId: kept.ids ? roleOf(eventId) : -1,
    source: kept.ids ? roleOf(source) : -1,
    quantities: quantities.map(columnFor),
    dimensions: dimensions.map(columnFor),
  };
  const needsColumns = alternatives.length > 0 || hasForms;
  return { columns, needsColumns, layout: { isText: true, wrapped, alternatives, ...roles, forms } };
}
