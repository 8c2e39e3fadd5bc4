/** Finds the fields of CSV rows: each field is bare, or quoted as a whole. Blank lines between rows are passed over. */
import { BATCH_ROWS, SLACK } from './contract';
import { allocate, assertBlock, release } from './memory';
import { LONGEST_PIECE, noteAllPlaces, notePlaces, placesEnd, rowPlaces, rowPlacesEnd } from './places';

const QUOTE: u8 = 0x22;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/** Bytes whose special characters are noted before rows are made of them. */
const PIECE: usize = 4096;

/** Places of rows that are listed at most. Of files with many columns a list holds fewer rows than a batch. */
const LISTED_PLACES: i32 = 1 << 19;

/** Bytes for the fields of a batch that are not in the file as they are meant, because quotes in them are doubled. */
const MEANT_BYTES: usize = 1 << 20;
/** First byte of a byte order mark, which joined files have at the begin of lines. */
const MARK: u8 = 0xef;

let meant: usize = 0;
let meantUsed: usize = 0;

@unmanaged
export class CsvColumns {
  delimiter: u8;
  /** The byte that carries a field over delimiters and line ends; NUL, which no row may have, if none does. */
  quote: u8;
  /** Fields of a row in the file; and how many of them have a column. */
  fields: i32;
  wanted: i32;
  /** For each wanted field its place in the file, and where its starts and its ends go: 12 bytes. */
  targets: usize;
  /** For each field of the file the address of its target, 0 if nobody wants it. */
  targetOfField: usize;
  rowStarts: usize;
  lines: usize;
  /**
   * Places of the special bytes, ascending; before the first the one where the row before it would have ended. While all rows
   * of a batch are as they should be, it tells where their fields are: a row has as many places as fields.
   */
  list: usize;
  /** Rows of the batch of which that holds. */
  listed: i32;
  /** Address of the first row that was not taken, and the number of lines before it. */
  next: usize;
  line: i32;
}

export function newCsvColumns(
  delimiter: u8,
  fields: i32,
  rowStarts: usize,
  lines: usize,
  quotesCarry: bool,
): CsvColumns {
  const columns = changetype<CsvColumns>(allocate(offsetof<CsvColumns>()));
  columns.delimiter = delimiter;
  columns.quote = quotesCarry ? QUOTE : 0;
  columns.fields = fields;
  columns.targets = allocate(usize(fields) * 12);
  columns.targetOfField = allocate(usize(fields) * 4);
  columns.rowStarts = rowStarts;
  columns.lines = lines;
  columns.list = allocate(listBytes(fields)) + 64;
  return columns;
}

function listBytes(fields: i32): usize {
  return (usize(listableRows(fields)) * usize(fields) + LONGEST_PIECE) * 4 + 512;
}

/** A row may begin on the list while fewer than this are on it. */
function listableRows(fields: i32): i32 {
  return min(BATCH_ROWS, LISTED_PLACES / fields);
}

/** Gives back what the columns of a file take. */
export function releaseCsvColumns(columns: CsvColumns): void {
  const fields = columns.fields;
  release(columns.targets, usize(fields) * 12);
  release(columns.targetOfField, usize(fields) * 4);
  release(columns.list - 64, listBytes(fields));
  release(changetype<usize>(columns), offsetof<CsvColumns>());
}

export function delimiterList(columns: CsvColumns): usize {
  return columns.list;
}

/** If this is as many as a batch has rows, the list of places tells where their fields are, otherwise their columns do. */
export function listedRows(columns: CsvColumns): i32 {
  return columns.listed;
}

export function wantField(columns: CsvColumns, field: i32, starts: usize, ends: usize): void {
  if (!ASC_NO_ASSERT) assert(field >= 0 && field < columns.fields);
  assertBlock(starts, BATCH_ROWS * 4);
  assertBlock(ends, BATCH_ROWS * 4);
  const target = columns.targets + columns.wanted * 12;
  columns.wanted++;
  store<i32>(target, field);
  store<usize>(target, starts, 4);
  store<usize>(target, ends, 8);
  store<usize>(columns.targetOfField + (field << 2), target);
}

export function nextRow(columns: CsvColumns): usize {
  return columns.next;
}

export function linesBefore(columns: CsvColumns): i32 {
  return columns.line;
}

/**
 * Adds to a batch of `rows` the rows that begin from `from` and before `stop`, until it is full or a row is slow; returns how
 * many it then has. `line` lines are before the first. The bytes end, at `end`, with a line end at or after `stop`.
 */
