/** Charts in PDF: the shapes that `svg.ts` writes, read back from its text. */
import { COLOURS, colourOf } from './colours.ts';
import type { Ink } from './ink.ts';
import type { Typesetter } from './typesetter.ts';

const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;
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
  ink: Ink,
  typesetter: Typesetter,
  { picture, x, y, width }: { picture: string; x: number; y: number; width: number },
): void {
  const scale = width / sizeOf(picture).whole;
  for (const [, kind, attributes, content = ''] of picture.matchAll(SHAPE)) {
    const given = new Map([...attributes!.matchAll(ATTRIBUTE)].map(([, name, value]) => [name, value]));
    const of = (name: string) => given.get(name) ?? '';
    const at = (name: string) => Number(of(name)) * scale;
    const colour = colourOf(of('class'));
    if (kind === 'rect') ink.rect(x + at('x'), y + at('y'), at('width'), at('height'), colour);
    if (kind === 'line') ink.line([x + at('x1'), y + at('y1')], [x + at('x2'), y + at('y2')], 0.6, colour);
    if (kind === 'text') {
      const size = Math.min(12 * scale, 8);
      const weight = of('class') === 'value' ? 'bold' : 'regular';
      const shown = typesetter.shown(unescaped(content), weight);
      const left = of('text-anchor') === 'end' ? at('x') - typesetter.width(shown, size, weight) : at('x');
      const tone = of('class') === 'dim' ? COLOURS.dim : COLOURS.ink;
      typesetter.draw(ink, shown, x + left, y + at('y') - size, { size, weight, colour: tone });
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!);
}
