/** `where` of a meter: which rows it counts. */
import type { Condition, RowFilter } from '../core/catalog/rowFilter.ts';
import type { CodeOf } from '../core/problemCodes.ts';
import type { ConfigReader } from './configReader.ts';
import type { TierFile } from './tierSchema.ts';
import type { Path } from './yamlFile.ts';

type TierFileReader = ConfigReader<CodeOf<'tiers'>>;

type FilterText = NonNullable<NonNullable<TierFile['meters']>[string]['where']>;

export function readFilter(tree: FilterText, path: Path, reader: TierFileReader): RowFilter {
  if (Object.keys(tree).length === 0) {
    reader.error('empty', path, 'where is empty', 'name a dimension and the values that count', 'key');
  }
  return Object.entries(tree).map(([dimension, text]): Condition => {
    reader.dimension(dimension, [...path, dimension], 'key');
    const isNot = typeof text === 'object' && 'not' in text;
    const values = isNot ? text.not : text;
    const at = isNot ? [...path, dimension, 'not'] : [...path, dimension];
    return { dimension, values: readValues(values, at, reader), isNot };
  });
}

function readValues(values: string | readonly string[], path: Path, reader: TierFileReader): readonly string[] {
  if (typeof values === 'string') {
    warnOfClass(values, path, reader);
    return [values];
  }
  for (const [i, value] of values.entries()) warnOfClass(value, [...path, i], reader);
  if (values.length === 0) reader.error('empty', path, 'a list without values', 'write at least one value', 'key');
  return values;
}

/** Looks like a class of status codes, and is none. */
function warnOfClass(value: string, path: Path, reader: TierFileReader): void {
  if (!/^\d{0,2}x{1,3}$/i.test(value) || /^[1-5]xx$/i.test(value)) return;
  const message = `"${value}" is no class of status codes: only rows with exactly this text are meant`;
  reader.warn('not-a-class', path, message, 'the classes are 1xx, 2xx, 3xx, 4xx and 5xx');
}
