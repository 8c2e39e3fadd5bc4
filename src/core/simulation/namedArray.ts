/**
 * Arrays of numbers whose positions have names: `sums.churned += leaving` writes to a typed array.
 *
 * An object with a field for each number would read as well, but could not be added to another one in a loop; a method
 * `add(name, amount)` costs fifty times as much, because V8 does not see which position a name stands for.
 */
export type NamedNumbers<Name extends string> = {
  /** The numbers in the order of their names. */
  readonly values: Float64Array;
} & Record<Name, number>;

export type NamedArray<Name extends string> = new (values?: Float64Array) => NamedNumbers<Name>;

/** A class of arrays with a property for each name. `values` may be a part of a longer array; by default they are new, and 0. */
export function namedArray<Name extends string>(names: readonly Name[]): NamedArray<Name> {
  class Named {
    readonly values: Float64Array;
    constructor(values: Float64Array = new Float64Array(names.length)) {
      this.values = values;
    }
  }
  for (const [position, name] of names.entries()) {
    Object.defineProperty(Named.prototype, name, {
      get(this: Named): number {
        return this.values[position]!;
      },
      set(this: Named, value: number) {
        this.values[position] = value;
      },
    });
  }
  return Named as unknown as NamedArray<Name>;
}
