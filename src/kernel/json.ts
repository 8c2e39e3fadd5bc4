/** Finds the values of NDJSON lines, line by line, and puts where they stand into a batch's columns (see rows.ts). */
import {
  BATCH_ROWS,
  COLUMN_BYTES,
  CONDITION_FIELD,
  FIELD_COLUMN_AT,
  FIELD_HEAD_WORDS,
  FIELD_KIND_AT,
  FIELD_NAME_WORDS,
  FIELD_NAMES_AT,
  QUANTITY_FIELD,
  SLACK,
} from './contract';
import { byteEnd } from './forms';
import { Key, KeyTable, makeRoom, NO_ROOM, newKeyTable, UNUSUAL, valueIn } from './jsonKeys';
import { LF } from './jsonScalars';
import { newFrames, takeApart } from './jsonTokens';
import { allocate, assertBlock, release } from './memory';
import { matchAt, ONLY_EXACTLY } from './patterns';
import { isNothing, setNothingWords } from './rows';

const CR: u8 = 0x0d;
/** First byte of a byte order mark. */
const MARK: u8 = 0xef;

@unmanaged
export class JsonColumns {
  /** Starts and ends of column `c` are at `starts` and `ends` + c × {@link COLUMN_BYTES}. */
  starts: usize;
  ends: usize;
  rowStarts: usize;
  lines: usize;
  /** Address of the first line that was not taken. */
  next: usize;
  table: KeyTable;
  /**
   * Fields of a row, u32: for each its column + 1, or 0 if it only has to be text or a number; its kind;
   * how many names it may have; and for each of these the number of the key, and that of the one at the end of its path or 0.
   */
  fields: usize;
  fieldsEnd: usize;
  /** Rows need a quantity. */
  needsQuantity: bool;
  /** Pattern of what may stand before the record of a line, and its elements; none: nothing does. */
  prefix: usize;
  prefixElements: u32;
  /** Texts of the batch that have escapes in their lines. */
  texts: usize;
  textBytes: usize;
}

export function newJsonColumns(starts: usize, ends: usize, rowStarts: usize, lines: usize): JsonColumns {
  const columns = changetype<JsonColumns>(allocate(offsetof<JsonColumns>()));
  columns.starts = starts;
  columns.ends = ends;
  columns.rowStarts = rowStarts;
  columns.lines = lines;
  return columns;
}

/** Says what is looked for: see {@link KeyTable} and {@link JsonColumns}. `words`: u32 that `fields` take. */
export function wantFields(
  columns: JsonColumns,
  keys: usize,
  keyCount: u32,
  fields: usize,
  words: u32,
  needsQuantity: i32,
): void {
  columns.table = newKeyTable(keys, keyCount, newFrames());
  columns.fields = fields;
  columns.fieldsEnd = fields + (words << 2);
  columns.needsQuantity = needsQuantity !== 0;
}

/** Has lines be read from behind what a pattern matches at their begin (see patterns.ts). */
export function setPrefix(columns: JsonColumns, pattern: usize, elements: u32): void {
  columns.prefix = pattern;
  columns.prefixElements = elements;
}

export function nextLine(columns: JsonColumns): usize {
  return columns.next;
}

/**
 * Adds to a batch of `rows` the lines that begin from `from` and before `stop`, until it is full or a line is slow; returns how
 * many it then has. `line` lines are before the first. The bytes end, at `end`, with a line end at or after `stop`.
 */
export function indexJson(columns: JsonColumns, from: usize, stop: usize, end: usize, line: i32, rows: i32): i32 {
  assert(from <= stop && stop <= end && rows >= 0 && rows <= BATCH_ROWS);
  if (rows === 0) clearTexts(columns, end - from);
  setNothingWords(false);
  let row = rows;
  let lineNow = line;
  let start = from;
  while (start < stop && row < BATCH_ROWS) {
    const record = columns.prefixElements > 0 ? recordStart(columns, start) : start;
    const next = record === UNUSUAL ? UNUSUAL : takeLine(columns, record, row);
    if (next === UNUSUAL) break;
    store<u32>(columns.rowStarts + (row << 2), u32(start));
    store<i32>(columns.lines + (row << 2), lineNow++);
    row++;
    start = next;
  }
  columns.next = start;
  return row;
}

