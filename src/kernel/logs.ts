/** Finds the fields of text logs: each line is cut as one of several formats says, or between blanks (src/telemetry/logLine.ts). */
import {
  ANY_TEXT,
  BATCH_ROWS,
  DECIMAL_OR_NONE,
  IN_QUOTES,
  IS_REQUEST,
  LOG_PART_WORDS,
  NO_BLANK,
  PART_CHECK_AT,
  PART_ENDS_AT,
  PART_FLAGS_AT,
  PART_IS_FIELD_AT,
  PART_LENGTH_AT,
  PART_STARTS_AT,
  PART_TEXT_AT,
  REQUEST_FIELDS,
  SLACK,
  SLOW,
  STATUS,
  WHOLE_OR_NONE,
} from './contract';
import { isDigit } from './digits';
import { byteEnd, isLetter, placeOf } from './forms';
import { allocate, assertBlock, enlarged, release } from './memory';
import { isSame } from './texts';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const BLANK: u8 = 0x20;
const HYPHEN: u8 = 0x2d;
const POINT: u8 = 0x2e;
const QUESTION: u8 = 0x3f;
const NO_BREAK: u8 = 0xa0;
const MARK: u8 = 0xef;
const HTTP: u32 = 0x5054_5448;
const SLASH: u8 = 0x2f;

/** In place of an address: the text is of another form. */
const NO_FIT: usize = 0;

const PART_BYTES: usize = LOG_PART_WORDS * 4;

@unmanaged
export class LogColumns {
  rowStarts: usize;
  lines: usize;
  slow: usize;
  /** Formats one after another: the number of parts, and the parts; none where fields stand between blanks. */
  formats: usize;
  formatCount: u32;
  /** Where the starts and ends of wanted fields go (u32 each), of fields between blanks of all, 0 for those that nobody wants. */
  targets: usize;
  targetCount: u32;
  /** Targets of {@link REQUEST_FIELDS}. */
  request: usize;
  /** Texts at the begin of lines that are no rows: for each its address and its length (u32 each). */
  marks: usize;
  markCount: u32;
  /** Texts of the batch that have escapes in their lines. */
  texts: usize;
  textBytes: usize;
  nextText: usize;
  /** Address of the first line that was not taken. */
  next: usize;
}

export function newLogColumns(rowStarts: usize, lines: usize, slow: usize): LogColumns {
  const columns = changetype<LogColumns>(allocate(offsetof<LogColumns>()));
  columns.rowStarts = rowStarts;
  columns.lines = lines;
  columns.slow = slow;
  return columns;
}

export function setLogFormats(
  columns: LogColumns,
  formats: usize,
  formatCount: u32,
  targets: usize,
  targetCount: u32,
  request: usize,
  marks: usize,
  markCount: u32,
): void {
  columns.formats = formats;
  columns.formatCount = formatCount;
  columns.targets = targets;
  columns.targetCount = targetCount;
  columns.request = request;
  columns.marks = marks;
  columns.markCount = markCount;
}

export function nextLogLine(columns: LogColumns): usize {
  return columns.next;
}

export function releaseLogColumns(columns: LogColumns): void {
  if (columns.textBytes > 0) release(columns.texts, columns.textBytes + SLACK);
  release(changetype<usize>(columns), offsetof<LogColumns>());
}

/**
 * Adds to a batch of `rows` the lines that begin from `from` and before `stop`, until it is full or a line is none of a row;
 * returns how many it then has. `line` lines are before the first. The bytes end, at `end`, with a line end at or after `stop`.
 */
export function indexLogs(columns: LogColumns, from: usize, stop: usize, end: usize, line: i32, rows: i32): i32 {
  assert(from <= stop && stop <= end && rows >= 0 && rows <= BATCH_ROWS);
  if (rows === 0) clearTexts(columns, end - from);
  let row = rows;
  let start = from;
  while (start < stop && row < BATCH_ROWS) {
    const feed = lineEnd(start);
    const lineStop = feed > start && load<u8>(feed - 1) === CR ? feed - 1 : feed;
    if (lineStop === start || load<u8>(start) === MARK || isMarked(columns, start, lineStop)) break;
    if (hasNul || !takeLine(columns, start, lineStop, row)) {
      clearRow(columns, start, row);
      store<u8>(columns.slow + row, SLOW);
    }
    store<u32>(columns.rowStarts + (row << 2), u32(start));
    store<i32>(columns.lines + (row << 2), line + row - rows);
    row++;
    start = feed + 1;
  }
  columns.next = start;
  return row;
}

/** Makes room for all texts that `bytes` of lines can have: a text is shorter than it is with escapes. */
function clearTexts(columns: LogColumns, bytes: usize): void {
  if (bytes > columns.textBytes) {
    columns.texts = enlarged(columns.texts, columns.textBytes, bytes);
    columns.textBytes = bytes;
  }
  columns.nextText = columns.texts;
}

