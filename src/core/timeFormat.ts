/** Instants in formats of strftime: `%d/%b/%Y:%H:%M:%S %z`. */

/** Parts of a format: literal texts, and letters of what stands there. */
export type TimeFormat = readonly ({ readonly literal: string } | { readonly letter: Letter })[];
export type Letter = keyof typeof PATTERNS;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const MONTH_NAMES = /(?:january|february|march|april|may|june|july|august|september|october|november|december)/iy;
const DAY_NAMES = /(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun)/iy;

/** Texts that a letter stands for. All are sticky: they match at one place, and never look further. */
const PATTERNS = {
  Y: /\d{4}/y,
  y: /\d{2}/y,
  m: /\d{1,2}/y,
  d: /[ \d]?\d/y,
  H: /\d{1,2}/y,
  I: /[ \d]?\d/y,
  M: /\d{2}/y,
  S: /\d{2}/y,
  f: /\d+/y,
  p: /[ap]m/iy,
  b: /(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iy,
  B: MONTH_NAMES,
  a: DAY_NAMES,
  z: /(?:[+-]\d{2}:?(?:\d{2})?|z|utc|gmt)/iy,
  s: /\d+(?:\.\d+)?/y,
} as const;

/** Letters that stand for others. */
const SHORT: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  e: '%d',
  h: '%b',
  A: '%a',
  k: '%H',
  l: '%I',
  N: '%f',
  L: '%f',
  Z: '%z',
};

/** A format, or why it is none, in words that finish "…: ". */
export function timeFormatOf(format: string): TimeFormat | { readonly reason: string } {
  const parts: ({ literal: string } | { letter: Letter })[] = [];
  const written = format.replace(/%(.)/gs, (whole, letter: string) => SHORT[letter] ?? whole);
  for (const [token] of written.matchAll(/%.|[^%]+|%/gs)) {
    const letter = token.startsWith('%') ? token.slice(1) : undefined;
    if (letter === undefined) parts.push({ literal: token });
    else if (letter === '%') parts.push({ literal: '%' });
    else if (Object.hasOwn(PATTERNS, letter)) parts.push({ letter: letter as Letter });
    else return { reason: `%${letter} is no letter of a time` };
  }
  const missing = missingParts(new Set(parts.flatMap((part) => ('letter' in part ? [part.letter] : []))));
  return missing.length > 0 ? { reason: `it lacks ${missing.join(', ')}` } : parts;
}

/** Parts of an instant for which there is no letter. */
function missingParts(letters: ReadonlySet<Letter>): string[] {
  const has = (...names: Letter[]) => names.some((name) => letters.has(name));
  if (has('s')) return [];
  return [
    ...(has('Y', 'y') ? [] : ['the year (%Y)']),
    ...(has('m', 'b', 'B') ? [] : ['the month (%m, %b)']),
    ...(has('d') ? [] : ['the day (%d)']),
    ...(has('H') || (has('I') && has('p')) ? [] : ['the hour (%H, or %I with %p)']),
  ];
}

/**
 * A text in a format as RFC 3339 has it, without a zone where the format has none, or as seconds since 1970; undefined
 * if it does not fit. Whether there is such a day is not checked. Two digits of a year are 1969 to 2068.
 */
export function instantText(text: string, format: TimeFormat): string | undefined {
  const found = partsOf(text, format);
  if (!found) return undefined;
  if (found.s !== undefined) return found.s;
  const { Y, y, m, b, B, d, H, I, p, M = '00', S = '00', f, z } = found;
  const year = Y ?? (Number(y) < 69 ? `20${y}` : `19${y}`);
  const month = m ?? String(MONTHS.indexOf((b ?? B!).slice(0, 3).toLowerCase() as 'jan') + 1);
  const hour = H ?? hourOf(I!, p!);
  const two = (digits: string) => digits.trim().padStart(2, '0');
  const fraction = f === undefined ? '' : `.${f}`;
  return `${year}-${two(month)}-${two(d!)}T${two(hour)}:${M}:${S}${fraction}${z ?? ''}`;
}

/** An hour of 12 with its half of the day; one that no clock shows stays wrong. */
function hourOf(hour: string, half: string): string {
  const number = Number(hour);
  if (number < 1 || number > 12) return '99';
  return String((number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0));
}

function partsOf(text: string, format: TimeFormat): Partial<Record<Letter, string>> | undefined {
  const found: Partial<Record<Letter, string>> = {};
  let at = 0;
  for (const part of format) {
    if ('literal' in part) {
      if (!text.startsWith(part.literal, at)) return undefined;
      at += part.literal.length;
      continue;
    }
    const pattern = PATTERNS[part.letter];
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    found[part.letter] = match[0];
    at += match[0].length;
  }
  return at === text.length ? found : undefined;
}
