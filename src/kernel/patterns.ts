/**
 * Patterns at the begin of texts, of a kind that needs no second attempt: each element takes as many characters as it can, and
 * what follows can never do with one of them instead. So a text is read once, from left to right.
 */
import {
  FLAGS_AT,
  GROUP_BEGINS,
  GROUP_ENDS,
  LEAST_AT,
  LOOKS_AHEAD,
  MOST_AT,
  OTHERS_AT,
  PATTERN_BYTES,
  SLOW,
  TAKES_NONE,
  TAKES_SOME,
  TEXT_ENDS,
} from './contract';
import { assertColumn, putField, putNothing } from './forms';
import { isNothing } from './rows';

/** Results of {@link matchAt} that are no addresses. */
const NO_MATCH: usize = 0;
export const ONLY_EXACTLY: usize = 1;

/** The group of the last match; the whole match, if the pattern has none. */
let groupStart: usize = 0;
let groupEnd: usize = 0;

/** The first group of a match, or the whole of it; nothing for texts that do not match. */
export function matchFields(
  starts: usize,
  ends: usize,
  rows: i32,
  pattern: usize,
  elements: u32,
  outStarts: usize,
  outEnds: usize,
  slow: usize,
): void {
  assertColumn(outStarts, outEnds, rows);
  for (let row = 0; row < rows; row++) {
    const start = usize(load<u32>(starts + (row << 2)));
    const end = usize(load<u32>(ends + (row << 2)));
    putNothing(outStarts, outEnds, row);
    if (isNothing(start, u32(end - start))) continue;
    const matchEnd = matchAt(start, end, pattern, elements);
    if (matchEnd > ONLY_EXACTLY) putField(outStarts, outEnds, row, groupStart, groupEnd, slow);
    else if (matchEnd === ONLY_EXACTLY) store<u8>(slow + row, SLOW);
  }
}

/** End of the characters that an element takes before `limit`, or {@link ONLY_EXACTLY}. */
function runEnd(from: usize, limit: usize, element: usize): usize {
  const others = load<u8>(element, OTHERS_AT);
  let at = from;
  while (at < limit) {
    const c = load<u8>(at);
    if (c >= 0x80) {
      if (others === TAKES_SOME) return ONLY_EXACTLY;
      if (others === TAKES_NONE) break;
    } else if (((load<u8>(element + (c >> 3)) >> (c & 7)) & 1) === 0) break;
    at++;
  }
  return at;
}

/** End of the match at the begin of a text; {@link NO_MATCH} or {@link ONLY_EXACTLY}. */
export function matchAt(start: usize, end: usize, pattern: usize, elements: u32): usize {
  let at = start;
  groupStart = start;
  let hasGroup = false;
  const patternEnd = pattern + elements * PATTERN_BYTES;
  for (let element = pattern; element < patternEnd; element += PATTERN_BYTES) {
    const flags = load<u8>(element, FLAGS_AT);
    const most = load<u32>(element, MOST_AT);
    if ((flags & GROUP_BEGINS) !== 0) groupStart = at;
    const from = at;
    at = runEnd(at, usize(most) < end - at ? at + most : end, element);
    if (at === ONLY_EXACTLY) return ONLY_EXACTLY;
    if (u32(at - from) < load<u32>(element, LEAST_AT)) return NO_MATCH;
    if ((flags & LOOKS_AHEAD) !== 0) at = from;
    if ((flags & GROUP_ENDS) !== 0) {
      groupEnd = at;
      hasGroup = true;
    }
    if ((flags & TEXT_ENDS) !== 0 && at !== end) return NO_MATCH;
  }
  if (!hasGroup) {
    groupStart = start;
    groupEnd = at;
  }
  return at;
}