/** The last line has a NUL byte. */
let hasNul: bool = false;

/** The line feed. */
function lineEnd(from: usize): usize {
  const feeds = i8x16.splat(LF);
  const nuls = i8x16.splat(0);
  let at = from;
  hasNul = false;
  while (true) {
    const bytes = v128.load(at);
    const feed = i8x16.bitmask(i8x16.eq(bytes, feeds));
    const nul = i8x16.bitmask(i8x16.eq(bytes, nuls));
    if (feed !== 0) {
      if ((nul & (feed ^ (feed - 1))) !== 0) hasNul = true;
      return at + ctz(feed);
    }
    if (nul !== 0) hasNul = true;
    at += 16;
  }
}

function isMarked(columns: LogColumns, start: usize, end: usize): bool {
  for (let i: u32 = 0; i < columns.markCount; i++) {
    const mark = columns.marks + (i << 3);
    const length = load<u32>(mark, 4);
    if (start + length <= end && isSame(start, load<u32>(mark), length)) return true;
  }
  return false;
}

function clearRow(columns: LogColumns, start: usize, row: i32): void {
  for (let i: u32 = 0; i < columns.targetCount; i++) {
    const target = columns.targets + (i << 3);
    if (load<u32>(target) !== 0) putPlace(load<u32>(target), load<u32>(target, 4), row, start, start);
  }
}

function putPlace(starts: usize, ends: usize, row: i32, start: usize, end: usize): void {
  if (!ASC_NO_ASSERT) {
    assertBlock(starts + (row << 2), 4);
    assertBlock(ends + (row << 2), 4);
  }
  store<u32>(starts + (row << 2), u32(start));
  store<u32>(ends + (row << 2), u32(end));
}

/** False for a line that no format fits, or that only the exact way can cut. */
function takeLine(columns: LogColumns, start: usize, end: usize, row: i32): bool {
  if (columns.formatCount === 0) return cutBetweenBlanks(columns, start, end, row);
  let format = columns.formats;
  const text = columns.nextText;
  for (let i: u32 = 0; i < columns.formatCount; i++) {
    const parts = load<u32>(format);
    isOdd = false;
    columns.nextText = text;
    clearRow(columns, start, row);
    if (fits(columns, start, end, row, format + 4, parts)) return !isOdd;
    if (isOdd) return false;
    format += 4 + usize(parts) * PART_BYTES;
  }
  return false;
}

/** The request of the line may be another than it seems. */
let isOdd: bool = false;

function fits(columns: LogColumns, start: usize, end: usize, row: i32, parts: usize, count: u32): bool {
  let at = start;
  const partsEnd = parts + usize(count) * PART_BYTES;
  for (let part = parts; part < partsEnd; part += PART_BYTES) {
    if (load<u32>(part, PART_IS_FIELD_AT) === 0) {
      const length = load<u32>(part, PART_LENGTH_AT);
      if (at + length > end || !isSame(at, load<u32>(part, PART_TEXT_AT), length)) return false;
      at += length;
      continue;
    }
    const fieldEnd = endOfField(part, at, end);
    const isQuoted = (load<u32>(part, PART_FLAGS_AT) & IN_QUOTES) !== 0;
    if (fieldEnd === NO_FIT || (!isQuoted && byteEnd(at, fieldEnd, QUOTE) !== fieldEnd)) return false;
    if (!passes(load<u32>(part, PART_CHECK_AT), at, fieldEnd)) return false;
    takeField(columns, part, at, fieldEnd, row);
    at = fieldEnd;
  }
  return at === end;
}

/** The end of a field: what has to follow it begins there. */
function endOfField(part: usize, at: usize, end: usize): usize {
  const isQuoted = (load<u32>(part, PART_FLAGS_AT) & IN_QUOTES) !== 0;
  const next = usize(load<u32>(part, PART_TEXT_AT));
  const length = load<u32>(part, PART_LENGTH_AT);
  // A quote that nothing closes: the writer cut the line off.
  if (length === 0) return isQuoted && closingQuote(at, end) !== end ? NO_FIT : end;
  if (!isQuoted || load<u8>(next) !== QUOTE) {
    const found = placeOf(at, end, next, length);
    return found === end ? NO_FIT : found;
  }
  const close = closingQuote(at, end);
  return close + length <= end && isSame(close, next, length) ? close : NO_FIT;
}

/** The first quote that no backslash escapes, or `end`. */
function closingQuote(from: usize, end: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const backslashes = i8x16.splat(BACKSLASH);
  let at = from;
  while (at < end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)));
    if (mask === 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    if (at >= end) return end;
    if (load<u8>(at) === QUOTE) return at;
    at += 2;
  }
  return end;
}

