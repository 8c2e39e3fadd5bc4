/** The few shapes that the plots are made of, as SVG text. Colours are classes, so that they follow light and dark. */
import { htmlText } from './safeText.ts';

export type Plot = {
  readonly width: number;
  readonly height: number;
  /** Read out by a screen reader in place of the picture. */
  readonly title: string;
  readonly description: string;
};

export function svg({ width, height, title, description }: Plot, parts: readonly string[]): string {
  const label = `${htmlText(title)}. ${htmlText(description)}`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${parts.join('')}</svg>`;
}

export function text(
  x: number,
  y: number,
  content: string,
  { anchor = 'start', kind = '' }: { anchor?: 'start' | 'middle' | 'end'; kind?: string } = {},
): string {
  const end = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${at(x)}" y="${at(y)}"${end}${kind === '' ? '' : ` class="${kind}"`}>${htmlText(content)}</text>`;
}

/** `tip` shows when the pointer rests on it. */
export function bar(x: number, y: number, width: number, height: number, kind: string, tip: string): string {
  const [left, w] = width < 0 ? [x + width, -width] : [x, width];
  const shape = `x="${at(left)}" y="${at(y)}" width="${at(Math.max(w, 0.5))}" height="${at(Math.max(height, 0.5))}"`;
  return `<rect ${shape} class="${kind}"><title>${htmlText(tip)}</title></rect>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
}

export function path(points: readonly (readonly [number, number])[], kind: string, tip: string): string {
  const steps = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');
  return `<path d="${steps}" class="${kind}"><title>${htmlText(tip)}</title></path>`;
}

export function dot(x: number, y: number, kind: string, tip: string, radius = 3): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" class="${kind}"><title>${htmlText(tip)}</title></circle>`;
}

/** The marks of scenario `i` look different even without colours: see the style sheet. */
export function fill(i: number): string {
  return `f${i % 6}`;
}
export function stroke(i: number): string {
  return `s${i % 6}`;
}

/** From values to places: `low` is at `from`, `high` at `to`. */
export function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** Round numbers that divide a range into about `count` parts. */
export function ticks(low: number, high: number, count = 5): number[] {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step);
  return found;
}

function at(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Places for labels that are at least `gap` apart, as near as may be to where they belong. */
export function spread(places: readonly number[], gap: number): number[] {
  const order = places.map((place, i) => ({ place, i })).sort((a, b) => a.place - b.place);
  const result = [...places];
  let last = Number.NEGATIVE_INFINITY;
  for (const { place, i } of order) {
    last = Math.max(place, last + gap);
    result[i] = last;
  }
  return result;
}
