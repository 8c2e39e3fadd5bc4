/** Colours on paper, as in the style of pages. */
export const COLOURS = {
  ink: '#1c2126',
  dim: '#59636e',
  rule: '#d5dae0',
  accent: '#0072b2',
  warning: '#c4462b',
} as const;

const BY_CLASS: Readonly<Record<string, string>> = {
  f0: COLOURS.accent,
  f1: '#e69f00',
  track: '#e4e8ec',
  neutral: '#9aa4af',
  axis: COLOURS.dim,
};

/** The colour of a class that charts have; of any other, ink. */
export function colourOf(name: string): string {
  return BY_CLASS[name] ?? COLOURS.ink;
}
