/**
 * Patterns that the kernel can match (src/kernel/patterns.ts): at the begin of a text, with elements that never have to give a
 * character back. Of other regular expressions it is not known how to match them without a second attempt.
 */
import {
  FLAGS_AT,
  GROUP_BEGINS,
  GROUP_ENDS,
  LEAST_AT,
  LOOKS_AHEAD,
  MOST_AT,
  OTHERS_AT,
  PATTERN_BYTES,
  TAKES_ALL,
  TAKES_NONE,
  TAKES_SOME,
  TEXT_ENDS,
} from '../../../kernel/contract.ts';

const ASCII = 128;
const AS_MANY_AS_THERE_ARE = 0xffff_ffff;

type Element = {
  readonly takes: readonly boolean[];
  /** One of `TAKES_NONE`, `TAKES_ALL`, `TAKES_SOME`. */
  readonly others: number;
  readonly least: number;
  readonly most: number;
  flags: number;
};

/** The elements of a pattern as the kernel has them; undefined for one of another kind. */
export function bytePattern(pattern: RegExp): Uint8Array | undefined {
  const elements = elementsOf(pattern);
  if (!elements?.every((_, i) => neverGivesBack(elements, i))) return undefined;
  const bytes = new Uint8Array(elements.length * PATTERN_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, { takes, others, least, most, flags }] of elements.entries()) {
    const at = i * PATTERN_BYTES;
    for (const [code, isTaken] of takes.entries()) if (isTaken) bytes[at + (code >> 3)]! |= 1 << (code & 7);
    bytes[at + OTHERS_AT] = others;
    bytes[at + FLAGS_AT] = flags;
    view.setUint32(at + LEAST_AT, least, true);
    view.setUint32(at + MOST_AT, most, true);
  }
  return bytes;
}

/** True if no character of a run could be taken by what follows, or what follows matches whatever is there. */
function neverGivesBack(elements: readonly Element[], i: number): boolean {
  const { least, most, others, takes } = elements[i]!;
  if (least === most) return true;
  const rest = elements.slice(i + 1);
  const required = rest.findIndex((element) => element.least > 0);
  const isFree = required < 0 && !elements.slice(i).some(({ flags }) => (flags & TEXT_ENDS) !== 0);
  if (isFree) return true;
  const next = required < 0 ? rest : rest.slice(0, required + 1);
  return next.every(
    (element) =>
      !element.takes.some((isTaken, code) => isTaken && takes[code]) &&
      (element.others === TAKES_NONE || others === TAKES_NONE),
  );
}

/** Characters other than ASCII count as several bytes, and some of them are white space. */
const KINDS: Readonly<Record<string, Pick<Element, 'takes' | 'others'>>> = {
  d: setOf((c) => /\d/.test(c), TAKES_NONE),
  w: setOf((c) => /\w/.test(c), TAKES_NONE),
  s: setOf((c) => /\s/.test(c), TAKES_SOME),
  D: setOf((c) => /\D/.test(c), TAKES_ALL),
  W: setOf((c) => /\W/.test(c), TAKES_ALL),
  S: setOf((c) => /\S/.test(c), TAKES_SOME),
};
const ANY = setOf((c) => /./.test(c), TAKES_SOME);

function setOf(takes: (character: string) => boolean, others: number): Pick<Element, 'takes' | 'others'> {
  return { takes: Array.from({ length: ASCII }, (_, code) => takes(String.fromCharCode(code))), others };
}

const TOKEN =
  /(?<open>\((?!\?))|(?<ahead>\(\?=)|(?<close>\))|(?<end>\$)|(?<atom>\[\^?(?:\\.|[^\\\]])+\]|\\.|[^\\^$.*+?()[\]{}|]|\.)(?<times>[*+?]|\{\d+(?:,\d*)?\})?(?![?+*])/suy;

