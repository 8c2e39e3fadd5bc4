/** Numbers written as ASCII bytes, straight into place. Every function returns the position after what it wrote. */

const ZERO = 48;
const POINT = 46;

/** A whole number from 0 to below 10¹⁵. Beyond, splitting it in two could round up. */
export function writeWhole(out: Uint8Array, at: number, value: number): number {
  if (value < 1_000_000_000) return writeSmall(out, at, value | 0);
  const upper = Math.floor(value / 1e8);
  return writePadded(out, writeWhole(out, at, upper), value - upper * 1e8, 8);
}

function writeSmall(out: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let rest = (value / 10) | 0; rest > 0; rest = (rest / 10) | 0) end++;
  let rest = value;
  for (let p = end - 1; p >= at; p--) {
    const shorter = (rest / 10) | 0;
    out[p] = ZERO + rest - shorter * 10;
    rest = shorter;
  }
  return end;
}

/** A whole number with leading zeros to `width` digits; below 10^`width` and below 2³¹. */
export function writePadded(out: Uint8Array, at: number, value: number, width: number): number {
  let rest = value | 0;
  for (let p = at + width - 1; p >= at; p--) {
    const shorter = (rest / 10) | 0;
    out[p] = ZERO + rest - shorter * 10;
    rest = shorter;
  }
  return at + width;
}

/**
 * Microseconds (a whole number below 10¹⁵) as seconds. The longer, the fewer digits after the point, 6 down to 3, as a
 * meter with about four significant digits would report it; finer digits are cut off.
 */
export function writeSeconds(out: Uint8Array, at: number, microseconds: number): number {
  if (microseconds < 100_000) return writeFixed(out, at, microseconds, 6, 1_000_000);
  if (microseconds < 1_000_000) return writeFixed(out, at, Math.floor(microseconds / 10), 5, 100_000);
  if (microseconds < 10_000_000) return writeFixed(out, at, Math.floor(microseconds / 100), 4, 10_000);
  return writeFixed(out, at, Math.floor(microseconds / 1000), 3, 1000);
}

function writeFixed(out: Uint8Array, at: number, units: number, fractionDigits: number, unitsPerOne: number): number {
  const whole = Math.floor(units / unitsPerOne);
  const point = writeWhole(out, at, whole);
  out[point] = POINT;
  return writePadded(out, point + 1, units - whole * unitsPerOne, fractionDigits);
}
