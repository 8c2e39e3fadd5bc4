/** Charts in PDF: the shapes that `svg.ts` writes, read back from its text. */
import { COLOURS, colourOf } from './colours.ts';
import type { Pdf } from './tools.ts';
import type { Typesetter } from './typesetter.ts';

const SHAPE = /<(rect|line|text|path)([^>]*)>(?:([^<]*)<\/text>)?/g;

/** Height in points of a picture that is `width` points wide. */
export function pictureHeight(picture: string, width: number): number {
  const { whole, height } = sizeOf(picture);
  return (height * width) / whole;
}

function sizeOf(picture: string): { whole: number; height: number } {
  const [, whole, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(picture)!;
  return { whole: Number(whole), height: Number(height) };
}

export function drawPicture(
  pdf: Pdf,
  typesetter: Typesetter,
  { picture, x, y, width }: { picture: string; x: number; y: number; width: number },
): void {
  const scale = width / sizeOf(picture).whole;
  for (const [, kind, attributes, content = ''] of picture.matchAll(SHAPE)) {
    const of = (name: string) => new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes!)?.[1] ?? '';
    const at = (name: string) => Number(of(name)) * scale;
    const colour = colourOf(of('class'));
    if (kind === 'rect') pdf.rect(x + at('x'), y + at('y'), at('width'), at('height')).fill(colour);
    if (kind === 'line')
      pdf
        .lineWidth(0.6)
        .moveTo(x + at('x1'), y + at('y1'))
        .lineTo(x + at('x2'), y + at('y2'))
        .stroke(colour);
    if (kind === 'text') {
      const size = Math.min(12 * scale, 8);
      const weight = of('class') === 'value' ? 'bold' : 'regular';
      const shown = typesetter.shown(unescaped(content), weight);
      const left = of('text-anchor') === 'end' ? at('x') - typesetter.width(shown, size, weight) : at('x');
      const tone = of('class') === 'dim' ? COLOURS.dim : COLOURS.ink;
      typesetter.draw(pdf, shown, x + left, y + at('y') - size, { size, weight, colour: tone });
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!);
}
