/** In which kept dimensions the rows of each source have values. */
import type { MissingDimension } from '../core/usage/exportNotes.ts';

/**
 * By the source's place among those of the run, for sources with rows: for each dimension, whether some row has a value
 * in it.
 */
export type SeenDimensions = ReadonlyMap<number, readonly boolean[]>;

export class DimensionWatch {
  readonly seen: Map<number, boolean[]> = new Map();
  private readonly dimensions: number;

  /** `dimensions`: how many are kept. */
  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  /** Dimensions known of a source that has a row; the caller sets those that it finds. */
  of(source: number): boolean[] {
    let seen = this.seen.get(source);
    if (!seen) {
      seen = new Array<boolean>(this.dimensions).fill(false);
      this.seen.set(source, seen);
    }
    return seen;
  }

  /** Takes note of a row; '' is no value. */
  note(source: number, values: readonly string[]): void {
    const seen = this.of(source);
    for (let d = 0; d < seen.length; d++) if (values[d] !== '') seen[d] = true;
  }
}

/** Dimensions that no row has a value in. `parts` are the findings of several threads. */
export function missingDimensions(
  parts: readonly SeenDimensions[],
  {
    sources,
    dimensions,
  }: { readonly sources: readonly { readonly name: string }[]; readonly dimensions: readonly string[] },
): MissingDimension[] {
  return sources.flatMap(({ name }, number) => {
    const own = parts.flatMap((part) => (part.has(number) ? [part.get(number)!] : []));
    if (own.length === 0) return [];
    return dimensions.filter((_, d) => !own.some((seen) => seen[d])).map((dimension) => ({ source: name, dimension }));
  });
}