/** True for a text that a letter may stand for. */
function passes(check: u32, start: usize, end: usize): bool {
  if (check === ANY_TEXT) return true;
  if (start === end) return false;
  if (check === NO_BLANK) return byteEnd(start, end, BLANK) === end;
  if (check === STATUS && end - start !== 3) return false;
  if (check !== STATUS && end - start === 1 && load<u8>(start) === HYPHEN) return true;
  let at = start;
  while (at < end && isDigit(load<u8>(at))) at++;
  if (check === DECIMAL_OR_NONE && at > start && at + 1 < end && load<u8>(at) === POINT) {
    at++;
    while (at < end && isDigit(load<u8>(at))) at++;
  }
  if (!ASC_NO_ASSERT) assert(check === STATUS || check === WHOLE_OR_NONE || check === DECIMAL_OR_NONE);
  return at === end;
}

function takeField(columns: LogColumns, part: usize, at: usize, end: usize, row: i32): void {
  const flags = load<u32>(part, PART_FLAGS_AT);
  const starts = usize(load<u32>(part, PART_STARTS_AT));
  if (starts === 0 && (flags & IS_REQUEST) === 0) return;
  let start = at;
  let stop = end;
  if ((flags & IN_QUOTES) !== 0 && byteEnd(at, end, BACKSLASH) !== end) {
    start = columns.nextText;
    stop = writeUnescaped(at, end, start);
    columns.nextText = stop;
  }
  if (starts !== 0) putPlace(starts, load<u32>(part, PART_ENDS_AT), row, start, stop);
  if ((flags & IS_REQUEST) !== 0) takeRequest(columns, start, stop, row);
}

/** Writes a text without the backslashes before quotes and backslashes; returns where it ends. */
function writeUnescaped(from: usize, end: usize, out: usize): usize {
  let to = out;
  for (let at = from; at < end; at++) {
    const next = load<u8>(at, 1);
    if (load<u8>(at) === BACKSLASH && at + 1 < end && (next === QUOTE || next === BACKSLASH)) at++;
    if (!ASC_NO_ASSERT) assertBlock(to, 1);
    store<u8>(to++, load<u8>(at));
  }
  return to;
}

/** Method, path, query and protocol of `GET /v1/items?x=1 HTTP/1.1`; a request of another kind has none. */
function takeRequest(columns: LogColumns, start: usize, end: usize, row: i32): void {
  let at = start;
  while (at < end && isLetter(load<u8>(at))) at++;
  const method = at;
  if (at === start || at >= end || load<u8>(at) !== BLANK) return;
  const target = at + 1;
  const targetEnd = byteEnd(target, end, BLANK);
  for (at = target; at < targetEnd; at++) {
    const c = load<u8>(at);
    if (c < BLANK || c === NO_BREAK) {
      isOdd = true; // white space, or a part of a character that only looks like it
      return;
    }
  }
  if (targetEnd === target) return;
  let protocol = end;
  if (targetEnd !== end) {
    protocol = targetEnd + 1;
    if (protocol + 6 > end || load<u32>(protocol) !== HTTP || load<u8>(protocol, 4) !== SLASH) return;
    for (at = protocol + 5; at < end; at++) if (!isDigit(load<u8>(at)) && load<u8>(at) !== POINT) return;
  }
  const query = byteEnd(target, targetEnd, QUESTION);
  putRequest(columns, 0, row, start, method);
  putRequest(columns, 1, row, target, query);
  putRequest(columns, 2, row, query === targetEnd ? query : query + 1, targetEnd);
  putRequest(columns, REQUEST_FIELDS - 1, row, protocol, end);
}

function putRequest(columns: LogColumns, field: u32, row: i32, start: usize, end: usize): void {
  const target = columns.request + (field << 3);
  if (load<u32>(target) !== 0) putPlace(load<u32>(target), load<u32>(target, 4), row, start, end);
}

/** `a "b \"c\"" d`: false if a quote stays open, something follows one that closes, or there are fewer fields than have names. */
function cutBetweenBlanks(columns: LogColumns, start: usize, end: usize, row: i32): bool {
  let field: u32 = 0;
  let at = start;
  while (at <= end) {
    let from = at;
    let stop: usize = 0;
    let next: usize = 0;
    const isQuoted = at < end && load<u8>(at) === QUOTE;
    if (isQuoted) {
      from++;
      stop = closingQuote(from, end);
      if (stop === end || (stop + 1 < end && load<u8>(stop, 1) !== BLANK)) return false;
      next = stop + 2;
    } else {
      stop = byteEnd(at, end, BLANK);
      next = stop + 1;
    }
    if (field < columns.targetCount) {
      const target = columns.targets + (field << 3);
      if (load<u32>(target) !== 0) {
        if (isQuoted && byteEnd(from, stop, BACKSLASH) !== stop) {
          const text = columns.nextText;
          stop = writeUnescaped(from, stop, text);
          from = text;
          columns.nextText = stop;
        }
        putPlace(load<u32>(target), load<u32>(target, 4), row, from, stop);
      }
    }
    field++;
    at = next;
  }
  return field >= columns.targetCount;
}
