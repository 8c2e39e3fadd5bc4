/**
 * Names for a column of `width` characters, by name: long ones lose their middle. Two names never become one text: those
 * that would are shown whole.
 */
export function cutNames(names: Iterable<string>, width: number): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  const byText = new Map<string, string[]>();
  for (const name of new Set(names)) {
    const text = withoutMiddle(name, width);
    shown.set(name, text);
    byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  for (const same of byText.values()) if (same.length > 1) for (const name of same) shown.set(name, name);
  return shown;
}

/** The end tells routes apart more often than the middle: two thirds of what is left are the beginning. */
function withoutMiddle(name: string, width: number): string {
  if (name.length <= width) return name;
  const kept = Math.max(2, width - 1);
  const end = Math.floor(kept / 3);
  return `${name.slice(0, kept - end)}…${name.slice(name.length - end)}`;
}
