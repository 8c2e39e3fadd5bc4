/**
 * Marks on the pages of one file, as operators of PDF. All measures are points from the top left corner of the page. They are
 * gathered and written once for each page: pdfkit turns each operator into bytes by itself, and sets font and colour anew for
 * each text, which takes ten times as long.
 */
import type { Pdf } from './tools.ts';

/** A part of a text in one font. `right`, `up`: where it begins, in thousandths of the size from the beginning of the text. */
export type Piece = {
  readonly right: number;
  readonly up: number;
  /** Operand of TJ without its brackets. */
  readonly operand: string;
};

/** A font of a file, as pages name it. */
export type PageFont = { readonly id: string; ref(): unknown };

type Page = { readonly fonts: Record<string, unknown>; write(bytes: Uint8Array): void };

/** State of a page's graphics, which stays until it is changed. */
type Marks = {
  readonly operators: string[];
  fill?: string;
  stroke?: string;
  thickness?: number;
  font?: string;
};

export class Ink {
  private readonly pdf: Pdf;
  private readonly marks = new Map<Page, Marks>();

  constructor(pdf: Pdf) {
    this.pdf = pdf;
  }

  rect(x: number, y: number, width: number, height: number, colour: string): void {
    const marks = this.here();
    fillWith(marks, colour);
    marks.operators.push(`${points(x)} ${points(y)} ${points(width)} ${points(height)} re f`);
  }

  line(from: readonly [number, number], to: readonly [number, number], thickness: number, colour: string): void {
    const marks = this.here();
    if (marks.thickness !== thickness) marks.operators.push(`${points(thickness)} w`);
    if (marks.stroke !== colour) marks.operators.push(`${rgb(colour)} RG`);
    marks.thickness = thickness;
    marks.stroke = colour;
    const [start, end] = [from, to].map(([x, y]) => `${points(x)} ${points(y)}`);
    marks.operators.push(`${start} m ${end} l S`);
  }

  /** A text whose baseline begins at `x` and `y`. */
  text(
    pieces: readonly Piece[],
    { x, y, font, size, colour }: { x: number; y: number; font: PageFont; size: number; colour: string },
  ): void {
    const marks = this.here();
    const { fonts } = this.page;
    fonts[font.id] ??= font.ref();
    fillWith(marks, colour);
    const chosen = `/${font.id} ${points(size)} Tf`;
    const setFont = marks.font === chosen ? '' : `${chosen} `;
    marks.font = chosen;
    // pdfkit turns the page upside down, so that y grows downwards: letters are turned back.
    const shown = pieces.map(({ right, up, operand }) => {
      const at = `${points(x + (right * size) / 1000)} ${points(y - (up * size) / 1000)}`;
      return `1 0 0 -1 ${at} Tm [${operand}] TJ`;
    });
    marks.operators.push(`BT ${setFont}${shown.join(' ')} ET`);
  }

  /** Puts everything on its pages. */
  end(): void {
    for (const [page, { operators }] of this.marks) page.write(Buffer.from(`${operators.join('\n')}\n`, 'latin1'));
    this.marks.clear();
  }

  private get page(): Page {
    return this.pdf.page as unknown as Page;
  }

  private here(): Marks {
    const known = this.marks.get(this.page);
    if (known) return known;
    const marks: Marks = { operators: [] };
    this.marks.set(this.page, marks);
    return marks;
  }
}

function fillWith(marks: Marks, colour: string): void {
  if (marks.fill !== colour) marks.operators.push(`${rgb(colour)} rg`);
  marks.fill = colour;
}

/** Three shares from 0 to 1, of `#rrggbb`. */
function rgb(colour: string): string {
  const known = KNOWN_COLOURS.get(colour);
  if (known !== undefined) return known;
  const shares = [1, 3, 5].map((at) => points(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  KNOWN_COLOURS.set(colour, shares.join(' '));
  return shares.join(' ');
}

const KNOWN_COLOURS = new Map<string, string>();

/** A number to a thousandth of a point. */
export function points(number: number): number {
  return Math.round(number * 1000) / 1000;
}
