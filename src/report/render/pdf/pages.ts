/** Pages of one document in a PDF, filled from top to bottom. All measures are points (1/72 inch). */
import { COLOURS } from './colours.ts';
import type { Ink } from './ink.ts';
import type { Pdf, Weight } from './tools.ts';
import type { Typesetter } from './typesetter.ts';

/** A4. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = { side: 50, top: 48, bottom: 66 };
const LEADING = 1.35;

export type WriteStyle = { readonly size: number; readonly weight?: Weight; readonly colour?: string };

export class PdfSheet {
  readonly pdf: Pdf;
  readonly ink: Ink;
  readonly typesetter: Typesetter;
  readonly left = MARGIN.side;
  readonly width = PAGE.width - 2 * MARGIN.side;
  /** Top of what comes next. */
  y = MARGIN.top;
  pages = 0;

  constructor(pdf: Pdf, ink: Ink, typesetter: Typesetter) {
    this.pdf = pdf;
    this.ink = ink;
    this.typesetter = typesetter;
    this.turn();
  }

  /** Begins a page. */
  turn(): void {
    this.pdf.addPage({ size: [PAGE.width, PAGE.height], margin: 0 });
    this.pages++;
    this.y = MARGIN.top;
  }

  /** Points that are left on the page. */
  get room(): number {
    return PAGE.height - MARGIN.bottom - this.y;
  }

  /** Begins a page unless so much fits on this one. What fits on no page begins on this one. */
  keep(height: number): boolean {
    if (height <= this.room || this.y === MARGIN.top) return false;
    this.turn();
    return true;
  }

  space(height: number): void {
    this.y += height;
  }

  lines(
    text: string,
    { size, weight = 'regular', width = this.width }: WriteStyle & { readonly width?: number },
  ): string[] {
    return this.typesetter.wrap(this.typesetter.shown(text, weight), { size, weight, width });
  }

  /** A paragraph over the whole width; it goes on on the next page. */
  write(text: string, style: WriteStyle): void {
    for (const line of this.lines(text, style)) {
      this.keep(style.size * LEADING);
      this.at(line, this.left, this.y, style);
      this.y += style.size * LEADING;
    }
  }

  /** One line that {@link lines} has given, at a place. */
  at(line: string, x: number, y: number, { size, weight = 'regular', colour = COLOURS.ink }: WriteStyle): void {
    this.typesetter.draw(this.ink, line, x, y, { size, weight, colour });
  }

  /** One line that ends at `right`. */
  endingAt(line: string, right: number, y: number, style: WriteStyle): void {
    this.at(line, right - this.typesetter.width(line, style.size, style.weight ?? 'regular'), y, style);
  }

  rule(y: number, colour: string = COLOURS.rule, thickness = 0.6): void {
    this.ink.line([this.left, y], [this.left + this.width, y], thickness, colour);
  }

  /** Draws on the foot of each page: `lines` in the middle, the text of the page at the right. */
  finish(lines: readonly string[], pageText: (page: number) => string): void {
    const { start, count } = this.pdf.bufferedPageRange();
    const style = { size: 7, colour: COLOURS.dim };
    for (let page = 0; page < this.pages; page++) {
      this.pdf.switchToPage(start + count - this.pages + page);
      let y = PAGE.height - MARGIN.bottom + 20;
      this.rule(y - 6);
      const shown = this.lines(pageText(page + 1), { ...style, width: 90 })[0]!;
      this.endingAt(shown, this.left + this.width, y, style);
      for (const text of lines) {
        const [line = '', more] = this.lines(text, { ...style, width: this.width - 100 });
        this.at(more === undefined ? line : `${line} …`, this.left, y, style);
        y += style.size * LEADING;
      }
    }
  }
}
