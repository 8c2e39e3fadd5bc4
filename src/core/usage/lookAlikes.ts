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
export function lookAlikesAmong(ids: readonly string[]): LookAlikes[] {
  const candidates = withRepeatedHash(ids);
  const groups = new Map<string, string[]>();
  for (const id of candidates) {
    const key = looksOf(id);
    const group = groups.get(key);
    if (group) group.push(id);
    else groups.set(key, [id]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({ ids: group.sort(), differences: differencesWithin(group) }))
    .sort((a, b) => (a.ids[0]! < b.ids[0]! ? -1 : 1));
}

/** Upper case, because it makes one of ß and ss, and of the two forms of a small sigma. */
function looksOf(id: string): string {
  return inNfc(inNfc(id.trim()).toUpperCase());
}

/** The first character that NFC may change, or join with the one before it, is U+0300. */
function inNfc(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x300) return text.normalize('NFC');
  return text;
}

/** The ids whose looks have a hash that the looks of another id have, too: a million ids are seldom looked at twice. */
function withRepeatedHash(ids: readonly string[]): string[] {
  const hashes = Int32Array.from(ids, hashOfLooks);
  const sorted = hashes.slice().sort();
  const repeated = new Set<number>();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) repeated.add(sorted[i]!);
  return repeated.size === 0 ? [] : ids.filter((_, i) => repeated.has(hashes[i]!));
}

/** A hash (FNV-1a) of {@link looksOf}; those of ASCII texts are not written out for it. */
function hashOfLooks(id: string): number {
  let [from, to] = [0, id.length];
  while (from < to && isAsciiBlank(id.charCodeAt(from))) from++;
  while (to > from && isAsciiBlank(id.charCodeAt(to - 1))) to--;
  let hash = OFFSET_BASIS;
  for (let i = from; i < to; i++) {
    let code = id.charCodeAt(i);
    if (code >= 0x80) return hashOf(looksOf(id));
    if (code >= SMALL_A && code <= SMALL_Z) code -= SMALL_A - CAPITAL_A;
    hash = Math.imul(hash ^ code, PRIME);
  }
  return hash;
}

function hashOf(looks: string): number {
  let hash = OFFSET_BASIS;
  for (let i = 0; i < looks.length; i++) hash = Math.imul(hash ^ looks.charCodeAt(i), PRIME);
  return hash;
}

/** ASCII characters that `trim` removes. */
function isAsciiBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

const OFFSET_BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const [CAPITAL_A, SMALL_A, SMALL_Z] = [0x41, 0x61, 0x7a];

/** The ids differ in something if they still do with everything else made equal. */
function differencesWithin(ids: readonly string[]): Difference[] {
  const without: Record<Difference, (id: string) => string> = {
    blanks: (id) => inNfc(inNfc(id).toUpperCase()),
    normalisation: (id) => id.trim().toUpperCase(),
    case: (id) => inNfc(id.trim()),
  };
  const differ = (fold: (id: string) => string) => new Set(ids.map(fold)).size > 1;
  return (['blanks', 'normalisation', 'case'] as const).filter((difference) => differ(without[difference]));
}