/** Where the record of a line begins; {@link UNUSUAL} if only the exact way knows. */
function recordStart(columns: JsonColumns, start: usize): usize {
  if (load<u8>(start) === MARK) return UNUSUAL;
  let end = start;
  while (load<u8>(end) !== LF) end = byteEnd(end, end + 64, LF);
  if (end > start && load<u8>(end - 1) === CR) end--;
  const found = matchAt(start, end, columns.prefix, columns.prefixElements);
  return found === ONLY_EXACTLY ? UNUSUAL : max(start, found);
}

/** Makes room for all texts that `bytes` of lines can have: a text is shorter than it is with escapes. */
function clearTexts(columns: JsonColumns, bytes: usize): void {
  if (bytes > columns.textBytes) {
    if (columns.textBytes > 0) release(columns.texts, columns.textBytes + SLACK);
    columns.texts = allocate(bytes + SLACK);
    columns.textBytes = bytes;
  }
  columns.table.texts = columns.texts;
}

/** Takes one line. Returns the address of the next one, or {@link UNUSUAL} if the slow path has to read this one. */
function takeLine(columns: JsonColumns, start: usize, row: i32): usize {
  const table = columns.table;
  const texts = table.texts;
  let next = takeApart(table, start);
  for (let isEmpty = false; next === NO_ROOM && makeRoom(table, isEmpty); isEmpty = true) {
    table.texts = texts;
    next = takeApart(table, start);
  }
  if (next > NO_ROOM && fillRow(columns, start, row)) return next;
  table.texts = texts;
  return UNUSUAL;
}

/** Writes where a row's fields stand; false if one is neither text nor number, or if there is no quantity. */
function fillRow(columns: JsonColumns, start: usize, row: i32): bool {
  const table = columns.table;
  const starts = columns.starts + (row << 2);
  const ends = columns.ends + (row << 2);
  const fieldsEnd = columns.fieldsEnd;
  let hasQuantity = !columns.needsQuantity;
  let field = columns.fields;
  while (field < fieldsEnd) {
    const column = load<i32>(field, FIELD_COLUMN_AT) - 1;
    const names = field + FIELD_HEAD_WORDS * 4;
    const namesEnd = names + load<u32>(field, FIELD_NAMES_AT) * FIELD_NAME_WORDS * 4;
    const value = valueFor(table, names, namesEnd);
    let textStart: u32 = u32(start);
    let textEnd: u32 = u32(start);
    if (value !== 0) {
      const key = changetype<Key>(value);
      const kind = load<u32>(field, FIELD_KIND_AT);
      if (!key.isText && kind !== CONDITION_FIELD) return false;
      if (kind === QUANTITY_FIELD) hasQuantity = true;
      textStart = key.isText ? key.textStart : wordStart(key);
      textEnd = key.isText ? key.textEnd : wordEnd(key);
    }
    if (column >= 0) {
      assertBlock(starts + column * COLUMN_BYTES, 4);
      assertBlock(ends + column * COLUMN_BYTES, 4);
      store<u32>(starts + column * COLUMN_BYTES, textStart);
      store<u32>(ends + column * COLUMN_BYTES, textEnd);
    }
    field = namesEnd;
  }
  return hasQuantity;
}

/** A truth value is its word; an object or a list begins and ends at 0. */
function wordStart(key: Key): u32 {
  return isWord(key) ? key.start : 0;
}

function wordEnd(key: Key): u32 {
  return isWord(key) ? key.end : 0;
}

function isWord(key: Key): bool {
  return load<u8>(key.start) >= 0x61 && load<u8>(key.start) <= 0x7a;
}

/**
 * The value that counts for a field: of the first of its names that has one, or that is neither text nor number; otherwise
 * one that is nothing; 0 if the line has none of the names.
 */
function valueFor(table: KeyTable, names: usize, namesEnd: usize): usize {
  let nothing: usize = 0;
  for (let name = names; name < namesEnd; name += FIELD_NAME_WORDS * 4) {
    let value = valueIn(table, load<u32>(name));
    if (value === 0) value = valueIn(table, load<u32>(name, 4));
    if (value === 0) continue;
    const key = changetype<Key>(value);
    if (!key.isText || !isNothing(key.textStart, key.textEnd - key.textStart)) return value;
    nothing = value;
  }
  return nothing;
}
