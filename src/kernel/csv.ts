/** Finds the fields of CSV rows that are as most rows are: bare, or quoted as a whole with no quote and no line end inside. */
import { allocate, release } from './memory';
import { LONGEST_PIECE, noteAllPlaces, notePlaces, placesEnd, rowPlaces, rowPlacesEnd } from './places';
import { BATCH_ROWS } from './rows';

const QUOTE: u8 = 0x22;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/** Bytes whose special characters are noted before rows are made of them. */
const PIECE: usize = 4096;

@unmanaged
export class CsvColumns {
  delimiter: u8;
  /** Of the file, and of those the ones that somebody wants. */
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
  /** Where the first row begins that was not taken. */
  next: usize;
}

export function newCsvColumns(delimiter: u8, fields: i32, rowStarts: usize, lines: usize): CsvColumns {
  const columns = changetype<CsvColumns>(allocate(offsetof<CsvColumns>()));
  columns.delimiter = delimiter;
  columns.fields = fields;
  columns.targets = allocate(usize(fields) * 12);
  columns.targetOfField = allocate(usize(fields) * 4);
  columns.rowStarts = rowStarts;
  columns.lines = lines;
  columns.list = allocate(listBytes(fields)) + 64;
  return columns;
}

function listBytes(fields: i32): usize {
  return (usize(BATCH_ROWS) * usize(fields) + LONGEST_PIECE) * 4 + 512;
}

/** Gives back what the columns of a file take. */
export function releaseCsvColumns(columns: CsvColumns): void {
  const fields = columns.fields;
  release(columns.targets, usize(fields) * 12);
  release(columns.targetOfField, usize(fields) * 4);
  release(columns.list - 64, listBytes(fields));
  release(changetype<usize>(columns), offsetof<CsvColumns>());
}

export function placesList(columns: CsvColumns): usize {
  return columns.list;
}

/** If this is as many as a batch has rows, the list of places tells where their fields are, otherwise their columns do. */
export function listedRows(columns: CsvColumns): i32 {
  return columns.listed;
}