export function indexCsv(columns: CsvColumns, from: usize, stop: usize, end: usize, line: i32, rows: i32): i32 {
  const stride = usize(columns.fields << 2);
  assert(from <= stop && stop <= end && rows >= 0 && rows <= BATCH_ROWS);
  const listable = listableRows(columns.fields);
  let row = rows;
  let piece = PIECE;
  columns.next = from;
  columns.line = line;
  if (rows === 0) {
    columns.listed = 0;
    meantUsed = 0;
  } else if (columns.listed === rows) unlist(columns); // a list is of rows that follow each other
  while (columns.next < stop && row < BATCH_ROWS) {
    const pieceEnd = min(columns.next + piece, end);
    const before = columns.next;
    if (columns.listed === row && row >= listable) unlist(columns);
    const list = columns.list + (columns.listed === row ? usize(row) * stride : 0);
    store<u32>(list - 4, u32(columns.next) - 1);
    const isPlain = notePlaces(list, columns.next, pieceEnd, columns.delimiter, columns.quote);
    if (isPlain && columns.listed === row) {
      const taken = countRows(columns, list, row, stop, true);
      numberLines(columns, row, taken);
      row += taken;
      columns.listed = row;
    }
    if (columns.next === before) {
      if (columns.listed === row) unlist(columns);
      if (isPlain && list === columns.list) {
        const taken = countRows(columns, list, row, stop, false);
        storeRows(columns, list, row, taken);
        numberLines(columns, row, taken);
        row += taken;
      }
    }
    if (columns.next === before || (isBlankLine(columns.next) && columns.next < stop)) {
      if (columns.listed === row) unlist(columns);
      noteAllPlaces(columns.list, columns.next, pieceEnd, columns.delimiter, columns.quote);
      const isSlow = takeRows(columns, row, stop);
      row = takenRows;
      if (isSlow) break;
    }
    if (columns.next === before) {
      if (pieceEnd === end || piece === LONGEST_PIECE) break;
      piece <<= 1;
    } else piece = PIECE;
  }
  return row;
}

/** Has the fields of the batch's rows told by their columns, whatever they were told by. */
export function useColumns(columns: CsvColumns): void {
  if (columns.listed > 0) unlist(columns);
}

/** Notes the lines before some rows of one line each that follow each other. */
function numberLines(columns: CsvColumns, row: i32, rows: i32): void {
  for (let i = row; i < row + rows; i++) store<i32>(columns.lines + (i << 2), columns.line++);
}

function isBlankLine(start: usize): bool {
  const c = load<u8>(start);
  return c === LF || (c === CR && load<u8>(start, 1) === LF);
}

/** Lets the fields of the batch's rows be told by their columns. */
function unlist(columns: CsvColumns): void {
  storeRows(columns, columns.list, 0, columns.listed);
  columns.listed = -1;
}

/**
 * Counts rows for as long as they have as many places as the file has fields, the last of them a line feed; up to one with a
 * carriage return at the end, which is none of a last field that somebody wants, if `isListed`.
 */
function countRows(columns: CsvColumns, list: usize, row: i32, stop: usize, isListed: bool): i32 {
  const stride = columns.fields << 2;
  const watchesReturns = isListed && load<usize>(columns.targetOfField + stride - 4) !== 0;
  const most = min(BATCH_ROWS - row, i32((rowPlacesEnd - rowPlaces) >> 2));
  let last = list - 4;
  let counted = 0;
  while (
    counted < most &&
    load<u32>(last) + 1 < u32(stop) &&
    load<u32>(rowPlaces + (counted << 2)) === u32(last + stride + 4)
  ) {
    if (watchesReturns && load<u8>(load<u32>(last + stride) - 1) === CR) break;
    last += stride;
    counted++;
  }
  if (counted > 0) columns.next = usize(load<u32>(last)) + 1;
  return counted;
}

/** Writes the columns of rows whose places are on a list, from the batch's row `row` on. */
function storeRows(columns: CsvColumns, list: usize, row: i32, rows: i32): void {
  const stride = columns.fields << 2;
  storeColumn(list - 4, stride, rows, columns.rowStarts + (row << 2), 1);
  for (let i = 0; i < columns.wanted; i++) {
    const target = columns.targets + i * 12;
    const place = list + (load<i32>(target) << 2);
    storeColumn(place - 4, stride, rows, load<usize>(target, 4) + (row << 2), 1);
    const ends = load<usize>(target, 8) + (row << 2);
    storeColumn(place, stride, rows, ends, 0);
    if (load<i32>(target) === columns.fields - 1) withoutReturns(ends, rows);
  }
}

function storeColumn(from: usize, stride: u32, rows: i32, to: usize, delta: u32): void {
  assertBlock(to, usize(rows) << 2);
  for (let i = 0; i < rows; i++) {
    store<u32>(to + (i << 2), load<u32>(from) + delta);
    from += stride;
  }
}

/** Moves the ends of last fields before the carriage return of their line end. */
function withoutReturns(ends: usize, rows: i32): void {
  for (let i = 0; i < rows; i++) {
    const end = load<u32>(ends + (i << 2));
    store<u32>(ends + (i << 2), end - u32(load<u8>(end - 1) === CR));
  }
}

