/**
 * Finds the values of NDJSON lines by expecting each line to look like an earlier one: the same keys in the same order with
 * the same punctuation, only the values differ. Every byte in between is compared with that template, so a line that passes
 * is as good as parsed; one that does not is left to a parser.
 */
import { allocate } from './memory';
import { BATCH_ROWS, COLUMN_BYTES } from './rows';
import { isSame } from './texts';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;

/** `true`, `null`, and the beginning of `false`. */
const TRUE: u32 = 0x6575_7274;
const NULL: u32 = 0x6c6c_756e;
const FALS: u32 = 0x736c_6166;

/** Lines of an export come in a few shapes: with and without an optional key, for instance. */
const MOST_TEMPLATES: i32 = 8;

@unmanaged
export class JsonColumns {
  /** Addresses of the templates, the common ones in front. */
  templates: usize;
  templateCount: i32;
  /** Starts and ends of column `c` are at `starts` and `ends` + c × {@link COLUMN_BYTES}. */
  starts: usize;
  ends: usize;
  rowStarts: usize;
  lines: usize;
  /** Where the first line begins that was not taken. */
  next: usize;
}

/** Written by whoever has parsed a line. */
@unmanaged
export class Template {
  values: i32;
  /** What stands before each value, and after the last; one after another. */
  literals: usize;
  /** For each of them where it ends, u32, counted from the first. */
  literalEnds: usize;
  /** Columns that want a value, i32: those of value `v` from `columnsFrom[v]` to `columnsFrom[v + 1]`; −1 for one that no column holds, but which must be neither `true` nor `false`. */
  columns: usize;
  columnsFrom: usize;
  /** Columns that no value is for. */
  absent: usize;
  absentCount: i32;
}

export function newJsonColumns(starts: usize, ends: usize, rowStarts: usize, lines: usize): JsonColumns {
  const columns = changetype<JsonColumns>(allocate(offsetof<JsonColumns>()));
  columns.templates = allocate(MOST_TEMPLATES * 4);
  columns.starts = starts;
  columns.ends = ends;
  columns.rowStarts = rowStarts;
  columns.lines = lines;
  return columns;
}

/** Adds a template; returns the one that had to go for it, or 0. */
export function addTemplate(columns: JsonColumns, template: usize, turn: u32): usize {
  let place = columns.templateCount;
  if (place < MOST_TEMPLATES) columns.templateCount++;
  else place = MOST_TEMPLATES / 2 + i32(turn % (MOST_TEMPLATES / 2)); // not one of the common ones
  const before = load<usize>(columns.templates + (place << 2));
  store<usize>(columns.templates + (place << 2), template);
  return before;
}

export function nextLine(columns: JsonColumns): usize {
  return columns.next;
}

/**
 * Adds to a batch of `rows` the lines that begin from `from` and before `stop`, until it is full or a line is odd; returns how
 * many it then has. `line` lines are before the first. The bytes end with a line end at or after `stop`.
 */
export function indexJson(columns: JsonColumns, from: usize, stop: usize, line: i32, rows: i32): i32 {
  let row = rows;
  let lineNow = line;
  let start = from;
  while (start < stop && row < BATCH_ROWS) {
    const end = match(columns, start, row);
    if (end === 0) break;
    store<u32>(columns.rowStarts + (row << 2), u32(start));
    store<i32>(columns.lines + (row << 2), lineNow++);
    row++;
    start = end;
  }
  columns.next = start;
  return row;
}

/** Where the next line begins, if one of the templates fits; 0 if none does. */
function match(columns: JsonColumns, start: usize, row: i32): usize {
  const templates = columns.templates;
  const templateCount = columns.templateCount;
  const starts = columns.starts;
  const ends = columns.ends;
  for (let t = 0; t < templateCount; t++) {
    const place = templates + (t << 2);
    const template = load<usize>(place);
    const end = matchTemplate(changetype<Template>(template), start, starts + (row << 2), ends + (row << 2));
    if (end === 0) continue;
    if (t > 0) {
      store<usize>(place, load<usize>(place - 4)); // one step ahead: the common ones end up in front
      store<usize>(place - 4, template);
    }
    return end;
  }
  return 0;
}

function matchTemplate(template: Template, start: usize, starts: usize, ends: usize): usize {
  const values = template.values;
  const literals = template.literals;
  const literalEnds = template.literalEnds;
  const columns = template.columns;
  const columnsFrom = template.columnsFrom;
  let at = start;
  let literal: u32 = 0;
  for (let v = 0; ; v++) {
    const literalEnd = load<u32>(literalEnds + (v << 2));
    if (!isSame(at, literals + literal, literalEnd - literal)) return 0;
    at += literalEnd - literal;
    literal = literalEnd;
    if (v === values) break;

    const c = load<u8>(at);
    let valueStart = at;
    let valueEnd: usize;
    if (c === QUOTE) {
      valueStart++;
      valueEnd = textEnd(valueStart);
      if (load<u8>(valueEnd) !== QUOTE) return 0;
      at = valueEnd + 1;
    } else if (c === MINUS || c - ZERO <= 9) {
      valueEnd = numberEnd(at);
      if (valueEnd === 0) return 0;
      at = valueEnd;
    } else {
      valueEnd = at; // null is nothing
      const word = load<u32>(at);
      if (word === NULL) at += 4;
      else {
        // Neither text nor number where one of them is wanted: for the exact reader to say so.
        if (load<u32>(columnsFrom + (v << 2)) !== load<u32>(columnsFrom + (v << 2), 4)) return 0;
        if (word === TRUE) at += 4;
        else if (word === FALS && load<u8>(at, 4) === 0x65) at += 5;
        else return 0;
      }
    }
    const columnsEnd = columns + (load<u32>(columnsFrom + (v << 2), 4) << 2);
    for (let next = columns + (load<u32>(columnsFrom + (v << 2)) << 2); next < columnsEnd; next += 4) {
      const column = load<i32>(next);
      if (column < 0) continue;
      store<u32>(starts + column * COLUMN_BYTES, u32(valueStart));
      store<u32>(ends + column * COLUMN_BYTES, u32(valueEnd));
    }
  }
  if (load<u8>(at) === CR && load<u8>(at, 1) === LF) at++;
  if (load<u8>(at) !== LF) return 0;
  for (let i = 0; i < template.absentCount; i++) {
    const column = load<i32>(template.absent + (i << 2));
    store<u32>(starts + column * COLUMN_BYTES, u32(start));
    store<u32>(ends + column * COLUMN_BYTES, u32(start));
  }
  return at + 1;
}

/** The first quote, backslash or control character. */
function textEnd(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const ends = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
      i8x16.lt_u(bytes, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(ends);
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

/** Where a JSON number without an exponent ends; 0 if there is none. */
function numberEnd(from: usize): usize {
  let at = from;
  if (load<u8>(at) === MINUS) at++;
  const whole = digitsEnd(at);
  if (whole === at || (load<u8>(at) === ZERO && whole !== at + 1)) return 0;
  if (load<u8>(whole) !== POINT) return whole;
  const fraction = digitsEnd(whole + 1);
  return fraction === whole + 1 ? 0 : fraction;
}

function digitsEnd(from: usize): usize {
  let at = from;
  while (true) {
    const digits = i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(ZERO)), i8x16.splat(10));
    const mask = ~i8x16.bitmask(digits) & 0xffff;
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}
