/** Customer ids that a person would take for one, and a computer takes for several. */

/** `normalisation`: other code points for the same characters, as in NFC and NFD. */
export type Difference = 'blanks' | 'normalisation' | 'case';

export type LookAlikes = {
  /** At least two, ascending. */
  readonly ids: readonly string[];
  readonly differences: readonly Difference[];
};

/**
 * Groups of ids that differ only by blanks at the ends, letter case or Unicode normalisation, in order of their first id.
 * `ids` must be distinct.
 */
export function lookAlikesAmong(ids: Iterable<string>): LookAlikes[] {
  const groups = new Map<string, string | string[]>();
  for (const id of ids) {
    const key = looksOf(id);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, id);
    else if (typeof known === 'string') groups.set(key, [known, id]);
    else known.push(id);
  }
  const found: LookAlikes[] = [];
  for (const group of groups.values()) {
    if (typeof group !== 'string') found.push({ ids: group.sort(), differences: differencesWithin(group) });
  }
  return found.sort((a, b) => (a.ids[0]! < b.ids[0]! ? -1 : 1));
}

/** Equal for ids that look alike. Upper case, because it makes one of ß and ss, and of the two forms of a small sigma. */
function looksOf(id: string): string {
  return id.trim().normalize('NFC').toUpperCase().normalize('NFC');
}

/** The ids differ in something if leaving it aside makes fewer of them. */
function differencesWithin(ids: readonly string[]): Difference[] {
  const differences: Difference[] = [];
  let left = new Set(ids);
  const leaveAside = (difference: Difference, without: (id: string) => string) => {
    const fewer = new Set([...left].map(without));
    if (fewer.size < left.size) differences.push(difference);
    left = fewer;
  };
  leaveAside('blanks', (id) => id.trim());
  leaveAside('normalisation', (id) => id.normalize('NFC'));
  leaveAside('case', looksOf);
  return differences;
}