let takenRows: i32 = 0;

/** Takes rows that may have quotes and blank lines between them, one by one. `takenRows` are then in the batch; true if the next one is slow. */
function takeRows(columns: CsvColumns, rows: i32, stop: usize): bool {
  let row = rows;
  let at = columns.list;
  while (columns.next < stop && row < BATCH_ROWS) {
    const rowStart = columns.next;
    if (isBlankLine(rowStart)) {
      if (at >= placesEnd) break;
      columns.next = usize(load<u32>(at)) + 1;
      columns.line++;
      at += 4;
      continue;
    }
    at = takeRow(columns, at, rowStart, row);
    if (at <= SLOW_ROW) break;
    store<u32>(columns.rowStarts + (row << 2), u32(rowStart));
    store<i32>(columns.lines + (row << 2), columns.line);
    columns.line += 1 + lineBreaks;
    row++;
  }
  takenRows = row;
  return at === SLOW_ROW;
}

/** Results of {@link takeRow} that are no addresses. */
const CUT_OFF: usize = 0;
const SLOW_ROW: usize = 1;

/** Line ends inside the quotes of the row that was taken last. */
let lineBreaks: i32 = 0;

/**
 * A row field by field. Returns where on the list of places the next row's begin, {@link CUT_OFF} if the end of the row is not
 * on the list, or {@link SLOW_ROW}. A row is slow, among others, if a line that begins inside its quotes has as many delimiters as
 * a row: then the quote may have swallowed rows.
 */
function takeRow(columns: CsvColumns, from: usize, rowStart: usize, row: i32): usize {
  const fields = columns.fields;
  const delimiter = columns.delimiter;
  let at = from;
  let fieldStart = rowStart;
  let delimitersInLine = 0;
  lineBreaks = 0;
  for (let field = 0; field < fields; field++) {
    if (at >= placesEnd) return CUT_OFF;
    let place = usize(load<u32>(at));
    at += 4;
    let start = fieldStart;
    let fieldEnd = place;
    if (load<u8>(place) === QUOTE && place === fieldStart) {
      start++;
      let doubled = 0;
      while (true) {
        if (at >= placesEnd) return CUT_OFF;
        place = usize(load<u32>(at));
        at += 4;
        const c = load<u8>(place);
        if (c === delimiter) delimitersInLine++;
        else if (c === LF) {
          if ((lineBreaks > 0 && delimitersInLine >= fields - 1) || load<u8>(place, 1) === MARK) return SLOW_ROW;
          lineBreaks++;
          delimitersInLine = 0;
        } else if (c === 0) return SLOW_ROW;
        else if (load<u8>(place, 1) !== QUOTE) break;
        else {
          if (at >= placesEnd) return CUT_OFF;
          at += 4;
          doubled++;
        }
      }
      fieldEnd = place;
      if (at >= placesEnd) return CUT_OFF;
      place = usize(load<u32>(at));
      at += 4;
      const isReturn = load<u8>(fieldEnd, 1) === CR && load<u8>(place) === LF;
      if (place !== fieldEnd + (isReturn ? 2 : 1)) return SLOW_ROW;
      if (doubled > 0 && load<usize>(columns.targetOfField + (field << 2)) !== 0) {
        const length = fieldEnd - start - doubled;
        if (length > MEANT_BYTES - meantUsed) return SLOW_ROW;
        start = writeMeant(start, length);
        fieldEnd = start + length;
      }
    } else if (load<u8>(place) === LF && place > fieldStart && load<u8>(place - 1) === CR) fieldEnd--;
    if (load<u8>(place) !== (field < fields - 1 ? delimiter : LF)) return SLOW_ROW;
    delimitersInLine++;
    const target = load<usize>(columns.targetOfField + (field << 2));
    if (target !== 0) {
      if (!ASC_NO_ASSERT) assertBlock(load<usize>(target, 4) + (row << 2), 4);
      store<u32>(load<usize>(target, 4) + (row << 2), u32(start));
      store<u32>(load<usize>(target, 8) + (row << 2), u32(fieldEnd));
    }
    fieldStart = place + 1;
  }
  // The last field ends with a line end, no delimiter.
  if (lineBreaks > 0 && delimitersInLine - 1 >= fields - 1) return SLOW_ROW;
  columns.next = fieldStart;
  return at;
}

/** Writes a field of so many characters with each pair of quotes as one; returns where to. */
function writeMeant(field: usize, length: usize): usize {
  if (meant === 0) meant = allocate(MEANT_BYTES + SLACK);
  const written = meant + meantUsed;
  assertBlock(written, length);
  let from = field;
  for (let to = written; to < written + length; to++) {
    const c = load<u8>(from);
    store<u8>(to, c);
    from += c === QUOTE ? 2 : 1;
  }
  meantUsed += length;
  return written;
}