export function wantField(columns: CsvColumns, field: i32, starts: usize, ends: usize): void {
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

/**
 * Adds to a batch of `rows` the rows that begin from `from` and before `stop`, until it is full or a row is odd; returns how
 * many it then has. `line` lines are before the first. The bytes end, at `end`, with a line end at or after `stop`.
 */
export function indexCsv(columns: CsvColumns, from: usize, stop: usize, end: usize, line: i32, rows: i32): i32 {
  const step = usize(columns.fields << 2);
  let row = rows;
  let piece = PIECE;
  columns.next = from;
  if (rows === 0) columns.listed = 0;
  else if (columns.listed === rows) unlist(columns); // a list is of rows that follow each other
  while (columns.next < stop && row < BATCH_ROWS) {
    const pieceEnd = min(columns.next + piece, end);
    const before = row;
    const list = columns.list + (columns.listed === row ? usize(row) * step : 0);
    store<u32>(list - 4, u32(columns.next) - 1);
    const isPlain = notePlaces(list, columns.next, pieceEnd, columns.delimiter);
    if (isPlain && columns.listed === row) {
      row += countRows(columns, list, row, stop, true);
      columns.listed = row;
    }
    if (row === before) {
      if (columns.listed === row) unlist(columns);
      if (isPlain && list === columns.list) {
        const taken = countRows(columns, list, row, stop, false);
        storeRows(columns, list, row, taken);
        row += taken;
      }
    }
    if (row === before) {
      noteAllPlaces(columns.list, columns.next, pieceEnd, columns.delimiter);
      const isOdd = takeRows(columns, row, stop);
      row = takenRows;
      if (isOdd) break;
    }
    if (row === before) {
      if (pieceEnd === end || piece === LONGEST_PIECE) break;
      piece <<= 1;
    } else piece = PIECE;
  }
  for (let i = rows; i < row; i++) store<i32>(columns.lines + (i << 2), line++);
  return row;
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
  const step = columns.fields << 2;
  const watchesReturns = isListed && load<usize>(columns.targetOfField + step - 4) !== 0;
  const most = min(BATCH_ROWS - row, i32((rowPlacesEnd - rowPlaces) >> 2));
  let last = list - 4;
  let counted = 0;
  while (
    counted < most &&
    load<u32>(last) + 1 < u32(stop) &&
    load<u32>(rowPlaces + (counted << 2)) === u32(last + step + 4)
  ) {
    if (watchesReturns && load<u8>(load<u32>(last + step) - 1) === CR) break;
    last += step;
    counted++;
  }
  if (counted > 0) columns.next = usize(load<u32>(last)) + 1;
  return counted;
}

/** Writes the columns of rows whose places are on a list, from the batch's row `row` on. */
function storeRows(columns: CsvColumns, list: usize, row: i32, rows: i32): void {
  const step = columns.fields << 2;
  storeColumn(list - 4, step, rows, columns.rowStarts + (row << 2), 1);
  for (let i = 0; i < columns.wanted; i++) {
    const target = columns.targets + i * 12;
    const place = list + (load<i32>(target) << 2);
    storeColumn(place - 4, step, rows, load<usize>(target, 4) + (row << 2), 1);
    const ends = load<usize>(target, 8) + (row << 2);
    storeColumn(place, step, rows, ends, 0);
    if (load<i32>(target) === columns.fields - 1) withoutReturns(ends, rows);
  }
}

function storeColumn(from: usize, step: u32, rows: i32, to: usize, more: u32): void {
  for (let i = 0; i < rows; i++) {
    store<u32>(to + (i << 2), load<u32>(from) + more);
    from += step;
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

/** Takes rows that may have quotes, one by one. `takenRows` are then in the batch; true if the next one is odd. */
function takeRows(columns: CsvColumns, rows: i32, stop: usize): bool {
  let row = rows;
  let at = columns.list;
  while (columns.next < stop && row < BATCH_ROWS) {
    const rowStart = columns.next;
    at = takeRow(columns, at, rowStart, row);
    if (at <= ODD_ROW) break;
    store<u32>(columns.rowStarts + (row << 2), u32(rowStart));
    row++;
  }
  takenRows = row;
  return at === ODD_ROW;
}

/** What {@link takeRow} returns instead of an address. */
const CUT_OFF: usize = 0;
const ODD_ROW: usize = 1;

/**
 * A row field by field. Returns where on the list of places the next row's begin, {@link CUT_OFF} if the end of the row is not
 * on the list, or {@link ODD_ROW}.
 */
function takeRow(columns: CsvColumns, from: usize, rowStart: usize, row: i32): usize {
  const fields = columns.fields;
  const delimiter = columns.delimiter;
  let at = from;
  let fieldStart = rowStart;
  for (let field = 0; field < fields; field++) {
    if (at >= placesEnd) return CUT_OFF;
    let place = usize(load<u32>(at));
    at += 4;
    let start = fieldStart;
    let fieldEnd = place;
    if (load<u8>(place) === QUOTE && place === fieldStart) {
      start++;
      do {
        if (at >= placesEnd) return CUT_OFF;
        place = usize(load<u32>(at));
        at += 4;
        if (load<u8>(place) === LF || load<u8>(place) === 0) return ODD_ROW;
      } while (load<u8>(place) !== QUOTE);
      fieldEnd = place;
      if (at >= placesEnd) return CUT_OFF;
      place = usize(load<u32>(at));
      at += 4;
      const isReturn = load<u8>(fieldEnd, 1) === CR && load<u8>(place) === LF;
      if (place !== fieldEnd + (isReturn ? 2 : 1)) return ODD_ROW;
    } else if (load<u8>(place) === LF && place > fieldStart && load<u8>(place - 1) === CR) fieldEnd--;
    if (load<u8>(place) !== (field < fields - 1 ? delimiter : LF)) return ODD_ROW;
    const target = load<usize>(columns.targetOfField + (field << 2));
    if (target !== 0) {
      store<u32>(load<usize>(target, 4) + (row << 2), u32(start));
      store<u32>(load<usize>(target, 8) + (row << 2), u32(fieldEnd));
    }
    fieldStart = place + 1;
  }
  columns.next = fieldStart;
  return at;
}
