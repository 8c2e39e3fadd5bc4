/** Text of any script as lines of glyphs that a font has. */
import type { Font } from 'fontkit';
import { printable } from '../../safeText.ts';
import { type Ink, type PageFont, type Piece, points } from './ink.ts';
import type { Pdf, PdfTools, Weight } from './tools.ts';
import { USUAL, UsualLetters } from './usualLetters.ts';

/** Scripts that are written from right to left, with the blanks between their words. */
const LEFT_TO_RIGHT = /^[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*$/;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?: +[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*/gu;

/** Places at which a line may end: behind a blank, and behind each character of a script without blanks. */
const BREAKS = /(?<= )|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

/** `other`: position of the font that has the text, where it is not that of the weight. */
type Run = { readonly text: string; readonly isReversed: boolean; readonly other?: number };
type Style = { readonly size: number; readonly weight: Weight; readonly colour: string };

/** Measures and draws with the same fonts in one file after the other. */
export class Typesetter {
  /** True once a text had characters that the fonts lack. */
  lacksGlyphs = false;
  private readonly fonts: Readonly<Record<Weight, Font>>;
  private readonly others: readonly Font[];
  private readonly usual: Readonly<Record<Weight, UsualLetters>>;
  /** Fonts of the file that is drawn. */
  private file: (Record<Weight, FileFont> & { readonly others: readonly FileFont[] }) | undefined;

  constructor({ regular, bold, others }: Pick<PdfTools, Weight | 'others'>) {
    this.fonts = { regular, bold };
    this.usual = { regular: new UsualLetters(regular), bold: new UsualLetters(bold) };
    this.others = others;
  }

  /** Begins a file. Both weights hold the usual letters, so that most files have the same subset. */
  register(pdf: Pdf): void {
    const opened = (name: string, font: Font): FileFont => {
      pdf.registerFont(name, font as unknown as string).font(name);
      return (pdf as unknown as { readonly _font: FileFont })._font;
    };
    const [regular, bold] = [opened('regular', this.fonts.regular), opened('bold', this.fonts.bold)];
    for (const own of [regular, bold]) own.encode(USUAL);
    this.file = { regular, bold, others: this.others.map((font, i) => opened(`other-${i}`, font)) };
  }

  /**
   * The text with a stand-in for each character that the font lacks: `[U+4E2D U+56FD]`. Characters that are not seen are
   * written out, so that nothing in a name acts on the file or hides.
   */
  shown(text: string, weight: Weight): string {
    const safe = printable(text);
    const font = this.fonts[weight];
    if (PLAIN.test(safe)) return safe;
    let shown = '';
    let missing: string[] = [];
    const flush = () => {
      if (missing.length > 0) shown += `[${missing.join(' ')}]`;
      missing = [];
    };
    for (const char of safe) {
      const code = char.codePointAt(0)!;
      if (font.hasGlyphForCodePoint(code) || this.otherWith(code) !== undefined) {
        flush();
        shown += char;
      } else if (char === '\u202f') {
        flush();
        shown += '\u00a0';
      } else {
        this.lacksGlyphs = true;
        missing.push(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
      }
    }
    flush();
    return shown;
  }

  /** Width in points of a text that {@link shown} has passed. */
  width(text: string, size: number, weight: Weight): number {
    const usual = this.usual[weight].width(text);
    if (usual !== undefined) return (usual * size) / this.fonts[weight].unitsPerEm;
    let units = 0;
    for (const run of this.runsOf(text, weight))
      for (const word of wordsOf(run)) units += this.unitsOf(word, run, weight);
    return (units * size) / this.fonts[weight].unitsPerEm;
  }

  /** Lines that are at most `width` points wide. A word that is wider is cut. */
  wrap(text: string, { size, weight, width }: { size: number; weight: Weight; width: number }): string[] {
    if (!text.includes('\n') && this.width(text, size, weight) <= width) return [text];
    const lines: string[] = [];
    for (const paragraph of text.split('\n')) {
      let line = '';
      for (const word of paragraph.split(BREAKS)) {
        if (this.width((line + word).trimEnd(), size, weight) <= width) line += word;
        else {
          if (line !== '') lines.push(line.trimEnd());
          line = this.cut(word, { size, weight, width }, lines);
        }
      }
      lines.push(line.trimEnd());
    }
    return lines;
  }

  /** Draws one line from `x` on, whose letters reach from `y` down. */
  draw(ink: Ink, text: string, x: number, y: number, { size, weight, colour }: Style): void {
    if (text === '') return;
    // Letters of all fonts stand on one line.
    const baseline = y + (this.fonts[weight].ascent * size) / this.fonts[weight].unitsPerEm;
    const runs = this.runsOf(text, weight);
    let at = x;
    for (const run of runs) {
      const font = run.other === undefined ? this.file![weight] : this.file!.others[run.other]!;
      ink.text(this.piecesOf(run, weight, font), { x: at, y: baseline, font, size, colour });
      if (runs.length > 1) at += this.width(run.text, size, weight);
    }
  }

  private piecesOf(run: Run, weight: Weight, font: FileFont): readonly Piece[] {
    const usual = this.usual[weight];
    if (run.other === undefined && usual.width(run.text) !== undefined)
      return [{ right: 0, up: 0, operand: usual.operand(run.text) }];
    const pieces: Piece[] = [];
    let right = 0;
    for (const word of wordsOf(run)) {
      const isUsual = run.other === undefined && usual.width(word) !== undefined;
      // With features a text is laid out as a whole, which turns the words of a script from right to left around.
      const own = isUsual
        ? [{ right: 0, up: 0, operand: usual.operand(word) }]
        : placed(...font.encode(word, run.isReversed ? [] : undefined));
      for (const piece of own) pieces.push({ ...piece, right: right + piece.right });
      right += (this.unitsOf(word, run, weight) * 1000) / this.fonts[weight].unitsPerEm;
    }
    return pieces;
  }

  /** Puts the lines of a word that is too wide into `lines`; gives the rest of it. */
  private cut(word: string, box: { size: number; weight: Weight; width: number }, lines: string[]): string {
    let rest = word;
    while (this.width(rest.trimEnd(), box.size, box.weight) > box.width) {
      const chars = [...rest];
      let [low, high] = [1, chars.length];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.width(chars.slice(0, middle).join(''), box.size, box.weight) <= box.width) low = middle;
        else high = middle - 1;
      }
      lines.push(chars.slice(0, low).join(''));
      rest = chars.slice(low).join('');
    }
    return rest;
  }

  /** Position of the first font that has a character which those of the weights lack. */
  private otherWith(code: number): number | undefined {
    const i = this.others.findIndex((font) => font.hasGlyphForCodePoint(code));
    return i < 0 ? undefined : i;
  }

  private runsOf(text: string, weight: Weight): Run[] {
    const runs = directedRuns(text);
    if (this.others.length === 0 || PLAIN.test(text)) return runs;
    return runs.flatMap((run) => this.splitByFont(run, this.fonts[weight]));
  }

  private splitByFont({ text, isReversed }: Run, font: Font): Run[] {
    const parts: { text: string; other: number | undefined }[] = [];
    for (const char of text) {
      const code = char.codePointAt(0)!;
      const other = font.hasGlyphForCodePoint(code) ? undefined : this.otherWith(code);
      const last = parts.at(-1);
      if (last && last.other === other) last.text += char;
      else parts.push({ text: char, other });
    }
    const ordered = isReversed ? parts.reverse() : parts;
    return ordered.map(({ text: own, other }) => ({ text: own, isReversed, ...(other !== undefined && { other }) }));
  }

  /** Width of a word of the run, in units of the font of the weight. */
  private unitsOf(word: string, { other }: Run, weight: Weight): number {
    const own = this.fonts[weight];
    if (other !== undefined) {
      const font = this.others[other]!;
      return (font.layout(word).advanceWidth * own.unitsPerEm) / font.unitsPerEm;
    }
    return this.usual[weight].width(word) ?? own.layout(word).advanceWidth;
  }
}

/** A font of a document of pdfkit. */
type FileFont = PageFont & {
  /** Glyphs of a text, which the file then holds: their numbers in it, and how they stand, in thousandths of the size. */
  encode(text: string, features?: readonly string[]): [codes: readonly string[], positions: readonly Position[]];
};
type Position = {
  readonly xAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
  /** Of the glyph by itself. */
  readonly advanceWidth: number;
};

/** Glyphs beside each other, in as many pieces as some stand apart. */
function placed(codes: readonly string[], positions: readonly Position[]): Piece[] {
  const pieces: Piece[] = [];
  let [operand, begin, right] = ['', 0, 0];
  const flush = () => {
    if (operand !== '') pieces.push({ right: begin, up: 0, operand });
    operand = '';
  };
  for (const [i, { xAdvance, xOffset, yOffset, advanceWidth }] of positions.entries()) {
    if (xOffset !== 0 || yOffset !== 0) {
      flush();
      pieces.push({ right: right + xOffset, up: yOffset, operand: `<${codes[i]}>` });
    } else {
      if (operand === '') begin = right;
      const closer = advanceWidth - xAdvance;
      operand += closer === 0 ? `<${codes[i]}>` : `<${codes[i]}>${points(closer)}`;
    }
    right += xAdvance;
  }
  flush();
  return pieces;
}

/** Words are laid out one by one, but for those of a script from right to left. */
function wordsOf({ text, isReversed }: Run): string[] {
  return isReversed ? [text] : text.split(/(?<= )/);
}

/** Texts that the fonts have for certain, and that nothing hides in. */
const PLAIN = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u017f]*$/;

function directedRuns(text: string): Run[] {
  if (LEFT_TO_RIGHT.test(text)) return [{ text, isReversed: false }];
  const runs: Run[] = [];
  let last = 0;
  for (const { 0: found, index } of text.matchAll(RIGHT_TO_LEFT)) {
    if (index > last) runs.push({ text: text.slice(last, index), isReversed: false });
    runs.push(...reversedRuns(found));
    last = index + found.length;
  }
  if (last < text.length) runs.push({ text: text.slice(last), isReversed: false });
  return runs;
}

/** From left to right as they stand on paper: the last words first, and in between numbers, which are read as ours are. */
function reversedRuns(text: string): Run[] {
  const parts = text.split(EASTERN_NUMBERS).filter((part) => part !== '');
  return parts.reverse().map((part) => ({ text: part, isReversed: !isEasternNumber(part) }));
}

const EASTERN_NUMBERS = /([\u0660-\u0669\u06f0-\u06f9]+)/;

function isEasternNumber(text: string): boolean {
  return /^[\u0660-\u0669\u06f0-\u06f9]/.test(text);
}
