/** Filter of a meter: it counts the rows that meet every condition. */
import { assert } from '../assert.ts';

export type RowFilter = readonly Condition[];

/** A condition on the value that a row has in a dimension; a row without a value has ''. */
export type Condition = {
  readonly dimension: string;
  /** Texts, compared character by character; `2xx` stands for every status code from 200 to 299, and for itself. */
  readonly values: readonly string[];
  /** Rows with one of the values are left out, all others count. */
  readonly isNot: boolean;
};

const STATUS_CLASS = /^([1-5])xx$/i;
const STATUS_CODE = /^[1-5]\d\d$/;

/** True if rows with this value in the condition's dimension meet it. */
export function meets({ values, isNot }: Condition, value: string): boolean {
  return values.some((one) => covers(one, value)) !== isNot;
}

function covers(one: string, value: string): boolean {
  if (one === value) return true;
  const leading = STATUS_CLASS.exec(one)?.[1];
  if (leading === undefined || value[0] !== leading) return false;
  return STATUS_CODE.test(value) || STATUS_CLASS.test(value);
}

/** The ways to write the class of a status code, `2xx` and `2XX` of 204; none for any other text. */
export function statusClasses(value: string): readonly string[] {
  return STATUS_CODE.test(value) ? [`${value[0]}xx`, `${value[0]}XX`] : [];
}

/** True for a row that counts, by its values in the order of `dimensions`, which hold every dimension of the filter. */
export type RowTest = (values: readonly string[]) => boolean;

export function rowTest(filter: RowFilter | undefined, dimensions: readonly string[]): RowTest {
  if (!filter) return () => true;
  const conditions = filter.map((condition) => ({ condition, place: placeOf(condition, dimensions) }));
  return (values) => conditions.every(({ condition, place }) => meets(condition, values[place]!));
}

/** Index of a condition's dimension among the dimensions that rows keep. Fails with a Bug if it is none of them. */
export function placeOf({ dimension }: Condition, dimensions: readonly string[]): number {
  const place = dimensions.indexOf(dimension);
  assert(place >= 0, () => `a meter counts rows by ${dimension}, which the ledger does not keep`);
  return place;
}

/** `status 2xx, route not /health`. */
export function filterText(filter: RowFilter): string {
  return filter
    .map(({ dimension, values, isNot }) => {
      const shown = values.map((value) => (value === '' ? 'unknown' : value));
      return `${dimension} ${isNot ? 'not ' : ''}${shown.join(' or ')}`;
    })
    .join(', ');
}
