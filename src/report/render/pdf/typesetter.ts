/** Text of any script as lines of glyphs that a font has. */
import type { Font } from 'fontkit';
import { printable } from '../../safeText.ts';
import type { Pdf, PdfTools, Weight } from './tools.ts';

/** Scripts that are written from right to left, with the blanks between their words. */
const LEFT_TO_RIGHT = /^[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*$/;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?: +[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*/gu;

/** Places at which a line may end: behind a blank, and behind each character of a script without blanks. */
const BREAKS = /(?<= )|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

/** `other`: position of the font that has the text, where it is not that of the weight. */
type Run = { readonly text: string; readonly isReversed: boolean; readonly other?: number };
type Style = { readonly size: number; readonly weight: Weight; readonly colour: string };

/** Measured words that are kept; a run of many invoices has most of its words again and again. */
const MOST_WORDS = 50_000;

/** Measures and draws with the same fonts in one file after the other. */
export class Typesetter {
  /** True once a text had characters that the fonts lack. */
  lacksGlyphs = false;
  private readonly fonts: Readonly<Record<Weight, Font>>;
  private readonly others: readonly Font[];
  private readonly widths: Readonly<Record<Weight, Map<string, number>>> = { regular: new Map(), bold: new Map() };

  constructor({ regular, bold, others }: Pick<PdfTools, Weight | 'others'>) {
    this.fonts = { regular, bold };
    this.others = others;
  }

  /** Names the fonts in a new file by their weights. Each holds the usual letters, so that most files have the same subset. */
  register(pdf: Pdf): void {
    for (const [weight, font] of Object.entries(this.fonts)) {
      pdf.registerFont(weight, font as unknown as string).font(weight);
      (pdf as unknown as WithFont)._font.encode(USUAL);
    }
    for (const [i, font] of this.others.entries()) pdf.registerFont(nameOf(i), font as unknown as string);
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
    const known = this.widths[weight].get(text);
    if (known !== undefined) return (known * size) / this.fonts[weight].unitsPerEm;
    let units = 0;
    for (const run of this.runsOf(text, weight)) {
      if (run.other !== undefined) units += this.unitsOfOther(run.text, run.other, weight);
      else
        for (const word of run.isReversed ? [run.text] : run.text.split(/(?<= )/)) units += this.unitsOf(word, weight);
    }
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

  /** Draws one line whose baseline box begins at `y`; gives its width. */
  draw(pdf: Pdf, text: string, x: number, y: number, { size, weight, colour }: Style): void {
    pdf.font(weight).fontSize(size).fillColor(colour);
    let at = x;
    for (const run of this.runsOf(text, weight)) {
      if (run.other !== undefined) {
        // Letters of all fonts stand on one line.
        const down = (ascentOf(this.fonts[weight]) - ascentOf(this.others[run.other]!)) * size;
        pdf.font(nameOf(run.other)).text(run.text, at, y + down, { lineBreak: false });
        pdf.font(weight);
        at += this.width(run.text, size, weight);
        continue;
      }
      // With features a text is laid out as a whole, which turns the words of a script from right to left around.
      pdf.text(run.text, at, y, { lineBreak: false, ...(run.isReversed && { features: [] }) });
      at += this.width(run.text, size, weight);
    }
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

  /** Width in units of the font of the weight. */
  private unitsOfOther(text: string, other: number, weight: Weight): number {
    const font = this.others[other]!;
    return (font.layout(text).advanceWidth * this.fonts[weight].unitsPerEm) / font.unitsPerEm;
  }

  private unitsOf(word: string, weight: Weight): number {
    const known = this.widths[weight];
    const width = known.get(word);
    if (width !== undefined) return width;
    if (known.size >= MOST_WORDS) known.clear();
    const units = this.fonts[weight].layout(word).advanceWidth;
    known.set(word, units);
    return units;
  }
}

/** The font of a document of pdfkit that {@link Typesetter.register} has named last. */
type WithFont = { readonly _font: { encode(text: string): unknown } };

/** Printable ASCII, and signs of arithmetic; a blank within would divide it into words. */
const USUAL = `${Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('')}×÷−–·…→\u00a0`;

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

function nameOf(other: number): string {
  return `other-${other}`;
}

function ascentOf({ ascent, unitsPerEm }: Font): number {
  return ascent / unitsPerEm;
}
