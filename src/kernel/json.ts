/** Finds the values of NDJSON lines, line by line, and puts where they stand into a batch's columns (see rows.ts). */
import { BATCH_ROWS, PATH_FIELDS_AT, PATH_FIELDS_END_AT } from './contract';
import { byteEnd } from './forms';
import { fillRow, JsonColumns } from './jsonFields';
import { KeyTable, makeRoom, NO_ROOM, newKeyTable, UNUSUAL } from './jsonKeys';
import { LF } from './jsonScalars';
import { newFrames, takeApart } from './jsonTokens';
import { allocate, enlarged } from './memory';
import { matchAt, ONLY_EXACTLY } from './patterns';
import { setNothingWords } from './rows';
import { beginWalk, newWalk, Walk, walkOn } from './walks';
import { rewriteTexts } from './wantedValues';

const CR: u8 = 0x0d;
/** First byte of a byte order mark. */
const MARK: u8 = 0xef;

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

/**
 * Has lines hold a row for each value at the end of the paths: see {@link Walk}. Call after {@link wantFields}. `hasLists`: 0 if
 * the only path is that of the record itself.
 */
export function walkPaths(columns: JsonColumns, paths: usize, pathCount: u32, slotCount: u32, hasLists: i32): void {
  columns.walk = newWalk(paths, pathCount, slotCount, hasLists !== 0, columns.table);
}

export function nextLine(columns: JsonColumns): usize {
  return columns.next;
}

export function linesBeforeNext(columns: JsonColumns): i32 {
  return columns.nextLine;
}

export function oddRow(columns: JsonColumns): i32 {
  return columns.oddRow;
}

/**
 * Adds to a batch of `rows` the lines that begin from `from` and before `stop`, until it is full or a line is slow; returns how
 * many rows it then has. `line` lines are before the first. The bytes end, at `end`, with a line end at or after `stop`. A line
 * with several rows is not taken before its last row is: the next call goes on with its next one.
 */
export function indexJson(columns: JsonColumns, from: usize, stop: usize, end: usize, line: i32, rows: i32): i32 {
  assert(from <= stop && stop <= end && rows >= 0 && rows <= BATCH_ROWS);
  if (rows === 0) clearTexts(columns, end - from);
  setNothingWords(false);
  columns.next = from;
  columns.nextLine = line;
  columns.oddRow = -1;
  const walk = columns.walk;
  return walk === null ? indexLines(columns, stop, rows) : indexWalked(columns, walk, stop, rows);
}

function indexLines(columns: JsonColumns, stop: usize, rows: i32): i32 {
  let row = rows;
  let start = columns.next;
  while (start < stop && row < BATCH_ROWS) {
    const record = columns.prefixElements > 0 ? recordStart(columns, start) : start;
    const next = record === UNUSUAL ? UNUSUAL : takeLine(columns, record, row);
    if (next === UNUSUAL) break;
    noteRow(columns, start, row++);
    columns.nextLine++;
    start = next;
  }
  columns.next = start;
  return row;
}

function noteRow(columns: JsonColumns, start: usize, row: i32): void {
  store<u32>(columns.rowStarts + (row << 2), u32(start));
  store<i32>(columns.lines + (row << 2), columns.nextLine);
}

function indexWalked(columns: JsonColumns, walk: Walk, stop: usize, rows: i32): i32 {
  let row = rows;
  if (walk.isInLine && rows === 0) rewriteTexts(walk.values);
  while (columns.next < stop && row < BATCH_ROWS) {
    if (!walk.isInLine && !beginLine(columns, walk)) break;
    row = takeRows(columns, walk, row);
    if (walk.isInLine || columns.next === walk.line) break;
  }
  return row;
}

/** Begins with the next line; false if the slow path has to read it. */
function beginLine(columns: JsonColumns, walk: Walk): bool {
  const start = columns.next;
  const record = columns.prefixElements > 0 ? recordStart(columns, start) : start;
  const next = record === UNUSUAL ? UNUSUAL : passLine(columns, record);
  if (next === UNUSUAL) return false;
  beginWalk(walk, start, record, next);
  return true;
}

/**
 * Adds rows of a line to a batch of `row`, and returns how many it then has. A row begins so many bytes behind the begin of its
 * line as there are rows before it. The line is passed with its last row, unless it is one row that the slow path has to read.
 */
function takeRows(columns: JsonColumns, walk: Walk, row: i32): i32 {
  while (row < BATCH_ROWS && walkOn(walk)) {
    const place = walk.rows++;
    const fields = load<usize>(walk.path, PATH_FIELDS_AT);
    if (fillRow(columns, walk.values.slots, fields, load<usize>(walk.path, PATH_FIELDS_END_AT), walk.line, row)) {
      noteRow(columns, walk.line + place, row++);
      continue;
    }
    if (walk.hasLists) columns.oddRow = place;
    else walk.isInLine = false;
    return row;
  }
  if (walk.isInLine) return row;
  columns.next = walk.next;
  columns.nextLine++;
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
    columns.texts = enlarged(columns.texts, columns.textBytes, bytes);
    columns.textBytes = bytes;
  }
  columns.table.texts = columns.texts;
  const walk = columns.walk;
  if (walk !== null) walk.values.textsEnd = columns.texts + columns.textBytes;
}

/** Takes one line. Returns the address of the next one, or {@link UNUSUAL} if the slow path has to read this one. */
function takeLine(columns: JsonColumns, start: usize, row: i32): usize {
  const table = columns.table;
  const texts = table.texts;
  const next = passLine(columns, start);
  if (next !== UNUSUAL && fillRow(columns, table.keys, columns.fields, columns.fieldsEnd, start, row)) return next;
  table.texts = texts;
  return UNUSUAL;
}

/** Takes a line apart. Returns the address of the next one, or {@link UNUSUAL}. */
function passLine(columns: JsonColumns, start: usize): usize {
  const table = columns.table;
  const texts = table.texts;
  let next = takeApart(table, start);
  for (let isEmpty = false; next === NO_ROOM && makeRoom(table, isEmpty); isEmpty = true) {
    table.texts = texts;
    next = takeApart(table, start);
  }
  return next > NO_ROOM ? next : UNUSUAL;
}
