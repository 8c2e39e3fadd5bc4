/**
 * Rows grouped by what they have in one dimension, or in several together. A grouping and a group in it have a name each,
 * so that usage by one dimension and by several has one form: of one dimension its name and its value, of several the JSON
 * list of their names or values.
 */

export function groupingName(dimensions: readonly string[]): string {
  return dimensions.length === 1 ? dimensions[0]! : JSON.stringify(dimensions);
}

/** The group of rows with these values, in the order of the grouping's dimensions; '' for a row without a value. */
export function groupOf(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : JSON.stringify(values);
}

/** The values that {@link groupOf} made a group's name of. `dimensions` are those of its grouping. */
export function valuesIn(group: string, dimensions: readonly string[]): readonly string[] {
  return dimensions.length === 1 ? [group] : (JSON.parse(group) as string[]);
}

/** Dimensions by which a ledger keeps rows apart. */
export type KeptDimensions = {
  readonly dimensions: readonly string[];
  /** Several of the dimensions by whose combinations usage is wanted, besides by each by itself. Absent: none. */
  readonly groupings?: readonly (readonly string[])[] | undefined;
};

/** A grouping in a ledger: its name, and its dimensions as places among the kept ones. */
export type Grouping = { readonly name: string; readonly places: readonly number[] };

/** Each kept dimension by itself, then the combinations. */
export function groupingsOf({ dimensions, groupings = [] }: KeptDimensions): Grouping[] {
  return [...dimensions.map((dimension) => [dimension]), ...groupings].map((together) => ({
    name: groupingName(together),
    places: together.map((dimension) => dimensions.indexOf(dimension)),
  }));
}
