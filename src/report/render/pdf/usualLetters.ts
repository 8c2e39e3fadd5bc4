/**
 * Widths and glyphs of texts in usual letters, pair by pair: a font's kerning depends on two neighbours alone. Laying out
 * each word by itself took a third of the time of a file, since figures and hashes are new in each.
 */
import type { Font } from 'fontkit';
import { points } from './ink.ts';

/** Printable ASCII, signs of arithmetic, a blank that does not break. Each file holds them first, so that most have the same subset. */
export const USUAL = `${Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join('')}×÷−–·…→\u00a0`;

const COUNT = USUAL.length;
/** Position in {@link USUAL} by code unit; -1: it is not there. */
const PLACES = new Int16Array(0x2200).fill(-1);
for (let i = 0; i < COUNT; i++) PLACES[USUAL.charCodeAt(i)] = i;

/** Not yet looked up. */
const UNKNOWN = -1;
/** Two letters that become one, or move: their word is laid out as a whole. */
const JOINED = -2;

export class UsualLetters {
  private readonly font: Font;
  /** Advance of each letter by itself, in units of the font. */
  private readonly alone: Int32Array;
  /** Advance of a letter before another one, or UNKNOWN or JOINED. */
  private readonly beside = new Int32Array(COUNT * COUNT).fill(UNKNOWN);
  /** Numbers of their glyphs in a file, four hexadecimal digits each. */
  private readonly codes: readonly string[];

  constructor(font: Font) {
    this.font = font;
    const glyphs = Array.from(USUAL, (letter) => font.glyphForCodePoint(letter.charCodeAt(0)));
    this.alone = Int32Array.from(glyphs, ({ advanceWidth }) => advanceWidth);
    // A subset counts its glyphs in the order in which they come; 0 is the sign for none.
    const order = [...new Set(glyphs.map(({ id }) => id))];
    this.codes = glyphs.map(({ id }) => (order.indexOf(id) + 1).toString(16).padStart(4, '0'));
  }

  /** Width in units of the font; undefined: the text has other letters, or some that become one. */
  width(text: string): number | undefined {
    let width = 0;
    let before = -1;
    for (let i = 0; i < text.length; i++) {
      const place = PLACES[text.charCodeAt(i)];
      if (place === undefined || place < 0) return undefined;
      if (before >= 0) {
        const advance = this.advance(before, place);
        if (advance === JOINED) return undefined;
        width += advance;
      }
      before = place;
    }
    return before < 0 ? 0 : width + this.alone[before]!;
  }

  /** Operand of TJ without its brackets, for a text that has a {@link width}. */
  operand(text: string): string {
    const scale = 1000 / this.font.unitsPerEm;
    let operand = '<';
    let before = -1;
    for (let i = 0; i < text.length; i++) {
      const place = PLACES[text.charCodeAt(i)]!;
      if (before >= 0) {
        const closer = this.alone[before]! - this.advance(before, place);
        if (closer !== 0) operand += `>${points(closer * scale)}<`;
      }
      operand += this.codes[place];
      before = place;
    }
    return `${operand}>`;
  }

  private advance(before: number, place: number): number {
    const pair = before * COUNT + place;
    const known = this.beside[pair]!;
    if (known !== UNKNOWN) return known;
    const advance = this.lookUp(USUAL[before]!, USUAL[place]!);
    this.beside[pair] = advance;
    return advance;
  }

  /** Latin, whatever the two are: digits would else be laid out as of no script, and beside a letter as Latin. */
  private lookUp(first: string, second: string): number {
    const { glyphs, positions } = this.font.layout(first + second, undefined, 'latn');
    const own = [first, second].map((letter) => this.font.glyphForCodePoint(letter.charCodeAt(0)));
    const isJoined =
      glyphs.length !== 2 ||
      glyphs.some(({ id }, i) => id !== own[i]!.id) ||
      positions.some(({ xOffset, yOffset }) => xOffset !== 0 || yOffset !== 0) ||
      positions[1]!.xAdvance !== own[1]!.advanceWidth;
    return isJoined ? JOINED : positions[0]!.xAdvance;
  }
}
