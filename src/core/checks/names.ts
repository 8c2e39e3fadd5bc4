/**
 * Names that a rule may use although a result has nothing there: fields of the entries of an empty list, fields that do not
 * always apply, meters of which nothing is blocked. A command declares them beside its JSON; all other names are in the JSON.
 */
export type Names = {
  /** Fields of an object that it may lack, or of which more is to be said. A field that is lacking is unknown. */
  readonly fields?: Readonly<Record<string, Names>>;
  /** Names that entries of a list may hold. */
  readonly entry?: Names;
  /**
   * Names that each value may hold, in an object whose keys come from the user's files. Functions take its values as a
   * list.
   */
  readonly values?: Names;
  /** Keys of such an object that count as 0 if they are lacking. */
  readonly zeros?: readonly string[];
};

export const NO_NAMES: Names = {};

/** Names of an object, or of an entry, of which nothing more is to be said than that they may be there. */
export function fields(...names: readonly string[]): Record<string, Names> {
  return Object.fromEntries(names.map((name) => [name, NO_NAMES]));
}

/** Quantities by meter: a meter of the tier file that is not there counts as 0. */
export function byMeter(meters: Iterable<string>): Names {
  return { values: NO_NAMES, zeros: [...meters] };
}

/** The names below a name, or undefined where it is not declared. */
export function namesBelow(names: Names, key: string): Names | undefined {
  return names.fields && Object.hasOwn(names.fields, key) ? names.fields[key] : undefined;
}
