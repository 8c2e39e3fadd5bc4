/** Lines and records of an export, where a mapping describes them: what is no row, where names come from, how a line is cut. */

/** A step of a path into JSON: a key, the place of an entry, an entry by the text of one of its keys, or every entry. */
export type PathStep =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly where: { readonly key: string; readonly text: string } }
  | { readonly every: true };

export type RecordForm = {
  /** Text before the record of a line of JSON, where there is one. */
  readonly prefix?: RegExp | undefined;
  /** Lines that begin with it are no rows. */
  readonly comments?: string | undefined;
  /**
   * Names of the columns: behind a mark at the begin of a line, wherever such a line comes; or given, and in no line of
   * the file. Absent: in the first line.
   */
  readonly header?: { readonly mark: string } | { readonly names: readonly string[] } | undefined;
  /** A line of text that is no delimited record. Absent: the format decides. */
  readonly line?: LineForm | undefined;
  /** Each record holds a row for every value at the end of one of the paths. */
  readonly each?: readonly (readonly PathStep[])[] | undefined;
};

export type LineForm =
  /** Fields between blanks; one in double quotes may hold blanks, and quotes behind a backslash. */
  | { readonly kind: 'space-quoted' }
  /** The first format that fits. */
  | { readonly kind: 'formats'; readonly formats: readonly LogFormat[] };

/** Parts of a log line: literal texts, and fields by their names; '' is a field that nobody wants. */
export type LogFormat = readonly (
  | { readonly literal: string }
  | { readonly field: string; readonly letter?: string }
)[];

/**
 * Steps of a path such as `data.result[].values[0]` or `attributes[key=customer].value.stringValue`; undefined if it is
 * none.
 */
export function pathOf(text: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  for (const [place, part] of partsOfPath(text).entries()) {
    const match = /^([^[\]]*)((?:\[[^[\]]*\])*)$/.exec(part);
    if (!match || (match[1] === '' && (match[2] === '' || place > 0))) return undefined;
    if (match[1] !== '') steps.push({ key: match[1]! });
    for (const [, inside] of match[2]!.matchAll(/\[([^[\]]*)\]/g)) {
      const step = bracketStep(inside!);
      if (!step) return undefined;
      steps.push(step);
    }
  }
  return steps;
}

/** Parts between dots that are not in brackets. */
function partsOfPath(text: string): string[] {
  return text.split(/\.(?![^[\]]*\])/);
}

function bracketStep(inside: string): PathStep | undefined {
  if (inside === '') return { every: true };
  if (/^\d{1,6}$/.test(inside)) return { index: Number(inside) };
  const entry = /^([^=]+)=(.*)$/.exec(inside);
  return entry ? { where: { key: entry[1]!, text: entry[2]! } } : undefined;
}
