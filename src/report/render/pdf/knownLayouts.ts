import type { Font, GlyphRun } from 'fontkit';

/** Words that are kept; a run of many invoices has most of its words again and again. */
const MOST = 20_000;

/**
 * The font with its layouts kept: looking up how the letters of a word stand takes most of the time that a PDF takes.
 * pdfkit scales the positions that it gets in place, so each call has its own.
 */
export function withKnownLayouts(font: Font): Font {
  const known = new Map<string, GlyphRun>();
  const layout = (text: string, features?: string[]): GlyphRun => {
    const key = features ? `\n${features.join()}\n${text}` : text;
    let run = known.get(key);
    if (!run) {
      if (known.size >= MOST) known.clear();
      run = font.layout(text, features);
      known.set(key, run);
    }
    const { glyphs, advanceWidth } = run;
    const positions = run.positions.map(({ xAdvance, yAdvance, xOffset, yOffset }) => ({
      xAdvance,
      yAdvance,
      xOffset,
      yOffset,
    }));
    return { glyphs, advanceWidth, positions } as GlyphRun;
  };
  return Object.create(font, { layout: { value: layout } }) as Font;
}
