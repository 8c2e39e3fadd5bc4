/** Event ids that look random and cannot collide: the row's number, sent through a mixing that can be undone. */
import { nextInt32, randomState } from './random.ts';

/** `short`: 12 letters and digits (60 bits). `uuid`: a version 4 UUID, 36 characters. */
export type IdStyle = 'short' | 'uuid';

/** Writes the id of a row (a whole number below 2⁵³) and returns the position after it. */
export type IdWriter = (out: Uint8Array, at: number, row: number) => number;

const BASE32 = new TextEncoder().encode('0123456789abcdefghjkmnpqrstvwxyz'); // without the letters that look like others
const HEX = new TextEncoder().encode('0123456789abcdef');
const DASH = 45;
const FOUR = 52;
const BITS_30 = 0x3fffffff;

export function idWriter(style: IdStyle, seed: number): IdWriter {
  const random = randomState(seed, 2);
  const keys = Int32Array.from({ length: 6 }, () => nextInt32(random));

  // A Feistel network over two halves of 30 bits: each round can be undone, whatever the mixing inside it loses, so two
  // rows never share the 60 bits that result. A UUID adds 62 bits that follow from them.
  return (out, at, row) => {
    let left = Math.floor(row / 2 ** 30);
    let right = row & BITS_30;
    left ^= mix(right, keys[0]!) >>> 2;
    right ^= mix(left, keys[1]!) >>> 2;
    left ^= mix(right, keys[2]!) >>> 2;
    right ^= mix(left, keys[3]!) >>> 2;
    if (style === 'short') return writeBase32(out, writeBase32(out, at, left), right);
    return writeUuid(out, at, left, right, mix(left, keys[4]!), mix(right, keys[5]!));
  };
}

/** 32 bits that depend on all bits of `half` and `key`. */
function mix(half: number, key: number): number {
  let bits = Math.imul(half ^ key, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae3d);
  return bits ^ (bits >>> 16);
}

/** 30 bits as six characters. */
function writeBase32(out: Uint8Array, at: number, bits: number): number {
  out[at] = BASE32[bits >>> 25]!;
  out[at + 1] = BASE32[(bits >>> 20) & 31]!;
  out[at + 2] = BASE32[(bits >>> 15) & 31]!;
  out[at + 3] = BASE32[(bits >>> 10) & 31]!;
  out[at + 4] = BASE32[(bits >>> 5) & 31]!;
  out[at + 5] = BASE32[bits & 31]!;
  return at + 6;
}

/** `left` and `right` of 30 bits fill everything before the variant, except for the version; `c` and `d` the rest. */
function writeUuid(out: Uint8Array, at: number, left: number, right: number, c: number, d: number): number {
  writeHex(out, at, (left << 2) | (right >>> 28), 8);
  out[at + 8] = DASH;
  writeHex(out, at + 9, right >>> 12, 4);
  out[at + 13] = DASH;
  out[at + 14] = FOUR;
  writeHex(out, at + 15, right, 3);
  out[at + 18] = DASH;
  writeHex(out, at + 19, 0x8000 | ((c >>> 16) & 0x3fff), 4);
  out[at + 23] = DASH;
  writeHex(out, at + 24, c, 4);
  writeHex(out, at + 28, d, 8);
  return at + 36;
}

/** The lowest `digits` × 4 bits. */
function writeHex(out: Uint8Array, at: number, bits: number, digits: number): void {
  let rest = bits;
  for (let p = at + digits - 1; p >= at; p--) {
    out[p] = HEX[rest & 15]!;
    rest >>>= 4;
  }
}