/** Undefined for a pattern with anything but elements, one group of them, and one element at its end that is only looked at. */
function elementsOf({ source, flags }: RegExp): readonly Element[] | undefined {
  if (!source.startsWith('^') || flags.replace('u', '') !== '') return undefined;
  const reader = new ElementReader();
  TOKEN.lastIndex = 1;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source)?.groups;
    if (!token || !reader.take(token)) return undefined;
  }
  return reader.isComplete ? reader.elements : undefined;
}

class ElementReader {
  readonly elements: Element[] = [];
  private open: 'group' | 'ahead' | undefined;
  /** Flags of the next element. */
  private flags = 0;
  private hasGroup = false;
  private isOver = false;

  get isComplete(): boolean {
    return !this.open && this.elements.length > 0;
  }

  /** False for what does not belong where it stands. */
  take({ open, ahead, close, end, atom, times }: Readonly<Record<string, string | undefined>>): boolean {
    if (this.isOver) return false;
    if (open !== undefined || ahead !== undefined) return this.begin(open === undefined ? 'ahead' : 'group');
    if (close !== undefined) return this.close();
    if (end !== undefined) return this.end();
    return atom !== undefined && this.add(elementOf(atom, times));
  }

  private begin(open: 'group' | 'ahead'): boolean {
    if (this.open || (open === 'group' && this.hasGroup)) return false;
    this.open = open;
    this.hasGroup ||= open === 'group';
    this.flags = open === 'group' ? GROUP_BEGINS : LOOKS_AHEAD;
    return true;
  }

  private close(): boolean {
    const last = this.elements.at(-1);
    if (!this.open || this.flags !== 0 || !last) return false;
    if (this.open === 'group') last.flags |= GROUP_ENDS;
    else this.isOver = true;
    this.open = undefined;
    return true;
  }

  private end(): boolean {
    const last = this.elements.at(-1);
    if (!last || this.open) return false;
    last.flags |= TEXT_ENDS;
    this.isOver = true;
    return true;
  }

  private add(element: Element | undefined): boolean {
    // What is only looked at has to be one element: the place behind it is the one before it.
    if (!element || (this.open === 'ahead' && this.flags === 0)) return false;
    this.elements.push({ ...element, flags: this.flags });
    this.flags = 0;
    return true;
  }
}

function elementOf(atom: string, times: string | undefined): Element | undefined {
  const set = setOfAtom(atom);
  const [least, most] = rangeOf(times);
  // How many characters are in bytes of other ones than ASCII is not counted.
  const isCounted = most !== AS_MANY_AS_THERE_ARE || least > 1;
  return (
    set && { ...set, others: isCounted && set.others === TAKES_ALL ? TAKES_SOME : set.others, least, most, flags: 0 }
  );
}

function rangeOf(times = '{1}'): [least: number, most: number] {
  if (times === '?') return [0, 1];
  if (times === '*') return [0, AS_MANY_AS_THERE_ARE];
  if (times === '+') return [1, AS_MANY_AS_THERE_ARE];
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(times)!;
  const from = Number(least);
  return [from, comma === '' ? from : most === '' ? AS_MANY_AS_THERE_ARE : Number(most)];
}

function setOfAtom(atom: string): Pick<Element, 'takes' | 'others'> | undefined {
  if (atom === '.') return ANY;
  if (atom.startsWith('\\')) {
    const kind = KINDS[atom[1]!];
    if (kind) return kind;
    return /[A-Za-z0-9]/.test(atom[1]!) ? undefined : only(atom[1]!);
  }
  if (!atom.startsWith('[')) return only(atom);
  if (/\\[^dws\]\\/.-]/.test(atom) || /[^\x20-\x7e]/.test(atom)) return undefined;
  const compiled = new RegExp(atom, 'u');
  const isNegated = atom.startsWith('[^');
  const others = atom.includes('\\s') ? TAKES_SOME : isNegated ? TAKES_ALL : TAKES_NONE;
  return setOf((c) => compiled.test(c), others);
}

function only(character: string): Pick<Element, 'takes' | 'others'> | undefined {
  return character.charCodeAt(0) < ASCII ? setOf((c) => c === character, TAKES_NONE) : undefined;
}
