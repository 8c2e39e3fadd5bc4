/** Formats of instants that the kernel takes (src/kernel/computed.ts). */
import type { Letter, TimeFormat } from '../../../core/timeFormat.ts';
import {
  TIME_DIGITS,
  TIME_FRACTION,
  TIME_LITERAL,
  TIME_MONTH_NAME,
  TIME_PART_BYTES,
  TIME_ZONE,
} from '../../../kernel/contract.ts';

/** Kind, argument and number of digits of letters: where they stand in `2026-10-01T12:34:56`. */
const LETTERS: Partial<Record<Letter, readonly [kind: number, argument: number, digits: number]>> = {
  Y: [TIME_DIGITS, 0, 4],
  m: [TIME_DIGITS, 5, 2],
  d: [TIME_DIGITS, 8, 2],
  H: [TIME_DIGITS, 11, 2],
  M: [TIME_DIGITS, 14, 2],
  S: [TIME_DIGITS, 17, 2],
  b: [TIME_MONTH_NAME, 0, 0],
  f: [TIME_FRACTION, 0, 0],
  z: [TIME_ZONE, 0, 0],
};

/** A format's parts as the kernel has them; undefined for one with other letters. */
export function timeParts(format: TimeFormat): Uint8Array | undefined {
  const parts: number[] = [];
  for (const part of format) {
    if ('literal' in part) {
      for (const byte of Buffer.from(part.literal)) parts.push(TIME_LITERAL, byte, 0, 0);
      continue;
    }
    const known = LETTERS[part.letter];
    if (!known) return undefined;
    parts.push(...known, 0);
  }
  return parts.length % TIME_PART_BYTES === 0 ? Uint8Array.from(parts) : undefined;
}
