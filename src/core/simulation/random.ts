/**
 * Random numbers that depend on nothing but their key: seed and names in, the same stream out on every machine.
 *
 * sfc32 seeded by a 128-bit string hash; integer operations only.
 */

/** A stream of uniforms in (0, 1), keyed by any texts and numbers. */
export class RandomStream {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(...key: readonly (string | number)[]) {
    const [a, b, c, d] = hash128(key.join('\u0000'));
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    for (let i = 0; i < 12; i++) this.next32(); // the hash's bits reach every word of the state
  }

  /** Uniform over the integers 0 … 2³² − 1. */
  next32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    this.c |= 0;
    return t >>> 0;
  }

  /** Uniform, neither 0 nor 1. */
  next(): number {
    return (this.next32() + 0.5) / 4_294_967_296;
  }
}

/** Poisson with mean 1 from one 32-bit uniform, by inverting its distribution function. */
export function poissonOne(uniform: number): number {
  let k = 0;
  while (k < POISSON_ONE.length && uniform >= POISSON_ONE[k]!) k++;
  return k;
}

/**
 * The standard normal variable below which a share of all lie; 0 < share < 1. Acklam's rational approximation, relative error
 * below 1.2e-9 (P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function", 2003).
 */
export function normalQuantile(share: number): number {
  const { central, centralUnder, tail, tailUnder } = NORMAL;
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share >= TAIL) {
    const q = share - 0.5;
    return (q * polynomial(central, q * q)) / polynomial(centralUnder, q * q);
  }
  const q = Math.sqrt(-2 * Math.log(share));
  return polynomial(tail, q) / polynomial(tailUnder, q);
}

/**
 * The share of a standard normal variable below `x`, within 1e-7 (M. Abramowitz & I. A. Stegun, Handbook of Mathematical Functions,
 * 26.2.17).
 */
export function normalShare(x: number): number {
  if (x > 0) return 1 - normalShare(-x);
  const t = 1 / (1 - 0.2316419 * x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  return density * t * polynomial(NORMAL_SHARE, t);
}

/** Coefficients, of the highest power first. */
const NORMAL_SHARE = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153] as const;

const TAIL = 0.02425;
/** Coefficients, of the highest power first. */
const NORMAL = {
  central: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  centralUnder: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
  ],
  tail: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  tailUnder: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
} as const;

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/** P(X ≤ k) × 2³² for a Poisson variable of mean 1. */
const POISSON_ONE: readonly number[] = (() => {
  const bounds: number[] = [];
  let [term, sum] = [1 / Math.E, 0];
  for (let k = 0; k < 13; k++) {
    sum += term;
    bounds.push(Math.floor(sum * 4_294_967_296));
    term /= k + 1;
  }
  return bounds;
})();

/** 128 bits of a text (cyrb128): four words, each reached by every character. */
export function hash128(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  return [h1 >>> 0, (h2 ^ h1) >>> 0, (h3 ^ h1) >>> 0, (h4 ^ h1) >>> 0];
}

/** A short hash for reports: 16 hexadecimal digits. */
export function shortHash(text: string): string {
  return hash128(text)
    .slice(0, 2)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}
