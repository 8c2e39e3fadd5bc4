/** Columns of a terminal: how many a text takes, and how it is cut or broken to fit. */
import { eastAsianWidth } from 'get-east-asian-width';

/** Colours and other settings of a terminal, which take no room. */
const SETTINGS = /\u001b\[[\d;]*m/g;

/** Marks that stand on the character before them: accents, vowel signs, parts of Hangul syllables, skin colours. */
const ON_ANOTHER =
  /\p{Mn}|\p{Me}|\p{Default_Ignorable_Code_Point}|[\u1160-\u11ff]|(?<=\p{Emoji_Modifier_Base})\p{Emoji_Modifier}/gu;

const NARROW = /^[\u0020-\u007e]*$/;

/** East Asian wide characters and emoji take two columns, marks and settings none. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const char of text.replace(SETTINGS, '').replace(ON_ANOTHER, '')) width += eastAsianWidth(char.codePointAt(0)!);
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Characters, where an escape such as `\u200d` counts as one: half of it would be another text. */
function charactersOf(text: string): string[] {
  return text.match(/\\u(?:[0-9a-f]{4}|\{[0-9a-f]+\})|./gsu) ?? [];
}

/** The words of a text, between which a line may end. Groups of digits are one word: `11 000 000` stays together. */
export function wordsOf(text: string): string[] {
  return text.split(/ (?!(?<=\d )\d{3}(?!\d))/);
}

/** The longest start of a text that fits into `width` columns. */
function startOf(text: string, width: number): string {
  let start = '';
  for (const char of charactersOf(text)) {
    if (displayWidth(start + char) > width) break;
    start += char;
  }
  return start;
}

function endOf(text: string, width: number): string {
  const chars = charactersOf(text);
  let from = chars.length;
  while (from > 0 && displayWidth(chars.slice(from - 1).join('')) <= width) from--;
  return chars.slice(from).join('');
}

/** The start of a text, with an ellipsis where something is missing: at most `width` columns, 1 at least. */
export function cut(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${startOf(text, Math.max(0, width - 1))}…`;
}

/**
 * Names for a column of `width`, by name: long ones lose their middle. Two names never become one text: those that would
 * are shown whole.
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

/** The end tells names apart more often than the middle: two thirds of what is left are the beginning. */
function withoutMiddle(name: string, width: number): string {
  if (displayWidth(name) <= width) return name;
  const kept = Math.max(2, width - 1);
  const end = Math.floor(kept / 3);
  return `${startOf(name, kept - end)}…${endOf(name, end)}`;
}

/** Parts after a head, as many in a line as fit into `columns`; further lines begin below the first part. */
export function wrapped(head: string, parts: readonly string[], between: string, columns: number): string[] {
  const room = columns - displayWidth(head);
  const rows: string[] = [];
  for (const part of parts) {
    const more = `${rows.at(-1)}${between}${part}`;
    if (rows.length > 0 && displayWidth(more) <= room) rows[rows.length - 1] = more;
    else rows.push(part);
  }
  return rows.map((row, i) => (i === 0 ? head : ' '.repeat(displayWidth(head))) + row);
}
