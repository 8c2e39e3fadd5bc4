/** `where` of a meter: which rows it counts. */
import type { Condition, RowFilter } from '../core/catalog/rowFilter.ts';
import type { Reading } from './reading.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type FilterText = NonNullable<NonNullable<TierFile['meters']>[string]['where']>;

export function readFilter(tree: FilterText, path: Path, reading: Reading): RowFilter {
  if (Object.keys(tree).length === 0) {
    reading.error('empty', path, 'where is empty', 'name a dimension and the values that count', 'key');
  }
  return Object.entries(tree).map(([dimension, text]): Condition => {
    reading.dimension(dimension, [...path, dimension], 'key');
    const isNot = typeof text === 'object' && 'not' in text;
    const values = isNot ? text.not : text;
    const at = isNot ? [...path, dimension, 'not'] : [...path, dimension];
    return { dimension, values: readValues(values, at, reading), isNot };
  });
}

function readValues(values: string | readonly string[], path: Path, reading: Reading): readonly string[] {
  if (typeof values === 'string') {
    warnOfClass(values, path, reading);
    return [values];
  }
  for (const [i, value] of values.entries()) warnOfClass(value, [...path, i], reading);
  if (values.length === 0) reading.error('empty', path, 'a list without values', 'write at least one value', 'key');
  return values;
}

/** Looks like a class of status codes, and is none. */
function warnOfClass(value: string, path: Path, reading: Reading): void {
  if (!/^\d{0,2}x{1,3}$/i.test(value) || /^[1-5]xx$/i.test(value)) return;
  const message = `"${value}" is no class of status codes: only rows with exactly this text are meant`;
  reading.warn('not-a-class', path, message, 'the classes are 1xx, 2xx, 3xx, 4xx and 5xx');
}
