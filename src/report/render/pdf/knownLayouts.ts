import type { Font, GlyphRun, Subset } from 'fontkit';

/** Words that are kept; a run of many invoices has most of its words again and again. */
const MOST = 20_000;

/** Encoded subsets that are kept: most files have the same letters. */
const MOST_SUBSETS = 200;

/**
 * The font with its layouts and encoded subsets kept: looking up how the letters of a word stand, and cutting out the
 * letters of a file, take most of the time that a PDF takes. pdfkit scales the positions that it gets in place, so each call
 * has its own.
 */
export function withKnownLayouts(font: Font): Font {
  const subsets = new Map<string, Uint8Array>();
  const known = new Map<string, GlyphRun>();
  const layout = (text: string, features?: string[], script?: string): GlyphRun => {
    if (script !== undefined) return font.layout(text, features, script);
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
  const createSubset = (): Subset => {
    const subset = font.createSubset() as Subset & { readonly glyphs: readonly number[] };
    const encode = subset.encode.bind(subset);
    subset.encode = () => {
      const key = subset.glyphs.join();
      let encoded = subsets.get(key);
      if (!encoded) {
        if (subsets.size >= MOST_SUBSETS) subsets.clear();
        encoded = encode();
        subsets.set(key, encoded);
      }
      return encoded;
    };
    return subset;
  };
  return Object.create(font, { layout: { value: layout }, createSubset: { value: createSubset } }) as Font;
}
